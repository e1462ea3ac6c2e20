//! The laws of `wire`: cuts, requests and replies there and back, prefixes, memory.
//!
//! Inputs are requests and replies made of what matters to a reader, and streams of records in which anything may
//! stand.

pub(super) mod make;

use proptest::{collection::vec, prelude::*, sample::select, test_runner::TestCaseError};
use serde_json::value::RawValue;

use self::make::{PIECES, any_request, body, cuts, dialect, limit, message, plain, reply};
use super::{Law, Report, Trial};
use crate::{
    chat::{Part, ResponseFormat, Role, StopReason, ToolCall, Usage},
    models::Style,
    wire::{
        ApiError, ChatRequest, Dialect, Endpoint, ErrorCode, Meta, Reading, ReplyDecoder, ReplyEncoder,
        ReplyEvent, Whole, encode, read_error, read_request, repair, write_error,
    },
};

pub(super) const LAWS: &[Law] = &[
    Law { name: "wire: a cut never shows in a reply", check: a_cut_never_shows },
    Law { name: "wire: a request is read as it was asked", check: a_request_is_read_as_it_was_asked },
    Law { name: "wire: what was read is written again", check: what_was_read_is_written_again },
    Law { name: "wire: a request begins with the one before", check: a_request_begins_with_the_one_before },
    Law { name: "wire: repairing twice is repairing once", check: repairing_twice_is_repairing_once },
    Law { name: "wire: a client hears what a server says", check: a_client_hears_what_a_server_says },
    Law { name: "wire: a body says what its stream says", check: a_body_says_what_its_stream_says },
    Law { name: "wire: every reply ends once within its memory", check: every_reply_ends_once },
    Law { name: "wire: no request makes a panic", check: no_request_makes_a_panic },
    Law { name: "wire: an error is short and clean", check: an_error_is_short_and_clean },
];

fn a_cut_never_shows(trial: Trial) -> Report {
    trial.of(&(dialect(), body(), cuts(), limit()), |(dialect, bytes, cuts, limit)| {
        let whole = merged(read(dialect, limit, std::iter::once(&*bytes)));
        prop_assert_eq!(merged(read(dialect, limit, chunks(&bytes, &cuts))), whole);
        Ok(())
    })
}

fn a_request_is_read_as_it_was_asked(trial: Trial) -> Report {
    trial.of(&dialect().prop_flat_map(|dialect| (Just(dialect), plain(dialect))), |(dialect, request)| {
        let body = spell(dialect, &request)?;
        let read = read_request(dialect, body.as_bytes());
        prop_assert_eq!(read, Ok(request));
        Ok(())
    })
}

fn what_was_read_is_written_again(trial: Trial) -> Report {
    trial.of(&(dialect(), any_request()), |(dialect, request)| {
        let Ok(first) = encode(&endpoint(dialect), &request) else { return Ok(()) };
        let read = read_request(dialect, first.body.as_bytes());
        let read = read.map_err(|error| TestCaseError::fail(format!("{error}\n{}", first.body)))?;
        prop_assert_eq!(spell(dialect, &read)?, first.body);
        Ok(())
    })
}

fn a_request_begins_with_the_one_before(trial: Trial) -> Report {
    let request = dialect().prop_flat_map(|dialect| (Just(dialect), plain(dialect)));
    trial.of(&request, |(dialect, mut request)| {
        let history = std::mem::take(&mut request.messages);
        request.response_format = ResponseFormat::Text;
        let mut before: Option<String> = None;
        for (at, message) in history.iter().enumerate() {
            let is_answered = history.get(at + 1).is_none_or(|next| next.role == Role::Assistant);
            if !matches!(message.role, Role::User | Role::Tool) || !is_answered {
                continue;
            }
            request.messages = history.iter().take(at + 1).cloned().collect();
            let messages = messages(&spell(dialect, &request)?)?;
            if let Some(before) = before.as_deref().and_then(|before| before.strip_suffix(']')) {
                prop_assert!(messages.starts_with(before), "{messages}\ndoes not begin with\n{before}");
            }
            before = Some(messages);
        }
        Ok(())
    })
}

fn repairing_twice_is_repairing_once(trial: Trial) -> Report {
    trial.of(&vec(message(), 0..12), |messages| {
        let once = repair(&messages);
        prop_assert_eq!(&repair(&once), &once);
        // Who speaks in turn, every call with its result right behind it, no result without its call.
        let mut open: Vec<&str> = Vec::new();
        for (at, message) in once.iter().enumerate() {
            let next = once.get(at + 1).map(|next| next.role);
            prop_assert!(next != Some(message.role) && (at == 0 || message.role != Role::System));
            for part in &message.parts {
                if let Part::ToolResult { id, .. } = part {
                    let call = open.iter().position(|open| open == id);
                    prop_assert!(call.is_some(), "{id} answers no call");
                    open.remove(call.unwrap_or_default());
                }
            }
            prop_assert!(message.role == Role::Assistant || open.is_empty(), "{open:?} has no result");
            open.extend(message.tool_calls().map(|call| &*call.id));
        }
        prop_assert!(open.is_empty(), "{open:?} has no result");
        Ok(())
    })
}

fn a_client_hears_what_a_server_says(trial: Trial) -> Report {
    trial.of(&(dialect(), dialect(), reply(), cuts()), |(first, second, events, cuts)| {
        let heard = relay(first, &events, &cuts);
        prop_assert_eq!(story(first, &heard), story(first, &events));
        if first == Dialect::Messages {
            // Even in the same order.
            prop_assert_eq!(content(&heard), content(&events));
        }
        // And through a server of the other dialect, what both can say.
        let again = relay(second, &heard, &cuts);
        prop_assert_eq!(story(second, &again), story(second, &heard));
        Ok(())
    })
}

fn a_body_says_what_its_stream_says(trial: Trial) -> Report {
    trial.of(&(dialect(), reply(), cuts()), |(dialect, events, cuts)| {
        let mut whole = Whole::new(dialect, Meta::default());
        for event in &events {
            whole.push(event);
        }
        let (status, body) = whole.finish();
        if let Some(ReplyEvent::Failed(error)) = events.last() {
            prop_assert_eq!((status, body), write_error(dialect, error));
            return Ok(());
        }
        prop_assert_eq!(status, 200);
        let heard = read(dialect, usize::MAX, chunks(body.as_bytes(), &cuts));
        prop_assert_eq!(story(dialect, &heard), story(dialect, &events));
        Ok(())
    })
}

fn every_reply_ends_once(trial: Trial) -> Report {
    let limits = (64..512_usize, 64..2048_usize);
    trial.of(&(dialect(), body(), 1..64_usize, limits), |(dialect, bytes, size, limits)| {
        let (record_limit, reply_limit) = limits;
        let reading = Reading { dialect, input: Style::ExcludesCached, record_limit, reply_limit };
        let mut decoder = ReplyDecoder::new(reading);
        let mut ends = 0;
        let most = 16 * (record_limit + reply_limit) + 64 * size + (64 << 10);
        for chunk in std::iter::repeat_n(bytes, 20).flatten().collect::<Vec<_>>().chunks(size) {
            decoder.push(chunk);
            prop_assert!(decoder.footprint() <= most, "{} bytes", decoder.footprint());
            ends += std::iter::from_fn(|| decoder.next_event()).filter(is_end).count();
            prop_assert_eq!(ends == 1, decoder.is_over());
        }
        decoder.finish();
        ends += std::iter::from_fn(|| decoder.next_event()).filter(is_end).count();
        decoder.finish();
        decoder.push(b"data: {}\n\n");
        prop_assert!(decoder.is_over() && decoder.next_event().is_none());
        prop_assert_eq!(ends, 1);
        Ok(())
    })
}

fn no_request_makes_a_panic(trial: Trial) -> Report {
    let broken = (dialect(), any_request(), any::<prop::sample::Index>(), select(PIECES));
    trial.of(&broken, |(dialect, request, at, piece)| {
        let body = encode(&endpoint(dialect), &request).map(|sent| sent.body).unwrap_or_default();
        let mut bytes = body.into_bytes();
        let at = at.index(bytes.len() + 1);
        bytes.splice(at..bytes.len().min(at + piece.len()), piece.bytes());
        if let Err(error) = read_request(dialect, &bytes) {
            prop_assert_eq!((error.code, error.status), (ErrorCode::InvalidRequest, Some(400)));
            prop_assert!(is_clean(&error.message) && error.message.contains(": "), "{error}");
        }
        Ok(())
    })
}

fn an_error_is_short_and_clean(trial: Trial) -> Report {
    let key = "[A-Za-z0-9]{20}";
    let body = (vec(select(PIECES), 0..8), key, 0..4_usize);
    trial.of(&(any::<u16>(), dialect(), body), |(status, dialect, (pieces, key, shape))| {
        let words = format!("{} sk-{key} {}", pieces.concat(), "x ".repeat(200));
        let told = ApiError::new(ErrorCode::Server, words.clone());
        let body = match shape {
            0 => words,
            1 => write_error(dialect, &told).1,
            2 => format!("<html><title>sk-{key}</title>"),
            _ => format!("{{\"detail\":\"Bearer {key}\"}}"),
        };
        let error = read_error(status, None, body.as_bytes());
        prop_assert!(is_clean(&error.message), "{error}");
        prop_assert!(!error.message.contains(&key), "{error}");
        Ok(())
    })
}

fn is_clean(message: &str) -> bool {
    message.len() <= 300 && !message.chars().any(char::is_control) && !message.starts_with('<')
}

fn is_end(event: &ReplyEvent) -> bool {
    matches!(event, ReplyEvent::Done(_) | ReplyEvent::Failed(_))
}

// Reading and writing.

fn read<'a>(dialect: Dialect, limit: usize, chunks: impl Iterator<Item = &'a [u8]>) -> Vec<ReplyEvent> {
    let reading = Reading { dialect, input: Style::ExcludesCached, record_limit: limit, reply_limit: limit };
    let mut decoder = ReplyDecoder::new(reading);
    let mut events = Vec::new();
    for chunk in chunks {
        decoder.push(chunk);
        events.extend(std::iter::from_fn(|| decoder.next_event()));
    }
    decoder.finish();
    events.extend(std::iter::from_fn(|| decoder.next_event()));
    events
}

/// From a server to a client.
fn relay(dialect: Dialect, events: &[ReplyEvent], cuts: &[usize]) -> Vec<ReplyEvent> {
    let meta = Meta { include_usage: true, ..Meta::default() };
    let mut encoder = ReplyEncoder::new(dialect, meta);
    let mut bytes = Vec::new();
    for event in events {
        encoder.push(event, &mut bytes);
    }
    read(dialect, usize::MAX, chunks(&bytes, cuts))
}

fn spell(dialect: Dialect, request: &ChatRequest) -> Result<String, TestCaseError> {
    let sent = encode(&endpoint(dialect), request);
    sent.map(|sent| sent.body).map_err(|error| TestCaseError::fail(error.to_string()))
}

fn endpoint(dialect: Dialect) -> Endpoint {
    let url = match dialect {
        Dialect::Messages => "https://host.example/v1/messages",
        Dialect::Completions => "https://host.example/v1/chat/completions",
    };
    Endpoint { url: url.to_owned(), dialect, key: None }
}

/// The `messages` of a body as they are written there.
fn messages(body: &str) -> Result<String, TestCaseError> {
    #[derive(serde::Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        messages: &'a RawValue,
    }
    let body: Body<'_> =
        serde_json::from_str(body).map_err(|error| TestCaseError::fail(error.to_string()))?;
    Ok(body.messages.get().to_owned())
}

/// Neighbours of one kind joined: only the cut between them is of the network's making.
fn merged(events: Vec<ReplyEvent>) -> Vec<ReplyEvent> {
    let mut out: Vec<ReplyEvent> = Vec::new();
    for event in events {
        match (out.last_mut(), event) {
            (Some(ReplyEvent::Text(text)), ReplyEvent::Text(more))
            | (Some(ReplyEvent::Reasoning(text)), ReplyEvent::Reasoning(more)) => text.push_str(&more),
            (
                Some(ReplyEvent::ToolCallDelta { index, delta, .. }),
                ReplyEvent::ToolCallDelta { index: same, delta: more, .. },
            ) if *index == same => delta.push_str(&more),
            (_, event) => out.push(event),
        }
    }
    out
}

/// What is said, without how.
fn content(events: &[ReplyEvent]) -> Vec<ReplyEvent> {
    let is_content = |event: &&ReplyEvent| {
        use ReplyEvent::{Reasoning, Signature, Text, ToolCall};
        matches!(event, Reasoning(_) | Text(_) | Signature(_) | ToolCall { .. })
    };
    merged(events.iter().filter(is_content).cloned().collect())
}

/// All that a reply says in a dialect.
#[derive(Debug, Default, Eq, PartialEq)]
struct Story {
    text: String,
    reasoning: String,
    seals: Vec<String>,
    calls: Vec<ToolCall>,
    usage: Option<Usage>,
    end: Option<Result<StopReason, ErrorCode>>,
}

fn story(dialect: Dialect, events: &[ReplyEvent]) -> Story {
    let mut story = Story::default();
    let is_failed = matches!(events.last(), Some(ReplyEvent::Failed(_)));
    for event in events {
        match event.clone() {
            ReplyEvent::Text(more) => story.text.push_str(&more),
            ReplyEvent::Reasoning(more) => story.reasoning.push_str(&more),
            ReplyEvent::Signature(seal) if dialect == Dialect::Messages => story.seals.push(seal),
            // A call that is not whole at the end of a reply that failed is nobody's business.
            ReplyEvent::ToolCall { id, name, arguments, .. } if !is_failed => {
                story.calls.push(ToolCall { id, name, arguments });
            }
            ReplyEvent::Usage(usage) if !is_failed => story.usage = Some(usage),
            ReplyEvent::Done(StopReason::StopSequence(_)) if dialect == Dialect::Completions => {
                story.end = Some(Ok(StopReason::Stop));
            }
            ReplyEvent::Done(reason) => story.end = Some(Ok(reason)),
            ReplyEvent::Failed(error) => story.end = Some(Err(error.code)),
            _ => {}
        }
    }
    story
}

fn chunks<'a>(bytes: &'a [u8], sizes: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = bytes;
    sizes.iter().cycle().map_while(move |size| {
        let (chunk, after) = rest.split_at_checked(*size).unwrap_or((rest, &[]));
        rest = after;
        (!chunk.is_empty()).then_some(chunk)
    })
}
