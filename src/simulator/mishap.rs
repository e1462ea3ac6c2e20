//! How each fault of an answer is done.
//!
//! In: a fault and what would have been answered. Out: another script, another score. Never: the choice of a fault,
//! which is the asker's, or a response that is no answer at all (`head`).

use super::{
    fault::Fault,
    framing::Framing,
    head,
    score::{self, Score, Stage, Tear, Tempo},
    script::{Said, Script},
};
use crate::{
    chat::{Millis, StopReason, Usage},
    wire::ReplyEvent,
};

/// A record that cannot be read, and what must not be seen of it: a key that is none.
const GARBLED: &[u8] = b"data: {\"secret\":\"sk-CANARY-0123456789abcdef0123456789abcdef\",,}\n\n";
/// How long a record is that is too long.
const GIANT: u64 = 8 << 20;
/// How many records are many.
const MANY: usize = 50_000;
/// How long an answer waits in a queue, in seconds, and how slow the slow one is.
const QUEUED: u64 = 4;
const SLOW: Millis = Millis::seconds(8);
/// How many records that are no JSON come in a row.
const GARBAGE: u64 = 64;

/// Changes what is said.
pub(super) fn rewrite(fault: Fault, script: &mut Script) {
    match fault {
        Fault::ThinkLeak => leak(script),
        Fault::ReasoningOnly => {
            script.said.retain(|said| matches!(said, Said::Thought(_)));
            if script.said.is_empty() {
                script
                    .said
                    .push(Said::Thought("I think about it, and think, and come to no end.".to_owned()));
            }
            script.stop = StopReason::Stop;
        }
        Fault::EmptyJson => {
            script.said = vec![Said::Text(String::new())];
            script.stop = StopReason::Stop;
        }
        Fault::InsufficientSystemResource => {
            halve(script);
            script.stop = StopReason::Other("insufficient_system_resource".to_owned());
        }
        Fault::ContentFilter => {
            halve(script);
            script.stop = StopReason::ContentFilter;
        }
        Fault::ManyEvents => {
            script.said = vec![Said::Text("tick ".repeat(MANY))];
            script.endless = true;
        }
        _ => {}
    }
}

/// Puts the thoughts between marks in front of the text.
fn leak(script: &mut Script) {
    let mut text = String::from("<think>\n");
    match script.said.first() {
        Some(Said::Thought(thoughts)) => text.push_str(thoughts),
        _ => text.push_str("These are thoughts, told as if they were the answer."),
    }
    text.push_str("\n</think>\n\n");
    script.said.retain(|said| !matches!(said, Said::Thought(_)));
    match script.said.first_mut() {
        Some(Said::Text(answer)) => answer.insert_str(0, &text),
        _ => script.said.insert(0, Said::Text(text)),
    }
}

/// Breaks off the last thing that is said.
fn halve(script: &mut Script) {
    match script.said.last_mut() {
        Some(Said::Thought(text) | Said::Text(text)) => {
            text.truncate(text.floor_char_boundary(text.len() / 2));
        }
        Some(Said::Call { call, whole }) => {
            call.arguments.truncate(call.arguments.floor_char_boundary(call.arguments.len() / 2));
            *whole = false;
        }
        None => {}
    }
}

/// How the records of a stream are written under this fault.
pub(super) const fn framing(fault: Fault) -> Framing {
    match fault {
        Fault::OneByteChunks => Framing::OneByte,
        Fault::Crlf => Framing::Crlf,
        Fault::Cr => Framing::Cr,
        Fault::Bom => Framing::Bom,
        Fault::MultiLineData => Framing::MultiLine,
        Fault::NoSpace => Framing::NoSpace,
        Fault::NoiseLines => Framing::Noise,
        Fault::NullRecords => Framing::Nulls,
        _ => Framing::Plain,
    }
}

/// The parts of a stream that goes well.
pub(super) struct Parts {
    pub(super) opening: Vec<Stage>,
    pub(super) begin: Vec<Stage>,
    pub(super) body: Vec<Stage>,
    pub(super) usage: Usage,
    pub(super) stop: StopReason,
}

/// Puts a stream together, under a fault or none.
pub(super) fn stream(fault: Option<Fault>, parts: Parts) -> Score {
    let Parts { mut opening, mut begin, mut body, usage, stop } = parts;
    if !matches!(fault, Some(Fault::UsageMissing | Fault::EofAfterFinish)) {
        // The prompt was counted before the first word.
        begin.insert(0, Stage::Say(ReplyEvent::Usage(Usage { output: 0, reasoning: 0, ..usage })));
    }
    let mut end = score::ending(Some(usage), stop.clone());
    if let Some(then) = fault.and_then(half_way) {
        score::halve(&mut body);
        end = then;
    }
    match fault {
        Some(Fault::EmptyBody) => return Score::new(),
        Some(Fault::KeepAliveForever) => return Score::from([signs(u64::MAX, score::keep_alive())]),
        Some(Fault::Queued) => opening.insert(0, signs(QUEUED, score::keep_alive())),
        Some(Fault::Slow) => {
            opening = vec![Stage::Wait(SLOW)];
            pace(&mut body, score::CRAWL);
        }
        Some(Fault::ManyEvents) => pace(&mut body, score::RUSH),
        Some(Fault::EofAfterFinish) => end = vec![Stage::Torn(ReplyEvent::Done(stop), Tear::WithoutLast)],
        Some(Fault::UsageMissing) => end = score::ending(None, stop),
        Some(Fault::DuplicateDone) => {
            let usage = Stage::Say(ReplyEvent::Usage(usage));
            end = vec![usage, Stage::Torn(ReplyEvent::Done(stop), Tear::LastTwice)];
        }
        Some(Fault::DataAfterDone) => end.push(Stage::After(text("EVIL: this comes after the end."))),
        Some(Fault::OpenAfterDone) => end.push(Stage::Hang),
        _ => {}
    }
    [opening, begin, body, end].into_iter().flatten().collect()
}

/// What comes half-way instead of the rest, under the faults that break a stream off.
fn half_way(fault: Fault) -> Option<Vec<Stage>> {
    Some(match fault {
        Fault::EofWithoutFinish => Vec::new(),
        Fault::ResetMidEvent => vec![Stage::Torn(text(" and then"), Tear::Half), Stage::Reset],
        Fault::CutMidEvent => vec![Stage::Torn(text(" and then"), Tear::Half)],
        Fault::CutMidUtf8 => vec![Stage::Torn(text(" 深海"), Tear::InCharacter)],
        Fault::Stall => vec![Stage::Hang],
        Fault::NotJson => {
            vec![Stage::Again { bytes: GARBLED.to_vec(), every: Millis(20), times: GARBAGE }]
        }
        Fault::GiantEvent => vec![Stage::Giant(GIANT)],
        Fault::ErrorInStream => vec![Stage::Say(ReplyEvent::Failed(head::overloaded()))],
        _ => return None,
    })
}

/// Puts a reply of one JSON body together, under a fault or none: what happens to a stream, as far as it can.
pub(super) fn whole(fault: Option<Fault>, wait: Millis, json: String) -> Score {
    let json = json.into_bytes();
    let half = || json.get(..json.len() / 2).unwrap_or_default().to_vec();
    let wait = Stage::Wait(wait);
    let blank = || b"\n".to_vec();
    Score::from(match fault {
        Some(Fault::EmptyBody) => Vec::new(),
        Some(Fault::EofWithoutFinish | Fault::CutMidEvent) => vec![wait, Stage::Bytes(half())],
        Some(Fault::CutMidUtf8) => vec![wait, Stage::Bytes(Tear::InCharacter.of(json))],
        Some(Fault::ResetMidEvent) => vec![wait, Stage::Bytes(half()), Stage::Reset],
        Some(Fault::Stall) => vec![wait, Stage::Bytes(half()), Stage::Hang],
        Some(Fault::NotJson) => vec![wait, Stage::Bytes(GARBLED.to_vec())],
        // While it waits, the provider sends empty lines.
        Some(Fault::KeepAliveForever) => vec![signs(u64::MAX, blank())],
        Some(Fault::Queued) => vec![signs(QUEUED, blank()), wait, Stage::Bytes(json)],
        Some(Fault::Slow) => vec![Stage::Wait(SLOW), Stage::Bytes(json)],
        Some(Fault::GiantEvent) => score::swollen(&json, GIANT),
        Some(Fault::OpenAfterDone) => vec![wait, Stage::Bytes(json), Stage::Hang],
        _ => vec![wait, Stage::Bytes(json)],
    })
}

fn signs(times: u64, bytes: Vec<u8>) -> Stage {
    Stage::Again { bytes, every: Millis::seconds(1), times }
}

fn pace(body: &mut [Stage], tempo: Tempo) {
    for stage in body {
        if let Stage::Speak(speech) = stage {
            speech.tempo = tempo;
        }
    }
}

fn text(text: &str) -> ReplyEvent {
    ReplyEvent::Text(text.to_owned())
}
