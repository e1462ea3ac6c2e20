//! Merging a short piece: the best pair is looked for from the left, again and again. Quadratic, so only for up to
//! [`MOST`] symbols, where nothing is faster.

#![expect(
    clippy::indexing_slicing,
    reason = "the hot path. `n` symbols are in use, never more than the arrays hold, and every index is below `n`; \
              bytes are of a `str`, cut between characters"
)]

use super::{
    token::{NONE, Token},
    vocabulary::{Vocabulary, two},
};

/// The most symbols: bytes, or characters that are safe tokens.
pub(super) const MOST: usize = 96;

/// Room for the symbols, and for what each joins to with the next.
pub(super) struct Scan {
    tokens: [Token; MOST],
    joined: [Token; MOST],
}

impl Scan {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self { tokens: [NONE; MOST], joined: [NONE; MOST] }
    }

    /// The tokens of the piece; `None` when it has too many symbols.
    #[inline]
    pub(super) fn merge(&mut self, vocabulary: &Vocabulary, piece: &[u8]) -> Option<&[Token]> {
        let n = self.symbols(vocabulary, piece)?;
        let Self { tokens, joined } = self;
        if n == piece.len() {
            for k in 1..n {
                joined[k - 1] = vocabulary.twos[two(piece[k - 1], piece[k])];
            }
        } else {
            for k in 1..n {
                joined[k - 1] = vocabulary.pairs.join(tokens[k - 1], tokens[k]);
            }
        }
        let n = merge(vocabulary, &mut tokens[..n], &mut joined[..n]);
        Some(&self.tokens[..n])
    }

    #[inline]
    fn symbols(&mut self, vocabulary: &Vocabulary, piece: &[u8]) -> Option<usize> {
        let (mut n, mut i) = (0, 0);
        while i < piece.len() {
            let byte = piece[i];
            let (token, length) = if byte < 0xC0 { (0, 1) } else { vocabulary.chars.at(piece, i) };
            let place = self.tokens.get_mut(n)?;
            (*place, i) = match token {
                0 => (vocabulary.bytes[usize::from(byte)], i + 1),
                _ => (token, i + length),
            };
            n += 1;
        }
        Some(n)
    }
}

/// Merges until no two join; how many are left.
#[inline]
fn merge(vocabulary: &Vocabulary, tokens: &mut [Token], joined: &mut [Token]) -> usize {
    let mut n = tokens.len();
    if n == 0 {
        return 0;
    }
    joined[n - 1] = NONE;
    loop {
        let (mut best, mut at) = (NONE, 0);
        for (k, &token) in joined[..n].iter().enumerate() {
            if token < best {
                (best, at) = (token, k);
            }
        }
        if best == NONE {
            return n;
        }
        tokens[at] = best;
        tokens.copy_within(at + 2..n, at + 1);
        joined.copy_within(at + 1..n, at);
        n -= 1;
        if at > 0 {
            joined[at - 1] = vocabulary.pairs.join(tokens[at - 1], best);
        }
        joined[at] = if at + 1 < n { vocabulary.pairs.join(best, tokens[at + 1]) } else { NONE };
    }
}
