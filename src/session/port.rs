//! The whole border of a session: what the world tells it, what it asks of the world, what a reader may see.

use super::{Fault, Lost};
use crate::{
    chat::{MessageId, Millis, StopReason, Thinking, ToolCall, Usage},
    wire::Request,
};

/// Names one request; late bytes of an older one are recognised and dropped.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TurnId(pub u32);

/// What a reader asks.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Draft {
    /// The question.
    pub text: String,
    /// Whether to think first, where this question differs from the settings.
    pub thinking: Option<Thinking>,
    /// The question that this one replaces, as a new branch beside it.
    pub edits: Option<MessageId>,
    /// Most tokens of the answer, where this question leaves less room than the settings ask for.
    pub max_tokens: Option<u32>,
}

impl From<&str> for Draft {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// What the world tells a session. A fact is never refused: one that is out of place is ignored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Input<'a> {
    /// The response's head arrived.
    Head {
        /// Which request.
        turn: TurnId,
        /// The HTTP status.
        status: u16,
        /// The `retry-after` header as a span, if there was one.
        retry_after: Option<Millis>,
    },
    /// Some of the body arrived.
    Body {
        /// Which request.
        turn: TurnId,
        /// The bytes, cut anywhere.
        bytes: &'a [u8],
    },
    /// The body ended.
    End {
        /// Which request.
        turn: TurnId,
    },
    /// The transport failed.
    Lost {
        /// Which request.
        turn: TurnId,
        /// How.
        why: Lost,
    },
    /// A tool returned.
    ToolResult {
        /// The request whose reply called it.
        turn: TurnId,
        /// The call's id.
        id: &'a str,
        /// The result, or why there is none, as text for the model.
        result: Result<&'a str, &'a str>,
    },
    /// The moment of [`Session::deadline`](super::Session::deadline) has come.
    Timeout,
}

/// What a session asks of the world.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Output {
    /// Send this request and report on it under `turn`.
    Fetch {
        /// Which request.
        turn: TurnId,
        /// The request.
        request: Request,
    },
    /// Abort the request of `turn`, if it is still under way.
    Cancel {
        /// Which request.
        turn: TurnId,
    },
    /// Run a tool and hand in [`Input::ToolResult`].
    CallTool {
        /// The request whose reply called it.
        turn: TurnId,
        /// What to run. The arguments are known to be a JSON object.
        call: ToolCall,
    },
    /// Something a reader may see.
    Event(Event),
}

/// What happened, in the words of a chat. What follows [`Started`](Self::Started) is about its answer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A question was put to the model (none when tool results were, or when an answer is asked for again), and an
    /// answer is open in the transcript.
    Started {
        /// The question, where it is new.
        question: Option<MessageId>,
        /// The answer.
        answer: MessageId,
    },
    /// The provider holds the request in its queue: alive, nothing yet.
    Queued,
    /// The request failed before anything was shown, and is asked again at `until`.
    Waiting {
        /// When.
        until: Millis,
        /// Why.
        fault: Fault,
    },
    /// More of what the model thinks.
    Reasoning(String),
    /// The thinking is over; how long it took.
    Thought(Millis),
    /// More of the answer.
    Text(String),
    /// More of a tool call's arguments.
    ToolCallDelta {
        /// Which call of this answer, from 0.
        index: u32,
        /// The call's id.
        id: String,
        /// The tool.
        name: String,
        /// More of the arguments.
        delta: String,
    },
    /// A tool call is whole.
    ToolCall {
        /// Which call of this answer.
        index: u32,
        /// The call.
        call: ToolCall,
    },
    /// What the answer used; the last one counts.
    Usage(Usage),
    /// The answer is complete.
    Done(StopReason),
    /// The answer ended early; what arrived is kept.
    Failed(Fault),
}
