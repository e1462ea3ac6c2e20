//! Who says the events of a score: an encoder of one dialect, at a pace that follows from the seed.
//!
//! In: a stage that is an event or a text. Out: the stages that it becomes: bytes, waits and what is left of it.
//! Never: more than a piece of a text at a time.

use super::{
    chance::Chance,
    framing::Framing,
    pieces,
    score::{As, SEED, Speech, Stage, swollen},
};
use crate::{
    chat::Millis,
    wire::{Dialect, Meta, ReplyEncoder, ReplyEvent},
};

/// An encoder and its pace.
#[derive(Debug)]
pub(super) struct Voice {
    dialect: Dialect,
    meta: Meta,
    encoder: ReplyEncoder,
    framing: Framing,
    chance: Chance,
}

impl Voice {
    pub(super) fn new(dialect: Dialect, meta: Meta, framing: Framing, chance: Chance) -> Self {
        Self { dialect, encoder: ReplyEncoder::new(dialect, meta.clone()), meta, framing, chance }
    }

    /// Turns a stage into bytes and what comes after them; other stages stay as they are.
    pub(super) fn say(&mut self, stage: Stage) -> Vec<Stage> {
        match stage {
            Stage::Say(event) => vec![Stage::Bytes(self.dressed(&[event]))],
            Stage::Torn(event, tear) => vec![Stage::Bytes(tear.of(self.dressed(&[event])))],
            Stage::After(event) => {
                self.encoder = ReplyEncoder::new(self.dialect, self.meta.clone());
                vec![Stage::Bytes(self.dressed(&[event]))]
            }
            Stage::Giant(length) => swollen(&self.dressed(&[ReplyEvent::Text(SEED.to_owned())]), length),
            Stage::Speak(speech) => self.speak(speech),
            other => vec![other],
        }
    }

    /// The next pieces of a text, or the rest before them.
    fn speak(&mut self, mut speech: Speech) -> Vec<Stage> {
        let (least, most) = speech.tempo.rest;
        if speech.rests {
            speech.rests = false;
            return vec![Stage::Wait(Millis(self.chance.between(least, most))), Stage::Speak(speech)];
        }
        let mut events = Vec::new();
        for _ in 0..speech.tempo.pieces {
            let piece = pieces::first(speech.text.get(speech.said..).unwrap_or_default());
            if piece.is_empty() {
                break;
            }
            events.push(event(&speech.as_what, piece.to_owned()));
            speech.said += piece.len();
        }
        let bytes = Stage::Bytes(self.dressed(&events));
        if speech.said >= speech.text.len() {
            return vec![bytes];
        }
        speech.rests = most > 0;
        vec![bytes, Stage::Speak(speech)]
    }

    fn dressed(&mut self, events: &[ReplyEvent]) -> Vec<u8> {
        let mut records = Vec::new();
        for event in events {
            self.encoder.push(event, &mut records);
        }
        if records.is_empty() { records } else { self.framing.dress(records) }
    }
}

fn event(as_what: &As, delta: String) -> ReplyEvent {
    match as_what {
        As::Thought => ReplyEvent::Reasoning(delta),
        As::Text => ReplyEvent::Text(delta),
        As::Call { index, id, name } => {
            ReplyEvent::ToolCallDelta { index: *index, id: id.clone(), name: name.clone(), delta }
        }
    }
}
