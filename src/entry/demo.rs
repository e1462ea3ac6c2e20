//! The artifact `demo`: the simulator as a class, for pages whose endpoint is `demo:` and for servers that put it
//! behind a socket.
//!
//! In: a path and a body. Out: the response's steps in time, which the caller keeps. Never: the network, a clock.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::simulator::{self, FAULTS, Simulator, Step, estimate};

/// The simulator, for whoever keeps the time.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Demo(Simulator);

#[wasm_bindgen]
impl Demo {
    /// A simulator whose every choice follows from `seed` and the requests.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(seed: u32) -> Self {
        Self(Simulator::new(u64::from(seed), estimate))
    }

    /// The faults that can be asked for, each a pair of its name and what it does.
    #[must_use]
    pub fn faults() -> Array {
        FAULTS.iter().map(|(name, does)| Array::of2(&(*name).into(), &(*does).into())).collect()
    }

    /// Answers one request.
    #[must_use]
    pub fn answer(&self, path: &str, body: &[u8]) -> Play {
        Play(self.0.answer(path, body))
    }
}

/// A response that is being performed.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Play(simulator::Play);

#[wasm_bindgen]
impl Play {
    /// The HTTP status; 0 when no head ever comes.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The headers, each a pair of a name in lower case and a value.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn headers(&self) -> Array {
        self.0.headers.iter().map(|(name, value)| Array::of2(&(*name).into(), &value.into())).collect()
    }

    /// The next step: `{ wait }` in milliseconds, `{ bytes }`, `{ reset: true }`, `{ hang: true }`; `undefined` when
    /// the body ends.
    #[allow(
        clippy::should_implement_trait,
        reason = "JavaScript's iterators call it so, and this is no iterator"
    )]
    pub fn next(&mut self) -> JsValue {
        let (name, value) = match self.0.next_step() {
            None => return JsValue::UNDEFINED,
            Some(Step::Wait(span)) => ("wait", u32::try_from(span.0).unwrap_or(u32::MAX).into()),
            Some(Step::Bytes(bytes)) => ("bytes", Uint8Array::from(bytes.as_slice()).into()),
            Some(Step::Reset) => ("reset", JsValue::TRUE),
            Some(Step::Hang) => ("hang", JsValue::TRUE),
        };
        let step = Object::new();
        // Setting a member of a plain object does not fail.
        let _ = Reflect::set(&step, &name.into(), &value);
        step.into()
    }
}
