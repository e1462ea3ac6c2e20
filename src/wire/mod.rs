//! The two dialects, Messages and Chat Completions, client's side and server's: encode, read; API errors.
//!
//! In: values of `chat` and bytes of a peer. Out: requests, reply events, the same as bytes. Never: sockets,
//! retries, prices. What differs per provider comes from `models`, so that a new provider is a row, not code.
//!
//! | | a request | a reply | an error |
//! | --- | --- | --- | --- |
//! | as a client | [`encode()`] writes it | [`ReplyDecoder`] reads it | [`read_error`] |
//! | as a server | [`read_request`] reads it | [`ReplyEncoder`] or [`Whole`] writes it | [`write_error`] |

mod answer;
mod decode;
mod encode;
mod endpoint;
mod error;
mod http;
mod lenient;
mod listing;
mod read;
mod redact;
mod refusal;
mod repair;
mod reply;
mod request;
mod verdict;

pub use answer::{Meta, ReplyEncoder, Whole};
pub use decode::{Reading, ReplyDecoder};
pub use encode::{Mode, Unsendable, encode, room};
pub use endpoint::BadEndpoint;
pub use error::{ApiError, ErrorCode};
pub use http::{Endpoint, Header, Request, Secret};
pub use listing::write_models;
pub use read::read_request;
pub use refusal::{read_error, write_error};
pub use repair::repair;
pub use reply::ReplyEvent;
pub use request::{ChatRequest, Dialect};
