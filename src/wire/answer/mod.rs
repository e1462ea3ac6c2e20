//! A reply as a server of either dialect sends it.
use super::{Dialect, ReplyEvent};

/// What a server says about a reply besides its content.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Meta {
    /// The reply's id, where [`ReplyEvent::Started`] brings none.
    pub id: String,
    /// The model, where [`ReplyEvent::Started`] brings none.
    pub model: String,
    /// When, in seconds since 1970 (Chat Completions only).
    pub created: u64,
    /// Whether a Chat Completions caller asked for usage in the stream.
    pub include_usage: bool,
}

/// Writes a reply as a stream.
#[derive(Debug)]
pub struct ReplyEncoder(Dialect, Meta);

impl ReplyEncoder {
    /// A stream of that dialect.
    #[must_use]
    pub fn new(dialect: Dialect, meta: Meta) -> Self {
        Self(dialect, meta)
    }
    /// Appends what `event` is on the wire.
    pub fn push(&mut self, _event: &ReplyEvent, _out: &mut Vec<u8>) {}
}

/// Writes a reply as one JSON body.
#[derive(Debug)]
pub struct Whole(Dialect, Meta);

impl Whole {
    /// A body of that dialect.
    #[must_use]
    pub fn new(dialect: Dialect, meta: Meta) -> Self {
        Self(dialect, meta)
    }
    /// Takes in one event.
    pub fn push(&mut self, _event: &ReplyEvent) {}
    /// The status and the body.
    #[must_use]
    pub fn finish(self) -> (u16, String) {
        (200, String::new())
    }
}
