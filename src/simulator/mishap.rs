//! How each fault is done.
//!
//! In: a fault and what would have been answered. Out: another script, another score or another head. Never: the
//! choice of a fault, which is the asker's.

use super::{
    fault::Fault,
    framing::Framing,
    play::Play,
    score::{self, Score, Stage, Tear, Tempo},
    script::{Said, Script},
};
use crate::{
    chat::{Millis, StopReason, Usage},
    wire::{ApiError, Dialect, ErrorCode, Header, ReplyEvent, write_error},
};

/// A key that is none, for tests to look for where no key may be.
const CANARY: &str = "sk-CANARY-0123456789abcdef0123456789abcdef";
/// The same in a record that cannot be read.
const GARBLED: &[u8] = b"data: {\"secret\":\"sk-CANARY-0123456789abcdef0123456789abcdef\",,}\n\n";
const PAGE: &str = "<!doctype html>\n<html><head><title>Sign in</title></head><body><h1>Welcome to the free WiFi</h1>\
    <form action=\"/login\"><input name=\"room\"><button>Connect</button></form></body></html>\n";
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
        Fault::ManyEvents => script.said = vec![Said::Text("tick ".repeat(MANY))],
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
            text.truncate(text.floor_char_boundary(text.len() / 2))
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
    let Parts { mut opening, begin, mut body, usage, stop } = parts;
    let text = |text: &str| ReplyEvent::Text(text.to_owned());
    let broken = |body: &mut Vec<Stage>, then: Vec<Stage>| {
        score::halve(body);
        then
    };
    let mut end = score::ending(Some(usage), stop.clone());
    match fault {
        Some(Fault::EmptyBody) => return Score::new(),
        Some(Fault::KeepAliveForever) => return Score::from([signs(u64::MAX, score::keep_alive())]),
        Some(Fault::Queued) => opening.insert(0, signs(QUEUED, score::keep_alive())),
        Some(Fault::Slow) => {
            opening = vec![Stage::Wait(SLOW)];
            pace(&mut body, score::CRAWL);
        }
        Some(Fault::ManyEvents) => pace(&mut body, score::RUSH),
        Some(Fault::EofWithoutFinish) => end = broken(&mut body, Vec::new()),
        Some(Fault::ResetMidEvent) => {
            end = broken(&mut body, vec![Stage::Torn(text(" and then"), Tear::Half), Stage::Reset]);
        }
        Some(Fault::CutMidEvent) => end = broken(&mut body, vec![Stage::Torn(text(" and then"), Tear::Half)]),
        Some(Fault::CutMidUtf8) => {
            end = broken(&mut body, vec![Stage::Torn(text(" 深海"), Tear::InCharacter)])
        }
        Some(Fault::Stall) => end = broken(&mut body, vec![Stage::Hang]),
        Some(Fault::NotJson) => end = broken(&mut body, vec![garbage()]),
        Some(Fault::GiantEvent) => end = broken(&mut body, vec![Stage::Giant(GIANT)]),
        Some(Fault::ErrorInStream) => {
            end = broken(&mut body, vec![Stage::Say(ReplyEvent::Failed(overloaded()))]);
        }
        Some(Fault::EofAfterFinish) => end = vec![Stage::Torn(ReplyEvent::Done(stop), Tear::WithoutLast)],
        Some(Fault::UsageMissing) => end = score::ending(None, stop),
        Some(Fault::DuplicateDone) => {
            end = vec![
                Stage::Say(ReplyEvent::Usage(usage)),
                Stage::Torn(ReplyEvent::Done(stop), Tear::LastTwice),
            ];
        }
        Some(Fault::DataAfterDone) => end.push(Stage::After(text("EVIL: this comes after the end."))),
        Some(Fault::OpenAfterDone) => end.push(Stage::Hang),
        _ => {}
    }
    [opening, begin, body, end].into_iter().flatten().collect()
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

/// The responses that are no answer at all; `None` for faults that an answer has.
pub(super) fn head(fault: Fault, dialect: Dialect) -> Option<Play> {
    let refused = |error: ApiError| Play::refused(dialect, &error);
    Some(match fault {
        Fault::CloseBeforeHeaders => Play::without_head([Stage::Wait(Millis(50)), Stage::Reset].into()),
        Fault::NoHeaders => Play::without_head([Stage::Hang].into()),
        Fault::JsonError200 => {
            let (_, body) = write_error(dialect, &overloaded());
            Play::json(200, body)
        }
        Fault::Html200 => {
            Play::new(200, vec![("content-type", "text/html; charset=utf-8".to_owned())], bytes(PAGE))
        }
        Fault::TooMany => refused(ApiError { retry_after: Some(Millis::seconds(1)), ..too_many() }),
        Fault::TooManyLater => refused(ApiError { retry_after: Some(Millis::seconds(3600)), ..too_many() }),
        Fault::Overloaded => refused(overloaded()),
        Fault::NoBalance => refused(error(ErrorCode::Billing, 402, "Insufficient Balance")),
        Fault::BadKey => refused(error(
            ErrorCode::Authentication,
            401,
            "Authentication Fails, Your api key: ****cret is invalid",
        )),
        // Put in afterwards: whatever writes errors would take a key out.
        Fault::KeyInError => {
            let message = "Internal error: upstream refused HIDDEN for this request";
            let (status, body) = write_error(dialect, &error(ErrorCode::Server, 500, message));
            Play::json(status, body.replace("HIDDEN", CANARY))
        }
        Fault::Redirect => {
            let path = match dialect {
                Dialect::Messages => "/v1/messages",
                Dialect::Completions => "/v1/chat/completions",
            };
            let location = format!("https://elsewhere.example{path}");
            Play::new(
                307,
                vec![("location", location), ("content-type", "text/plain".to_owned())],
                Score::new(),
            )
        }
        Fault::ContextLength => refused(error(
            ErrorCode::ContextLength,
            400,
            "This model's maximum context length is 131072 tokens. However, you requested 140000 tokens (131808 in the \
             messages, 8192 in the completion). Please reduce the length of the messages or completion.",
        )),
        Fault::ModelRetired => refused(error(
            ErrorCode::ModelNotFound,
            400,
            "The supported API model names are deepseek-v4-pro or deepseek-v4-flash, but you passed deepseek-chat.",
        )),
        _ => return None,
    })
}

/// The headers of an answer under this fault.
pub(super) fn headers(fault: Option<Fault>, stream: bool) -> Vec<Header> {
    let kind = if stream { "text/event-stream; charset=utf-8" } else { "application/json" };
    let mut headers = vec![("cache-control", "no-cache".to_owned())];
    if fault != Some(Fault::NoContentType) {
        headers.push(("content-type", kind.to_owned()));
    }
    headers
}

fn signs(times: u64, bytes: Vec<u8>) -> Stage {
    Stage::Again { bytes, every: Millis::seconds(1), times }
}

fn garbage() -> Stage {
    Stage::Again { bytes: GARBLED.to_vec(), every: Millis(20), times: GARBAGE }
}

fn bytes(text: &str) -> Score {
    Score::from([Stage::Bytes(text.as_bytes().to_vec())])
}

fn pace(body: &mut [Stage], tempo: Tempo) {
    for stage in body {
        if let Stage::Speak(speech) = stage {
            speech.tempo = tempo;
        }
    }
}

fn error(code: ErrorCode, status: u16, message: &str) -> ApiError {
    ApiError { code, status: Some(status), message: message.to_owned(), retryable: false, retry_after: None }
}

fn overloaded() -> ApiError {
    let message = "The model is overloaded. Please try again later.";
    ApiError { retryable: true, ..error(ErrorCode::Overloaded, 503, message) }
}

fn too_many() -> ApiError {
    let message = "Rate limit reached: too many requests at once.";
    ApiError { retryable: true, ..error(ErrorCode::RateLimit, 429, message) }
}
