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

/// The tables while they are made, some merges at a time: all at once is longer than a page may be without its thread.
pub(crate) struct Making {
    left: Vec<Token>,
    right: Vec<Token>,
    ids: bool,
    lengths: Vec<u8>,
    learner: Learner,
    pairs: Pairs,
    twos: Vec<Token>,
    /// How many merges are in the tables.
    done: usize,
}

impl Making {
    /// Begins.
    pub(super) fn new(merges: Merges) -> Result<Self, PackError> {
        let (lengths, learner) = begin(&merges)?;
        let Merges { left, right, ids } = merges;
        let (pairs, twos) = (Pairs::with_capacity(left.len()), vec![NONE; 1 << 16]);
        Ok(Self { left, right, ids, lengths, learner, pairs, twos, done: 0 })
    }

    /// Takes in that many merges more; whether there are no more.
    #[inline(never)]
    pub(super) fn step(&mut self, merges: usize) -> bool {
        let Self { left, right, learner, pairs, twos, done, .. } = self;
        let parts = iter::zip(left.iter_mut().skip(*done), right.iter_mut().skip(*done)).take(merges);
        for (number, (left, right)) in iter::zip((FIRST_MERGE..).skip(*done), parts) {
            let bytes = (byte(*left), byte(*right));
            let joined;
            [*left, *right, joined] = learner.merge(*left, *right, number);
            pairs.insert(*left, *right, joined);
            // As in the pairs, of merges of the same two the first stays.
            if let (Some(left), Some(right)) = bytes
                && let Some(place @ &mut NONE) = twos.get_mut(two(left, right))
            {
                *place = joined;
            }
        }
        *done = done.saturating_add(merges).min(left.len());
        *done == left.len()
    }

    /// The tables, when there are no more.
    pub(super) fn done(self) -> Option<Vocabulary> {
        if self.done < self.left.len() {
            return None;
        }
        let Self { mut left, right, ids, lengths, learner, pairs, twos, .. } = self;
        let bytes = tokens_of_bytes(|number| learner.token(number));
        if !ids {
            left = Vec::new();
        }
        Some(Vocabulary { bytes, twos, pairs, chars: learner.finish(), left, right, lengths, ids })
    }
}

impl Vocabulary {
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

/// The byte of a token, if it is a byte's.
fn byte(number: u32) -> Option<u8> {
    BYTES.get(number.checked_sub(FIRST_BYTE)? as usize).copied()
}

/// Where two bytes are in [`Vocabulary::twos`].
#[inline]
pub(super) fn two(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

/// The length of every token, and what there is to know before the first merge: which are parts, and the bytes. Refuses merges of what is not there
/// before them, more than a token has bits for, and tokens of over 255 bytes (the longest of the real ones has 128): the appendable algorithm
/// needs a bound.
#[inline(never)]
fn begin(merges: &Merges) -> Result<(Vec<u8>, Learner), PackError> {
    let count = FIRST_MERGE as usize + merges.left.len();
    if merges.left.len() != merges.right.len() || count > MOST_TOKENS {
        return Err(PackError::Corrupt);
    }
    let mut learner = Learner::new(count);
    let mut lengths = Vec::with_capacity(count);
    lengths.resize(FIRST_BYTE as usize, 0);
    lengths.resize(FIRST_MERGE as usize, 1_u8);
    for (&left, &right) in iter::zip(&merges.left, &merges.right) {
        let of = |number: u32| lengths.get(number as usize).copied().filter(|&length| length > 0);
        let length = of(left).zip(of(right)).and_then(|(left, right)| left.checked_add(right));
        lengths.push(length.ok_or(PackError::Corrupt)?);
        learner.use_of(left, right);
    }
    for (number, byte) in iter::zip(FIRST_BYTE.., BYTES) {
        learner.byte(number, byte);
    }
    Ok((lengths, learner))
}
