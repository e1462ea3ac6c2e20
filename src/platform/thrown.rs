//! What JavaScript threw, in words: any value at all can be thrown, and each gives a sentence.
//!
//! In: a value. Out: text for a developer or a model. Never: a panic, or a call into what the value overrides
//! beyond reading two fields.

use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;

/// The words of what was thrown: an error's message, a string itself, anything else as JSON.
#[must_use]
pub fn words(thrown: &JsValue) -> String {
    let field = |name: &str| {
        let text = Reflect::get(thrown, &JsValue::from_str(name)).ok()?.as_string()?;
        (!text.is_empty()).then_some(text)
    };
    thrown
        .as_string()
        .or_else(|| field("message"))
        .or_else(|| field("name"))
        .or_else(|| JSON::stringify(thrown).ok()?.as_string())
        .unwrap_or_else(|| "nothing was said".to_owned())
}
