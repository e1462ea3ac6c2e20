//! A reply as a client reads it, from bytes cut anywhere.
use super::{Dialect, Endpoint, ReplyEvent};
use crate::{chat::Usage, models::Style};

/// How a reply is to be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reading {
    /// The dialect asked for.
    pub dialect: Dialect,
    /// What `input_tokens` counts (Messages only).
    pub input: Style,
    /// Most bytes of one record.
    pub record_limit: usize,
    /// Most bytes of the reply, reasoning and tool calls included.
    pub reply_limit: usize,
}

impl Reading {
    /// As replies of this endpoint are read: its dialect and its provider's arithmetic.
    #[must_use]
    pub fn of(endpoint: &Endpoint, record_limit: usize, reply_limit: usize) -> Self {
        Self { dialect: endpoint.dialect, input: Style::ExcludesCached, record_limit, reply_limit }
    }
}

/// Bytes to events, for streams and for whole JSON bodies.
#[derive(Debug)]
pub struct ReplyDecoder(Reading);

impl ReplyDecoder {
    /// A decoder for one reply.
    #[must_use]
    pub fn new(reading: Reading) -> Self {
        Self(reading)
    }
    /// Takes in some of the body.
    pub fn push(&mut self, _bytes: &[u8]) {}
    /// The body ended.
    pub fn finish(&mut self) {}
    /// The next event, `None` when drained.
    #[must_use]
    pub fn next_event(&mut self) -> Option<ReplyEvent> {
        None
    }
    /// How many records with content arrived: what an idle timer watches. Pings and comments do not count.
    #[must_use]
    pub fn payloads(&self) -> u64 {
        0
    }
    /// Whether `Done` or `Failed` was given: the rest of the body is of no interest.
    #[must_use]
    pub fn is_over(&self) -> bool {
        false
    }
    /// Whether the provider said why it stopped: nothing but usage may follow.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        false
    }
    /// What was used as far as the provider said, for a reply that is given up before its end.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        None
    }
}
