//! The artifacts `tokens`, the tokenizer of the npm package, and `tally`, what of it the page needs; loaded with the first count.
//!
//! In: a vocabulary pack and texts, each over the border once. Out: counts, and from `tokens` ids. Never: JSON, a message; prompts become texts
//! elsewhere.

mod draft;
#[cfg(feature = "tokens")]
mod ids;
mod memory;
#[cfg(feature = "tokens")]
mod meter;
mod refusal;

pub use draft::Draft;
#[cfg(feature = "tokens")]
pub use meter::Meter;

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::tokens::{self, Family, Tokenizer};

/// A pack that is being read, in steps, for callers who must not block.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Opening(tokens::Opening);

#[wasm_bindgen]
impl Opening {
    /// Reads a pack of either kind, in `tally` of the one for counting; its tables are not made yet.
    ///
    /// # Errors
    ///
    /// An `Error` whose `code` is `vocabulary_foreign`, `vocabulary_version` or `vocabulary_corrupt`.
    #[wasm_bindgen(constructor)]
    pub fn new(pack: &[u8]) -> Result<Self, JsValue> {
        #[cfg(feature = "tokens")]
        let opening = tokens::Opening::of(pack, Family::default());
        #[cfg(not(feature = "tokens"))]
        let opening = tokens::Opening::of_counts(pack, Family::default());
        opening.map(Self).map_err(refuse)
    }

    /// Takes in about that many merges more; whether that was all.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn step(&mut self, merges: usize) -> Result<bool, JsValue> {
        self.0.step(merges).map_err(refuse)
    }
}

/// The tokenizer over one vocabulary.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Tokens(Tokenizer);

#[wasm_bindgen]
impl Tokens {
    /// Of a pack, which is used up; what steps are left are taken.
    ///
    /// # Errors
    ///
    /// As [`Opening::new`].
    #[wasm_bindgen(constructor)]
    pub fn new(pack: Opening) -> Result<Self, JsValue> {
        pack.0.finish().map(Self).map_err(refuse)
    }

    /// How many tokens a text is.
    pub fn count(&mut self, text: &str) -> usize {
        self.0.count(text)
    }
}

/// What is wrong with a pack, with its code.
#[allow(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn refuse(why: tokens::PackError) -> JsValue {
    refusal::error(why.code(), why.message())
}

/// What is wrong with a range, with its code.
fn refuse_range(why: tokens::OutOfRange) -> JsValue {
    refusal::error(why.code(), why.message())
}
