//! One request over the runtime's `fetch`, or over a function that is called like it.
//!
//! In: a [`Request`] and a signal to abort it by. Out: a [`Reply`], whose body is read chunk by chunk, or a [`Loss`].
//! Never: a retry, a followed redirect (it would carry the conversation and the key to an address nobody chose),
//! a buffered body, or a panic, whatever a page's patched `fetch` returns or rejects with.
//!
//! gloo-net builds the request. It does not send it: its `send` panics when `fetch` rejects with something that is
//! no `Error` or answers with an object of another realm, and both happen (`abort("reason")`, test runners).

use js_sys::{ArrayBuffer, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortSignal, Headers, RequestInit, RequestRedirect};

use crate::{chat::Millis, session::Lost, wire::Request};

/// How requests are sent. The default is the runtime's own `fetch`.
#[derive(Clone, Debug, Default)]
pub struct Fetch {
    custom: Option<Function>,
}

/// How a connection failed, and the runtime's own words for it, for a developer's eyes only.
#[derive(Clone, Debug)]
pub struct Loss {
    /// What it means for the conversation.
    pub why: Lost,
    /// What was thrown, possibly nothing; any JavaScript value.
    pub cause: JsValue,
}

/// A response whose head has arrived. Dropping it cancels what has not been read of the body.
#[derive(Debug)]
pub struct Reply {
    /// The status. A redirect that a browser hides is told as 302.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// `None` once the body is over, or when there was none.
    body: Option<Reader>,
}

impl Fetch {
    /// Sends requests by a function that is called as `fetch(url, init)` and returns a promise of a response.
    #[must_use]
    pub const fn custom(function: Function) -> Self {
        Self { custom: Some(function) }
    }

    /// Sends a request and waits for the response's head.
    ///
    /// # Errors
    ///
    /// [`Loss`] when there is no response: a connection or CORS failure, an address that is none, an abort.
    pub async fn send(&self, request: &Request, signal: Option<&AbortSignal>) -> Result<Reply, Loss> {
        let answer = match &self.custom {
            None => global_fetch(&native(request, signal)?),
            Some(function) => call(function, request, signal),
        };
        Reply::read(&settled(answer).await.map_err(Loss::network)?)
    }
}

impl Loss {
    fn network(cause: JsValue) -> Self {
        Self { why: Lost::Network, cause }
    }

    fn reset(cause: JsValue) -> Self {
        Self { why: Lost::Reset, cause }
    }
}

impl From<Loss> for Lost {
    fn from(loss: Loss) -> Self {
        loss.why
    }
}

impl Reply {
    /// The next chunk of the body, cut where the network cut it; `None` after the last and after a loss.
    pub async fn chunk(&mut self) -> Option<Result<Uint8Array, Loss>> {
        let next = next_chunk(self.body.as_ref()?).await;
        if !matches!(next, Some(Ok(_))) {
            // Over, or broken: nothing is left to cancel.
            self.body = None;
        }
        next
    }

    /// How long the server asks to wait, if it does.
    #[must_use]
    pub fn retry_after(&self) -> Option<Millis> {
        let header = |name| self.headers.get(name).ok().flatten();
        let wait = |date: &str| js_sys::Date::parse(date) - js_sys::Date::now();
        span(header("retry-after-ms").as_deref(), header("retry-after").as_deref(), wait)
    }

    /// Takes apart what `fetch` answered. Read by name and without trust: a custom `fetch` may return anything.
    fn read(response: &JsValue) -> Result<Self, Loss> {
        let field = |name: &str| Reflect::get(response, &JsValue::from_str(name)).map_err(Loss::network);
        let no_response = || Loss::network(JsValue::from_str("fetch did not return a response"));
        let status = match field("status")?.as_f64().and_then(whole) {
            Some(0) if field("type")? == "opaqueredirect" => 302,
            Some(status @ 100..=999) => status,
            _ => return Err(no_response()),
        };
        let headers = field("headers")?;
        if !headers.is_object() {
            return Err(no_response());
        }
        let body = field("body")?;
        let body = if body.is_object() {
            Some(body.unchecked_into::<Stream>().reader().map_err(Loss::reset)?)
        } else {
            None
        };
        Ok(Self { status, headers: headers.unchecked_into(), body })
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        let Some(Ok(cancelled)) = self.body.take().map(|body| body.cancel()) else { return };
        // Awaited only so that its rejection is not reported as unhandled, which ends a Node process.
        spawn_local(async move {
            let _ = settled(Ok(cancelled)).await;
        });
    }
}

/// The request for the runtime's own `fetch`. What could throw is tried first where it is caught.
fn native(request: &Request, signal: Option<&AbortSignal>) -> Result<web_sys::Request, Loss> {
    web_sys::Request::new_with_str(&request.url).map_err(Loss::network)?;
    let headers = Headers::new().map_err(Loss::network)?;
    for (name, value) in &request.headers {
        headers.set(name, value).map_err(Loss::network)?;
    }
    gloo_net::http::Request::post(&request.url)
        .headers(gloo_net::http::Headers::from_raw(headers))
        .redirect(RequestRedirect::Manual)
        .abort_signal(signal)
        .body(request.body.as_str())
        .map(Into::into)
        .map_err(|error| Loss::network(JsValue::from_str(&error.to_string())))
}

/// The same for a custom function, in the plain form that is easiest to read and to wrap. Only fields that every
/// runtime knows: workerd throws at `mode`, `credentials` and `cache`.
fn call(function: &Function, request: &Request, signal: Option<&AbortSignal>) -> Result<JsValue, JsValue> {
    let headers = js_sys::Object::new();
    for (name, value) in &request.headers {
        Reflect::set(&headers, &JsValue::from_str(name), &JsValue::from_str(value))?;
    }
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&JsValue::from_str(&request.body));
    init.set_redirect(RequestRedirect::Manual);
    if let Some(signal) = signal {
        init.set_signal(Some(signal));
    }
    function.call2(&JsValue::UNDEFINED, &JsValue::from_str(&request.url), &init)
}

/// Awaits whatever a call returned: a promise of any realm, or no promise at all.
async fn settled(called: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&called?)).await
}

async fn next_chunk(reader: &Reader) -> Option<Result<Uint8Array, Loss>> {
    let step = async {
        let step = settled(reader.read()).await?;
        let done = Reflect::get(&step, &JsValue::from_str("done"))?;
        let value = Reflect::get(&step, &JsValue::from_str("value"))?;
        Ok((done.is_truthy(), value))
    };
    match step.await {
        Ok((true, _)) => None,
        Ok((false, value)) => Some(bytes(value).map_err(Loss::reset)),
        Err(cause) => Some(Err(Loss::reset(cause))),
    }
}

/// A chunk as bytes. One of another realm is a `Uint8Array` by its kind though not by `instanceof`.
fn bytes(value: JsValue) -> Result<Uint8Array, JsValue> {
    match value.dyn_into::<Uint8Array>() {
        Ok(bytes) => Ok(bytes),
        Err(value) if ArrayBuffer::is_view(&value) => Ok(Uint8Array::new(&value)),
        Err(_) => Err(JsValue::from_str("a chunk of the body is not bytes")),
    }
}

/// The wait that the headers ask for. `until` gives the milliseconds until an HTTP date, NaN when it is none.
fn span(millis: Option<&str>, after: Option<&str>, until: impl Fn(&str) -> f64) -> Option<Millis> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let wait = millis
        .and_then(number)
        .or_else(|| after.map(|text| number(text).map_or_else(|| until(text), |seconds| seconds * 1000.0)))?;
    wait.is_finite().then(|| Millis(ceiling(wait)))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes an integer by saturating: what is past becomes zero"
)]
fn ceiling(millis: f64) -> u64 {
    millis.ceil() as u64
}

/// A status as a number; `None` when it is no whole number of that size.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range and the fraction are checked first"
)]
fn whole(status: f64) -> Option<u16> {
    ((0.0..=999.0).contains(&status) && status.fract() == 0.0).then_some(status as u16)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn global_fetch(request: &web_sys::Request) -> Result<JsValue, JsValue>;

    /// A body. web-sys' own `getReader` does not catch, and a locked body throws.
    type Stream;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn reader(this: &Stream) -> Result<Reader, JsValue>;

    #[derive(Debug)]
    type Reader;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn cancel(this: &Reader) -> Result<JsValue, JsValue>;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A clock on which every date is a minute away.
    fn in_a_minute(text: &str) -> f64 {
        if text.ends_with("GMT") { 60_000.0 } else { f64::NAN }
    }

    #[test]
    fn the_wait_is_read_from_either_header_in_either_form() {
        let wait = |millis, after| span(millis, after, in_a_minute).map(|wait| wait.0);
        assert_eq!(wait(None, None), None);
        assert_eq!(wait(None, Some("7")), Some(7_000));
        assert_eq!(wait(None, Some(" 0.5 ")), Some(500));
        assert_eq!(wait(Some("250"), Some("7")), Some(250), "the finer one counts");
        assert_eq!(wait(Some("soon"), Some("7")), Some(7_000));
        assert_eq!(wait(None, Some("Wed, 21 Oct 2026 07:28:00 GMT")), Some(60_000));
        assert_eq!(wait(None, Some("-3")), Some(0), "the past is now");
        assert_eq!(wait(None, Some("soon")), None);
        assert_eq!(wait(None, Some("inf")), None);
        assert_eq!(wait(None, Some("1e300")), Some(u64::MAX));
    }

    #[test]
    fn a_status_is_a_whole_number_of_three_digits() {
        assert_eq!(whole(200.0), Some(200));
        assert_eq!(whole(0.0), Some(0));
        for wrong in [f64::NAN, -1.0, 200.5, 1_000.0, f64::INFINITY] {
            assert_eq!(whole(wrong), None);
        }
    }
}
