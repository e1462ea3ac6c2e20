//! The appendable algorithm: the tokens of a piece that grows, in time linear in its length whatever it is.
//!
//! For each prefix of the piece it keeps the last token of that prefix alone, which is enough: the tokens before it
//! are those of the prefix that ends where it begins, since merging never undoes a token and what is right of a
//! boundary that is never crossed changes nothing left of it.
//!
//! A byte put behind a prefix is merged as merging in order of rank would do it. Ranks are times, and a token's number is
//! the time at which it comes to be, later than its parts. While nothing crosses the boundary before the new
//! byte, the left neighbour at time *t* is known: of the prefix's last token, its right part, the right part of that
//! and so on, the one whose number is the greatest up to *t*. So the new byte's token joins the first of those
//! neighbours with which it makes a token before the neighbour is itself taken into the next of them; where that
//! would be at the same time, both are the same merge, and the one further left goes first. The joined token
//! then meets the neighbours at *its* left, and so on until none joins.
//!
//! A token's chain of right parts is at most as long as the token (in the real vocabulary: 8), so there is a bound on the work
//! for a byte, and on how far back a token reaches: a window is all the memory a growing piece needs.

#![expect(
    clippy::indexing_slicing,
    reason = "the hot path. Prefixes are masked to the length of the ring, a power of two; bytes are of a `str`, cut \
              between characters"
)]

use super::{
    token::{FOLLOWS, NONE, Token},
    vocabulary::Vocabulary,
};

/// The state of one growing piece.
#[derive(Clone, Default)]
pub(in crate::tokens) struct Run {
    /// By prefix: its last token, and how many tokens it is. Prefixes that cut a character taken whole have stale ones.
    ring: Vec<(Token, u32)>,
    length: usize,
    /// How many pairs of tokens were looked at, ever.
    pub(in crate::tokens) looks: u64,
}

/// No token is longer than 255 bytes.
const WINDOW: usize = 256;

impl Run {
    /// Forgets the piece.
    pub(in crate::tokens) fn clear(&mut self) {
        self.length = 0;
    }

    /// Forgets the piece, for one whose tokens' count is asked for.
    pub(super) fn reset(&mut self) {
        self.length = 0;
        self.ring.resize(WINDOW, (NONE, 0));
    }

    /// Forgets the piece, for one of at most so many bytes whose tokens are asked for.
    pub(super) fn reset_for(&mut self, length: usize) {
        self.length = 0;
        self.ring.resize((length + 1).next_power_of_two().max(WINDOW), (NONE, 0));
    }

    /// Lets the piece grow by whole characters.
    pub(super) fn push(&mut self, vocabulary: &Vocabulary, text: &[u8]) {
        if self.ring.is_empty() {
            self.reset();
        }
        let mask = self.ring.len() - 1;
        let mut i = 0;
        while i < text.len() {
            let (token, length) = match text[i] {
                byte @ ..0xC0 => (vocabulary.bytes[usize::from(byte)], 1),
                byte => match vocabulary.chars.at(text, i) {
                    (0, _) => (vocabulary.bytes[usize::from(byte)], 1),
                    safe => safe,
                },
            };
            let (token, start) = self.settle(vocabulary, token, self.length);
            let count = if start == 0 { 0 } else { self.ring[start & mask].1 };
            self.length += length;
            i += length;
            self.ring[self.length & mask] = (token, count + 1);
        }
    }

    /// What becomes of a token behind a prefix, and where that begins.
    #[inline]
    fn settle(&mut self, vocabulary: &Vocabulary, mut token: Token, mut start: usize) -> (Token, usize) {
        let mask = self.ring.len() - 1;
        while start > 0 && token & FOLLOWS != 0 {
            let (mut joined, mut length) = (NONE, 0);
            // From the latest neighbour to the earliest that is still there when `token` comes to be.
            let (mut neighbour, mut until) = (self.ring[start & mask].0, NONE);
            loop {
                self.looks += 1;
                let candidate = vocabulary.pairs.join(neighbour, token);
                if candidate < until {
                    (joined, length) = (candidate, vocabulary.length(neighbour));
                }
                if neighbour <= token {
                    break;
                }
                until = neighbour;
                neighbour = vocabulary.right(neighbour);
                if neighbour == NONE {
                    break;
                }
            }
            if joined == NONE {
                break;
            }
            token = joined;
            start = start.saturating_sub(length);
        }
        (token, start)
    }

    /// How many bytes the piece has.
    pub(in crate::tokens) fn len(&self) -> usize {
        self.length
    }

    /// How many tokens the piece is.
    pub(in crate::tokens) fn count(&self) -> usize {
        self.count_at(self.length)
    }

    /// How many tokens a prefix of it is, which is a few characters shorter at most.
    pub(in crate::tokens) fn count_at(&self, length: usize) -> usize {
        match self.ring.get(length & self.ring.len().wrapping_sub(1)) {
            Some((_, count)) if length > 0 => *count as usize,
            _ => 0,
        }
    }

    /// Puts the tokens of the piece behind others. Only behind [`Run::reset_for`] are they all there.
    pub(super) fn tokens(&self, vocabulary: &Vocabulary, out: &mut Vec<Token>) {
        let first = out.len();
        let mut end = self.length;
        while end > 0 {
            let token = self.ring[end & (self.ring.len() - 1)].0;
            out.push(token);
            end = end.saturating_sub(vocabulary.length(token).max(1));
        }
        out[first..].reverse();
    }
}
