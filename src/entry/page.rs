//! The artifact `page`: the browser's half of the page that the edge function renders.
//!
//! In: the document as the server sent it. Out: the same document, alive. Never: `innerHTML`.

use js_sys::{Object, Reflect};
use leptos::prelude::document;
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

use crate::ui::{Counter, Settings, Setup, app};

/// Takes over the element with the id `hadal`, by the settings that stand in `hadal-settings`.
///
/// The one option, which may be missing: `counter` (counts tokens exactly, see `www/src/meter/counter.ts`).
///
/// Whether there was such an element with such settings; a page without them is left as it is.
#[wasm_bindgen]
#[must_use]
pub fn hydrate(options: Option<Object>) -> bool {
    let document = document();
    let Some(root) = document.get_element_by_id("hadal").and_then(|root| root.dyn_into().ok()) else {
        return false;
    };
    let data = document.get_element_by_id("hadal-settings").and_then(|data| data.text_content());
    let Some(settings) = data.and_then(|data| serde_json::from_str::<Settings>(&data).ok()) else {
        return false;
    };
    let counter = options.and_then(|options| Reflect::get(&options, &JsValue::from_str("counter")).ok());
    let counter = Counter::of(counter.unwrap_or_default());
    leptos::mount::hydrate_from(root, || app(Setup { settings, counter, ..Setup::default() })).forget();
    true
}
