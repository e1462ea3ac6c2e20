//! The artifact `page`: the browser's half of the page that the edge function renders.
//!
//! In: the document as the server sent it. Out: the same document, alive. Never: `innerHTML`.

use leptos::{mount::hydrate_from, prelude::*};
use wasm_bindgen::prelude::{JsCast, wasm_bindgen};

/// Takes over the element with the id `hadal`.
#[wasm_bindgen]
pub fn hydrate() {
    let Some(root) = document().get_element_by_id("hadal").and_then(|root| root.dyn_into().ok()) else {
        return;
    };
    hydrate_from(root, || view! { <p>{"Hadal"}</p> }).forget();
}
