//! A response as it is to be performed: stages, each of which becomes one step or many.
//!
//! In: a [`Script`]. Out: a row of [`Stage`]s. Never: bytes of a dialect, which come into being when a stage is
//! performed, so that a long answer takes no more memory than its text.

use std::collections::VecDeque;

use super::{
    chance::Chance,
    pieces,
    script::{Said, Script},
};
use crate::{
    chat::{Millis, StopReason, Usage},
    stream::Records,
    wire::ReplyEvent,
};

/// What to perform, in order.
pub(super) type Score = VecDeque<Stage>;

/// One stage of a performance.
#[derive(Debug)]
pub(super) enum Stage {
    Wait(Millis),
    /// These bytes, as they are.
    Bytes(Vec<u8>),
    /// These bytes again and again, after a wait each; `u64::MAX` times is for ever.
    Again {
        bytes: Vec<u8>,
        every: Millis,
        times: u64,
    },
    /// One event.
    Say(ReplyEvent),
    /// One event, of which only a part is sent.
    Torn(ReplyEvent, Tear),
    /// One event of a reply of its own, after this one is over.
    After(ReplyEvent),
    /// A record of text so many bytes long.
    Giant(u64),
    /// A text, piece by piece.
    Speak(Speech),
    /// Recorded bytes, record by record.
    Replay(Box<Records>),
    Reset,
    Hang,
}

/// Which part of an event's records is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Tear {
    /// The first half of the bytes.
    Half,
    /// Up to the middle of the last character that has several bytes.
    InCharacter,
    /// All records but the last.
    WithoutLast,
    /// All records, and the last one again.
    LastTwice,
}

/// A text that is being said.
#[derive(Clone, Debug)]
pub(super) struct Speech {
    pub(super) as_what: As,
    pub(super) text: String,
    /// What was said of it, in bytes: `said <= text.len()`.
    pub(super) said: usize,
    pub(super) tempo: Tempo,
    /// A wait comes before the next piece.
    pub(super) rests: bool,
}

/// What a text is said as.
#[derive(Clone, Debug)]
pub(super) enum As {
    Thought,
    Text,
    Call { index: u32, id: String, name: String },
}

/// How fast a text is said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tempo {
    /// The shortest and the longest wait between pieces, in milliseconds.
    pub(super) rest: (u64, u64),
    /// How many pieces come at once.
    pub(super) pieces: u32,
}

/// The text of which a giant record is made.
pub(super) const SEED: &str = "x";
/// As a fast provider speaks.
const TALK: Tempo = Tempo { rest: (15, 25), pieces: 1 };
/// As fast as a very long answer has to come to be worth waiting for.
const HURRY: Tempo = Tempo { rest: (15, 25), pieces: 40 };
/// As nobody wants it.
pub(super) const CRAWL: Tempo = Tempo { rest: (900, 1100), pieces: 1 };
/// As fast as it goes.
pub(super) const RUSH: Tempo = Tempo { rest: (0, 0), pieces: 100 };
/// How long it thinks, about, in milliseconds.
const THINKING: u64 = 3000;

/// What `: keep-alive` is on the wire.
pub(super) fn keep_alive() -> Vec<u8> {
    let mut bytes = Vec::new();
    crate::stream::comment("keep-alive", &mut bytes);
    bytes
}

/// What comes before the first word: sometimes a sign of life, then the time until the first token.
pub(super) fn opening(chance: &mut Chance) -> Vec<Stage> {
    let mut stages = Vec::new();
    if chance.between(1, 4) == 1 {
        stages.push(Stage::Bytes(keep_alive()));
    }
    stages.push(Stage::Wait(Millis(chance.between(200, 400))));
    stages
}

/// The words.
pub(super) fn body(script: &Script, chance: &mut Chance) -> Vec<Stage> {
    let mut stages = Vec::new();
    let tempo = if script.endless { HURRY } else { TALK };
    let mut calls = 0..;
    for said in &script.said {
        match said {
            Said::Thought(text) => {
                stages.push(speak(As::Thought, text, thinking(text)));
                stages.push(Stage::Say(ReplyEvent::Signature(uuid(chance))));
            }
            Said::Text(text) => stages.push(speak(As::Text, text, tempo)),
            Said::Call { call, whole } => {
                let index = calls.next().unwrap_or(u32::MAX);
                let (id, name) = (call.id.clone(), call.name.clone());
                stages.push(speak(
                    As::Call { index, id: id.clone(), name: name.clone() },
                    &call.arguments,
                    tempo,
                ));
                if *whole {
                    let arguments = call.arguments.clone();
                    stages.push(Stage::Say(ReplyEvent::ToolCall { index, id, name, arguments }));
                }
            }
        }
    }
    stages
}

/// Breaks off the last thing that is said.
pub(super) fn halve(body: &mut Vec<Stage>) {
    while body.pop_if(|stage| !matches!(stage, Stage::Speak(_))).is_some() {}
    if let Some(Stage::Speak(speech)) = body.last_mut() {
        speech.text.truncate(speech.text.floor_char_boundary(speech.text.len() / 2));
    }
}

/// Bytes that hold the text [`SEED`], with the text grown to `length`.
pub(super) fn swollen(bytes: &[u8], length: u64) -> Vec<Stage> {
    const BLOCK: u64 = 64 << 10;
    let quoted = format!("\"{SEED}\"");
    let Some(at) = bytes.windows(quoted.len()).rposition(|window| window == quoted.as_bytes()) else {
        return vec![Stage::Bytes(bytes.to_vec())];
    };
    let (before, after) = bytes.split_at(at + 1);
    let block = SEED.repeat(usize::try_from(BLOCK).unwrap_or(0)).into_bytes();
    vec![
        Stage::Bytes(before.to_vec()),
        Stage::Again { bytes: block, every: Millis::ZERO, times: length / BLOCK },
        Stage::Bytes(after.to_vec()),
    ]
}

impl Tear {
    /// The part of some records.
    pub(super) fn of(self, mut bytes: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Half => bytes.truncate(bytes.len() / 2),
            Self::InCharacter => {
                // The last byte of the last character that has several is left out, and all behind it.
                let last = bytes.iter().rposition(|byte| !byte.is_ascii());
                bytes.truncate(last.unwrap_or(bytes.len() / 2));
            }
            Self::WithoutLast => bytes.truncate(last_record(&bytes)),
            Self::LastTwice => bytes.extend_from_within(last_record(&bytes)..),
        }
        bytes
    }
}

/// Where the last record begins.
fn last_record(bytes: &[u8]) -> usize {
    let before = bytes.strip_suffix(b"\n\n").unwrap_or_default();
    before.windows(2).rposition(|pair| pair == b"\n\n").map_or(0, |at| at + 2)
}

/// What comes after the words.
pub(super) fn ending(usage: Option<Usage>, stop: StopReason) -> Vec<Stage> {
    let usage = usage.map(|usage| Stage::Say(ReplyEvent::Usage(usage)));
    usage.into_iter().chain([Stage::Say(ReplyEvent::Done(stop))]).collect()
}

fn speak(as_what: As, text: &str, tempo: Tempo) -> Stage {
    Stage::Speak(Speech { as_what, text: text.to_owned(), said: 0, tempo, rests: false })
}

/// So that a text of usual length takes about [`THINKING`].
fn thinking(text: &str) -> Tempo {
    let mut rest = text;
    let mut count = 1;
    while !rest.is_empty() {
        rest = rest.get(pieces::first(rest).len()..).unwrap_or_default();
        count += 1;
    }
    let each = (THINKING / count).clamp(8, 60);
    Tempo { rest: (each - each / 4, each + each / 4), pieces: 1 }
}

/// An id in the form of a UUID, also used as the seal over thoughts.
pub(super) fn uuid(chance: &mut Chance) -> String {
    let hex = format!("{:016x}{:016x}", chance.next(), chance.next());
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}
