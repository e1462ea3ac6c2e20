//! The two families of error: [`Misuse`] is the caller's and returned, [`Fault`] the peer's and an event.

use std::fmt;

use crate::{
    chat::Millis,
    wire::{ApiError, Unsendable},
};

/// Why an answer ended early. These come from the provider or the network, never from the caller.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The provider refused, or broke off with an error, or sent what is no reply.
    Api(ApiError),
    /// The connection failed.
    Lost(Lost),
    /// Nothing arrived for too long.
    Silent(Wait),
    /// The settings make a request that cannot be written.
    Unsendable(Unsendable),
    /// JSON mode gave an empty answer.
    Empty,
    /// The model asked for tools more often than the settings allow.
    ToolRounds,
}

/// How a connection failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Lost {
    /// No response: refused, unreachable, blocked by CORS, offline.
    Network,
    /// The response broke off.
    Reset,
}

/// Which wait was too long.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Wait {
    /// For the head.
    Headers,
    /// For the first payload.
    First,
    /// For the next payload.
    Idle,
    /// For the end.
    Total,
}

impl Fault {
    /// The stable word for it, as JavaScript and the page see it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Api(error) => error.code.as_str(),
            Self::Lost(Lost::Network) => "network",
            Self::Lost(Lost::Reset) => "interrupted",
            Self::Silent(_) => "timeout",
            Self::Unsendable(_) => "invalid_request",
            Self::Empty => "empty_answer",
            Self::ToolRounds => "tool_rounds",
        }
    }

    /// Whether asking again may help.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Api(error) => error.retryable,
            Self::Lost(_) | Self::Silent(_) | Self::Empty => true,
            Self::Unsendable(_) | Self::ToolRounds => false,
        }
    }

    /// The HTTP status, if a response had one.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Api(error) => error.status,
            _ => None,
        }
    }

    /// How long the provider asks to wait.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Millis> {
        match self {
            Self::Api(error) => error.retry_after,
            _ => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(error) => error.fmt(f),
            Self::Lost(Lost::Network) => f.write_str("the server cannot be reached"),
            Self::Lost(Lost::Reset) => f.write_str("the connection broke off"),
            Self::Silent(Wait::Headers) => f.write_str("the server did not answer"),
            Self::Silent(Wait::First) => f.write_str("the model did not begin"),
            Self::Silent(Wait::Idle) => f.write_str("the answer stalled"),
            Self::Silent(Wait::Total) => f.write_str("the answer took too long"),
            Self::Unsendable(why) => write!(f, "the request cannot be written: {why:?}"),
            Self::Empty => f.write_str("the answer is empty"),
            Self::ToolRounds => f.write_str("the model kept calling tools"),
        }
    }
}

impl std::error::Error for Fault {}

/// The caller asked for something that cannot be done now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Misuse {
    /// An answer is under way.
    Busy,
    /// There is nothing in the question.
    Empty,
    /// No answer to ask for again.
    NothingToRetry,
    /// The last answer is whole.
    NothingToContinue,
    /// No tool call waits for a result, or the results do not match the calls.
    NoSuchCall,
    /// No message of that id.
    UnknownMessage,
    /// The saved conversation cannot be read.
    BadSave,
}

impl Misuse {
    /// The stable word for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Empty => "empty",
            Self::NothingToRetry => "nothing_to_retry",
            Self::NothingToContinue => "nothing_to_continue",
            Self::NoSuchCall => "no_such_call",
            Self::UnknownMessage => "unknown_message",
            Self::BadSave => "bad_save",
        }
    }
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "an answer is under way",
            Self::Empty => "the question is empty",
            Self::NothingToRetry => "there is no answer to ask for again",
            Self::NothingToContinue => "the last answer is whole",
            Self::NoSuchCall => "no tool call waits for this result",
            Self::UnknownMessage => "no such message",
            Self::BadSave => "the saved conversation cannot be read",
        })
    }
}

impl std::error::Error for Misuse {}
