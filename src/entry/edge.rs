//! The artifact `edge`: the edge function as one exported call.
//!
//! In: a request, the environment, the runtime's context. Out: a response. Never: a key in it.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::{Request, Response};

/// Answers one request.
///
/// # Errors
///
/// When the runtime cannot make a response.
#[wasm_bindgen]
#[expect(clippy::unused_async, reason = "JavaScript is promised a promise")]
pub async fn handle(_request: Request, _env: JsValue, _ctx: JsValue) -> Result<Response, JsValue> {
    Response::new_with_opt_str(Some("Hadal"))
}
