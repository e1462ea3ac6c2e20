//! Requests as values, for programs that send them themselves.
//!
//! In: settings and messages. Out: `{ url, method, headers, body }`. Never: a request that is sent.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

use super::{refusal::Refusal, settings::Settings};
use crate::wire;

/// Writes the request that a session would send for these settings and messages.
///
/// # Errors
///
/// A plain object with the code `invalid_request`, when no provider could take it.
#[wasm_bindgen(js_name = buildRequest)]
pub fn build_request(settings: &str) -> Result<Object, Refusal> {
    let settings = Settings::read(settings)?;
    let endpoint = settings.endpoint()?;
    let request = wire::encode(&endpoint, &settings.into_request())?;
    let headers = object(request.headers.into_iter().map(|(name, value)| (name, value.into())));
    Ok(object([
        ("url", request.url.into()),
        ("method", "POST".into()),
        ("headers", headers.into()),
        ("body", request.body.into()),
    ]))
}

/// A plain object. A fresh one takes every field, so there is no failure to tell.
pub(super) fn object(fields: impl IntoIterator<Item = (&'static str, JsValue)>) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&object, &JsValue::from_str(name), &value);
    }
    object
}
