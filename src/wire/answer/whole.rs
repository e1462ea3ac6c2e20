//! A reply as one JSON body, for callers that did not ask for a stream.

use serde::Serialize;

use super::{Meta, completions, messages};
use crate::{
    chat::{Message, Part, Role, StopReason, ToolCall, Usage},
    wire::{
        ApiError, Dialect, ErrorCode, ReplyEvent,
        encode::{
            completions::{Call, calls},
            messages::{Block, blocks},
        },
        write_error,
    },
};

/// Writes a reply as one JSON body.
#[derive(Debug)]
pub struct Whole {
    dialect: Dialect,
    meta: Meta,
    message: Message,
    usage: Option<Usage>,
    end: Option<Result<StopReason, ApiError>>,
}

impl Whole {
    /// A body of that dialect.
    #[must_use]
    pub const fn new(dialect: Dialect, meta: Meta) -> Self {
        let message = Message { role: Role::Assistant, parts: Vec::new() };
        Self { dialect, meta, message, usage: None, end: None }
    }

    /// Takes in one event; nothing after the end.
    pub fn push(&mut self, event: &ReplyEvent) {
        if self.end.is_some() {
            return;
        }
        match event {
            ReplyEvent::Started { .. } => self.meta.name(event),
            ReplyEvent::Reasoning(more) => self.message.think(more),
            ReplyEvent::Signature(seal) => self.message.seal(seal.clone()),
            ReplyEvent::Text(more) => self.message.say(more),
            ReplyEvent::ToolCall { id, name, arguments, .. } => {
                let (id, name, arguments) = (id.clone(), name.clone(), arguments.clone());
                self.message.parts.push(Part::ToolCall(ToolCall { id, name, arguments }));
            }
            ReplyEvent::Usage(usage) => self.usage = Some(*usage),
            ReplyEvent::Done(reason) => self.end = Some(Ok(reason.clone())),
            ReplyEvent::Failed(error) => self.end = Some(Err(error.clone())),
            ReplyEvent::KeepAlive | ReplyEvent::ToolCallDelta { .. } => {}
        }
    }

    /// The status and the body: the reply, or the error that ended it.
    #[must_use]
    pub fn finish(self) -> (u16, String) {
        let cut = || Err(ApiError::new(ErrorCode::Truncated, "the reply ended before the provider said why"));
        let body = match self.end.clone().unwrap_or_else(cut) {
            Err(error) => return write_error(self.dialect, &error),
            Ok(reason) => match self.dialect {
                Dialect::Messages => self.messages(&reason),
                Dialect::Completions => self.completions(&reason),
            },
        };
        (200, body.unwrap_or_default())
    }

    fn messages(&self, reason: &StopReason) -> serde_json::Result<String> {
        serde_json::to_string(&Theirs {
            id: &self.meta.id,
            kind: "message",
            role: "assistant",
            model: &self.meta.model,
            content: blocks(&self.message.parts),
            stop_reason: messages::word(reason),
            stop_sequence: if let StopReason::StopSequence(sequence) = reason {
                sequence.as_deref()
            } else {
                None
            },
            usage: messages::Spent::of(self.usage.unwrap_or_default()),
        })
    }

    fn completions(&self, reason: &StopReason) -> serde_json::Result<String> {
        let tool_calls = calls(&self.message);
        let content = Some(self.message.text()).filter(|text| tool_calls.is_empty() || !text.is_empty());
        let reasoning_content = Some(self.message.reasoning()).filter(|thoughts| !thoughts.is_empty());
        let message = Answer { role: "assistant", content, reasoning_content, tool_calls };
        serde_json::to_string(&Open {
            id: &self.meta.id,
            object: "chat.completion",
            created: self.meta.created,
            model: &self.meta.model,
            choices: [Choice { index: 0, message, logprobs: None, finish_reason: completions::word(reason) }],
            usage: self.usage.map(completions::Spent::of),
        })
    }
}

#[derive(Serialize)]
struct Theirs<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    role: &'static str,
    model: &'a str,
    content: Vec<Block<'a>>,
    stop_reason: &'a str,
    stop_sequence: Option<&'a str>,
    usage: messages::Spent,
}

#[derive(Serialize)]
struct Open<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: [Choice<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<completions::Spent>,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u32,
    message: Answer<'a>,
    logprobs: Option<()>,
    finish_reason: &'a str,
}

#[derive(Serialize)]
struct Answer<'a> {
    role: &'static str,
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Call<'a>>,
}
