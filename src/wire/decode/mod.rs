//! A reply as a client reads it: a stream, or one JSON body, in either dialect.
//!
//! In: bytes of a response's body, cut anywhere. Out: events that do not depend on the cuts, the last of which says how
//! it ended. Never: an error of its own, for whatever the bytes are they end in an event; more memory than the limits.

mod body;
mod calls;
mod completions;
mod flow;
mod leak;
mod messages;
mod out;
mod records;
mod reply;
mod stop;
mod tally;
mod template;
mod thoughts;

use self::{body::Body, records::Records};
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
    /// As replies of this endpoint are read: in its dialect, with its provider's arithmetic.
    #[must_use]
    pub fn of(endpoint: &Endpoint, record_limit: usize, reply_limit: usize) -> Self {
        Self { dialect: endpoint.dialect, input: endpoint.input_style(), record_limit, reply_limit }
    }
}

/// Bytes to events, for streams and for whole JSON bodies.
///
/// Push a chunk, then take events until there are none; after the last chunk, finish and take the rest.
///
/// ```
/// use hadal::{chat::StopReason, models::Style, wire::{Dialect, Reading, ReplyDecoder, ReplyEvent}};
///
/// let reading = Reading {
///     dialect: Dialect::Completions,
///     input: Style::ExcludesCached,
///     record_limit: 1 << 20,
///     reply_limit: 8 << 20,
/// };
/// let mut decoder = ReplyDecoder::new(reading);
/// decoder.push(br#"data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}"#);
/// decoder.push(b"\n\ndata: [DONE]\n\n");
/// let events: Vec<_> = std::iter::from_fn(|| decoder.next_event()).collect();
/// assert_eq!(events[1..], [ReplyEvent::Text("Hi".into()), ReplyEvent::Done(StopReason::Stop)]);
/// ```
#[derive(Debug)]
pub struct ReplyDecoder {
    body: Body,
    records: Records,
}

impl ReplyDecoder {
    /// A decoder for one reply.
    #[must_use]
    pub fn new(reading: Reading) -> Self {
        Self { body: Body::new(reading), records: Records::new(reading) }
    }

    /// Hides a model's own markup for tool calls, where a host that fails to parse it lets it through into the
    /// answer; with everything that follows it.
    #[must_use]
    pub fn hiding_markup(mut self) -> Self {
        self.records.reply.filter = leak::Filter::On(String::new());
        self
    }

    /// Takes in some of the body.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.is_over() {
            self.body.push(bytes, &mut self.records);
            self.rest();
        }
    }

    /// The body ended.
    pub fn finish(&mut self) {
        if !self.is_over() {
            self.body.finish(&mut self.records);
            self.rest();
        }
    }

    /// The next event, `None` when drained.
    #[must_use]
    pub fn next_event(&mut self) -> Option<ReplyEvent> {
        self.records.reply.out.next()
    }

    /// How many records with content arrived, or chunks of a whole body: what an idle timer watches. Pings, comments
    /// and what cannot be read do not count.
    #[must_use]
    pub const fn payloads(&self) -> u64 {
        self.records.payloads
    }

    /// Whether the end was told: the rest of the body is of no interest.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.records.reply.out.is_over()
    }

    /// Whether the provider said why it stopped: nothing but usage may follow.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.records.reply.is_complete()
    }

    /// What was used as far as the provider said, for a reply that is given up before its end.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        self.records.reply.usage()
    }

    /// Bytes allocated.
    #[must_use]
    pub fn footprint(&self) -> usize {
        self.body.footprint() + self.records.footprint()
    }

    /// After the end nothing of the body is kept.
    fn rest(&mut self) {
        if self.is_over() {
            self.body = Body::Over;
        }
    }
}

/// A record that is none: no JSON, or numbers beyond every ceiling.
#[derive(Debug)]
struct Unreadable;

impl From<serde_json::Error> for Unreadable {
    fn from(_: serde_json::Error) -> Self {
        Self
    }
}

impl From<calls::TooMany> for Unreadable {
    fn from(_: calls::TooMany) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests;
