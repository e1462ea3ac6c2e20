//! What short pieces came to when they were last met.
//!
//! Direct-mapped or two-way, of a fixed size: an entry is overwritten, never searched for.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "the hot path. A set is masked to the length of its table, a power of two; what is cut off a hash or a word \
              is meant to be, and pieces here are short"
)]

use super::token::Token;

/// A piece of up to 15 bytes as two words; the length is in bits 56 to 59 of the second.
pub(super) type Key = (u64, u64);

/// The longest piece with a [`Key`].
pub(super) const SHORT: usize = 15;
/// The longest piece with a [`LongKey`].
pub(super) const MIDDLE: usize = 31;

/// A piece of up to 31 bytes; the length is in the top byte.
pub(super) type LongKey = [u64; 4];

/// The key of up to 15 bytes at `i`.
#[inline]
pub(super) fn key(text: &[u8], i: usize, length: usize) -> Key {
    let (a, b) = if let Some(chunk) = text[i..].first_chunk() {
        words(chunk)
    } else {
        let mut chunk = [0; 17];
        chunk[..length].copy_from_slice(&text[i..i + length]);
        words(&chunk)
    };
    if length < 8 { key_of_one(a, length) } else { key_of_two(a, b, length) }
}

/// The key of the first seven bytes of a word at most.
#[inline]
pub(super) fn key_of_one(a: u64, length: usize) -> Key {
    (a & low(8 * length), (length as u64) << 56)
}

/// The key of eight to fifteen bytes of two words.
#[inline]
pub(super) fn key_of_two(a: u64, b: u64, length: usize) -> Key {
    (a, (b & low(8 * (length - 8))) | (length as u64) << 56)
}

/// So many low bits.
#[inline]
fn low(bits: usize) -> u64 {
    (1 << (bits & 63)) - 1
}

/// The first sixteen of seventeen bytes as words.
#[inline]
pub(super) fn words(chunk: &[u8; 17]) -> (u64, u64) {
    match chunk.as_chunks().0 {
        [a, b] => (u64::from_le_bytes(*a), u64::from_le_bytes(*b)),
        _ => (0, 0),
    }
}

/// The key of 16 to 31 bytes.
pub(super) fn long_key(piece: &[u8]) -> LongKey {
    let mut bytes = [0; 32];
    bytes[..piece.len()].copy_from_slice(piece);
    bytes[31] = piece.len() as u8;
    let mut key = [0; 4];
    for (word, chunk) in key.iter_mut().zip(bytes.as_chunks().0) {
        *word = u64::from_le_bytes(*chunk);
    }
    key
}

#[inline]
fn hash((a, b): Key) -> u64 {
    let mixed = (a ^ b.rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ mixed >> 32
}

#[inline]
fn hash_long(key: &LongKey) -> u64 {
    hash((hash((key[0], key[1])), hash((key[2], key[3]))))
}

/// How many tokens pieces were.
pub(super) struct Counts {
    /// Sets of two; the count is in the top four bits of the second word.
    short: Vec<[Key; 2]>,
    middle: Vec<(LongKey, u32)>,
}

const SHORT_BITS: u32 = 15;
const MIDDLE_BITS: u32 = 13;
const COUNT_SHIFT: usize = 60;

impl Counts {
    /// Empty. No key is all zeros, since lengths are not.
    pub(super) fn new() -> Self {
        Self { short: vec![[(0, 0); 2]; 1 << SHORT_BITS], middle: vec![([0; 4], 0); 1 << MIDDLE_BITS] }
    }

    /// The count of a short piece.
    #[inline]
    pub(super) fn get(&self, key: Key) -> Option<usize> {
        let set = &self.short[short_set(key)];
        let found = |entry: &Key| {
            let same = entry.0 == key.0 && entry.1 & low(COUNT_SHIFT) == key.1;
            same.then_some((entry.1 >> COUNT_SHIFT) as usize)
        };
        found(&set[0]).or_else(|| found(&set[1]))
    }

    /// Keeps the count of a short piece, which is at most its length, 15.
    #[inline]
    pub(super) fn put(&mut self, key: Key, count: usize) {
        let set = &mut self.short[short_set(key)];
        set[1] = set[0];
        set[0] = (key.0, key.1 | (count as u64) << COUNT_SHIFT);
    }

    /// The count of a middling piece.
    pub(super) fn get_long(&self, key: &LongKey) -> Option<usize> {
        let entry = &self.middle[middle_set(key)];
        (entry.0 == *key).then_some(entry.1 as usize)
    }

    /// Keeps the count of a middling piece.
    pub(super) fn put_long(&mut self, key: LongKey, count: usize) {
        self.middle[middle_set(&key)] = (key, count as u32);
    }
}

#[inline]
fn short_set(key: Key) -> usize {
    (hash(key) >> (32 - SHORT_BITS)) as usize & ((1 << SHORT_BITS) - 1)
}

#[inline]
fn middle_set(key: &LongKey) -> usize {
    (hash_long(key) >> (32 - MIDDLE_BITS)) as usize & ((1 << MIDDLE_BITS) - 1)
}

/// What tokens pieces were, where they were at most four. Made with the first question.
#[derive(Default)]
pub(super) struct Tokens {
    entries: Vec<(Key, [Token; 4])>,
}

const TOKENS_BITS: u32 = 15;

impl Tokens {
    /// The tokens of a short piece.
    #[inline]
    pub(super) fn get(&self, key: Key) -> Option<&[Token]> {
        let (found, tokens) = self.entries.get(tokens_set(key))?;
        let same = found.0 == key.0 && found.1 & low(COUNT_SHIFT) == key.1;
        if same { tokens.get(..(found.1 >> COUNT_SHIFT) as usize) } else { None }
    }

    /// Keeps the tokens of a short piece, if they are few enough.
    pub(super) fn put(&mut self, key: Key, tokens: &[Token]) {
        if self.entries.is_empty() {
            self.entries = vec![((0, 0), [0; 4]); 1 << TOKENS_BITS];
        }
        let mut few = [0; 4];
        if let Some(place) = few.get_mut(..tokens.len()) {
            place.copy_from_slice(tokens);
            self.entries[tokens_set(key)] = ((key.0, key.1 | (tokens.len() as u64) << COUNT_SHIFT), few);
        }
    }
}

#[inline]
fn tokens_set(key: Key) -> usize {
    (hash(key) >> (32 - TOKENS_BITS)) as usize & ((1 << TOKENS_BITS) - 1)
}
