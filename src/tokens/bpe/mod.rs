//! Byte-level BPE: from pieces to how many tokens, or which.
//!
//! In: plain text. Out: counts and tokens. Never: a special token; they are found before.
//!
//! A piece goes the first way that is open to it: one byte is one token; up to 15 bytes, or 31, may have been met before;
//! [`scan`] merges what is short, [`run`] what is long. A piece of Han, Hiragana or Katakana is cut first between
//! characters that no merge joins, so that what is merged is short and often met before.

#![expect(
    clippy::indexing_slicing,
    reason = "the hot path. `i` is the beginning of a piece and of a character, an end is one of the pre-tokenizer's, and \
              fixed-size reads are behind a comparison with the length"
)]

mod cache;
mod chars;
mod pairs;
mod run;
mod scan;
mod token;
mod vocabulary;

pub(super) use token::tokens_of_bytes;

use cache::{Counts, MIDDLE, SHORT, Tokens};
pub(super) use run::Run;
use scan::Scan;
use token::{Token, number};
use vocabulary::Vocabulary;

use super::{Merges, PackError, classes::Classes};

/// Tables and caches while they are made.
pub(super) struct Making(vocabulary::Making);

impl Making {
    pub(super) fn new(merges: Merges) -> Result<Self, PackError> {
        vocabulary::Making::new(merges).map(Self)
    }

    /// Takes in that many merges more; whether there are no more.
    pub(super) fn step(&mut self, merges: usize) -> bool {
        self.0.step(merges)
    }

    /// The tables, when there are no more.
    pub(super) fn done(self) -> Option<Bpe> {
        self.0.done().map(Bpe::new)
    }
}

/// Tables and caches.
pub(super) struct Bpe {
    pub(super) classes: Classes,
    vocabulary: Vocabulary,
    counts: Counts,
    tokens: Tokens,
    scan: Scan,
    run: Run,
}

impl Bpe {
    /// Over a vocabulary, with empty caches.
    fn new(vocabulary: Vocabulary) -> Self {
        Self {
            classes: Classes::new(),
            vocabulary,
            counts: Counts::new(),
            tokens: Tokens::default(),
            scan: Scan::new(),
            run: Run::default(),
        }
    }

    /// Whether tokens are the model's ids.
    pub(super) fn has_ids(&self) -> bool {
        self.vocabulary.ids
    }

    /// Puts the bytes of an id behind others; says no when the vocabulary has no such id.
    pub(super) fn spell(&self, id: u32, out: &mut Vec<u8>) -> bool {
        self.vocabulary.spell(id, out)
    }

    /// Lets a run grow.
    pub(super) fn push(&self, run: &mut Run, text: &[u8]) {
        run.push(&self.vocabulary, text);
    }

    /// How many pairs of tokens long pieces made it look at, ever: the measure of its work.
    pub(super) fn looks(&self) -> u64 {
        self.run.looks
    }

    /// How many tokens the text is.
    pub(super) fn count(&mut self, text: &str) -> usize {
        let text = text.as_bytes();
        let (mut i, mut count) = (0, 0);
        while i < text.len() {
            if let Some((key, length)) = ascii_word(text, i) {
                count += if length == 1 { 1 } else { self.count_short(key, text, i, i + length) };
                i += length;
            } else if self.classes.is_cjk_letter(text, i) {
                let tokens;
                (i, tokens) = self.count_cut(text, i);
                count += tokens;
            } else {
                let end = self.classes.piece(text, i);
                count += self.count_piece(text, i, end);
                i = end;
            }
        }
        count
    }

    /// How many tokens the pieces at the beginning of the text are that no text behind it can change, and where the
    /// first other one begins.
    pub(super) fn count_closed(&mut self, text: &str) -> (usize, usize) {
        const NEAR: usize = 256;
        let bytes = text.as_bytes();
        let near = bytes.len().saturating_sub(NEAR);
        // Up to a boundary everything is closed, and the quick way can be taken.
        let mut i = self.classes.boundary_before(bytes, near, bytes.len());
        let mut count = text.get(..i).map_or(0, |closed| self.count(closed));
        while i < bytes.len()
            && let Some(end) = self.classes.closed_piece(bytes, i)
        {
            count += self.count_piece(bytes, i, end);
            i = end;
        }
        (count, i)
    }

    /// Puts the ids of the text behind others.
    pub(super) fn encode(&mut self, text: &str, out: &mut Vec<u32>) {
        let text = text.as_bytes();
        let mut i = 0;
        while i < text.len() {
            let end = if self.classes.is_cjk_letter(text, i) {
                self.cut(text, i).0
            } else {
                self.classes.piece(text, i)
            };
            self.encode_part(text, i, end, out);
            i = end;
        }
    }

    #[inline]
    fn count_piece(&mut self, text: &[u8], i: usize, end: usize) -> usize {
        match end - i {
            1 => 1,
            length @ 2..=SHORT => self.count_short(cache::key(text, i, length), text, i, end),
            _ => self.count_long(&text[i..end]),
        }
    }

    #[inline]
    fn count_short(&mut self, key: cache::Key, text: &[u8], i: usize, end: usize) -> usize {
        match self.counts.get(key) {
            Some(count) => count,
            None => self.count_anew(key, &text[i..end]),
        }
    }

    #[inline(never)]
    fn count_anew(&mut self, key: cache::Key, piece: &[u8]) -> usize {
        let count = self.scan.merge(&self.vocabulary, piece).map_or(0, <[Token]>::len);
        self.counts.put(key, count);
        count
    }

    #[inline(never)]
    fn count_long(&mut self, piece: &[u8]) -> usize {
        let key = (piece.len() <= MIDDLE).then(|| cache::long_key(piece));
        if let Some(count) = key.and_then(|key| self.counts.get_long(&key)) {
            return count;
        }
        let count = if let Some(tokens) = self.scan.merge(&self.vocabulary, piece) {
            tokens.len()
        } else {
            self.run.reset();
            self.run.push(&self.vocabulary, piece);
            self.run.count()
        };
        if let Some(key) = key {
            self.counts.put_long(key, count);
        }
        count
    }

    /// The end of the piece at `i`, which begins with a letter of the second split, and how many tokens it is.
    #[inline(never)]
    fn count_cut(&mut self, text: &[u8], mut i: usize) -> (usize, usize) {
        let mut count = 0;
        loop {
            let (end, seam) = self.cut(text, i);
            count += match end - i {
                3 if self.vocabulary.chars.wide(text, i) != 0 => 1,
                length @ ..=SHORT => self.count_short(cache::key(text, i, length), text, i, end),
                _ => self.count_long(&text[i..end]),
            };
            i = end;
            if !seam {
                return (i, count);
            }
        }
    }

    /// The end of a part that merges on its own, from `i` on, where a letter of the second split is; and whether the
    /// piece goes on behind it. A part of one character is one token.
    #[inline]
    fn cut(&self, text: &[u8], mut i: usize) -> (usize, bool) {
        let chars = &self.vocabulary.chars;
        let mut left = chars.wide(text, i);
        loop {
            i += 3;
            if !self.classes.is_cjk_letter(text, i) {
                return (i, false);
            }
            let right = chars.wide(text, i);
            if left != 0 && right != 0 && !chars.may_join(left, right) {
                return (i, true);
            }
            left = right;
        }
    }

    fn encode_part(&mut self, text: &[u8], i: usize, end: usize, out: &mut Vec<u32>) {
        if end - i == 1 {
            return out.push(number(self.vocabulary.bytes[usize::from(text[i])]));
        }
        let key = (end - i <= SHORT).then(|| cache::key(text, i, end - i));
        if let Some(tokens) = key.and_then(|key| self.tokens.get(key)) {
            return out.extend(tokens.iter().copied().map(number));
        }
        let piece = &text[i..end];
        if let Some(tokens) = self.scan.merge(&self.vocabulary, piece) {
            out.extend(tokens.iter().copied().map(number));
            if let Some(key) = key {
                self.tokens.put(key, tokens);
            }
        } else {
            let first = out.len();
            self.run.reset_for(piece.len());
            self.run.push(&self.vocabulary, piece);
            self.run.tokens(&self.vocabulary, out);
            out[first..].iter_mut().for_each(|token| *token = number(*token));
        }
    }
}

/// What is before a word: 1 for nothing, as this is its first letter; 2 for a character that goes with a word behind
/// it; 0 for what cannot be, or is no ASCII.
static BEFORE: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        table[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' => 1,
            b'0'..=b'9' | b'\r' | b'\n' => 0,
            _ => 2,
        };
        byte += 1;
    }
    table
};

/// The piece at `i` if it is an ASCII word of up to 15 bytes, perhaps behind one character, that no look around can
/// change, found eight bytes at a time: its key and its length.
#[inline]
fn ascii_word(text: &[u8], i: usize) -> Option<(cache::Key, usize)> {
    let least = usize::from(BEFORE[usize::from(text[i])]);
    if least == 0 {
        return None;
    }
    let chunk = text[i..].first_chunk::<17>()?;
    let (a, b) = cache::words(chunk);
    let ends = not_letters(a) & (u64::MAX << (8 * (least - 1)));
    if ends != 0 {
        let length = ends.trailing_zeros() as usize / 8;
        // A letter or mark beyond ASCII would go on with the word.
        let whole = length >= least && chunk[length] < 0x80;
        return whole.then(|| (cache::key_of_one(a, length), length));
    }
    // Not the sixteenth byte: a key has room for fifteen.
    let ends = not_letters(b) & (u64::MAX >> 8);
    let length = 8 + ends.trailing_zeros() as usize / 8;
    let whole = ends != 0 && chunk[length] < 0x80;
    whole.then(|| (cache::key_of_two(a, b, length), length))
}

/// The high bit of every byte that is no ASCII letter.
#[inline]
fn not_letters(word: u64) -> u64 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let lower = (word | 0x2020_2020_2020_2020) & !HIGH;
    let from_a = lower + 0x1F1F_1F1F_1F1F_1F1F;
    let past_z = lower + 0x0505_0505_0505_0505;
    (!(from_a & !past_z) | word) & HIGH
}
