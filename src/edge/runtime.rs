//! The runtime's side of the edge function: its environment, its responses, its ways of saying that a caller left.
//!
//! In and out: JavaScript values. Never: a decision.

use std::cell::RefCell;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, ReadableStream, Response, ResponseInit, Url};

use super::{
    answer::{self, Answer},
    config::Variables,
    race::Flag,
    route::{self, Astray},
};
use crate::wire::Header;

/// The variables of an environment that are ours: those that are text and begin with `HADAL_`.
pub(super) fn variables(env: &JsValue) -> Variables {
    let Some(env) = env.dyn_ref::<Object>() else { return Variables::new() };
    let names = Object::keys(env);
    let ours = names.iter().filter_map(|name| name.as_string()).filter(|name| name.starts_with("HADAL_"));
    ours.filter_map(|name| {
        let value = Reflect::get(env, &JsValue::from_str(&name)).ok()?.as_string()?;
        Some((name, value))
    })
    .collect()
}

/// The table of the page's files: plain name to address.
pub(super) fn names(env: &JsValue) -> impl Fn(&str) -> Option<String> {
    let table = Reflect::get(env, &"ASSET_NAMES".into()).unwrap_or_default();
    move |name| {
        let address = Reflect::get(&table, &JsValue::from_str(name)).ok()?.as_string()?;
        Some(format!("/{address}"))
    }
}

/// A response of our own; `HEAD` gets everything but the body.
pub(super) fn respond(answer: &Answer, is_head: bool) -> Result<Response, JsValue> {
    let body = (!is_head && !answer.body.is_empty()).then_some(answer.body.as_str());
    Response::new_with_opt_str_and_init(body, &init(answer.status, &answer.headers)?)
}

/// A stream as a response.
pub(super) fn respond_stream(stream: &ReadableStream) -> Result<Response, JsValue> {
    Response::new_with_opt_readable_stream_and_init(Some(stream), &init(200, &answer::stream_headers())?)
}

/// A file of the page, from the binding that holds them. Of its response only the bytes are taken.
pub(super) async fn asset(env: &JsValue, url: &Url, name: &str, is_head: bool) -> Result<Response, JsValue> {
    let Some(found) = file(env, url, &format!("/assets/{name}")).await? else {
        return respond(&answer::astray(&format!("/assets/{name}"), Astray::NoSuchPath), is_head);
    };
    let body = if is_head { None } else { found.body() };
    let init = init(200, &answer::asset_headers(route::media_type(name)))?;
    Response::new_with_opt_readable_stream_and_init(body.as_ref(), &init)
}

/// A file from the binding that holds the page's; `None` where there is no such file, or no binding.
pub(super) async fn file(env: &JsValue, url: &Url, path: &str) -> Result<Option<Response>, JsValue> {
    let assets = Reflect::get(env, &"ASSETS".into()).unwrap_or_default();
    let Some(fetch) = method(&assets, "fetch") else { return Ok(None) };
    let address = format!("{}{path}", url.origin());
    let found = fetch.call1(&assets, &web_sys::Request::new_with_str(&address)?.into())?;
    let found: Response = JsFuture::from(Promise::resolve(&found)).await?.unchecked_into();
    Ok((found.status() == 200).then_some(found))
}

/// Watches for the caller to leave. Dropping it stops the watch.
pub(super) struct Gone {
    flag: Flag,
    signal: AbortSignal,
    listener: Closure<dyn FnMut()>,
}

impl Gone {
    pub(super) fn watch(signal: &AbortSignal) -> Self {
        let flag = Flag::default();
        if signal.aborted() {
            flag.raise();
        }
        let raised = flag.clone();
        let listener = Closure::<dyn FnMut()>::new(move || raised.raise());
        let _ = signal.add_event_listener_with_callback("abort", listener.as_ref().unchecked_ref());
        Self { flag, signal: signal.clone(), listener }
    }

    pub(super) const fn flag(&self) -> &Flag {
        &self.flag
    }
}

impl Drop for Gone {
    fn drop(&mut self) {
        let listener = self.listener.as_ref().unchecked_ref();
        let _ = self.signal.remove_event_listener_with_callback("abort", listener);
    }
}

/// Keeps the runtime from stopping what is under way when its response is done or its caller gone, until dropped.
pub(super) struct Kept(Option<Function>);

impl Kept {
    pub(super) fn alive(ctx: &JsValue) -> Self {
        let Some(wait_until) = method(ctx, "waitUntil") else { return Self(None) };
        let resolver = RefCell::new(None);
        let promise = Promise::new(&mut |resolve, _| {
            resolver.replace(Some(resolve));
        });
        let _ = wait_until.call1(ctx, &promise);
        Self(resolver.take())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(resolve) = &self.0 {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }
    }
}

/// An id for a reply that has none of its upstream's.
pub(super) fn make_id() -> String {
    let half = || js_sys::Math::random().to_bits() & 0x000f_ffff_ffff_ffff;
    format!("hadal-{:013x}{:013x}", half(), half())
}

/// Seconds since 1970.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a date of this age is positive and small"
)]
pub(super) fn seconds() -> u64 {
    (js_sys::Date::now() / 1000.0) as u64
}

/// Tells the operator something, in the runtime's log.
pub(super) fn complain(sentence: &str) {
    log(sentence);
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn log(sentence: &str);
}

fn init(status: u16, headers: &[Header]) -> Result<ResponseInit, JsValue> {
    let fields = Headers::new()?;
    for (name, value) in headers {
        fields.set(name, value)?;
    }
    let init = ResponseInit::new();
    init.set_status(status);
    init.set_headers(&fields);
    Ok(init)
}

fn method(object: &JsValue, name: &str) -> Option<Function> {
    if !object.is_object() {
        return None;
    }
    Reflect::get(object, &JsValue::from_str(name)).ok()?.dyn_into().ok()
}
