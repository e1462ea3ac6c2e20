//! The vocabulary as an asset: from packed bytes to merges in rank order.
//!
//! In: a pack as `cargo xtask build` makes it. Out: [`Merges`], or what is wrong with the bytes. Never: a panic, memory beyond a few times what
//! the real packs take.
//!
//! A pack is a head of 24 bytes and a payload; numbers are little-endian.
//!
//! | bytes | what |
//! | --- | --- |
//! | 0..4 | `HDLV` |
//! | 4 | the version |
//! | 5 | the kind: `i` for ids, `c` for counts |
//! | 6..8 | zeros |
//! | 8..16 | the checksum of all that follows, see `sum.rs` |
//! | 16..20 | how many merges |
//! | 20..24 | how many bytes of payload follow, no more and no less |
//!
//! What the payloads are: `ids.rs` and `counts/mod.rs`.

mod counts;
mod ids;
mod sum;

#[cfg(test)]
mod tests;

use sum::sum;

const MAGIC: &[u8; 4] = b"HDLV";
const VERSION: u8 = 2;
const IDS: u8 = b'i';
const COUNTS: u8 = b'c';

/// Tokens that no merge makes: three special ones and the 256 bytes.
const GIVEN: u32 = 259;
/// The first token that is a byte.
const FIRST_BYTE: u32 = 3;
/// The first token that is beyond the vocabulary: the added tokens begin here. A pack that tells of more merges lies.
const END: u32 = 128_000;

/// The merges of a byte-level vocabulary in rank order. Tokens 0 to 2 are special, 3 to 258 the bytes in GPT-2's order,
/// and `259 + rank` is what `left[rank]` and `right[rank]` join to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Merges {
    /// The left token of each merge: a byte, or what an earlier merge made.
    pub left: Vec<u32>,
    /// The right token of each merge: a byte, or what an earlier merge made.
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

    /// What is wrong, as a sentence; the same as it displays, without the code that displays.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Foreign => "these bytes are no vocabulary pack",
            Self::Version(_) => "a vocabulary pack of a version that this version does not read",
            Self::Corrupt => "the vocabulary pack is cut short or damaged",
        }
    }
}

impl std::fmt::Display for PackError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for PackError {}

/// Reads a pack of either kind.
///
/// # Errors
///
/// When the bytes are not a whole and sound pack of a known version.
pub fn unpack(bytes: &[u8]) -> Result<Merges, PackError> {
    let mut unpacking = Unpacking::new(bytes)?;
    loop {
        if let Some(merges) = unpacking.step(usize::MAX)? {
            return if is_sound(&merges) { Ok(merges) } else { Err(PackError::Corrupt) };
        }
    }
}

/// A pack that is being read, for callers who must not block.
#[derive(Debug)]
pub(super) enum Unpacking {
    /// Pairs of ids are read at once.
    Ids(Merges),
    Counts(counts::Reading),
}

impl Unpacking {
    /// Begins with a pack of either kind; what is wrong with the head or the checksum shows here.
    pub(super) fn new(bytes: &[u8]) -> Result<Self, PackError> {
        open(bytes, |kind, count, payload| match kind {
            IDS => ids::read(count, payload).map(Self::Ids),
            COUNTS => counts::Reading::new(count, payload).map(Self::Counts),
            _ => None,
        })
    }

    /// Begins with a pack for counting; another is as bad as a damaged one.
    pub(super) fn counts(bytes: &[u8]) -> Result<Self, PackError> {
        open(bytes, |kind, count, payload| {
            let reading = (kind == COUNTS).then(|| counts::Reading::new(count, payload))?;
            reading.map(Self::Counts)
        })
    }

    /// Takes in about that many merges more; the merges, once all are there. Whether they join what is there before them is asked where the
    /// tables are made.
    pub(super) fn step(&mut self, merges: usize) -> Result<Option<Merges>, PackError> {
        match self {
            Self::Ids(merges) => Ok(Some(std::mem::take(merges))),
            Self::Counts(reading) => reading.step(merges),
        }
    }
}

/// Opens a pack; the payload is told its kind and how many merges there are.
fn open<T>(bytes: &[u8], payload: impl FnOnce(u8, usize, &[u8]) -> Option<T>) -> Result<T, PackError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(PackError::Foreign)?;
    match rest.first() {
        Some(&VERSION) => {
            sound(rest).and_then(|(kind, count, rest)| payload(kind, count, rest)).ok_or(PackError::Corrupt)
        }
        Some(&version) => Err(PackError::Version(version)),
        None => Err(PackError::Corrupt),
    }
}

/// The kind, the number of merges and the payload, when all that follows the magic is sound.
fn sound(rest: &[u8]) -> Option<(u8, usize, &[u8])> {
    let (&[_version, kind, 0, 0], rest) = rest.split_first_chunk::<4>()? else { return None };
    let (&checksum, rest) = rest.split_first_chunk::<8>()?;
    if sum(kind, rest) != u64::from_le_bytes(checksum) {
        return None;
    }
    let (&merges, rest) = rest.split_first_chunk::<4>()?;
    let (&length, payload) = rest.split_first_chunk::<4>()?;
    let merges = u32::from_le_bytes(merges);
    if merges > END - GIVEN || payload.len() != usize::try_from(u32::from_le_bytes(length)).ok()? {
        return None;
    }
    Some((kind, usize::try_from(merges).ok()?, payload))
}

/// Whether every merge joins bytes and what merges before it made.
fn is_sound(merges: &Merges) -> bool {
    let is_made = |(made, &token): (u32, &u32)| (FIRST_BYTE..made).contains(&token);
    (GIVEN..).zip(&merges.left).all(is_made) && (GIVEN..).zip(&merges.right).all(is_made)
}
