//! Why a reply ended, in the words of either dialect.

use crate::{
    chat::StopReason,
    wire::{ApiError, ErrorCode},
};

/// What a word means: an end, or the provider's admission that it is none. Gateways mix the dialects, so both
/// vocabularies are read everywhere; a word that is not known is kept.
pub(super) fn meaning(word: &str, sequence: Option<String>) -> Result<StopReason, ApiError> {
    Ok(match word {
        "stop" | "end_turn" => StopReason::Stop,
        "length" | "max_tokens" | "model_context_window_exceeded" => StopReason::Length,
        "tool_calls" | "tool_use" | "function_call" => StopReason::ToolCalls,
        "stop_sequence" => StopReason::StopSequence(sequence),
        "content_filter" | "refusal" => StopReason::ContentFilter,
        "insufficient_system_resource" => {
            return Err(ApiError::new(ErrorCode::Interrupted, "the provider ran out of resources"));
        }
        "error" => return Err(ApiError::new(ErrorCode::Server, "the provider broke off")),
        other => StopReason::Other(other.to_owned()),
    })
}
