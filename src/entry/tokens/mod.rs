//! The artifacts `tokens`, the tokenizer of the npm package, and `tally`, what of it the page needs; loaded with the first count.
//!
//! In: a vocabulary pack and texts, each over the border once. Out: counts, and from `tokens` ids. Never: JSON, a message; prompts become texts
//! elsewhere. What both have refuses by a number, not by an error: making one is code that the page would have to load.

mod draft;
#[cfg(feature = "tokens")]
mod ids;
mod memory;
#[cfg(feature = "tokens")]
mod meter;
#[cfg(feature = "tokens")]
mod refusal;

pub use draft::Draft;
#[cfg(feature = "tokens")]
pub use meter::Meter;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::tokens::{self, Family, PackError, Tokenizer};

/// A pack that is being read, in steps, for callers who must not block.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Opening(Result<tokens::Opening, PackError>);

#[wasm_bindgen]
impl Opening {
    /// Begins with a pack of either kind, in `tally` of the one for counting. What is wrong with it the first step tells.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(pack: &[u8]) -> Self {
        #[cfg(feature = "tokens")]
        let opening = tokens::Opening::of(pack, Family::default());
        #[cfg(not(feature = "tokens"))]
        let opening = tokens::Opening::of_counts(pack, Family::default());
        Self(opening)
    }

    /// Takes in about that many merges more. 0: there are more; 1: that was all; else what is wrong with the pack:
    /// 2: `vocabulary_foreign`, 3: `vocabulary_version`, 4: `vocabulary_corrupt`.
    pub fn step(&mut self, merges: usize) -> u8 {
        match self.0.as_mut().map_err(|why| *why).and_then(|opening| opening.step(merges)) {
            Ok(done) => done.into(),
            Err(PackError::Foreign) => 2,
            Err(PackError::Version(_)) => 3,
            Err(PackError::Corrupt) => 4,
        }
    }

    /// The tokenizer; nothing unless the last step was taken.
    #[must_use]
    pub fn done(self) -> Option<Tokens> {
        self.0.ok()?.done().map(Tokens)
    }
}

/// The tokenizer over one vocabulary.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Tokens(Tokenizer);

#[wasm_bindgen]
impl Tokens {
    /// How many tokens a text is.
    pub fn count(&mut self, text: &str) -> usize {
        self.0.count(text)
    }
}
