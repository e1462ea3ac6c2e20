//! The artifact `tokens`: the tokenizer, loaded with the first count.
//!
//! In: a vocabulary pack and texts, each over the border once. Out: counts and ids. Never: JSON, a message; prompts become texts elsewhere.

mod draft;
mod meter;
mod refusal;

pub use draft::Draft;
pub use meter::Meter;

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::tokens::{self, Family, Tokenizer};

/// A pack that is being read, in steps, for callers who must not block.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Opening(tokens::Opening);

#[wasm_bindgen]
impl Opening {
    /// Reads a pack of either kind; its tables are not made yet.
    ///
    /// # Errors
    ///
    /// An `Error` whose `code` is `vocabulary_foreign`, `vocabulary_version` or `vocabulary_corrupt`.
    #[wasm_bindgen(constructor)]
    pub fn new(pack: &[u8]) -> Result<Self, JsValue> {
        tokens::Opening::of(pack, Family::default()).map(Self).map_err(refuse)
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

    /// Whether tokens are the model's ids; else there are only counts.
    #[wasm_bindgen(getter, js_name = hasIds)]
    #[must_use]
    pub fn has_ids(&self) -> bool {
        self.0.has_ids()
    }

    /// How many tokens a text is.
    pub fn count(&mut self, text: &str) -> usize {
        self.0.count(text)
    }

    /// How many tokens each text is, in one call.
    #[wasm_bindgen(js_name = countAll)]
    #[allow(clippy::needless_pass_by_value, reason = "how wasm-bindgen hands over a list")]
    pub fn count_all(&mut self, texts: Vec<String>) -> Vec<usize> {
        texts.iter().map(|text| self.0.count(text)).collect()
    }

    /// A text's ids.
    ///
    /// # Errors
    ///
    /// An `Error` whose `code` is `no_ids`, when the pack knows none.
    pub fn encode(&mut self, text: &str) -> Result<Vec<u32>, JsValue> {
        self.0.encode(text).map_err(|why| refusal::error(why.code(), &why.to_string()))
    }

    /// The bytes that ids stand for: UTF-8, unless they were cut inside a character.
    ///
    /// # Errors
    ///
    /// An `Error` whose `code` is `no_ids` or `token_unknown`.
    pub fn decode(&self, ids: &[u32]) -> Result<Vec<u8>, JsValue> {
        self.0.decode(ids).map_err(|why| refusal::error(why.code(), &why.to_string()))
    }
}

/// What is wrong with a pack, with its code.
#[allow(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn refuse(why: tokens::PackError) -> JsValue {
    refusal::error(why.code(), &why.to_string())
}

/// What is wrong with a range, with its code.
fn refuse_range(why: tokens::OutOfRange) -> JsValue {
    refusal::error(why.code(), &why.to_string())
}
