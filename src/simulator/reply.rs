//! From a request to a response: read it, write what is to be said, let go wrong what was asked for, perform it.
//!
//! In: a dialect and a body. Out: a [`Play`]. Never: a refusal of what a provider would take.

use std::sync::{Mutex, PoisonError};

use super::{
    CREATED, asked,
    attempts::Attempts,
    chance::{Chance, fingerprint},
    fault::{Fault, Order},
    framing::Framing,
    head, limit, mishap,
    play::Play,
    score,
    script::{self, Script},
    usage,
    voice::Voice,
};
use crate::{
    chat::{Millis, Role},
    wire::{ChatRequest, Dialect, Meta, ReplyEvent, Whole, read_request},
};

/// Answers the body of a request.
pub(super) fn to(
    dialect: Dialect,
    body: &[u8],
    seed: u64,
    count: fn(&str) -> u64,
    attempts: &Mutex<Attempts>,
) -> Play {
    let request = match read_request(dialect, body) {
        Ok(request) => request,
        Err(error) => return Play::refused(dialect, &error),
    };
    let fault = ordered(&request, fingerprint(body), attempts);
    if let Some(play) = fault.and_then(|fault| head::of(fault, dialect)) {
        return play;
    }
    let mut script = script::write(&request, seed);
    if let Some(fault) = fault {
        mishap::rewrite(fault, &mut script);
    }
    limit::apply(&request, &mut script, count);
    script.usage = usage::of(usage::prompt(&request, count), &script, count);

    let mut chance = Chance::new(seed, body);
    let meta = Meta {
        id: id(dialect, &mut chance),
        model: request.model.clone(),
        created: CREATED,
        include_usage: request.include_usage,
    };
    let framing = fault.map_or(Framing::Plain, mishap::framing);
    let headers = head::headers(fault, request.stream);
    if request.stream {
        let parts = mishap::Parts {
            opening: score::opening(&mut chance),
            begin: vec![score::Stage::Say(started(&meta))],
            body: score::body(&script, &mut chance),
            usage: script.usage,
            stop: script.stop,
        };
        let voice = Voice::new(dialect, meta, framing, chance);
        return Play::new(200, headers, mishap::stream(fault, parts)).said_by(voice).dressed(framing);
    }
    let wait = Millis(chance.between(300, 900));
    let (status, json) = whole(dialect, &meta, &script, fault);
    Play::new(status, headers, mishap::whole(fault, wait, json)).dressed(framing)
}

/// The fault that the last message asks for, unless this request has met it often enough.
fn ordered(request: &ChatRequest, fingerprint: u64, attempts: &Mutex<Attempts>) -> Option<Fault> {
    let last = request.messages.last().filter(|message| message.role == Role::User)?;
    let Order { fault, times } = Order::read(&asked::newest(&last.text()))?;
    let passed = times.is_some_and(|times| {
        attempts.lock().unwrap_or_else(PoisonError::into_inner).has_passed(fingerprint, times)
    });
    (!passed).then_some(fault)
}

/// The script as one JSON body.
fn whole(dialect: Dialect, meta: &Meta, script: &Script, fault: Option<Fault>) -> (u16, String) {
    let mut whole = Whole::new(dialect, meta.clone());
    whole.push(&started(meta));
    if fault == Some(Fault::GiantEvent) {
        // The text that is to be swollen stands alone.
        whole.push(&ReplyEvent::Text(score::SEED.to_owned()));
    } else {
        script.events().for_each(|event| whole.push(&event));
    }
    if fault != Some(Fault::UsageMissing) {
        whole.push(&ReplyEvent::Usage(script.usage));
    }
    whole.push(&ReplyEvent::Done(script.stop.clone()));
    whole.finish()
}

fn started(meta: &Meta) -> ReplyEvent {
    ReplyEvent::Started { id: meta.id.clone(), model: meta.model.clone() }
}

/// A reply's id in the form that the dialect's providers give it.
fn id(dialect: Dialect, chance: &mut Chance) -> String {
    match dialect {
        Dialect::Messages => format!("msg_{}", chance.letters(24)),
        Dialect::Completions => score::uuid(chance),
    }
}
