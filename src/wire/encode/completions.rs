//! A request in Chat Completions.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    plan::{Keep, Plan},
    schema,
};
use crate::{
    chat::{Message, Part, ResponseFormat, Role, ToolCall, ToolChoice},
    wire::ChatRequest,
};

pub(super) fn body(
    plan: &Plan<'_>,
    request: &ChatRequest,
    history: &[Message],
) -> serde_json::Result<String> {
    serde_json::to_string(&Body {
        model: plan.id,
        messages: history.iter().flat_map(|message| entries(message, plan.keep)).collect(),
        thinking: plan.thinking.map(|on| Kind { kind: if on { "enabled" } else { "disabled" } }),
        tools: request
            .tools
            .iter()
            .map(|tool| Offer {
                kind: "function",
                function: Function {
                    name: &tool.name,
                    description: tool.description.as_deref(),
                    parameters: schema(tool),
                },
            })
            .collect(),
        tool_choice: choice(request),
        response_format: (request.response_format == ResponseFormat::JsonObject)
            .then_some(Kind { kind: "json_object" }),
        max_tokens: plan.max_tokens,
        temperature: request.temperature.map(|temperature| temperature.clamp(0.0, 2.0)),
        top_p: request.top_p.map(|top_p| top_p.clamp(0.0, 1.0)),
        stop: &request.stop,
        stream: request.stream,
        stream_options: request.stream.then_some(Options { include_usage: true }),
    })
}

/// A message as entries: one each, but for results, which are entries of their own.
fn entries(message: &Message, keep: Keep) -> Vec<Entry<'_>> {
    match message.role {
        Role::System => vec![Entry::said("system", message.text())],
        Role::User => vec![Entry::said("user", message.text())],
        Role::Assistant => vec![answer(message, keep)],
        Role::Tool => message.parts.iter().filter_map(result).collect(),
    }
}

fn result(part: &Part) -> Option<Entry<'_>> {
    let Part::ToolResult { id, text, .. } = part else { return None };
    Some(Entry { tool_call_id: Some(id), ..Entry::said("tool", text.clone()) })
}

fn answer(message: &Message, keep: Keep) -> Entry<'_> {
    let tool_calls = calls(message);
    let thoughts = || message.reasoning();
    let reasoning_content = match keep {
        Keep::Nothing | Keep::Sealed => None,
        Keep::WithToolCalls => (!tool_calls.is_empty()).then(thoughts),
        Keep::All => Some(thoughts()).filter(|thoughts| !thoughts.is_empty()),
    };
    Entry { reasoning_content, tool_calls, ..Entry::said("assistant", message.text()) }
}

/// An answer's calls as they stand in its message.
pub(in crate::wire) fn calls(message: &Message) -> Vec<Call<'_>> {
    let spelt = |call| {
        let ToolCall { id, name, arguments }: &_ = call;
        Call { id, kind: "function", function: Called { name, arguments } }
    };
    message.tool_calls().map(spelt).collect()
}

fn choice(request: &ChatRequest) -> Option<Choice<'_>> {
    if request.tools.is_empty() {
        return None;
    }
    match &request.tool_choice {
        ToolChoice::Auto => None,
        ToolChoice::None => Some(Choice::Word("none")),
        ToolChoice::Required => Some(Choice::Word("required")),
        ToolChoice::Named(name) => Some(Choice::Tool { kind: "function", function: Named { name } }),
    }
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<Entry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<Kind>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Offer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Choice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stop: &'a [String],
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<Options>,
}

#[derive(Serialize)]
struct Entry<'a> {
    role: &'static str,
    content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Call<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
}

impl Entry<'_> {
    const fn said(role: &'static str, content: String) -> Self {
        Self { role, content, reasoning_content: None, tool_calls: Vec::new(), tool_call_id: None }
    }
}

#[derive(Serialize)]
pub(in crate::wire) struct Call<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    function: Called<'a>,
}

#[derive(Serialize)]
struct Called<'a> {
    name: &'a str,
    arguments: &'a str,
}

#[derive(Serialize)]
struct Offer<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    parameters: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Choice<'a> {
    Word(&'static str),
    Tool {
        #[serde(rename = "type")]
        kind: &'static str,
        function: Named<'a>,
    },
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Options {
    include_usage: bool,
}
