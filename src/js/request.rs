//! Requests as values, for programs that send them themselves.
//!
//! In: settings and messages. Out: `{ url, method, headers, body }`. Never: a request that is sent.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

use super::{
    refusal::Refusal,
    settings::{read_endpoint, read_request},
};
use crate::wire;

/// Writes the request that a session would send for these messages.
///
/// # Errors
///
/// A plain object with the code `invalid_request`, when no provider could take it.
#[wasm_bindgen(js_name = buildRequest)]
pub fn build_request(settings: &JsValue, asked: &JsValue) -> Result<Object, Refusal> {
    let request = wire::encode(&read_endpoint(settings)?, &read_request(asked)?)?;
    let headers = object(request.headers.iter().map(|(name, value)| (*name, value.into())));
    Ok(object([
        ("url", JsValue::from(request.url)),
        ("method", "POST".into()),
        ("headers", headers.into()),
        ("body", request.body.into()),
    ]))
}

/// A plain object. A fresh one takes every field, so there is no failure to tell.
pub(super) fn object<'a>(fields: impl IntoIterator<Item = (&'a str, JsValue)>) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&object, &JsValue::from_str(name), &value);
    }
    object
}
