//! The artifact `edge`: the edge function as one exported call.
//!
//! In: a request, the environment, the runtime's context. Out: a response. Never: a key in it.

use std::{cell::RefCell, rc::Rc};

use js_sys::Uint8Array;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::{Request, Response};

use crate::edge::{Edge, config::Refusal};

type Opened = Result<Rc<Edge>, Refusal>;

thread_local! {
    /// The last environment and what was read from it: a runtime hands over the same one with every request.
    static OPEN: RefCell<Option<(JsValue, Opened)>> = const { RefCell::new(None) };
    /// Recorded bodies that answer in the simulator's place.
    static RECORDED: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
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

/// Has the simulator serve these bodies in order, from the first request on. To be called before any other.
#[wasm_bindgen]
pub fn replay(bodies: Vec<Uint8Array>) {
    RECORDED.set(bodies.into_iter().map(|body| body.to_vec()).collect());
}

/// Answers one request.
///
/// # Errors
///
/// What the runtime throws when it cannot make a response.
#[wasm_bindgen]
pub async fn handle(request: Request, env: JsValue, ctx: JsValue) -> Result<Response, JsValue> {
    match open(env.clone()) {
        Ok(edge) => edge.fetch(request, env, ctx).await,
        Err(refusal) => refusal.respond(),
    }
}

fn open(env: JsValue) -> Opened {
    OPEN.with_borrow_mut(|last| match last {
        Some((known, edge)) if *known == env => edge.clone(),
        _ => {
            let edge = RECORDED.with_borrow(|bodies| Edge::open(&env, bodies)).map(Rc::new);
            *last = Some((env, edge.clone()));
            edge
        }
    })
}
