//! What can be asked of a tokenizer or a meter in vain.

use std::{error::Error, fmt};

/// The vocabulary is one for counting: its boundaries are exact, but its tokens are not the model's ids.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NoIds;

impl NoIds {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        "no_ids"
    }
}

impl fmt::Display for NoIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this vocabulary counts and has no ids; load the one with ids")
    }
}

impl Error for NoIds {}

/// Why ids give no bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The vocabulary is one for counting.
    NoIds,
    /// No token has this id.
    Unknown(u32),
}

impl DecodeError {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoIds => NoIds.code(),
            Self::Unknown(_) => "token_unknown",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoIds => NoIds.fmt(f),
            Self::Unknown(id) => write!(f, "no token has the id {id}"),
        }
    }
}

impl Error for DecodeError {}

/// A range that is not inside the text, runs backwards, or cuts a character. Nothing was changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OutOfRange;

impl OutOfRange {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        "range_outside_text"
    }

    /// What is wrong, as a sentence.
    #[must_use]
    pub fn message(self) -> &'static str {
        "the range is not a range of whole characters of the text"
    }
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl Error for OutOfRange {}
