//! What is asked of a model, before any dialect spells it.

use crate::chat::{Message, ResponseFormat, Thinking, Tool, ToolChoice};

/// One of the two protocols.
#[expect(clippy::exhaustive_enums, reason = "there are two, and whoever matches must treat both")]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Dialect {
    /// Anthropic's Messages, `/v1/messages`.
    Messages,
    /// OpenAI's Chat Completions, `/v1/chat/completions`.
    Completions,
}

/// One request of a model.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ChatRequest {
    /// The model as the caller names it; the encoder picks the id that the mode needs.
    pub model: String,
    /// The conversation so far, system messages included.
    pub messages: Vec<Message>,
    /// Whether to think first.
    pub thinking: Thinking,
    /// The thinking budget that a Messages caller gave, in tokens.
    pub thinking_budget: Option<u32>,
    /// The tools that may be called.
    pub tools: Vec<Tool>,
    /// Which of them must be.
    pub tool_choice: ToolChoice,
    /// The shape of the answer.
    pub response_format: ResponseFormat,
    /// Most tokens of the answer, thoughts included.
    pub max_tokens: Option<u32>,
    /// `0..=2`.
    pub temperature: Option<f64>,
    /// `0..=1`.
    pub top_p: Option<f64>,
    /// Texts that end the answer.
    pub stop: Vec<String>,
    /// Whether the answer is to arrive as a stream.
    pub stream: bool,
    /// Whether a Chat Completions caller asked for usage in the stream.
    pub include_usage: bool,
}
