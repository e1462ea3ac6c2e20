//! A reply as a stream of Messages.
//!
//! Blocks of this dialect come one after another, while other dialects may tell of several things at once: as long as
//! a call's block is open, everything else waits behind it.

use serde::Serialize;

use super::Meta;
use crate::{
    chat::{StopReason, Usage},
    stream,
    wire::{Dialect, ReplyEvent, refusal::error_body},
};

#[derive(Debug)]
pub(super) struct Messages {
    meta: Meta,
    started: bool,
    open: Option<Open>,
    /// The index of the next block.
    next: u32,
    /// What waits for the open call to be whole.
    waiting: Vec<ReplyEvent>,
    /// Calls of which something came while another was open: they are told once they are whole.
    belated: Vec<u32>,
    usage: Usage,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Open {
    Text,
    Thinking,
    /// A call by its index, and how much of its arguments was sent.
    Call(u32, usize),
}

impl Messages {
    pub(super) fn new(meta: Meta) -> Self {
        Self {
            meta,
            started: false,
            open: None,
            next: 0,
            waiting: Vec::new(),
            belated: Vec::new(),
            usage: Usage::default(),
        }
    }

    pub(super) fn push(&mut self, event: &ReplyEvent, out: &mut Vec<u8>) {
        match event {
            ReplyEvent::Started { .. } => {
                if !self.started {
                    self.meta.name(event);
                }
                self.start(out);
            }
            ReplyEvent::KeepAlive => write(&Record::Ping, out),
            ReplyEvent::Usage(usage) => self.usage = *usage,
            ReplyEvent::Done(reason) => self.end(reason, out),
            ReplyEvent::Failed(error) => {
                self.settle(out);
                stream::encode(Some("error"), &error_body(Dialect::Messages, error), out);
            }
            content => self.content(content, out),
        }
    }

    fn content(&mut self, event: &ReplyEvent, out: &mut Vec<u8>) {
        let belongs = match (self.open, event) {
            (
                Some(Open::Call(open, _)),
                ReplyEvent::ToolCallDelta { index, .. } | ReplyEvent::ToolCall { index, .. },
            ) => open == *index,
            (open, _) => !matches!(open, Some(Open::Call(..))),
        };
        if !belongs {
            match event {
                ReplyEvent::ToolCallDelta { index, .. } if self.belated.contains(index) => {}
                ReplyEvent::ToolCallDelta { index, .. } => self.belated.push(*index),
                event => self.waiting.push(event.clone()),
            }
            return;
        }
        match event {
            ReplyEvent::Reasoning(thinking) => {
                self.open(Open::Thinking, Block::Thinking { thinking: "", signature: "" }, out);
                self.delta(Delta::ThinkingDelta { thinking }, out);
            }
            ReplyEvent::Signature(signature) => {
                self.open(Open::Thinking, Block::Thinking { thinking: "", signature: "" }, out);
                self.delta(Delta::SignatureDelta { signature }, out);
                self.close(out);
            }
            ReplyEvent::Text(text) => {
                self.open(Open::Text, Block::Text { text: "" }, out);
                self.delta(Delta::TextDelta { text }, out);
            }
            ReplyEvent::ToolCallDelta { index, .. } if self.belated.contains(index) => {}
            ReplyEvent::ToolCallDelta { index, id, name, delta } => self.call(*index, id, name, delta, out),
            ReplyEvent::ToolCall { index, id, name, arguments } => {
                let sent = if let Some(Open::Call(_, sent)) = self.open { sent } else { 0 };
                self.call(*index, id, name, arguments.get(sent..).unwrap_or_default(), out);
                self.close(out);
                for event in std::mem::take(&mut self.waiting) {
                    self.content(&event, out);
                }
            }
            _ => {}
        }
    }

    fn call(&mut self, index: u32, id: &str, name: &str, json: &str, out: &mut Vec<u8>) {
        let sent = if let Some(Open::Call(_, sent)) = self.open {
            sent
        } else {
            self.open(Open::Call(index, 0), Block::ToolUse { id, name, input: Empty {} }, out);
            0
        };
        if !json.is_empty() {
            self.delta(Delta::InputJsonDelta { partial_json: json }, out);
        }
        self.open = Some(Open::Call(index, sent + json.len()));
    }

    fn end(&mut self, reason: &StopReason, out: &mut Vec<u8>) {
        self.start(out);
        self.settle(out);
        let sequence =
            if let StopReason::StopSequence(sequence) = reason { sequence.as_deref() } else { None };
        let delta = Stop { stop_reason: word(reason), stop_sequence: sequence };
        write(&Record::MessageDelta { delta, usage: Spent::of(self.usage) }, out);
        write(&Record::MessageStop, out);
    }

    /// Closes what is open. A call that was never whole is closed as it is; what waited behind it still counts.
    fn settle(&mut self, out: &mut Vec<u8>) {
        self.close(out);
        for event in std::mem::take(&mut self.waiting) {
            self.content(&event, out);
        }
        self.close(out);
    }

    fn start(&mut self, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.started, true) {
            let message = Head {
                id: &self.meta.id,
                kind: "message",
                role: "assistant",
                model: &self.meta.model,
                content: [],
                stop_reason: None,
                stop_sequence: None,
                usage: Spent::of(self.usage),
            };
            write(&Record::MessageStart { message }, out);
        }
    }

    /// Makes sure that a block of that kind is open.
    fn open(&mut self, kind: Open, block: Block<'_>, out: &mut Vec<u8>) {
        if self.open == Some(kind) {
            return;
        }
        self.start(out);
        self.close(out);
        write(&Record::ContentBlockStart { index: self.next, content_block: block }, out);
        self.open = Some(kind);
    }

    fn delta(&self, delta: Delta<'_>, out: &mut Vec<u8>) {
        write(&Record::ContentBlockDelta { index: self.next, delta }, out);
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if self.open.take().is_some() {
            write(&Record::ContentBlockStop { index: self.next }, out);
            self.next = self.next.saturating_add(1);
        }
    }
}

/// The dialect's word for an end.
pub(super) fn word(reason: &StopReason) -> &str {
    match reason {
        StopReason::Stop | StopReason::Stopped => "end_turn",
        StopReason::Length => "max_tokens",
        StopReason::ToolCalls => "tool_use",
        StopReason::StopSequence(_) => "stop_sequence",
        StopReason::ContentFilter => "refusal",
        StopReason::Other(word) => word,
    }
}

fn write(record: &Record<'_>, out: &mut Vec<u8>) {
    let name = match record {
        Record::MessageStart { .. } => "message_start",
        Record::ContentBlockStart { .. } => "content_block_start",
        Record::ContentBlockDelta { .. } => "content_block_delta",
        Record::ContentBlockStop { .. } => "content_block_stop",
        Record::MessageDelta { .. } => "message_delta",
        Record::MessageStop => "message_stop",
        Record::Ping => "ping",
    };
    stream::encode(Some(name), &serde_json::to_string(record).unwrap_or_default(), out);
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Record<'a> {
    MessageStart { message: Head<'a> },
    ContentBlockStart { index: u32, content_block: Block<'a> },
    ContentBlockDelta { index: u32, delta: Delta<'a> },
    ContentBlockStop { index: u32 },
    MessageDelta { delta: Stop<'a>, usage: Spent },
    MessageStop,
    Ping,
}

#[derive(Serialize)]
struct Head<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    role: &'static str,
    model: &'a str,
    content: [(); 0],
    stop_reason: Option<&'static str>,
    stop_sequence: Option<&'static str>,
    usage: Spent,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block<'a> {
    Text { text: &'a str },
    Thinking { thinking: &'a str, signature: &'a str },
    ToolUse { id: &'a str, name: &'a str, input: Empty },
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "the wire's names")]
enum Delta<'a> {
    TextDelta { text: &'a str },
    ThinkingDelta { thinking: &'a str },
    SignatureDelta { signature: &'a str },
    InputJsonDelta { partial_json: &'a str },
}

#[derive(Serialize)]
struct Stop<'a> {
    stop_reason: &'a str,
    stop_sequence: Option<&'a str>,
}

/// Usage in this dialect, as Anthropic and DeepSeek count: cached tokens beside the input.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Spent {
    input_tokens: u64,
    cache_creation_input_tokens: u64,
    cache_read_input_tokens: u64,
    output_tokens: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_tokens_details: Option<Details>,
}

#[derive(Clone, Copy, Serialize)]
struct Details {
    thinking_tokens: u64,
}

impl Spent {
    pub(super) fn of(usage: Usage) -> Self {
        let details = Details { thinking_tokens: usage.reasoning };
        Self {
            input_tokens: usage.input.saturating_sub(usage.cached_input),
            cache_creation_input_tokens: 0,
            cache_read_input_tokens: usage.cached_input,
            output_tokens: usage.output,
            output_tokens_details: (usage.reasoning > 0).then_some(details),
        }
    }
}
