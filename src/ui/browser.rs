//! What the views ask of a browser, asked so that a browser may refuse: no window, no clipboard, no pointer.
//!
//! In and out: plain values. Never: a panic, or a call while the server renders.

use js_sys::{JsString, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Clipboard, FocusOptions, HtmlElement, HtmlTextAreaElement, Storage};

/// The origin of the page, for addresses that are only a path.
pub(super) fn origin() -> String {
    web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// Whether fingers are all there is: then Enter is a new line, and focus would raise a keyboard over the text.
pub(super) fn is_touch() -> bool {
    matches("(pointer: coarse) and (not (any-pointer: fine))")
}

/// Whether the reader asked for less motion.
pub(super) fn is_still() -> bool {
    matches("(prefers-reduced-motion: reduce)")
}

/// Puts the caret somewhere without scrolling, unless that would raise a keyboard on the screen.
pub(super) fn focus(element: &HtmlElement) {
    if is_touch() {
        return;
    }
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

/// What is in a field, left where it is: a long text takes its time over the border.
pub(super) fn value(field: &HtmlTextAreaElement) -> JsString {
    let value = Reflect::get(field, &JsValue::from_str("value"));
    value.ok().and_then(|value| value.dyn_into().ok()).unwrap_or_else(|| JsString::from(""))
}

/// Copies text; `false` where the browser does not allow it, as on pages without TLS.
pub(super) async fn copy(text: &str) -> bool {
    let clipboard = web_sys::window()
        .and_then(|window| Reflect::get(&window.navigator(), &JsValue::from_str("clipboard")).ok())
        .filter(JsValue::is_object);
    match clipboard {
        Some(clipboard) => {
            JsFuture::from(clipboard.unchecked_into::<Clipboard>().write_text(text)).await.is_ok()
        }
        None => false,
    }
}

/// A number that differs from page to page, to spread retries.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a random number of 0 to 1 becomes a whole one below 2^53"
)]
pub(super) fn seed() -> u64 {
    (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64
}

/// What an earlier visit kept under a name; nothing where a browser keeps nothing, as in some frames.
pub(super) fn kept(name: &str) -> Option<String> {
    shelf()?.get_item(name).ok().flatten()
}

/// Keeps a text for later visits, or lets go of it. Where a browser keeps nothing, it holds while the page does.
pub(super) fn keep(name: &str, text: Option<&str>) {
    if let Some(shelf) = shelf() {
        let _ = match text {
            Some(text) => shelf.set_item(name, text),
            None => shelf.remove_item(name),
        };
    }
}

fn shelf() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn matches(query: &str) -> bool {
    let list = web_sys::window().and_then(|window| window.match_media(query).ok().flatten());
    list.is_some_and(|list| list.matches())
}
