//! Why a call was refused, as the plain object `{ code, retryable, message }` that TypeScript makes a `ChatError` of.
//!
//! In: the crate's own errors. Out: that object. Never: a secret, or a JavaScript `Error`, which would lack the code.

use wasm_bindgen::JsValue;

use super::request::object;
use crate::{
    session::{Fault, Misuse},
    stream::TooLong,
    wire::{BadEndpoint, ErrorCode, Unsendable},
};

/// A refusal. Each is the caller's mistake, so none has a status and none is worth a retry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    code: &'static str,
    message: String,
}

impl Refusal {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// Something about the values is wrong.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest.as_str(), message)
    }
}

impl From<Misuse> for Refusal {
    fn from(misuse: Misuse) -> Self {
        Self::new(misuse.code(), misuse.to_string())
    }
}

impl From<TooLong> for Refusal {
    fn from(why: TooLong) -> Self {
        Self::new(ErrorCode::TooLong.as_str(), why.to_string())
    }
}

impl From<BadEndpoint> for Refusal {
    fn from(why: BadEndpoint) -> Self {
        Self::invalid(why.to_string())
    }
}

impl From<Unsendable> for Refusal {
    fn from(why: Unsendable) -> Self {
        let fault = Fault::Unsendable(why);
        Self::new(fault.code(), fault.to_string())
    }
}

impl From<Refusal> for JsValue {
    fn from(refusal: Refusal) -> Self {
        object([
            ("code", Self::from_str(refusal.code)),
            ("retryable", Self::FALSE),
            ("message", Self::from_str(&refusal.message)),
        ])
        .into()
    }
}
