//! The count of a text that grows and changes, exact at every moment.

use std::{fmt, ops::Range};

use super::{
    OutOfRange, Tokenizer,
    long::Long,
    special::{LONGEST, Special},
};

/// A text and its count. All calls of one meter are to be given the same tokenizer.
///
/// What is before the first piece that more text may change is counted once. That piece and the little behind it are
/// counted anew with every change, except that a long one is gone on with.
#[derive(Clone, Default)]
pub struct Meter {
    text: String,
    /// Where the first piece begins that is not closed.
    closed: usize,
    /// How many tokens are before it.
    before: usize,
    /// Where a special token may have begun, or half a character stands; else the end of the text. Pieces are closed by
    /// what is before.
    held: usize,
    /// The piece at `closed`, read up to `held`, if it is long.
    long: Option<Box<Long>>,
    count: usize,
    looks: u64,
}

/// A piece is long from so many bytes on: below, counting it anew costs less than keeping it.
const LONG: usize = 64;

/// What half a character comes as.
const HALF: char = '\u{FFFD}';

impl Meter {
    /// Of no text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts text behind the text. Costs what was appended and the word still open, however long the text is.
    pub fn append(&mut self, tokenizer: &mut Tokenizer, text: &str) {
        let from = self.held;
        self.text.push_str(text);
        self.read(tokenizer, from);
    }

    /// Takes back the last character if it is U+FFFD: half a character that JavaScript hands over by halves, and the other
    /// half has come. To be followed by [`Meter::append`], which brings the count up to date and costs no more than else.
    pub fn take_back(&mut self) {
        if let Some(length) = self.text.strip_suffix(HALF).map(str::len) {
            // Nothing behind `held` was read.
            self.text.truncate(length);
        }
    }

    /// Puts text in the place of a range of bytes. Costs what is put in and taken out, the words around, and moving
    /// the bytes behind.
    ///
    /// # Errors
    ///
    /// When the range is none of whole characters in the text.
    pub fn replace(
        &mut self,
        tokenizer: &mut Tokenizer,
        at: Range<usize>,
        text: &str,
    ) -> Result<(), OutOfRange> {
        self.text.get(at.clone()).ok_or(OutOfRange)?;
        let from = self.boundary_before(tokenizer, 0, at.start).unwrap_or(0);
        let to = self.boundary_after(tokenizer, at.end, self.text.len()).filter(|to| *to <= self.closed);
        let old = tokenizer.count(self.slice(from, to.unwrap_or(self.text.len())));
        let removed = at.len();
        put_in(&mut self.text, at, text);
        if let Some(to) = to {
            // Nothing that is open is touched; it moves.
            let moved = |place: usize| place - removed + text.len();
            let new = tokenizer.count(self.slice(from, moved(to)));
            let recounted = |count: usize| (count + new).saturating_sub(old);
            (self.closed, self.held) = (moved(self.closed), moved(self.held));
            (self.before, self.count) = (recounted(self.before), recounted(self.count));
        } else {
            self.before = self.count.saturating_sub(old);
            self.closed = from;
            self.leave_long();
            self.read(tokenizer, from);
        }
        Ok(())
    }

    /// Whether [`Meter::replace`] counts few words around a range: whether no more than so many bytes are between it and
    /// where they end, on either side.
    #[must_use]
    pub fn is_near(&self, tokenizer: &Tokenizer, at: &Range<usize>, bytes: usize) -> bool {
        let from = self.text.floor_char_boundary(at.start.saturating_sub(bytes));
        let to = self.text.ceil_char_boundary(at.end.saturating_add(bytes));
        (from == 0 || self.boundary_before(tokenizer, from, at.start).is_some())
            && (to >= self.text.len() || self.boundary_after(tokenizer, at.end, to).is_some())
    }

    /// How many tokens the text is.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, when its count is no longer asked for.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// How many pairs of tokens its long pieces made it look at, ever: a measure of its work without a clock.
    #[must_use]
    pub fn looks(&self) -> u64 {
        self.looks + self.long.as_ref().map_or(0, |long| long.looks())
    }

    /// Reads what is new, which may have a special token that begins at `from` or later.
    fn read(&mut self, tokenizer: &mut Tokenizer, mut from: usize) {
        self.held = loop {
            match tokenizer.added.find(&self.text, from) {
                Special::At(start, end, _) => {
                    self.close(tokenizer, start);
                    self.before += 1;
                    (self.closed, from) = (end, end);
                }
                Special::Begun(start) => break start,
                // It may be taken back, and is not before `from`: a special token has none.
                Special::Nowhere => break self.text.strip_suffix(HALF).unwrap_or(&self.text).len(),
            }
        };
        self.advance(tokenizer, self.held);
        self.count = self.before + self.count_open(tokenizer);
    }

    /// Counts all pieces that no text behind `end` can change.
    fn advance(&mut self, tokenizer: &mut Tokenizer, end: usize) {
        loop {
            if let Some(long) = &mut self.long {
                let text = self.text.get(self.closed..end).unwrap_or_default();
                let Some((length, count)) = long.grow(&tokenizer.bpe, text) else { return };
                self.closed += length;
                self.before += count;
                self.leave_long();
            }
            let text = self.text.get(self.closed..end).unwrap_or_default();
            let (count, length) = tokenizer.bpe.count_closed(text);
            self.before += count;
            self.closed += length;
            let open = text.get(length..).unwrap_or_default();
            if open.len() < LONG {
                return;
            }
            self.long = Some(Box::default());
        }
    }

    /// Counts everything up to `end`, where the text ends as far as pieces are concerned.
    fn close(&mut self, tokenizer: &mut Tokenizer, end: usize) {
        self.advance(tokenizer, end);
        self.before += match &self.long {
            Some(long) => long.count(),
            None => tokenizer.bpe.count(self.slice(self.closed, end)),
        };
        self.leave_long();
    }

    /// How many tokens are behind `closed` as things stand. What was held there is no special token yet.
    fn count_open(&mut self, tokenizer: &mut Tokenizer) -> usize {
        let open = self.text.get(self.closed..).unwrap_or_default();
        match &self.long {
            None => tokenizer.bpe.count(open),
            Some(long) if self.held == self.text.len() => long.count(),
            Some(long) => {
                let mut further = long.clone();
                let closed = further.grow(&tokenizer.bpe, open);
                self.looks += further.looks() - long.looks();
                match closed {
                    None => further.count(),
                    Some((length, count)) => {
                        count + tokenizer.bpe.count(open.get(length..).unwrap_or_default())
                    }
                }
            }
        }
    }

    fn leave_long(&mut self) {
        self.looks += self.long.take().map_or(0, |long| long.looks());
    }

    /// The greatest position behind `from` up to which nothing behind `end` matters.
    fn boundary_before(&self, tokenizer: &Tokenizer, from: usize, mut end: usize) -> Option<usize> {
        let text = self.text.as_bytes();
        loop {
            end = tokenizer.bpe.classes.boundary_before(text, from, end);
            if end == 0 {
                return None;
            }
            if !tokenizer.added.is_open(text.get(..end).unwrap_or_default()) {
                return Some(end);
            }
        }
    }

    /// The smallest position before `end` from which on nothing before `start` matters.
    fn boundary_after(&self, tokenizer: &Tokenizer, start: usize, end: usize) -> Option<usize> {
        let text = self.text.as_bytes().get(..end).unwrap_or_default();
        let mut from = start;
        loop {
            let (place, is_space) = tokenizer.bpe.classes.boundary_after(text, from)?;
            // No special token has white space inside, and one that begins before `start` does not reach that far.
            let clear = || {
                place - start >= LONGEST
                    && !tokenizer.added.is_open(text.get(start..place).unwrap_or_default())
            };
            if is_space || clear() {
                return Some(place);
            }
            from = place;
        }
    }

    fn slice(&self, from: usize, to: usize) -> &str {
        self.text.get(from..to).unwrap_or_default()
    }
}

/// Puts text in the place of a range of whole characters. As `String::replace_range`, in half the code.
pub(super) fn put_in(text: &mut String, at: Range<usize>, put: &str) {
    let start = at.start;
    text.drain(at);
    text.insert_str(start, put);
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter")
            .field("bytes", &self.text.len())
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}
