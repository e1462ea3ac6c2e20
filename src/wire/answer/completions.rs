//! A reply as a stream of Chat Completions.

use serde::Serialize;

use super::Meta;
use crate::{
    chat::{StopReason, Usage},
    stream,
    wire::{Dialect, ReplyEvent, refusal::error_body},
};

#[derive(Debug)]
pub(super) struct Completions {
    meta: Meta,
    started: bool,
    /// How much of each call's arguments was sent, by its index.
    calls: Vec<(u32, usize)>,
    usage: Option<Usage>,
}

impl Completions {
    pub(super) const fn new(meta: Meta) -> Self {
        Self { meta, started: false, calls: Vec::new(), usage: None }
    }

    pub(super) fn push(&mut self, event: &ReplyEvent, out: &mut Vec<u8>) {
        match event {
            ReplyEvent::Started { .. } => {
                if !self.started {
                    self.meta.name(event);
                }
                self.start(out);
            }
            ReplyEvent::KeepAlive => stream::comment("keep-alive", out),
            ReplyEvent::Reasoning(text) => {
                self.delta(&Delta { reasoning_content: Some(text), ..Delta::default() }, out);
            }
            ReplyEvent::Text(text) => self.delta(&Delta { content: Some(text), ..Delta::default() }, out),
            ReplyEvent::ToolCallDelta { index, id, name, delta } => self.call(*index, id, name, delta, out),
            ReplyEvent::ToolCall { index, id, name, arguments } => {
                let sent = self.calls.iter().find(|(known, _)| known == index).map_or(0, |(_, sent)| *sent);
                let rest = arguments.get(sent..).unwrap_or_default();
                if !rest.is_empty() {
                    self.call(*index, id, name, rest, out);
                }
            }
            ReplyEvent::Usage(usage) => self.usage = Some(*usage),
            ReplyEvent::Done(reason) => {
                self.start(out);
                self.chunk(
                    &[Choice { index: 0, delta: &Delta::default(), finish_reason: Some(word(reason)) }],
                    None,
                    out,
                );
                if let Some(usage) = self.usage.filter(|_| self.meta.include_usage) {
                    self.chunk(&[], Some(Spent::of(usage)), out);
                }
                stream::encode(None, "[DONE]", out);
            }
            ReplyEvent::Failed(error) => {
                stream::encode(None, &error_body(Dialect::Completions, error), out);
            }
            // There is no place for a seal in this dialect.
            ReplyEvent::Signature(_) => {}
        }
    }

    fn start(&mut self, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.started, true) {
            let delta = Delta { role: Some("assistant"), content: Some(""), ..Delta::default() };
            self.chunk(&[Choice { index: 0, delta: &delta, finish_reason: None }], None, out);
        }
    }

    fn delta(&mut self, delta: &Delta<'_>, out: &mut Vec<u8>) {
        self.start(out);
        self.chunk(&[Choice { index: 0, delta, finish_reason: None }], None, out);
    }

    fn call(&mut self, index: u32, id: &str, name: &str, arguments: &str, out: &mut Vec<u8>) {
        let known = self.calls.iter_mut().find(|(known, _)| *known == index);
        let is_new = known.is_none();
        match known {
            Some((_, sent)) => *sent += arguments.len(),
            None => self.calls.push((index, arguments.len())),
        }
        let call = Call {
            index,
            id: is_new.then_some(id),
            kind: is_new.then_some("function"),
            function: Function { name: is_new.then_some(name), arguments },
        };
        self.delta(&Delta { tool_calls: Some([call]), ..Delta::default() }, out);
    }

    fn chunk(&self, choices: &[Choice<'_>], usage: Option<Spent>, out: &mut Vec<u8>) {
        let chunk = Chunk {
            id: &self.meta.id,
            object: "chat.completion.chunk",
            created: self.meta.created,
            model: &self.meta.model,
            choices,
            usage,
        };
        stream::encode(None, &serde_json::to_string(&chunk).unwrap_or_default(), out);
    }
}

/// The dialect's word for an end.
pub(super) fn word(reason: &StopReason) -> &str {
    match reason {
        StopReason::Stop | StopReason::StopSequence(_) | StopReason::Stopped => "stop",
        StopReason::Length => "length",
        StopReason::ToolCalls => "tool_calls",
        StopReason::ContentFilter => "content_filter",
        StopReason::Other(word) => word,
    }
}

#[derive(Serialize)]
struct Chunk<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: &'a [Choice<'a>],
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Spent>,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u32,
    delta: &'a Delta<'a>,
    finish_reason: Option<&'a str>,
}

#[derive(Default, Serialize)]
struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<[Call<'a>; 1]>,
}

#[derive(Serialize)]
struct Call<'a> {
    index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    arguments: &'a str,
}

/// Usage in this dialect, DeepSeek's fields beside OpenAI's.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Spent {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
    prompt_tokens_details: Cached,
    completion_tokens_details: Thought,
    prompt_cache_hit_tokens: u64,
    prompt_cache_miss_tokens: u64,
}

#[derive(Clone, Copy, Serialize)]
struct Cached {
    cached_tokens: u64,
}

#[derive(Clone, Copy, Serialize)]
struct Thought {
    reasoning_tokens: u64,
}

impl Spent {
    pub(super) const fn of(usage: Usage) -> Self {
        Self {
            prompt_tokens: usage.input,
            completion_tokens: usage.output,
            total_tokens: usage.input.saturating_add(usage.output),
            prompt_tokens_details: Cached { cached_tokens: usage.cached_input },
            completion_tokens_details: Thought { reasoning_tokens: usage.reasoning },
            prompt_cache_hit_tokens: usage.cached_input,
            prompt_cache_miss_tokens: usage.input.saturating_sub(usage.cached_input),
        }
    }
}
