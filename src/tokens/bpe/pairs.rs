//! Which token two tokens join to: the merges as a hash table of words.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "the hot path. A slot is masked to the length of the table, a power of two, and a token has 19 bits"
)]

use super::token::{FOLLOWS, LEADS, NONE, Token};

/// Open addressing, at most half full, so that every search ends. A word is `left << 38 | right << 19 | joined`.
#[derive(Clone)]
pub(super) struct Pairs {
    words: Vec<u64>,
    shift: u32,
}

/// No word is that, as no merge joins to token 0.
const EMPTY: u64 = 0;
const BITS: u32 = 19;

impl Pairs {
    /// With room for so many merges.
    pub(super) fn with_capacity(merges: usize) -> Self {
        let length = (merges * 2).next_power_of_two().max(2);
        Self { words: vec![EMPTY; length], shift: 64 - length.trailing_zeros() }
    }

    /// Adds a merge; of merges of the same two tokens the first stays, as it would always win.
    pub(super) fn insert(&mut self, left: Token, right: Token, joined: Token) {
        let key = key(left, right);
        let mut slot = self.slot(key);
        while self.words[slot] != EMPTY {
            if self.words[slot] >> BITS == key {
                return;
            }
            slot = (slot + 1) & (self.words.len() - 1);
        }
        self.words[slot] = key << BITS | u64::from(joined);
    }

    /// What the two join to, or [`NONE`].
    #[inline]
    pub(super) fn join(&self, left: Token, right: Token) -> Token {
        // Most tokens are never part of another, and then memory is not touched.
        if left & LEADS == 0 || right & FOLLOWS == 0 {
            return NONE;
        }
        let key = key(left, right);
        let mut slot = self.slot(key);
        loop {
            let word = self.words[slot];
            if word >> BITS == key {
                return (word & ((1 << BITS) - 1)) as Token;
            }
            if word == EMPTY {
                return NONE;
            }
            slot = (slot + 1) & (self.words.len() - 1);
        }
    }

    #[inline]
    fn slot(&self, key: u64) -> usize {
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize & (self.words.len() - 1)
    }
}

#[inline]
fn key(left: Token, right: Token) -> u64 {
    u64::from(left) << BITS | u64::from(right)
}
