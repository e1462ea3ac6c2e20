//! The artifact `demo`: the simulator as a fetch function, for pages whose endpoint is `demo:`.
//!
//! In: an address and what `fetch` would take beside it. Out: a response. Never: the network.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::Response;

/// Answers as `fetch(url, init)` would.
///
/// # Errors
///
/// When the runtime cannot make a response.
#[wasm_bindgen]
#[expect(clippy::unused_async, reason = "JavaScript is promised a promise")]
pub async fn demo_fetch(_url: String, _init: JsValue) -> Result<Response, JsValue> {
    Response::new_with_opt_str(Some("The simulator is not in this build."))
}
