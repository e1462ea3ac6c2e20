//! The two decoders: bytes of a reply to events, bytes of a stream to frames.
//!
//! In: how many bytes JavaScript wrote into the shared buffer. Out: a tape's address, zero when there is nothing yet.
//! Never: a call back into JavaScript, or memory beyond the limits given.

use wasm_bindgen::prelude::wasm_bindgen;

use super::{
    border::{with_input, with_tape},
    events::write_reply,
    refusal::Refusal,
};
use crate::{
    models::Style,
    stream::Decoder,
    wire::{Dialect, Reading, ReplyDecoder},
};

/// Most bytes of one record of a stream.
const RECORD_LIMIT: usize = 1 << 20;
/// Most bytes of one reply.
const REPLY_LIMIT: usize = 64 << 20;

/// Decodes one reply.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Replies(ReplyDecoder);

#[wasm_bindgen]
impl Replies {
    /// A decoder for a reply in the Messages dialect or, with `false`, in that of Chat Completions.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(messages: bool) -> Self {
        Self(ReplyDecoder::new(Reading {
            dialect: if messages { Dialect::Messages } else { Dialect::Completions },
            input: Style::ExcludesCached,
            record_limit: RECORD_LIMIT,
            reply_limit: REPLY_LIMIT,
        }))
    }

    /// Takes in the first bytes of the shared buffer.
    pub fn push(&mut self, length: usize) -> usize {
        with_input(length, |bytes| self.0.push(bytes));
        self.drain()
    }

    /// The body ended.
    pub fn finish(&mut self) -> usize {
        self.0.finish();
        self.drain()
    }

    fn drain(&mut self) -> usize {
        with_tape(|tape| {
            while let Some(event) = self.0.next_event() {
                write_reply(tape, &event);
            }
        })
    }
}

/// Decodes server-sent events.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Frames(Decoder);

#[wasm_bindgen]
impl Frames {
    /// A decoder for one stream.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self(Decoder::new(RECORD_LIMIT))
    }

    /// Takes in the first bytes of the shared buffer.
    ///
    /// # Errors
    ///
    /// A plain object with the code `too_long` when a frame exceeds the memory it is given, as soon as the frames
    /// before it were given out; and from then on always.
    pub fn push(&mut self, length: usize) -> Result<usize, Refusal> {
        let taken = with_input(length, |bytes| self.0.push(bytes));
        let tape = with_tape(|tape| {
            while let Some(frame) = self.0.next_frame() {
                tape.text(frame.event);
                tape.text(frame.data);
                tape.text(frame.id);
                tape.number(u32::from(frame.retry.is_some()));
                tape.wide(frame.retry.unwrap_or_default());
            }
        });
        match taken {
            Err(too_long) if tape == 0 => Err(too_long.into()),
            _ => Ok(tape),
        }
    }
}

impl Default for Frames {
    fn default() -> Self {
        Self::new()
    }
}
