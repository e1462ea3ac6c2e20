//! What a reply says, in one vocabulary whatever the dialect.

use super::ApiError;
use crate::chat::{StopReason, Usage};

/// One step of a reply. After [`Done`](Self::Done) or [`Failed`](Self::Failed) nothing follows.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ReplyEvent {
    /// The reply began; what the provider calls it and the model, either possibly empty.
    Started {
        /// The provider's id of the reply.
        id: String,
        /// The model that answers, which may not be the one asked for.
        model: String,
    },
    /// A sign of life without content: a comment or a ping. Never twice in a row.
    KeepAlive,
    /// More of what the model thinks.
    Reasoning(String),
    /// The seal over the thinking block that just ended (Messages only).
    Signature(String),
    /// More of the answer.
    Text(String),
    /// More of a tool call's arguments. `id` and `name` are known from the first delta on.
    ToolCallDelta {
        /// Which call of this reply, from 0 and without gaps.
        index: u32,
        /// The call's id, made up where the provider sent none.
        id: String,
        /// The tool.
        name: String,
        /// More of the arguments, JSON text cut anywhere.
        delta: String,
    },
    /// A tool call is whole.
    ToolCall {
        /// Which call of this reply.
        index: u32,
        /// The call's id.
        id: String,
        /// The tool.
        name: String,
        /// All of the arguments, as the model wrote them; `{}` where it wrote none.
        arguments: String,
    },
    /// What the reply used. The last one counts; never sums.
    Usage(Usage),
    /// The provider said why it stopped: the reply is complete.
    Done(StopReason),
    /// The reply ended without that.
    Failed(ApiError),
}
