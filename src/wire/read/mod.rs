//! A request as a server reads it, from the official SDKs, from `curl`, from anybody.
//!
//! In: the bytes of a body. Out: a [`ChatRequest`], or an error that names the field. Never: a judgement about what the
//! caller may ask, which is the gate's; an unknown field refused, for SDKs send new ones before servers know them.

mod completions;
mod content;
mod field;
mod messages;

use serde::Deserialize;
use serde_json::value::RawValue;

use self::field::{bad, count, optional, record};
use super::{ApiError, ChatRequest, Dialect};
use crate::chat::Thinking;

/// Reads a caller's request.
///
/// # Errors
///
/// An [`ApiError`] with status 400 whose message names the field.
pub fn read_request(dialect: Dialect, body: &[u8]) -> Result<ChatRequest, ApiError> {
    let wrong = |error: &serde_json::Error| bad("body", field::reason(error));
    let text = std::str::from_utf8(body).map_err(|_| bad("body", "is not UTF-8"))?;
    let body: &RawValue = serde_json::from_str(text).map_err(|error| wrong(&error))?;
    match dialect {
        Dialect::Messages => messages::read(&record(body, "body")?),
        Dialect::Completions => completions::read(&record(body, "body")?),
    }
}

/// The schema of a tool for which none was given.
const NO_PARAMETERS: &str = r#"{"type":"object","properties":{}}"#;

/// `{"type":"enabled","budget_tokens":…}`, which both dialects know; whether to think, and the budget.
fn thinking(raw: Option<&RawValue>) -> Result<Option<(Thinking, Option<u32>)>, ApiError> {
    #[derive(Deserialize)]
    struct Switch<'a> {
        #[serde(borrow, rename = "type")]
        kind: Option<&'a RawValue>,
        #[serde(borrow)]
        budget_tokens: Option<&'a RawValue>,
    }
    let Some(raw) = raw else { return Ok(None) };
    let switch: Switch<'_> = record(raw, "thinking")?;
    let kind: String = field::required(switch.kind, "thinking.type")?;
    let thinking = match kind.as_str() {
        "enabled" | "adaptive" => Thinking::On,
        "disabled" => Thinking::Off,
        "auto" => Thinking::Auto,
        _ => return Err(bad("thinking.type", "must be enabled, disabled, adaptive or auto")),
    };
    Ok(Some((thinking, count(switch.budget_tokens, "thinking.budget_tokens")?)))
}

/// The fields that both dialects spell alike.
fn shared(
    model: Option<&RawValue>,
    stream: Option<&RawValue>,
    temperature: Option<&RawValue>,
    top_p: Option<&RawValue>,
) -> Result<ChatRequest, ApiError> {
    Ok(ChatRequest {
        model: optional(model, "model")?.unwrap_or_default(),
        stream: optional(stream, "stream")?.unwrap_or_default(),
        temperature: optional(temperature, "temperature")?,
        top_p: optional(top_p, "top_p")?,
        ..ChatRequest::default()
    })
}

#[cfg(test)]
mod tests;
