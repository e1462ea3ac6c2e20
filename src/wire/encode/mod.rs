//! A request as a client sends it, in the endpoint's dialect.
//!
//! In: what is asked, and where. Out: a [`Request`] that the provider takes, always the same bytes for the same
//! question. Never: a message whose bytes depend on the messages after it, so that a provider's cache finds the
//! beginning of the conversation again; the repair of a broken history ([`repair()`](fn@repair)) is the only exception.

pub(super) mod completions;
pub(super) mod messages;
mod plan;

use std::fmt;

use serde_json::value::RawValue;

pub use self::plan::Mode;
use self::plan::Plan;
use super::{ChatRequest, Dialect, Endpoint, Request, repair};
use crate::chat::{ResponseFormat, Tool, ToolChoice};

/// Why a request cannot be sent: the caller's mistake, found before anybody is asked.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Unsendable {
    /// No model is named.
    NoModel,
    /// There is no message that says anything.
    NoMessages,
    /// More tools than providers take.
    TooManyTools,
    /// A tool's name or schema is none; its name.
    BadTool(String),
    /// The tool that must be called is not among the tools; its name.
    NoSuchTool(String),
    /// A number is none (`NaN`, infinite); the field's name.
    NotANumber(&'static str),
    /// JSON mode, and no message contains the word "json": the model would write white space without end.
    NoJsonInPrompt,
}

impl fmt::Display for Unsendable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoModel => f.write_str("no model is named"),
            Self::NoMessages => f.write_str("there is no message that says anything"),
            Self::TooManyTools => write!(f, "more than {MOST_TOOLS} tools"),
            Self::BadTool(name) => {
                write!(f, "the tool {name:?} has no valid name or no JSON object as its schema")
            }
            Self::NoSuchTool(name) => write!(f, "the tool {name:?} must be called but is not offered"),
            Self::NotANumber(field) => write!(f, "{field} is no number"),
            Self::NoJsonInPrompt => f.write_str("in JSON mode a message must contain the word \"json\""),
        }
    }
}

impl std::error::Error for Unsendable {}

/// Most tools that providers take.
const MOST_TOOLS: usize = 128;

/// Spells a request in the endpoint's dialect.
///
/// # Errors
///
/// [`Unsendable`] when no provider could take it.
pub fn encode(endpoint: &Endpoint, request: &ChatRequest) -> Result<Request, Unsendable> {
    check(request)?;
    let history = repair(&request.messages);
    if history.iter().all(|message| message.role == crate::chat::Role::System) {
        return Err(Unsendable::NoMessages);
    }
    let plan = Plan::of(endpoint, request);
    let body = match endpoint.dialect {
        Dialect::Messages => messages::body(&plan, request, &history),
        Dialect::Completions => {
            let says_json = |text: String| text.to_ascii_lowercase().contains("json");
            if request.response_format == ResponseFormat::JsonObject
                && !history.iter().any(|message| says_json(message.text()))
            {
                return Err(Unsendable::NoJsonInPrompt);
            }
            completions::body(&plan, request, &history)
        }
    };
    let accept = if request.stream { "text/event-stream" } else { "application/json" };
    let mut headers = vec![("content-type", "application/json".to_owned()), ("accept", accept.to_owned())];
    if let Some(key) = &endpoint.key {
        headers.push(("authorization", format!("Bearer {}", key.reveal())));
    }
    if endpoint.dialect == Dialect::Messages {
        headers.push(("anthropic-version", "2023-06-01".to_owned()));
    }
    // The bodies hold nothing that JSON cannot: `check` saw to the numbers.
    Ok(Request { url: endpoint.url.clone(), headers, body: body.unwrap_or_default() })
}

/// Most tokens of the answer that the request will name; `None` where it leaves that to the provider.
#[must_use]
pub fn room(endpoint: &Endpoint, request: &ChatRequest) -> Option<u32> {
    Plan::of(endpoint, request).max_tokens
}

fn check(request: &ChatRequest) -> Result<(), Unsendable> {
    if request.model.trim().is_empty() {
        return Err(Unsendable::NoModel);
    }
    if request.tools.len() > MOST_TOOLS {
        return Err(Unsendable::TooManyTools);
    }
    if let Some(tool) = request.tools.iter().find(|tool| !is_name(&tool.name) || schema(tool).is_none()) {
        return Err(Unsendable::BadTool(tool.name.chars().take(64).collect()));
    }
    if let ToolChoice::Named(name) = &request.tool_choice
        && !request.tools.iter().any(|tool| tool.name == *name)
    {
        return Err(Unsendable::NoSuchTool(name.chars().take(64).collect()));
    }
    for (field, number) in [("temperature", request.temperature), ("top_p", request.top_p)] {
        if number.is_some_and(|number| !number.is_finite()) {
            return Err(Unsendable::NotANumber(field));
        }
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(is_part)
}

/// A tool's schema as it was written, if it is a JSON object.
fn schema(tool: &Tool) -> Option<&RawValue> {
    object(&tool.parameters)
}

/// A JSON object as it was written.
fn object(json: &str) -> Option<&RawValue> {
    serde_json::from_str::<&RawValue>(json).ok().filter(|raw| raw.get().starts_with('{'))
}

#[cfg(test)]
mod tests;
