//! A text that somebody writes, counted in steps, so that whoever calls can let a page breathe between them.
//!
//! In: edits. Out: the count, after as many steps as it takes. Never: a step whose cost grows with the text.
//!
//! Most edits are a letter: they are one step, which costs as much as the words around it. What is added at the end goes on from there. Anything else
//! is counted from the start again, in pieces: a step inside a long run without a break would cost the whole run.

use std::{mem, ops::Range};

use super::{
    Meter, OutOfRange, Tokenizer,
    meter::put_in,
    units::{Parts, Units},
};

/// Most bytes that one edit in the middle of a text may put or take.
const SMALL: usize = 4096;
/// How far from an edit a break has to be, on either side, for the words around it to be short.
const NEAR: usize = 4096;

/// The text being written. All calls of one draft are to be given the same tokenizer.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What is counted.
    meter: Meter,
    /// What follows it.
    rest: String,
    /// How much of that is counted already.
    done: usize,
    /// Offsets in all of the text.
    units: Units,
}

impl Draft {
    /// No text yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts text in the place of a range of UTF-16 units. Small edits are counted here; the rest is
    /// [`step`](Self::step)'s.
    ///
    /// # Errors
    ///
    /// When the range is none of whole characters in the text.
    pub fn revise(
        &mut self,
        tokenizer: &mut Tokenizer,
        units: Range<usize>,
        put: &str,
    ) -> Result<(), OutOfRange> {
        let at = self.units.range(self.parts(), units).ok_or(OutOfRange)?;
        let counted = self.meter.text().len();
        if let Some(start) = at.start.checked_sub(counted) {
            let start = start + self.done;
            put_in(&mut self.rest, start..start + at.len(), put);
        } else if at.end > counted || !self.counts(tokenizer, at.clone(), put) {
            let mut text = mem::take(&mut self.meter).into_text();
            text.push_str(self.rest.get(self.done..).unwrap_or_default());
            put_in(&mut text, at.clone(), put);
            (self.rest, self.done) = (text, 0);
        }
        // Not by `parts`, which would borrow the units as well.
        let parts = Parts(self.meter.text(), self.rest.get(self.done..).unwrap_or_default());
        self.units.replace(parts, at, put.len());
        Ok(())
    }

    /// Counts about as many bytes more; whether that was all.
    pub fn step(&mut self, tokenizer: &mut Tokenizer, bytes: usize) -> bool {
        let end = self.rest.ceil_char_boundary(self.done.saturating_add(bytes));
        self.meter.append(tokenizer, self.rest.get(self.done..end).unwrap_or_default());
        self.done = end;
        if end < self.rest.len() {
            return false;
        }
        (self.rest, self.done) = (String::new(), 0);
        true
    }

    /// How many tokens the text is, as far as it is counted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.meter.count()
    }

    /// Counts an edit if little is put, little is taken, and the words around are short; whether it did.
    fn counts(&mut self, tokenizer: &mut Tokenizer, at: Range<usize>, put: &str) -> bool {
        at.len() <= SMALL
            && put.len() <= SMALL
            && self.meter.is_near(tokenizer, &at, NEAR)
            && self.meter.replace(tokenizer, at, put).is_ok()
    }

    fn parts(&self) -> Parts<'_> {
        Parts(self.meter.text(), self.rest.get(self.done..).unwrap_or_default())
    }
}
