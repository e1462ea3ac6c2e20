//! The artifact `widget`: the chat for the element and for the static page, drawn in the browser alone.
//!
//! In: an element to draw into, and options. Out: a handle whose end takes the chat away. Never: `innerHTML`.

use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};
use web_sys::{Element, HtmlElement};

/// A chat on a page; freeing it takes it away.
#[wasm_bindgen]
pub struct Mounted {
    _chat: Box<dyn std::any::Any>,
}

impl std::fmt::Debug for Mounted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mounted")
    }
}

/// Draws a chat into `root`.
///
/// # Errors
///
/// When `root` is no HTML element.
#[wasm_bindgen]
pub fn mount(root: Element, _options: JsValue) -> Result<Mounted, JsValue> {
    let root: HtmlElement = root.dyn_into()?;
    let chat = mount_to(root, || {
        let (asked, set_asked) = signal(0_u32);
        view! { <button on:click=move |_| set_asked.update(|n| *n += 1)>{"Asked "}{asked}</button> }
    });
    Ok(Mounted { _chat: Box::new(chat) })
}
