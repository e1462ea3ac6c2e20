//! The one way in which a stream of events can be wrong: to be more than the memory it was given.
//!
//! Everything else that is no event is ignored, as the standard asks.

use std::{error::Error, fmt};

/// An event or a record was longer than the limit. The stream cannot be read on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TooLong {
    /// The limit, in bytes.
    pub limit: usize,
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an event of the stream is longer than {} bytes", self.limit)
    }
}

impl Error for TooLong {}
