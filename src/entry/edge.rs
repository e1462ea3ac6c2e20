//! The artifact `edge`: the edge function as one exported call.
//!
//! In: a request, the environment, the runtime's context. Out: a response. Never: a key in it.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::{Request, Response};

use crate::edge::{Edge, config::Refusal};

thread_local! {
    /// The last environment and what was read from it: a runtime hands over the same one with every request.
    static OPEN: RefCell<Option<(JsValue, Result<Rc<Edge>, Refusal>)>> = const { RefCell::new(None) };
}

/// Reads the settings, so that a server can refuse to start.
///
/// # Errors
///
/// One sentence, when they are dangerous or do not parse.
#[wasm_bindgen]
pub fn check(env: JsValue) -> Result<(), JsValue> {
    open(env).map(drop).map_err(|refusal| js_sys::Error::new(&refusal.to_string()).into())
}

/// Answers one request.
///
/// # Errors
///
/// The sentence of [`check`], or what the runtime throws when it cannot make a response.
#[wasm_bindgen]
pub async fn handle(request: Request, env: JsValue, ctx: JsValue) -> Result<Response, JsValue> {
    let edge = open(env.clone()).map_err(|refusal| js_sys::Error::new(&refusal.to_string()))?;
    edge.fetch(request, env, ctx).await
}

fn open(env: JsValue) -> Result<Rc<Edge>, Refusal> {
    OPEN.with_borrow_mut(|last| match last {
        Some((known, edge)) if *known == env => edge.clone(),
        _ => {
            let edge = Edge::open(&env).map(Rc::new);
            *last = Some((env, edge.clone()));
            edge
        }
    })
}
