//! The heads of responses, and the faults that leave nothing of an answer but a head.
//!
//! In: a fault. Out: headers, or a whole response that refuses, redirects or is something else. Never: an answer.

use super::{
    fault::Fault,
    play::Play,
    score::{Score, Stage},
};
use crate::{
    chat::Millis,
    wire::{ApiError, Dialect, ErrorCode, Header, write_error},
};

/// A key that is none, for tests to look for where no key may be.
const CANARY: &str = "sk-CANARY-0123456789abcdef0123456789abcdef";
const PAGE: &str = "<!doctype html>\n<html><head><title>Sign in</title></head><body><h1>Welcome to the free WiFi</h1>\
    <form action=\"/login\"><input name=\"room\"><button>Connect</button></form></body></html>\n";

/// The responses that are no answer at all; `None` for faults that an answer has.
pub(super) fn of(fault: Fault, dialect: Dialect) -> Option<Play> {
    let refused = |error: ApiError| Play::refused(dialect, &error);
    Some(match fault {
        Fault::CloseBeforeHeaders => Play::without_head([Stage::Wait(Millis(50)), Stage::Reset].into()),
        Fault::NoHeaders => Play::without_head([Stage::Hang].into()),
        Fault::JsonError200 => {
            let (_, body) = write_error(dialect, &overloaded());
            Play::json(200, body)
        }
        Fault::Html200 => {
            Play::new(200, vec![("content-type", "text/html; charset=utf-8".to_owned())], bytes(PAGE))
        }
        Fault::TooMany => refused(ApiError { retry_after: Some(Millis::seconds(1)), ..too_many() }),
        Fault::TooManyLater => refused(ApiError { retry_after: Some(Millis::seconds(3600)), ..too_many() }),
        Fault::Overloaded => refused(overloaded()),
        Fault::NoBalance => refused(error(ErrorCode::Billing, 402, "Insufficient Balance")),
        Fault::BadKey => refused(error(
            ErrorCode::Authentication,
            401,
            "Authentication Fails, Your api key: ****cret is invalid",
        )),
        // Put in afterwards: whatever writes errors would take a key out.
        Fault::KeyInError => {
            let message = "Internal error: upstream refused HIDDEN for this request";
            let (status, body) = write_error(dialect, &error(ErrorCode::Server, 500, message));
            Play::json(status, body.replace("HIDDEN", CANARY))
        }
        Fault::Redirect => {
            let path = match dialect {
                Dialect::Messages => "/v1/messages",
                Dialect::Completions => "/v1/chat/completions",
            };
            let location = format!("https://elsewhere.example{path}");
            Play::new(
                307,
                vec![("location", location), ("content-type", "text/plain".to_owned())],
                Score::new(),
            )
        }
        Fault::ContextLength => refused(error(
            ErrorCode::ContextLength,
            400,
            "This model's maximum context length is 131072 tokens. However, you requested 140000 tokens (131808 in the \
             messages, 8192 in the completion). Please reduce the length of the messages or completion.",
        )),
        Fault::ModelRetired => refused(error(
            ErrorCode::ModelNotFound,
            400,
            "The supported API model names are deepseek-v4-pro or deepseek-v4-flash, but you passed deepseek-chat.",
        )),
        _ => return None,
    })
}

/// The headers of an answer under this fault.
pub(super) fn headers(fault: Option<Fault>, stream: bool) -> Vec<Header> {
    let kind = if stream { "text/event-stream; charset=utf-8" } else { "application/json" };
    let mut headers = vec![("cache-control", "no-cache".to_owned())];
    if fault != Some(Fault::NoContentType) {
        headers.push(("content-type", kind.to_owned()));
    }
    headers
}

fn error(code: ErrorCode, status: u16, message: &str) -> ApiError {
    ApiError { code, status: Some(status), message: message.to_owned(), retryable: false, retry_after: None }
}

pub(super) fn overloaded() -> ApiError {
    let message = "The model is overloaded. Please try again later.";
    ApiError { retryable: true, ..error(ErrorCode::Overloaded, 503, message) }
}

fn too_many() -> ApiError {
    let message = "Rate limit reached: too many requests at once.";
    ApiError { retryable: true, ..error(ErrorCode::RateLimit, 429, message) }
}

fn bytes(text: &str) -> Score {
    Score::from([Stage::Bytes(text.as_bytes().to_vec())])
}
