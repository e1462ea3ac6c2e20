//! Events on the tape: each is its kind, then its fields. `www/src/core/tape.ts` reads them in the same order.
//!
//! In: what a reply says, alone or through a session. Out: words on a tape. Never: what has no name in the npm
//! surface (beginnings, keep-alives, signatures, waits).

use super::tape::Tape;
use crate::{
    chat::Usage,
    session::{Event, Fault},
    wire::ReplyEvent,
};

const REASONING: u32 = 1;
const TEXT: u32 = 2;
const TOOL_CALL_DELTA: u32 = 3;
const TOOL_CALL: u32 = 4;
const USAGE: u32 = 5;
const DONE: u32 = 6;
const FAILED: u32 = 7;

/// Writes what a reply says.
pub(super) fn write_reply(tape: &mut Tape, event: &ReplyEvent) {
    match event {
        ReplyEvent::Started { .. } | ReplyEvent::KeepAlive | ReplyEvent::Signature(_) => {}
        ReplyEvent::Reasoning(delta) => write(tape, REASONING, delta),
        ReplyEvent::Text(delta) => write(tape, TEXT, delta),
        ReplyEvent::ToolCallDelta { index, id, name, delta } => {
            write_call(tape, TOOL_CALL_DELTA, *index, [id, name, delta]);
        }
        ReplyEvent::ToolCall { index, id, name, arguments } => {
            write_call(tape, TOOL_CALL, *index, [id, name, arguments]);
        }
        ReplyEvent::Usage(usage) => write_usage(tape, *usage),
        ReplyEvent::Done(reason) => write(tape, DONE, reason.as_str()),
        ReplyEvent::Failed(error) => write_failure(tape, &Fault::Api(error.clone())),
    }
}

/// Writes what a session says. `more` tells that it goes on by itself: the end of a reply that called tools is then
/// not the end that a caller waits for.
pub(super) fn write_event(tape: &mut Tape, event: &Event, more: bool) {
    match event {
        Event::Reasoning(delta) => write(tape, REASONING, delta),
        Event::Text(delta) => write(tape, TEXT, delta),
        Event::ToolCallDelta { index, id, name, delta } => {
            write_call(tape, TOOL_CALL_DELTA, *index, [id, name, delta]);
        }
        Event::ToolCall { index, call } => {
            write_call(tape, TOOL_CALL, *index, [&call.id, &call.name, &call.arguments]);
        }
        Event::Usage(usage) => write_usage(tape, *usage),
        Event::Done(reason) if !more => write(tape, DONE, reason.as_str()),
        Event::Failed(fault) => write_failure(tape, fault),
        Event::Done(_)
        | Event::Started { .. }
        | Event::Queued
        | Event::Waiting { .. }
        | Event::Thought(_) => {}
    }
}

/// Writes usage alone, as an event.
pub(super) fn write_usage(tape: &mut Tape, usage: Usage) {
    tape.number(USAGE);
    for count in [usage.input, usage.cached_input, usage.output, usage.reasoning] {
        tape.wide(count);
    }
}

fn write(tape: &mut Tape, kind: u32, text: &str) {
    tape.number(kind);
    tape.text(text);
}

fn write_call(tape: &mut Tape, kind: u32, index: u32, texts: [&String; 3]) {
    tape.number(kind);
    tape.number(index);
    for text in texts {
        tape.text(text);
    }
}

fn write_failure(tape: &mut Tape, fault: &Fault) {
    write(tape, FAILED, fault.code());
    tape.number(fault.status().map_or(0, u32::from));
    tape.number(u32::from(fault.is_retryable()));
    tape.text(&fault.to_string());
}
