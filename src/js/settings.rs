//! Settings as JavaScript gives them: where to ask, whom, and how.
//!
//! In: one plain object, which `www/src/core/settings.ts` has brought into a single form (camel case, tools flat,
//! choices by name). Out: an endpoint, a request, a session's configuration. Never: a default of its own; those are
//! the session's.

use serde::{Deserialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;

use super::{
    message::{Spelled, read_messages},
    refusal::Refusal,
};
use crate::{
    chat::{Millis, ResponseFormat, Thinking, Tool, ToolChoice},
    session::{Config, Offer},
    wire::{ChatRequest, Dialect, Endpoint, Secret},
};

/// Where to ask.
pub(super) fn read_endpoint(settings: &JsValue) -> Result<Endpoint, Refusal> {
    let address: Address = from_js(settings)?;
    let dialect = address.format.map(|format| match format {
        Format::Messages => Dialect::Messages,
        Format::Completions => Dialect::Completions,
    });
    Ok(Endpoint::parse(&address.endpoint, dialect, address.api_key.map(Secret::new))?)
}

/// One request.
pub(super) fn read_request(settings: &JsValue) -> Result<ChatRequest, Refusal> {
    let (wishes, asked): (Wishes, Asked) = (from_js(settings)?, from_js(settings)?);
    Ok(ChatRequest {
        model: wishes.model,
        messages: read_messages(asked.messages)?,
        thinking: wishes.thinking,
        thinking_budget: asked.thinking_budget,
        tools: wishes.tools.into_iter().map(|offer| offer.tool).collect(),
        tool_choice: wishes.tool_choice,
        response_format: wishes.response_format,
        max_tokens: wishes.max_tokens,
        temperature: wishes.temperature,
        top_p: wishes.top_p,
        stop: asked.stop,
        stream: asked.stream,
        include_usage: asked.stream,
        ..ChatRequest::default()
    })
}

/// A conversation's settings.
pub(super) fn read_config(settings: &JsValue, seed: u64) -> Result<Config, Refusal> {
    let (wishes, manner): (Wishes, Manner) = (from_js(settings)?, from_js(settings)?);
    let mut config = Config::new(read_endpoint(settings)?, wishes.model);
    config.thinking = wishes.thinking;
    config.system = manner.system;
    config.tools = wishes.tools.into_iter().map(|OwnTool { tool, runs }| Offer { tool, runs }).collect();
    config.tool_choice = wishes.tool_choice;
    config.response_format = wishes.response_format;
    config.max_tokens = wishes.max_tokens;
    config.temperature = wishes.temperature;
    config.top_p = wishes.top_p;
    config.seed = seed;
    set(&mut config.retries, manner.retries);
    set(&mut config.tool_rounds, manner.tool_rounds);
    set(&mut config.timeouts.headers, manner.timeouts.headers);
    set(&mut config.timeouts.first, manner.timeouts.first);
    set(&mut config.timeouts.idle, manner.timeouts.idle);
    set(&mut config.timeouts.total, manner.timeouts.total);
    Ok(config)
}

/// A value of the surface, or what is wrong with it.
pub(super) fn from_js<T: DeserializeOwned>(value: &JsValue) -> Result<T, Refusal> {
    serde_wasm_bindgen::from_value(value.clone()).map_err(|error| Refusal::invalid(error.to_string()))
}

fn set<T>(setting: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *setting = given;
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    endpoint: String,
    format: Option<Format>,
    api_key: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Messages,
    Completions,
}

/// What a request and a conversation both say.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wishes {
    model: String,
    #[serde(default)]
    thinking: Thinking,
    #[serde(default)]
    tools: Vec<OwnTool>,
    #[serde(default)]
    tool_choice: ToolChoice,
    #[serde(default)]
    response_format: ResponseFormat,
    max_tokens: Option<u32>,
    temperature: Option<f64>,
    top_p: Option<f64>,
}

#[derive(Deserialize)]
struct OwnTool {
    #[serde(flatten)]
    tool: Tool,
    runs: bool,
}

/// What only a request says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    messages: Vec<Spelled>,
    thinking_budget: Option<u32>,
    #[serde(default)]
    stop: Vec<String>,
    #[serde(default)]
    stream: bool,
}

/// What only a conversation says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manner {
    system: Option<String>,
    retries: Option<u32>,
    tool_rounds: Option<u32>,
    #[serde(default)]
    timeouts: Waits,
}

#[derive(Default, Deserialize)]
struct Waits {
    headers: Option<Millis>,
    first: Option<Millis>,
    idle: Option<Millis>,
    total: Option<Millis>,
}
