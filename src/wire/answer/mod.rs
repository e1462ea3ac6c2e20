//! A reply as a server of either dialect sends it, so that the official SDKs take it.
//!
//! In: reply events, of an upstream of whatever dialect. Out: the bytes of a stream, or one JSON body. Never: a stream
//! without an end, with two, or with anything after it.

mod completions;
mod messages;
mod whole;

pub use whole::Whole;

use self::{completions::Completions, messages::Messages};
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

impl Meta {
    /// Takes the upstream's names where it gave some.
    fn name(&mut self, event: &ReplyEvent) {
        let ReplyEvent::Started { id, model } = event else { return };
        for (own, theirs) in [(&mut self.id, id), (&mut self.model, model)] {
            if !theirs.is_empty() {
                own.clone_from(theirs);
            }
        }
    }
}

/// Writes a reply as a stream.
///
/// ```
/// use hadal::{chat::StopReason, wire::{Dialect, Meta, ReplyEncoder, ReplyEvent}};
///
/// let mut encoder = ReplyEncoder::new(Dialect::Completions, Meta::default());
/// let mut out = Vec::new();
/// encoder.push(&ReplyEvent::Text("Hi".into()), &mut out);
/// encoder.push(&ReplyEvent::Done(StopReason::Stop), &mut out);
/// assert!(out.ends_with(b"data: [DONE]\n\n"));
/// ```
#[derive(Debug)]
pub struct ReplyEncoder {
    speaker: Speaker,
    over: bool,
}

#[derive(Debug)]
enum Speaker {
    Messages(Messages),
    Completions(Completions),
}

impl ReplyEncoder {
    /// A stream of that dialect.
    #[must_use]
    pub fn new(dialect: Dialect, meta: Meta) -> Self {
        let speaker = match dialect {
            Dialect::Messages => Speaker::Messages(Messages::new(meta)),
            Dialect::Completions => Speaker::Completions(Completions::new(meta)),
        };
        Self { speaker, over: false }
    }

    /// Appends what `event` is on the wire: nothing for what the dialect cannot say, nor after the end.
    pub fn push(&mut self, event: &ReplyEvent, out: &mut Vec<u8>) {
        if self.over {
            return;
        }
        self.over = matches!(event, ReplyEvent::Done(_) | ReplyEvent::Failed(_));
        match &mut self.speaker {
            Speaker::Messages(speaker) => speaker.push(event, out),
            Speaker::Completions(speaker) => speaker.push(event, out),
        }
    }
}

#[cfg(test)]
mod tests;
