//! One record after another, each told to the dialect's reader.
//!
//! In: the name and data of a stream's frames, or a whole JSON body. Out: what they say, to the [`Reply`]. Never: the
//! text of a record that cannot be read, which may hold anything.

use serde::Deserialize;

use super::{
    Reading, Unreadable, completions, messages,
    messages::Sort,
    reply::Reply,
    template::{Kind, Template},
};
use crate::wire::{
    Dialect, ErrorCode,
    lenient::{Maybe, Text},
    refusal,
};

/// So many records in a row that cannot be read, and there is no use in waiting for one that can.
const UNREADABLE: u32 = 16;

#[derive(Debug)]
pub(super) struct Records {
    pub(super) reply: Reply,
    /// Records with content.
    pub(super) payloads: u64,
    dialect: Dialect,
    template: Template,
    /// Records in a row that could not be read. `unreadable < UNREADABLE` while the reply goes on.
    unreadable: u32,
}

impl Records {
    pub(super) fn new(reading: Reading) -> Self {
        Self {
            reply: Reply::new(reading.dialect, reading.input, reading.reply_limit),
            payloads: 0,
            dialect: reading.dialect,
            template: Template::new(),
            unreadable: 0,
        }
    }

    /// Takes in a frame of a stream.
    pub(super) fn take(&mut self, event: &str, data: &str) {
        if event == "error" {
            return self.reply.fail(refusal::named_error(data));
        }
        if let Some((kind, text)) = self.template.read(data) {
            self.readable();
            return match kind {
                Kind::Text => self.reply.say(&text),
                Kind::Thought => self.reply.think(&text),
            };
        }
        let data = unwrap(data);
        match data {
            "[DONE]" => self.reply.end(),
            "null" | "{}" => {}
            _ if data.is_empty() || data.starts_with(':') || event == "ping" => self.reply.out.keep_alive(),
            _ => self.parse(data),
        }
    }

    /// Takes in the body of a reply that is not streamed.
    pub(super) fn take_whole(&mut self, body: &[u8]) {
        let cut = || ErrorCode::Truncated;
        let envelope = std::str::from_utf8(body)
            .map_err(|error| if error.error_len().is_none() { cut() } else { ErrorCode::BadUpstream })
            .and_then(|text| match serde_json::from_str::<Maybe<Envelope<'_>>>(text) {
                Ok(Maybe(Some(envelope))) => Ok((text, envelope)),
                Ok(Maybe(None)) => Err(ErrorCode::NotSse),
                Err(error) if error.is_eof() => Err(cut()),
                Err(_) => Err(ErrorCode::BadUpstream),
            });
        let (text, envelope) = match envelope {
            Ok(found) => found,
            Err(ErrorCode::Truncated) => return self.reply.end(),
            Err(code) => return self.reply.fault(code, "the reply cannot be read"),
        };
        let read = if envelope.choices.is_some() {
            completions::take(text, &mut self.reply).is_ok()
        } else if envelope.kind.as_str() == "message" {
            messages::take(text, &mut self.reply).is_ok()
        } else {
            false
        };
        if read {
            return self.reply.end();
        }
        match refusal::find_error(text) {
            Some(error) => self.reply.fail(error),
            None => self.reply.fault(ErrorCode::NotSse, "the server's answer is no reply"),
        }
    }

    pub(super) fn footprint(&self) -> usize {
        self.reply.footprint() + self.template.footprint()
    }

    fn parse(&mut self, data: &str) {
        let plain = match self.dialect {
            Dialect::Completions => completions::take(data, &mut self.reply),
            Dialect::Messages => match messages::take(data, &mut self.reply) {
                Ok(Sort::Ping) => return self.reply.out.keep_alive(),
                Ok(Sort::Stop) => {
                    self.readable();
                    return self.reply.end();
                }
                Ok(Sort::Record(plain)) => Ok(plain),
                Err(Unreadable) => Err(Unreadable),
            },
        };
        match plain {
            Ok(plain) => {
                self.readable();
                if let Some(plain) = plain {
                    self.template.learn(data, plain);
                }
            }
            Err(Unreadable) => self.skip(),
        }
    }

    fn readable(&mut self) {
        self.payloads = self.payloads.saturating_add(1);
        self.unreadable = 0;
    }

    fn skip(&mut self) {
        self.unreadable += 1;
        if self.unreadable >= UNREADABLE {
            self.reply.fault(ErrorCode::BadUpstream, "the stream holds records that cannot be read");
        }
    }
}

/// Takes off what naive proxies put on when they frame what is framed already: `data: data: {…}`.
fn unwrap(data: &str) -> &str {
    let mut data = data;
    while let Some(rest) = data.strip_prefix("data:") {
        data = rest.strip_prefix(' ').unwrap_or(rest);
    }
    data
}

/// Just enough of a whole body to tell what it is.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    choices: Option<&'a serde_json::value::RawValue>,
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
}
