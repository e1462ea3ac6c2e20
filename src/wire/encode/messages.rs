//! A request in Messages.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{
    object,
    plan::{Keep, Plan},
    schema,
};
use crate::{
    chat::{Message, Part, Role, ToolChoice},
    wire::ChatRequest,
};

pub(super) fn body(
    plan: &Plan<'_>,
    request: &ChatRequest,
    history: &[Message],
) -> serde_json::Result<String> {
    let is_system = |message: &&Message| message.role == Role::System;
    serde_json::to_string(&Body {
        model: plan.id,
        max_tokens: plan.max_tokens,
        system: history.iter().find(is_system).map(Message::text),
        messages: history.iter().filter(|message| !is_system(message)).map(|m| entry(m, plan.keep)).collect(),
        thinking: plan
            .thinking
            .map(|on| if on { Thinking::Enabled { budget_tokens: plan.budget } } else { Thinking::Disabled }),
        tools: request
            .tools
            .iter()
            .map(|tool| Offer {
                name: &tool.name,
                description: tool.description.as_deref(),
                input_schema: schema(tool),
            })
            .collect(),
        tool_choice: choice(request),
        temperature: request.temperature.map(|temperature| temperature.clamp(0.0, 2.0)),
        top_p: request.top_p.map(|top_p| top_p.clamp(0.0, 1.0)),
        stop_sequences: &request.stop,
        stream: request.stream,
    })
}

fn entry(message: &Message, keep: Keep) -> Entry<'_> {
    let role = if message.role == Role::Assistant { "assistant" } else { "user" };
    let blocks: Vec<_> = match message.role {
        Role::Assistant => {
            let calls = message.tool_calls().next().is_some();
            message.parts.iter().filter_map(|part| block(part, keep, calls)).collect()
        }
        Role::Tool => message.parts.iter().filter_map(|part| block(part, keep, false)).collect(),
        Role::System | Role::User => Vec::new(),
    };
    let is_text = |block: &Block<'_>| matches!(block, Block::Text { .. });
    if blocks.iter().all(is_text) {
        return Entry { role, content: Content::Text(message.text()) };
    }
    Entry { role, content: Content::Blocks(blocks) }
}

/// The blocks of a whole answer, thoughts included.
pub(in crate::wire) fn blocks(parts: &[Part]) -> Vec<Block<'_>> {
    parts.iter().filter_map(|part| block(part, Keep::All, true)).collect()
}

fn block(part: &Part, keep: Keep, calls: bool) -> Option<Block<'_>> {
    match part {
        Part::Text { text } => Some(Block::Text { text }),
        Part::Reasoning { text, signature } => {
            let kept = match keep {
                Keep::Nothing => false,
                Keep::WithToolCalls => calls,
                Keep::Sealed => signature.is_some(),
                Keep::All => true,
            };
            kept.then_some(Block::Thinking { thinking: text, signature: signature.as_deref() })
        }
        Part::ToolCall(call) => Some(Block::ToolUse {
            id: &call.id,
            name: &call.name,
            input: object(&call.arguments).map(Cow::Borrowed).or_else(|| unparsable(&call.arguments))?,
        }),
        Part::ToolResult { id, text, failed } => {
            Some(Block::ToolResult { tool_use_id: id, content: text, is_error: *failed })
        }
    }
}

/// Arguments that are no JSON object stay what the model wrote, in the only place that there is for them.
fn unparsable(arguments: &str) -> Option<Cow<'_, RawValue>> {
    to_raw_value(&Unparsable { arguments }).ok().map(Cow::Owned)
}

fn choice(request: &ChatRequest) -> Option<Choice<'_>> {
    if request.tools.is_empty() {
        return None;
    }
    match &request.tool_choice {
        ToolChoice::Auto => None,
        ToolChoice::None => Some(Choice::None),
        ToolChoice::Required => Some(Choice::Any),
        ToolChoice::Named(name) => Some(Choice::Tool { name }),
    }
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    messages: Vec<Entry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<Thinking>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Offer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Choice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stop_sequences: &'a [String],
    stream: bool,
}

#[derive(Serialize)]
struct Entry<'a> {
    role: &'static str,
    content: Content<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(String),
    Blocks(Vec<Block<'a>>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in crate::wire) enum Block<'a> {
    Text {
        text: &'a str,
    },
    Thinking {
        thinking: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        signature: Option<&'a str>,
    },
    ToolUse {
        id: &'a str,
        name: &'a str,
        input: Cow<'a, RawValue>,
    },
    ToolResult {
        tool_use_id: &'a str,
        content: &'a str,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        is_error: bool,
    },
}

#[derive(Serialize)]
struct Unparsable<'a> {
    arguments: &'a str,
}

#[derive(Serialize)]
struct Offer<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    input_schema: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Thinking {
    Enabled { budget_tokens: u32 },
    Disabled,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Choice<'a> {
    None,
    Any,
    Tool { name: &'a str },
}
