//! A text that somebody writes, counted in steps, so that whoever calls can let the page breathe between them.
//!
//! In: the whole text as it is now. Out: its count, after as many steps as it takes. Never: a step whose cost grows with the text.
//!
//! Most edits are a letter: they are one step, which costs as much as the words around it. What is added at the end goes on from there. Anything else
//! is counted from the start again, in pieces: a step inside a long run without a break would cost the whole run.

use wasm_bindgen::prelude::wasm_bindgen;

use super::Tokens;
use crate::tokens::Meter;

/// Most bytes that one edit in the middle of a text may put or take.
const SMALL: usize = 4096;
/// How far from an edit a break has to be, on either side, for the words around it to be short.
const NEAR: usize = 4096;

/// The text being written.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Draft {
    /// What is counted.
    meter: Meter,
    /// What follows it.
    rest: String,
    /// How much of that is counted already.
    done: usize,
}

#[wasm_bindgen]
impl Draft {
    /// No text yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The text is now this. Small edits are counted here; the rest is [`step`](Self::step)'s.
    #[allow(clippy::needless_pass_by_value, reason = "how wasm-bindgen hands over a text without a copy")]
    pub fn set(&mut self, tokens: &mut Tokens, text: String) {
        let edit = Edit::between(self.meter.text(), &text);
        (self.rest, self.done) = (String::new(), 0);
        if edit.at == self.meter.text().len() {
            (self.rest, self.done) = (text, edit.at);
            return;
        }
        let put = text.get(edit.at..edit.to);
        if let Some(put) = put.filter(|_| edit.is_small(self.meter.text()))
            && self.meter.replace(&mut tokens.0, edit.at..edit.end, put).is_ok()
        {
            return;
        }
        (self.meter, self.rest) = (Meter::new(), text);
    }

    /// Counts about as many bytes more; whether that was all.
    pub fn step(&mut self, tokens: &mut Tokens, bytes: usize) -> bool {
        let end = self.rest.ceil_char_boundary(self.done.saturating_add(bytes));
        self.meter.append(&mut tokens.0, self.rest.get(self.done..end).unwrap_or_default());
        self.done = end;
        if end < self.rest.len() {
            return false;
        }
        (self.rest, self.done) = (String::new(), 0);
        true
    }

    /// How many tokens the text is, as far as it is counted.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn count(&self) -> usize {
        self.meter.count()
    }
}

/// Where two texts differ: `at..end` of the one became `at..to` of the other. All are borders of characters.
#[derive(Debug, Eq, PartialEq)]
struct Edit {
    at: usize,
    end: usize,
    to: usize,
}

impl Edit {
    fn between(old: &str, new: &str) -> Self {
        let same = |pairs: &mut dyn Iterator<Item = (&u8, &u8)>| pairs.take_while(|(a, b)| a == b).count();
        let (a, b) = (old.as_bytes(), new.as_bytes());
        let at = old.floor_char_boundary(same(&mut a.iter().zip(b)));
        let most = a.len().min(b.len()) - at;
        let tail = same(&mut a.iter().rev().zip(b.iter().rev()).take(most));
        // What follows the difference is the same in both, so its border is one in both.
        let end = old.ceil_char_boundary(a.len() - tail);
        Self { at, end, to: b.len() - (a.len() - end) }
    }

    /// Whether little is put, little is taken, and the words around are short.
    fn is_small(&self, old: &str) -> bool {
        let (before, _) = old.as_bytes().split_at(self.at.min(old.len()));
        let after = old.as_bytes().get(self.end..).unwrap_or_default();
        self.end - self.at <= SMALL
            && self.to - self.at <= SMALL
            && is_near(before.windows(2).rev(), before.len())
            && is_near(after.windows(2), after.len())
    }
}

/// Whether a break comes soon, or the text's own end. Of the breaks that there are, the two most frequent are enough.
fn is_near<'a>(pairs: impl Iterator<Item = &'a [u8]>, length: usize) -> bool {
    let is_break = |pair: &[u8]| match pair {
        [before, b' '] => before.is_ascii_alphanumeric(),
        [b'\n', after] => after.is_ascii_alphanumeric(),
        _ => false,
    };
    length <= NEAR || pairs.take(NEAR).any(is_break)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(old: &str, new: &str) -> (usize, usize, usize) {
        let Edit { at, end, to } = Edit::between(old, new);
        (at, end, to)
    }

    #[test]
    fn the_difference_is_between_characters() {
        assert_eq!(edit("", ""), (0, 0, 0));
        assert_eq!(edit("abc", "abXc"), (2, 2, 3));
        assert_eq!(edit("aaaa", "aaa"), (3, 4, 3));
        assert_eq!(edit("aaa", "aaaa"), (3, 3, 4));
        assert_eq!(edit("深い", "深く"), (3, 6, 6), "they share their first bytes");
        assert_eq!(edit("é", "ĩ"), (0, 2, 2), "they share their last byte");
        assert_eq!(edit("一a", "丁a"), (0, 3, 3));
        assert_eq!(edit("xyz", ""), (0, 3, 0));
    }

    #[test]
    fn an_edit_within_a_long_word_is_not_small() {
        let text = format!("some words {} and more", "a".repeat(3 * NEAR));
        let place = |at: usize| Edit { at, end: at, to: at + 1 }.is_small(&text);
        assert!(place(3) && place(8) && place(text.len() - 3));
        assert!(!place(text.len() / 2));
        assert!(!Edit { at: 0, end: SMALL + 1, to: 0 }.is_small(&text));
        assert!(!Edit { at: 0, end: 0, to: SMALL + 1 }.is_small(&text));
    }
}
