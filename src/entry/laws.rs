//! The artifact `laws`: the laws run as wasm, by the functions that run them natively.
//!
//! In: a seed and a number of cases. Out: reports as JSON. Never: a verdict, which is the caller's; shipped.

use wasm_bindgen::prelude::wasm_bindgen;

/// Tries every law; gives the reports as a JSON array of `{ law, cases, seed, failure }`.
#[wasm_bindgen]
#[must_use]
pub fn run(seed: u32, cases: u32) -> String {
    // Reports are numbers and strings, so the writing cannot fail; if it did, no array would come back.
    serde_json::to_string(&crate::laws::run(seed.into(), cases)).unwrap_or_default()
}
