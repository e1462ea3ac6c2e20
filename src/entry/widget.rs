//! The artifact `widget`: the chat for the element and for the static page, drawn in the browser alone.
//!
//! In: an element to draw into, and options. Out: a handle by which the chat is taken away. Never: `innerHTML`.

use std::{any::Any, mem::ManuallyDrop};

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};
use web_sys::{Element, HtmlElement};

use crate::{
    models::Prices,
    platform::Fetch,
    ui::{Counter, Settings, Setup, app},
};

/// A chat on a page. It stays until [`unmount`](Self::unmount), even when a script lets go of this handle: a
/// collector must not take a conversation away.
#[wasm_bindgen]
pub struct Mounted {
    chat: ManuallyDrop<Box<dyn Any>>,
}

#[wasm_bindgen]
impl Mounted {
    /// Takes the chat away, with all that is under way in it.
    pub fn unmount(self) {
        drop(ManuallyDrop::into_inner(self.chat));
    }
}

impl std::fmt::Debug for Mounted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mounted")
    }
}

/// Draws a chat into `root`.
///
/// The options, each of which may be missing: `endpoint` and `model` (texts), `provider` (an id), `thinking`
/// (a truth), `fetch` (called instead of the runtime's own), `counter` (counts tokens exactly, see
/// `www/src/meter/counter.ts`), `prices` (`{ input, cachedInput, output }` in dollars a million tokens, or the same as
/// JSON text; what is no price is left out).
///
/// # Errors
///
/// When `root` is no HTML element.
#[wasm_bindgen]
pub fn mount(root: Element, options: &JsValue) -> Result<Mounted, JsValue> {
    let root: HtmlElement = root.dyn_into()?;
    let setup = read(options);
    Ok(Mounted { chat: ManuallyDrop::new(Box::new(leptos::mount::mount_to(root, || app(setup)))) })
}

fn read(options: &JsValue) -> Setup {
    let option = |name: &str| Reflect::get(options, &JsValue::from_str(name)).unwrap_or_default();
    let text = |name: &str| option(name).as_string();
    let mut settings = Settings::default();
    settings.endpoint = text("endpoint").unwrap_or_default();
    settings.model = text("model").unwrap_or(settings.model);
    settings.provider = text("provider");
    settings.thinking = option("thinking").as_bool().unwrap_or(settings.thinking);
    settings.prices = prices(&option("prices"));
    let fetch = option("fetch").dyn_into::<Function>().map_or_else(|_| Fetch::default(), Fetch::custom);
    let counter = Counter::of(option("counter"));
    Setup { settings, fetch, counter }
}

/// Prices as an attribute has them, as text, or as a script has them, as numbers.
fn prices(given: &JsValue) -> Option<Prices> {
    if let Some(json) = given.as_string() {
        return Prices::parse(&json).ok();
    }
    let price = |name: &str| Reflect::get(given, &JsValue::from_str(name)).ok()?.as_f64();
    Prices::per_million(price("input")?, price("cachedInput"), price("output")?).ok()
}
