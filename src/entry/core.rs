//! The artifact `core`: what a program imports from the npm package.
//!
//! In: JavaScript values. Out: the exports of the room `js`, and the version. Never: a DOM.

use wasm_bindgen::prelude::wasm_bindgen;

/// The version of the crate that this artifact was built from.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
