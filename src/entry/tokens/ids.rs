//! What of the tokenizer the page does not need: ids, and many texts in one call.
//!
//! In: texts, ids. Out: ids, bytes, counts. Never: ids over a vocabulary for counting.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::{Tokens, refusal};

#[wasm_bindgen]
impl Tokens {
    /// Whether tokens are the model's ids; else there are only counts.
    #[wasm_bindgen(getter, js_name = hasIds)]
    #[must_use]
    pub fn has_ids(&self) -> bool {
        self.0.has_ids()
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
