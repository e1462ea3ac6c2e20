//! What a session is told once: where to ask, whom, how patiently, within which memory.

use crate::{
    chat::{Millis, ResponseFormat, Thinking, Tool, ToolChoice},
    wire::Endpoint,
};

/// The settings of a conversation. Build with [`Config::new`], then set what differs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// Where requests go.
    pub endpoint: Endpoint,
    /// The model, as the reader names it.
    pub model: String,
    /// Whether the model thinks first; a [`Draft`](super::Draft) may say otherwise.
    pub thinking: Thinking,
    /// The system prompt, put first in every request and kept out of the transcript.
    pub system: Option<String>,
    /// Tools offered to the model.
    pub tools: Vec<Offer>,
    /// Which of them must be called.
    pub tool_choice: ToolChoice,
    /// The shape of the answers.
    pub response_format: ResponseFormat,
    /// Most tokens of an answer; clamped to what the model gives.
    pub max_tokens: Option<u32>,
    /// `0..=2`.
    pub temperature: Option<f64>,
    /// `0..=1`.
    pub top_p: Option<f64>,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// How often a request is asked again by itself, before anything was shown.
    pub retries: u32,
    /// The longest `retry-after` that is waited out; a longer one ends the turn and is shown.
    pub longest_wait: Millis,
    /// How many rounds of tool calls one question may cause.
    pub tool_rounds: u32,
    /// Most bytes of one record of a stream.
    pub record_limit: usize,
    /// Most bytes of one answer, reasoning and tool calls included.
    pub reply_limit: usize,
    /// Seeds the jitter of retries: the same seed, the same waits.
    pub seed: u64,
}

impl Config {
    /// The defaults for a model at an endpoint.
    #[must_use]
    pub fn new(endpoint: Endpoint, model: impl Into<String>) -> Self {
        Self {
            endpoint,
            model: model.into(),
            thinking: Thinking::Auto,
            system: None,
            tools: Vec::new(),
            tool_choice: ToolChoice::Auto,
            response_format: ResponseFormat::Text,
            max_tokens: None,
            temperature: None,
            top_p: None,
            timeouts: Timeouts::default(),
            retries: 2,
            longest_wait: Millis::seconds(60),
            tool_rounds: 16,
            record_limit: 1 << 20,
            reply_limit: 8 << 20,
            seed: 0,
        }
    }
}

/// A tool and who runs it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Offer {
    /// What the model is told.
    pub tool: Tool,
    /// The driver runs it, by [`Output::CallTool`](super::Output::CallTool); else the turn ends with
    /// [`StopReason::ToolCalls`](crate::chat::StopReason::ToolCalls) and the caller brings the results.
    pub runs: bool,
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timeouts {
    /// From the request to the response's head.
    pub headers: Millis,
    /// From the head to the first payload; keep-alives do not count, they mean "queued".
    pub first: Millis,
    /// Between payloads.
    pub idle: Millis,
    /// From the request to the end.
    pub total: Millis,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            headers: Millis::seconds(30),
            first: Millis::seconds(10 * 60),
            idle: Millis::seconds(60),
            total: Millis::seconds(30 * 60),
        }
    }
}
