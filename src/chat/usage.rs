//! What an answer used, and why it ended.
//!
//! In and out: values with one meaning whatever the provider; `wire` translates each provider's arithmetic.

use serde::{Deserialize, Serialize};

/// Tokens as the provider reported them.
///
/// `cached_input <= input` and `reasoning <= output`; a provider that reports otherwise is corrected by `wire`.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Prompt tokens, cached ones included.
    pub input: u64,
    /// Prompt tokens that the provider's cache answered.
    pub cached_input: u64,
    /// Tokens of the answer, reasoning included.
    pub output: u64,
    /// Tokens of the reasoning.
    pub reasoning: u64,
}

/// Why a provider says that an answer ended.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StopReason {
    /// The answer is complete.
    Stop,
    /// The answer reached the token limit.
    Length,
    /// The model waits for tool results.
    ToolCalls,
    /// A stop sequence was reached; the text if the provider names it.
    StopSequence(Option<String>),
    /// The provider's filter cut the answer.
    ContentFilter,
    /// The reader stopped it. Ours, never the wire's.
    Stopped,
    /// A word that this version does not know, kept as it came.
    Other(String),
}

impl StopReason {
    /// The stable word for it, as JavaScript sees it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
            Self::StopSequence(_) => "stop_sequence",
            Self::ContentFilter => "content_filter",
            Self::Stopped => "stopped",
            Self::Other(word) => word,
        }
    }
}
