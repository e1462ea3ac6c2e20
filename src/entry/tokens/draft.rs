//! A text that somebody writes, counted in steps, so that whoever calls can let the page breathe between them.
//!
//! In: edits, by JavaScript's offsets. Out: its count, after as many steps as it takes. Never: the whole text for an edit.

use wasm_bindgen::prelude::wasm_bindgen;

use super::Tokens;
use crate::tokens;

/// The text being written.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Draft(tokens::Draft);

#[wasm_bindgen]
impl Draft {
    /// No text yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a text in the place of what is between two offsets. Small edits are counted here; the rest is [`step`](Self::step)'s.
    /// False, and nothing is changed, when the offsets are none of the text or cut a character.
    pub fn revise(&mut self, tokens: &mut Tokens, start: usize, end: usize, put: &str) -> bool {
        self.0.revise(&mut tokens.0, start..end, put).is_ok()
    }

    /// Counts about as many bytes more; whether that was all.
    pub fn step(&mut self, tokens: &mut Tokens, bytes: usize) -> bool {
        self.0.step(&mut tokens.0, bytes)
    }

    /// How many tokens the text is, as far as it is counted.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.count()
    }
}
