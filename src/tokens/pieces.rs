//! The pre-tokenizer: where text is cut before anything is merged. Three splits, by hand, without a regex engine.
//!
//! In: text. Out: where the piece that begins here ends. Never: a look behind; what is before the text does not count.
//!
//! The reference applies, one after another and each to every piece of the one before:
//!
//! 1. `\p{N}{1,3}`
//! 2. `[一-龥぀-ゟ゠-ヿ]+`
//! 3. ``[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+`` or `[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+` or
//!    ` ?[\p{P}\p{S}]+[\r\n]*` or `\s*[\r\n]+` or `\s+(?!\S)` or `\s+`, and what none of them takes is a piece as well.
//!
//! So the third works inside a run of one [`SPLIT`]: a change of it is an end of text. Joining the three into one
//! alternation would be wrong.
//!
//! A piece is a [`Shape`], which its first one or two characters decide, then a body of characters of one kind, then a
//! last word on where it ends, which looks one character behind the body. Thus a body can be gone on with where it
//! was left, and the meter does.

#![expect(
    clippy::indexing_slicing,
    clippy::inline_always,
    reason = "the hot path. `i` and `k` are always beginnings of characters of the text or its length, and each read \
              is behind a comparison with the length. The three steps of a look are one function on it"
)]

use super::classes::{CLASS, Classes, LETTER, NEWLINE, NUMBER, OTHER, SPACE, SPLIT, SYMBOL};

/// What a piece's body is of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    /// Up to three numbers.
    Numbers,
    /// ASCII letters behind one ASCII symbol.
    Word,
    /// Letters and marks of this split, behind at most one other character.
    Letters(u8),
    /// Symbols of this split, behind at most one space, and then line ends.
    Symbols(u8),
    /// White space, line ends included.
    Spaces,
    /// What no rule takes, of this split.
    Gap(u8),
}

/// A piece, as far as the text goes.
pub(super) struct Look {
    pub(super) shape: Shape,
    /// Where its body ends. At the end of the text it may only be cut, except for numbers.
    pub(super) body: usize,
    /// Where it ends itself.
    pub(super) end: usize,
}

impl Classes {
    /// The end of the piece that begins at `i`, which is before the end of the text.
    #[inline]
    pub(super) fn piece(&self, text: &[u8], i: usize) -> usize {
        // Most pieces are an ASCII word, often behind a space.
        let word = if text[i] == b' ' { i + 1 } else { i };
        if word < text.len() && text[word].is_ascii_alphabetic() {
            let mut k = word + 1;
            while k < text.len() && text[k].is_ascii_alphabetic() {
                k += 1;
            }
            if k == text.len() || text[k] < 0x80 {
                return k;
            }
            return self.run(text, k, LETTER);
        }
        self.look(text, i, 0).end
    }

    /// The end of the piece that begins at `i`, if no text that may follow can change it.
    pub(super) fn closed_piece(&self, text: &[u8], i: usize) -> Option<usize> {
        let look = self.look(text, i, 0);
        (look.body < text.len()).then_some(look.end)
    }

    /// What the piece that begins at `i` is, whose body is known to go to `known` at least, if that is more than 0.
    #[inline(never)]
    pub(super) fn look(&self, text: &[u8], i: usize, known: usize) -> Look {
        let (shape, k) = self.shape(text, i);
        let body = self.body(shape, text, k.max(known));
        // Where a piece that is gone on with would end is not asked, and looking back over it would cost its length.
        let end = if known > 0 && body == text.len() { body } else { self.end(shape, text, i, body) };
        Look { shape, body, end }
    }

    /// What the piece that begins at `i` is, and where the rest of its body begins.
    #[inline(always)]
    fn shape(&self, text: &[u8], i: usize) -> (Shape, usize) {
        let (first, length) = self.at(text, i);
        let split = first & SPLIT;
        let next = i + length;
        if split == NUMBER {
            return (Shape::Numbers, next);
        }
        let (second, second_length) = if next < text.len() { self.at(text, next) } else { (NUMBER, 0) };
        match first & CLASS {
            LETTER => (Shape::Letters(split), next),
            SYMBOL if length == 1 && text.get(next).is_some_and(u8::is_ascii_alphabetic) => {
                (Shape::Word, next + 1)
            }
            SYMBOL => (Shape::Symbols(split), next),
            SPACE | OTHER if second == LETTER | split => (Shape::Letters(split), next + second_length),
            SPACE if text[i] == b' ' && second == SYMBOL => (Shape::Symbols(split), next + second_length),
            SPACE | NEWLINE => (Shape::Spaces, next),
            _ => (Shape::Gap(split), next),
        }
    }

    /// Where a body ends that is gone on with at `k`.
    #[inline(always)]
    fn body(&self, shape: Shape, text: &[u8], mut k: usize) -> usize {
        match shape {
            Shape::Numbers => {
                for _ in 0..2 {
                    if k < text.len()
                        && let (class, length) = self.at(text, k)
                        && class & SPLIT == NUMBER
                    {
                        k += length;
                    }
                }
                k
            }
            Shape::Word => {
                while k < text.len() && text[k].is_ascii_alphabetic() {
                    k += 1;
                }
                k
            }
            Shape::Letters(split) => self.run(text, k, LETTER | split),
            Shape::Symbols(split) => {
                // Line ends belong to no other split, and none is before the first symbol.
                if !matches!(text[k - 1], b'\r' | b'\n') {
                    k = self.run(text, k, SYMBOL | split);
                }
                while split == 0 && k < text.len() && matches!(text[k], b'\r' | b'\n') {
                    k += 1;
                }
                k
            }
            Shape::Spaces => {
                while k < text.len()
                    && let (SPACE | NEWLINE, length) = self.at(text, k)
                {
                    k += length;
                }
                k
            }
            Shape::Gap(split) => self.run(text, k, OTHER | split),
        }
    }

    /// Where the piece that begins at `i` ends when its body goes to `body`.
    #[inline(always)]
    fn end(&self, shape: Shape, text: &[u8], i: usize, body: usize) -> usize {
        match shape {
            Shape::Spaces => match text[i..body].iter().rposition(|byte| matches!(byte, b'\r' | b'\n')) {
                Some(newline) => i + newline + 1,
                None if body == text.len() || self.at(text, body).0 & SPLIT != 0 => body,
                // The last one goes with what follows, if it has others before it.
                None => match self.before(text, body).1 {
                    last if last > i => last,
                    _ => body,
                },
            },
            // The last one goes with the letters behind it.
            Shape::Gap(split) if body < text.len() && self.at(text, body).0 == LETTER | split => {
                self.before(text, body).1
            }
            _ => body,
        }
    }

    /// Where a run of characters of exactly this class and split ends.
    #[inline]
    fn run(&self, text: &[u8], mut k: usize, wanted: u8) -> usize {
        while k < text.len() {
            let (class, length) = self.at(text, k);
            if class != wanted {
                break;
            }
            k += length;
        }
        k
    }

    /// The greatest position that is an end of a piece whatever surrounds these characters, and across which no rule
    /// looks; it is decided by characters before `end`. 0 if there is none behind `from`.
    pub(super) fn boundary_before(&self, text: &[u8], from: usize, end: usize) -> usize {
        if end <= from {
            return 0;
        }
        let (mut right, mut i) = self.before(text, end);
        while i > from {
            let (left, start) = self.before(text, i);
            if is_boundary(left, right) {
                return i;
            }
            (right, i) = (left, start);
        }
        0
    }

    /// The smallest such position that is decided by characters from `from` on, with whether white space follows or a
    /// line end is before it. `None` if there is none.
    pub(super) fn boundary_after(&self, text: &[u8], from: usize) -> Option<(usize, bool)> {
        if from >= text.len() {
            return None;
        }
        let (mut left, length) = self.at(text, from);
        let mut i = from + length;
        while i < text.len() {
            let (right, length) = self.at(text, i);
            if is_boundary(left, right) {
                return Some((i, right == SPACE || left == NEWLINE));
            }
            (left, i) = (right, i + length);
        }
        None
    }
}

/// Whether a piece always ends between characters of these classes, and neither side's pieces depend on the other's.
///
/// Letters end before whatever is no letter. Symbols may take line ends or, being ASCII, letters. A gap may give its
/// last character to letters. White space depends on all that follows, but a line end is the end of it.
fn is_boundary(left: u8, right: u8) -> bool {
    if left & SPLIT != right & SPLIT {
        return true;
    }
    match (left & CLASS, right & CLASS) {
        (LETTER, class) => class != LETTER,
        (SYMBOL, class) => matches!(class, SPACE | OTHER),
        (OTHER, class) => !matches!(class, OTHER | LETTER),
        (NEWLINE, class) => !matches!(class, SPACE | NEWLINE),
        _ => false,
    }
}
