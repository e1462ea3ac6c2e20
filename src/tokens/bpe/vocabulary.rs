//! The tables of one vocabulary, made once from its merges.

use std::iter;

use super::{
    chars::{Chars, Learner},
    pairs::Pairs,
    token::{BYTES, FIRST_BYTE, FIRST_MERGE, MOST_TOKENS, NONE, Token, tokens_of_bytes},
};
use crate::tokens::{Merges, PackError};

/// What merging reads.
pub(super) struct Vocabulary {
    /// The token of each byte.
    pub(super) bytes: [Token; 256],
    /// What two bytes join to, by `first << 8 | second`: the first look of every word.
    pub(super) twos: Vec<Token>,
    /// What two tokens join to.
    pub(super) pairs: Pairs,
    /// Characters that are tokens from the start.
    pub(super) chars: Chars,
    /// The parts of each merge's token, by its number less [`FIRST_MERGE`]. No left parts where ids are not known.
    left: Vec<Token>,
    right: Vec<Token>,
    /// How many bytes each token has, by number.
    lengths: Vec<u8>,
    /// Whether numbers are the model's ids.
    pub(super) ids: bool,
}

impl Vocabulary {
    /// Makes the tables.
    pub(super) fn new(merges: Merges) -> Result<Self, PackError> {
        let lengths = lengths(&merges)?;
        let count = lengths.len();
        let Merges { mut left, mut right, ids } = merges;

        let mut learner = Learner::new(count);
        for (&left, &right) in iter::zip(&left, &right) {
            learner.use_of(left, right);
        }
        let bytes = tokens_of_bytes(|number| learner.token(number));
        for (number, byte) in iter::zip(FIRST_BYTE.., BYTES) {
            learner.byte(number, byte);
        }
        let mut pairs = Pairs::with_capacity(left.len());
        for (number, (left, right)) in iter::zip(FIRST_MERGE.., iter::zip(&mut left, &mut right)) {
            learner.merge(*left, *right, number);
            (*left, *right) = (learner.token(*left), learner.token(*right));
            pairs.insert(*left, *right, learner.token(number));
        }
        let twos = bytes.iter().flat_map(|&a| bytes.iter().map(move |&b| (a, b)));
        let twos = twos.map(|(a, b)| pairs.join(a, b)).collect();
        if !ids {
            left = Vec::new();
        }
        Ok(Self { bytes, twos, pairs, chars: learner.finish(), left, right, lengths, ids })
    }

    /// How many bytes the token has.
    #[inline]
    pub(super) fn length(&self, token: Token) -> usize {
        self.lengths.get((token >> 2) as usize).map_or(1, |&length| usize::from(length))
    }

    /// The right part of a token, or [`NONE`] of a byte's.
    #[inline]
    pub(super) fn right(&self, token: Token) -> Token {
        let merge = (token >> 2).wrapping_sub(FIRST_MERGE);
        self.right.get(merge as usize).copied().unwrap_or(NONE)
    }

    /// Puts the bytes of a token behind others; says no when there is no such token.
    pub(super) fn spell(&self, number: u32, out: &mut Vec<u8>) -> bool {
        let mut open = vec![number];
        while let Some(number) = open.pop() {
            if let Some(merge) = number.checked_sub(FIRST_MERGE) {
                let (Some(left), Some(right)) =
                    (self.left.get(merge as usize), self.right.get(merge as usize))
                else {
                    return false;
                };
                open.extend([right >> 2, left >> 2]);
            } else {
                let byte = number.checked_sub(FIRST_BYTE).and_then(|place| BYTES.get(place as usize));
                let Some(&byte) = byte else { return false };
                out.push(byte);
            }
        }
        true
    }
}

/// The length of every token; refuses merges of what is not there before them, more than a token has bits for, and
/// tokens of over 255 bytes (the longest of the real ones has 128): the appendable algorithm needs a bound.
fn lengths(merges: &Merges) -> Result<Vec<u8>, PackError> {
    let count = FIRST_MERGE as usize + merges.left.len();
    if merges.left.len() != merges.right.len() || count > MOST_TOKENS {
        return Err(PackError::Corrupt);
    }
    let mut lengths = Vec::with_capacity(count);
    lengths.resize(FIRST_BYTE as usize, 0);
    lengths.resize(FIRST_MERGE as usize, 1_u8);
    for (&left, &right) in iter::zip(&merges.left, &merges.right) {
        let of = |number: u32| lengths.get(number as usize).copied().filter(|&length| length > 0);
        let length = of(left).zip(of(right)).and_then(|(left, right)| left.checked_add(right));
        lengths.push(length.ok_or(PackError::Corrupt)?);
    }
    Ok(lengths)
}
