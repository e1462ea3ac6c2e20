//! What a caller's request is made of: its body, counted while it arrives, and what it says of its sender.
//!
//! In: a `Request`. Out: bytes within the limit, the parts that the gate looks at. Never: a body that was not counted
//! before it was parsed, a header that the gate does not need.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, Url};

use super::{answer::ours, gate::Caller};
use crate::wire::{ApiError, ErrorCode};

/// What the gate looks at, read once.
#[derive(Debug)]
pub(super) struct Sender {
    own: String,
    host: String,
    origin: Option<String>,
    site: Option<String>,
    key: Option<String>,
    forwarded: bool,
}

/// Headers that only a proxy sets.
const FORWARDING: [&str; 6] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "cf-connecting-ip", "via"];

impl Sender {
    pub(super) fn read(request: &Request, url: &Url) -> Self {
        let headers = request.headers();
        let header = |name| headers.get(name).ok().flatten();
        let bearer = header("authorization").and_then(|value| {
            let (scheme, key) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| key.trim().to_owned())
        });
        Self {
            own: url.origin(),
            host: url.hostname(),
            origin: header("origin"),
            site: header("sec-fetch-site"),
            key: bearer.or_else(|| header("x-api-key")),
            forwarded: FORWARDING.iter().any(|name| headers.has(name).unwrap_or(false)),
        }
    }

    pub(super) fn caller(&self) -> Caller<'_> {
        Caller {
            own: &self.own,
            host: &self.host,
            origin: self.origin.as_deref(),
            site: self.site.as_deref(),
            key: self.key.as_deref(),
            forwarded: self.forwarded,
        }
    }
}

/// Reads a body of at most `limit` bytes. What the caller says of its length is not asked.
///
/// # Errors
/// A body that is larger, or breaks off.
pub(super) async fn read(request: &Request, limit: usize) -> Result<Vec<u8>, ApiError> {
    let broken = |_| ours(ErrorCode::InvalidRequest, 400, "the request broke off");
    let mut bytes = Vec::new();
    let Some(body) = request.body() else { return Ok(bytes) };
    let reader = body.unchecked_into::<Stream>().reader().map_err(broken)?;
    loop {
        let step = JsFuture::from(reader.read().map_err(broken)?).await.map_err(broken)?;
        let field = |name: &str| Reflect::get(&step, &JsValue::from_str(name)).map_err(broken);
        if field("done")?.is_truthy() {
            return Ok(bytes);
        }
        let chunk: Uint8Array = field("value")?.dyn_into().map_err(broken)?;
        if bytes.len().saturating_add(chunk.length() as usize) > limit {
            let _ = reader.cancel();
            let words = format!("the request is larger than {limit} bytes");
            return Err(ours(ErrorCode::TooLarge, 413, words));
        }
        bytes.extend(chunk.to_vec());
    }
}

#[wasm_bindgen]
extern "C" {
    /// A body. web-sys' own `getReader` does not catch, and a locked body throws.
    type Stream;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn reader(this: &Stream) -> Result<Reader, JsValue>;

    type Reader;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn cancel(this: &Reader) -> Result<JsValue, JsValue>;
}
