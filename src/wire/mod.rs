//! The two dialects, Messages and Chat Completions, client's side and server's: encode, read; API errors.
//!
//! In: values of `chat` and bytes of a peer. Out: requests, reply events, the same as bytes. Never: sockets,
//! retries, prices. What differs per provider comes from `models`, so that a new provider is a row, not code.

mod error;
mod http;
mod reply;
mod request;

pub use error::{ApiError, ErrorCode};
pub use http::{Endpoint, Header, Request, Secret};
pub use reply::ReplyEvent;
pub use request::{ChatRequest, Dialect};
