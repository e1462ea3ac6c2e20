//! A request in Chat Completions.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    NO_PARAMETERS, content,
    field::{bad, count, object, optional, parse, present, record, required, texts},
    shared, thinking,
};
use crate::{
    chat::{Message, Part, ResponseFormat, Role, Thinking, Tool, ToolCall, ToolChoice},
    wire::{ApiError, ChatRequest},
};

/// Every field that is looked at; each is read by itself.
#[derive(Deserialize)]
pub(super) struct Body<'a> {
    #[serde(borrow)]
    model: Raw<'a>,
    #[serde(borrow)]
    messages: Raw<'a>,
    #[serde(borrow)]
    tools: Raw<'a>,
    #[serde(borrow)]
    tool_choice: Raw<'a>,
    #[serde(borrow)]
    thinking: Raw<'a>,
    #[serde(borrow)]
    reasoning_effort: Raw<'a>,
    #[serde(borrow)]
    response_format: Raw<'a>,
    #[serde(borrow)]
    max_tokens: Raw<'a>,
    #[serde(borrow)]
    max_completion_tokens: Raw<'a>,
    #[serde(borrow)]
    temperature: Raw<'a>,
    #[serde(borrow)]
    top_p: Raw<'a>,
    #[serde(borrow)]
    stop: Raw<'a>,
    #[serde(borrow)]
    stream: Raw<'a>,
    #[serde(borrow)]
    stream_options: Raw<'a>,
    #[serde(borrow)]
    n: Raw<'a>,
}

type Raw<'a> = Option<&'a RawValue>;

pub(super) fn read(body: &Body<'_>) -> Result<ChatRequest, ApiError> {
    let mut request = shared(body.model, body.stream, body.temperature, body.top_p)?;
    if count(body.n, "n")?.is_some_and(|n| n > 1) {
        return Err(bad("n", "only one answer is given"));
    }
    let entries: Vec<&RawValue> = required(body.messages, "messages")?;
    if entries.is_empty() {
        return Err(bad("messages", "must not be empty"));
    }
    for (at, entry) in entries.into_iter().enumerate() {
        push(&mut request.messages, message(entry, &format!("messages[{at}]"))?);
    }
    let tools: Vec<&RawValue> = optional(body.tools, "tools")?.unwrap_or_default();
    for (at, raw) in tools.into_iter().enumerate() {
        request.tools.push(tool(raw, &format!("tools[{at}]"))?);
    }
    request.tool_choice = body.tool_choice.map(choice).transpose()?.unwrap_or_default();
    request.response_format = format(body.response_format)?;
    request.max_tokens =
        count(body.max_completion_tokens, "max_completion_tokens")?.or(count(body.max_tokens, "max_tokens")?);
    request.stop = texts(body.stop, "stop")?;
    request.include_usage = includes_usage(body.stream_options)?;
    let effort: Option<String> = optional(body.reasoning_effort, "reasoning_effort")?;
    (request.thinking, request.thinking_budget) =
        thinking(body.thinking)?.unwrap_or(match effort.as_deref() {
            None => (Thinking::Auto, None),
            Some("none") => (Thinking::Off, None),
            Some(_) => (Thinking::On, None),
        });
    Ok(request)
}

/// Adds a message; results that follow one another belong to one.
fn push(messages: &mut Vec<Message>, message: Message) {
    match messages.last_mut() {
        Some(last) if last.role == Role::Tool && message.role == Role::Tool => {
            last.parts.extend(message.parts);
        }
        _ => messages.push(message),
    }
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    role: Raw<'a>,
    #[serde(borrow)]
    content: Raw<'a>,
    #[serde(borrow)]
    reasoning_content: Raw<'a>,
    #[serde(borrow)]
    tool_calls: Raw<'a>,
    #[serde(borrow)]
    tool_call_id: Raw<'a>,
}

fn message(raw: &RawValue, path: &str) -> Result<Message, ApiError> {
    let entry: Entry<'_> = record(raw, path)?;
    let at = |field: &str| format!("{path}.{field}");
    let role: String = required(entry.role, &*at("role"))?;
    let said = |raw: &RawValue| content::text(raw, &at("content"), "");
    let must_say = || entry.content.ok_or_else(|| bad(at("content"), "missing")).and_then(said);
    match role.as_str() {
        "system" | "developer" => Ok(Message::new(Role::System, must_say()?)),
        "user" => Ok(Message::new(Role::User, must_say()?)),
        "assistant" => {
            let mut parts = Vec::new();
            let thought: Option<String> = optional(entry.reasoning_content, at("reasoning_content"))?;
            if let Some(text) = thought.filter(|text| !text.is_empty()) {
                parts.push(Part::Reasoning { text, signature: None });
            }
            let text = entry.content.map(said).transpose()?.unwrap_or_default();
            if !text.is_empty() {
                parts.push(Part::Text { text });
            }
            let calls: Vec<&RawValue> = optional(entry.tool_calls, at("tool_calls"))?.unwrap_or_default();
            for (index, raw) in calls.into_iter().enumerate() {
                parts.push(Part::ToolCall(call(raw, &format!("{path}.tool_calls[{index}]"))?));
            }
            Ok(Message { role: Role::Assistant, parts })
        }
        "tool" => {
            let id = required(entry.tool_call_id, &*at("tool_call_id"))?;
            let result = Part::ToolResult { id, text: must_say()?, failed: false };
            Ok(Message { role: Role::Tool, parts: vec![result] })
        }
        _ => Err(bad(at("role"), format_args!("{role:?} is not a role"))),
    }
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    function: Raw<'a>,
}

#[derive(Deserialize)]
struct Called<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    arguments: Raw<'a>,
}

fn call(raw: &RawValue, path: &str) -> Result<ToolCall, ApiError> {
    let call: Call<'_> = record(raw, path)?;
    let function = format!("{path}.function");
    let function: Called<'_> = record(present(call.function, &function)?, &function)?;
    Ok(ToolCall {
        id: required(call.id, &*format!("{path}.id"))?,
        name: required(function.name, &*format!("{path}.function.name"))?,
        arguments: required(function.arguments, &*format!("{path}.function.arguments"))?,
    })
}

#[derive(Deserialize)]
struct Offer<'a> {
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    function: Raw<'a>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow)]
    parameters: Raw<'a>,
}

fn tool(raw: &RawValue, path: &str) -> Result<Tool, ApiError> {
    let offer: Offer<'_> = record(raw, path)?;
    let kind: Option<String> = optional(offer.kind, format!("{path}.type"))?;
    if kind.is_some_and(|kind| kind != "function") {
        return Err(bad(format!("{path}.type"), "must be function"));
    }
    let function = format!("{path}.function");
    let function: Function<'_> = record(present(offer.function, &function)?, &function)?;
    let at = |field: &str| format!("{path}.function.{field}");
    Ok(Tool {
        name: required(function.name, &*at("name"))?,
        description: optional(function.description, at("description"))?,
        parameters: function
            .parameters
            .map_or_else(|| Ok(NO_PARAMETERS.to_owned()), |raw| object(raw, at("parameters")))?,
    })
}

fn choice(raw: &RawValue) -> Result<ToolChoice, ApiError> {
    const PATH: &str = "tool_choice";
    if raw.get().starts_with('"') {
        return match parse::<String>(raw, PATH)?.as_str() {
            "auto" => Ok(ToolChoice::Auto),
            "none" => Ok(ToolChoice::None),
            "required" => Ok(ToolChoice::Required),
            _ => Err(bad(PATH, "must be auto, none, required or a function")),
        };
    }
    let named: Offer<'_> = record(raw, PATH)?;
    let function = present(named.function, "tool_choice.function")?;
    let function: Function<'_> = record(function, "tool_choice.function")?;
    Ok(ToolChoice::Named(required(function.name, "tool_choice.function.name")?))
}

fn format(raw: Raw<'_>) -> Result<ResponseFormat, ApiError> {
    #[derive(Deserialize)]
    struct Format {
        #[serde(rename = "type")]
        kind: String,
    }
    let format: Option<Format> = raw.map(|raw| record(raw, "response_format")).transpose()?;
    match format.as_ref().map(|format| format.kind.as_str()) {
        None | Some("text") => Ok(ResponseFormat::Text),
        Some("json_object") => Ok(ResponseFormat::JsonObject),
        Some(other) => {
            Err(bad("response_format.type", format_args!("{other:?} is not available, use json_object")))
        }
    }
}

fn includes_usage(raw: Raw<'_>) -> Result<bool, ApiError> {
    #[derive(Deserialize)]
    struct Options {
        include_usage: Option<bool>,
    }
    let options: Option<Options> = raw.map(|raw| record(raw, "stream_options")).transpose()?;
    Ok(options.and_then(|options| options.include_usage).unwrap_or_default())
}
