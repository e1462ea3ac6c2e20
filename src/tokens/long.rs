//! The last piece of a growing text, once it is long: gone on with where it was left, never looked at again.
//!
//! White space is the one body that may turn out to be two pieces, cut behind its last line end, and another line end
//! makes one of them again. So it is counted both ways.

use super::{
    bpe::{Bpe, Run},
    classes::SPLIT,
    pieces::Shape,
};

/// A piece that more text may make longer.
#[derive(Clone, Default)]
pub(super) struct Long {
    /// The piece as one.
    whole: Run,
    /// What is behind the last line end of white space, if there is one.
    rest: Run,
    /// Where that begins, and how many tokens are before it.
    newline: (usize, usize),
}

impl Long {
    /// Reads on. `text` begins with the piece, and with all that was read before. If the piece turns out to be
    /// closed: where, and how many tokens that is.
    pub(super) fn grow(&mut self, bpe: &Bpe, text: &str) -> Option<(usize, usize)> {
        let bytes = text.as_bytes();
        if bytes.is_empty() {
            return None;
        }
        let read = self.whole.len();
        let look = bpe.classes.look(bytes, 0, read);
        let is_space = look.shape == Shape::Spaces;
        self.push(bpe, bytes.get(read..look.body).unwrap_or_default(), is_space);
        if look.body == bytes.len() {
            None
        } else if is_space {
            Some(self.close_space(bpe, bytes, look.body))
        } else {
            Some((look.end, self.whole.count_at(look.end)))
        }
    }

    /// How many tokens it is if nothing follows.
    pub(super) fn count(&self) -> usize {
        match self.newline {
            (0, _) => self.whole.count(),
            (_, before) => before + self.rest.count(),
        }
    }

    /// How many pairs of tokens it made the vocabulary look at.
    pub(super) fn looks(&self) -> u64 {
        self.whole.looks + self.rest.looks
    }

    fn push(&mut self, bpe: &Bpe, new: &[u8], is_space: bool) {
        let newline = new.iter().rposition(|byte| is_space && matches!(byte, b'\r' | b'\n'));
        let newline = newline.map_or(0, |place| place + 1);
        let (before, behind) = new.split_at_checked(newline).unwrap_or_default();
        bpe.push(&mut self.whole, before);
        if newline > 0 {
            self.newline = (self.whole.len(), self.whole.count());
            self.rest.clear();
        }
        bpe.push(&mut self.whole, behind);
        if self.newline.0 > 0 {
            bpe.push(&mut self.rest, behind);
        }
    }

    /// What is behind the white space is something else, so all of it is known, but for one character perhaps.
    fn close_space(&self, bpe: &Bpe, text: &[u8], body: usize) -> (usize, usize) {
        let (newline, before) = self.newline;
        // The last character goes with what follows in the same split, even where it is the only one.
        let cut = newline < body && bpe.classes.at(text, body).0 & SPLIT == 0;
        let end = if cut { bpe.classes.before(text, body).1 } else { body };
        match newline {
            0 => (end, self.whole.count_at(end)),
            _ => (end, before + self.rest.count_at(end - newline)),
        }
    }
}
