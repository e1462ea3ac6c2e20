//! The laws of `wire`: cuts, requests and replies there and back, prefixes, memory.
//!
//! Inputs are requests and replies made of what matters to a reader, and streams of records in which anything may
//! stand.

use proptest::{collection::vec, prelude::*, sample::select, test_runner::TestCaseError};
use serde_json::value::RawValue;

use super::{Law, Report, Trial};
use crate::{
    chat::{Message, Part, ResponseFormat, Role, StopReason, Thinking, Tool, ToolCall, ToolChoice, Usage},
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
        events.iter().for_each(|event| whole.push(event));
        let (status, body) = whole.finish();
        match events.last() {
            Some(ReplyEvent::Failed(error)) => {
                prop_assert_eq!((status, body), write_error(dialect, error));
            }
            _ => {
                prop_assert_eq!(status, 200);
                let heard = read(dialect, usize::MAX, chunks(body.as_bytes(), &cuts));
                prop_assert_eq!(story(dialect, &heard), story(dialect, &events));
            }
        }
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

// Making requests and replies.

fn dialect() -> impl Strategy<Value = Dialect> {
    select(&[Dialect::Messages, Dialect::Completions][..])
}

/// Sizes of chunks, used in turn.
fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![Just(vec![1]), vec(1..8_usize, 1..6), vec(1..300_usize, 1..6)]
}

fn chunks<'a>(bytes: &'a [u8], sizes: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = bytes;
    sizes.iter().cycle().map_while(move |size| {
        let (chunk, after) = rest.split_at_checked(*size).unwrap_or((rest, &[]));
        rest = after;
        (!chunk.is_empty()).then_some(chunk)
    })
}

fn limit() -> impl Strategy<Value = usize> {
    prop_oneof![0..400_usize, Just(usize::MAX)]
}

/// Text that is not empty, without what a gateway would put before it.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        select(&["a", " ", "\n", "\"", "\\", "<", "data: ", "深", "🌊", "json", "\u{2028}"][..])
            .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

fn object() -> impl Strategy<Value = String> {
    let field = (text(), select(&["1", "null", "[1, 2]", "{\"a\":0.10}", "\"x\""][..]));
    let spelt = |(key, value): (String, &str)| {
        let key = serde_json::to_string(&key).unwrap_or_default();
        format!("{{ {key}:{value}}}")
    };
    prop_oneof![Just("{}".to_owned()), field.prop_map(spelt)]
}

fn tool() -> impl Strategy<Value = Tool> {
    ("[A-Za-z0-9_-]{1,64}", prop::option::of(text()), object())
        .prop_map(|(name, description, parameters)| Tool { name, description, parameters })
}

/// A question, and an answer with calls and their results or without.
fn turn(dialect: Dialect, model: &'static str) -> impl Strategy<Value = Vec<Message>> {
    let call = ("[a-z]{1,8}", object(), text(), any::<bool>());
    let thought = (text(), prop::option::of("[a-z]{1,8}"));
    let rounds = vec((prop::option::of(thought), text(), vec(call, 0..3)), 1..3);
    (text(), rounds).prop_map(move |(question, rounds)| {
        let mut messages = vec![Message::user(question)];
        for (round, (thought, said, calls)) in rounds.into_iter().enumerate() {
            // As many thoughts as the model's data sends back.
            let keeps = match (model, dialect) {
                ("m", Dialect::Completions) => false,
                ("m", Dialect::Messages) => thought.as_ref().is_some_and(|(_, seal)| seal.is_some()),
                _ => !calls.is_empty(),
            };
            let mut parts = Vec::new();
            if let Some((text, signature)) = thought.filter(|_| keeps) {
                let signature = signature.filter(|_| dialect == Dialect::Messages);
                parts.push(Part::Reasoning { text, signature });
            }
            parts.push(Part::Text { text: said });
            let mut results = Vec::new();
            for (at, (name, arguments, text, failed)) in calls.into_iter().enumerate() {
                let id = format!("call_{round}_{at}");
                let failed = failed && dialect == Dialect::Messages;
                results.push(Part::ToolResult { id: id.clone(), text, failed });
                parts.push(Part::ToolCall(ToolCall { id, name, arguments }));
            }
            let is_last = results.is_empty();
            messages.push(Message { role: Role::Assistant, parts });
            if is_last {
                break;
            }
            messages.push(Message { role: Role::Tool, parts: results });
        }
        messages
    })
}

/// A request that its dialect can carry whole, in the form in which it is read.
fn plain(dialect: Dialect) -> impl Strategy<Value = ChatRequest> {
    let model = select(&["m", "deepseek-v4-pro"][..]);
    let history = model.prop_flat_map(move |model| {
        (Just(model), prop::option::of(text()), vec(turn(dialect, model), 0..4), text())
    });
    let options = (vec(tool(), 0..3), 0..5_usize, any::<bool>(), 2_000..100_000_u32, 1_024..2_000_u32);
    let numbers = (prop::option::of(0..=200_u32), prop::option::of(0..=100_u32), vec(text(), 0..3));
    let thinking = select(&[Thinking::Auto, Thinking::On, Thinking::Off][..]);
    (history, options, numbers, thinking, any::<bool>()).prop_map(
        move |((model, system, turns, last), options, numbers, thinking, stream)| {
            let (tools, choice, json, max_tokens, budget) = options;
            let (temperature, top_p, stop) = numbers;
            let system = system.map(|text| Message::new(Role::System, text));
            let mut messages: Vec<Message> = system.into_iter().chain(turns.into_iter().flatten()).collect();
            let is_open = messages.last().is_none_or(|last| last.role != Role::Tool);
            messages.extend(is_open.then(|| Message::user(last + " json")));
            let is_messages = dialect == Dialect::Messages;
            let json = json && !is_messages && is_open;
            ChatRequest {
                model: model.to_owned(),
                messages: repair(&messages),
                thinking,
                thinking_budget: (is_messages && thinking == Thinking::On).then_some(budget),
                tool_choice: match (tools.first(), choice) {
                    (Some(tool), 0) => ToolChoice::Named(tool.name.clone()),
                    (Some(_), 1) => ToolChoice::None,
                    (Some(_), 2) => ToolChoice::Required,
                    _ => ToolChoice::Auto,
                },
                tools,
                response_format: if json { ResponseFormat::JsonObject } else { ResponseFormat::Text },
                max_tokens: Some(max_tokens),
                temperature: temperature.map(|hundredths| f64::from(hundredths) / 100.0),
                top_p: top_p.map(|hundredths| f64::from(hundredths) / 100.0),
                stop,
                stream,
                include_usage: stream && !is_messages,
            }
        },
    )
}

/// Anything that the types can say.
fn any_request() -> impl Strategy<Value = ChatRequest> {
    let model = select(
        &["m", "deepseek-v3.2-exp", "DeepSeek-V3.2-Exp-thinking", "deepseek-flash", "deepseek-chat"][..],
    );
    let thinking = select(&[Thinking::Auto, Thinking::On, Thinking::Off][..]);
    let limits = (prop::option::of(any::<u32>()), prop::option::of(any::<u32>()));
    let numbers = (prop::option::of(-1000..3000_i32), prop::option::of(-1000..3000_i32));
    let rest = (vec(tool(), 0..3), any::<bool>(), any::<bool>(), any::<bool>());
    (model, vec(message(), 0..10), thinking, limits, numbers, rest).prop_map(
        |(model, messages, thinking, (max_tokens, thinking_budget), (temperature, top_p), rest)| {
            let (tools, json, required, stream) = rest;
            ChatRequest {
                model: model.to_owned(),
                messages,
                thinking,
                thinking_budget,
                tools,
                tool_choice: if required { ToolChoice::Required } else { ToolChoice::Auto },
                response_format: if json { ResponseFormat::JsonObject } else { ResponseFormat::Text },
                max_tokens,
                temperature: temperature.map(|thousandths| f64::from(thousandths) / 1000.0),
                top_p: top_p.map(|thousandths| f64::from(thousandths) / 1000.0),
                stream,
                ..ChatRequest::default()
            }
        },
    )
}

fn message() -> impl Strategy<Value = Message> {
    let role = select(&[Role::System, Role::User, Role::Assistant, Role::Tool][..]);
    let words = prop_oneof![Just(String::new()), text()];
    let id = || select(&["a", "b", "c"][..]).prop_map(str::to_owned);
    let arguments = prop_oneof![object(), text()];
    let part = prop_oneof![
        3 => words.clone().prop_map(|text| Part::Text { text }),
        1 => (words.clone(), prop::option::of(text()))
            .prop_map(|(text, signature)| Part::Reasoning { text, signature }),
        2 => (id(), text(), arguments)
            .prop_map(|(id, name, arguments)| Part::ToolCall(ToolCall { id, name, arguments })),
        2 => (id(), words, any::<bool>()).prop_map(|(id, text, failed)| Part::ToolResult { id, text, failed }),
    ];
    (role, vec(part, 0..4)).prop_map(|(role, parts)| Message { role, parts })
}

/// A reply's events in an order in which they may come.
fn reply() -> impl Strategy<Value = Vec<ReplyEvent>> {
    let call = ("[a-z_]{1,9}", object(), any::<bool>());
    let step = prop_oneof![
        3 => text().prop_map(|text| vec![ReplyEvent::Text(text)]),
        2 => text().prop_map(|text| vec![ReplyEvent::Reasoning(text)]),
        1 => "[a-z0-9]{1,9}".prop_map(|seal| vec![ReplyEvent::Signature(seal)]),
        1 => Just(vec![ReplyEvent::KeepAlive]),
        2 => call.prop_map(|(name, arguments, cut)| {
            let at = if cut { arguments.len() / 2 } else { 0 };
            let at = arguments.floor_char_boundary(at);
            let delta = |delta: &str| ReplyEvent::ToolCallDelta {
                index: 0,
                id: String::new(),
                name: name.clone(),
                delta: delta.to_owned(),
            };
            let (first, second) = arguments.split_at_checked(at).unwrap_or_default();
            let mut events: Vec<_> = [first, second].into_iter().filter(|d| !d.is_empty()).map(delta).collect();
            // A short one comes without deltas.
            if arguments == "{}" {
                events.clear();
            }
            events.push(ReplyEvent::ToolCall { index: 0, id: String::new(), name: name.clone(), arguments });
            events
        }),
    ];
    let usage =
        (0..1000_u64, 1..1000_u64, 0..1000_u64, 1..1000_u64).prop_map(|(cached, fresh, thought, said)| {
            Usage { input: cached + fresh, cached_input: cached, output: thought + said, reasoning: thought }
        });
    let done =
        select(&[StopReason::Stop, StopReason::Length, StopReason::ToolCalls, StopReason::ContentFilter][..]);
    let end = prop_oneof![
        6 => done.prop_map(ReplyEvent::Done),
        1 => Just(ReplyEvent::Done(StopReason::StopSequence(Some("END".to_owned())))),
        1 => Just(ReplyEvent::Done(StopReason::Other("pause_turn".to_owned()))),
        2 => select(&ErrorCode::ALL[..]).prop_map(|code| ReplyEvent::Failed(ApiError::new(code, "words"))),
    ];
    (vec(step, 0..8), usage, end).prop_map(|(steps, usage, end)| {
        let mut events = vec![ReplyEvent::Started { id: "r".to_owned(), model: "m".to_owned() }];
        let mut calls = 0;
        for mut event in steps.into_iter().flatten() {
            if let ReplyEvent::ToolCallDelta { index, id, .. } | ReplyEvent::ToolCall { index, id, .. } =
                &mut event
            {
                *index = calls;
                *id = format!("call-{calls}");
            }
            calls += u32::from(matches!(event, ReplyEvent::ToolCall { .. }));
            events.push(event);
        }
        events.extend([ReplyEvent::Usage(usage), end]);
        events
    })
}

/// A body in which anything may stand: records of both dialects, whole and broken, in both framings.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let record = (
        select(&["data: ", "data:", "data: data: ", "event: error\ndata: ", ": ", "", "\u{feff}"][..]),
        vec(select(PIECES), 1..4),
    )
        .prop_map(|(field, pieces)| format!("{field}{}\n\n", pieces.concat()).into_bytes());
    let good = select(PIECES).prop_map(|piece| format!("data: {piece}\n\n").into_bytes());
    let noise = vec(any::<u8>(), 1..9);
    let stream =
        vec(prop_oneof![8 => good, 3 => record, 1 => noise], 0..16).prop_map(|records| records.concat());
    let json = (select(WHOLE), any::<prop::sample::Index>(), any::<bool>()).prop_map(|(body, at, cut)| {
        let end = if cut { at.index(body.len()) } else { body.len() };
        body.bytes().take(end).collect()
    });
    prop_oneof![6 => stream, 1 => json]
}

const PIECES: &[&str] = &[
    "[DONE]",
    "null",
    "{}",
    "not json",
    "<html>",
    "{\"type\":\"ping\"}",
    "{\"error\":null}",
    "{\"error\":{\"message\":\"bad sk-0123456789abcdef\",\"code\":429}}",
    "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
    "{\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}",
    "{\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}",
    "{\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"深\\n\"}}]}",
    "{\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"<think>\"}}]}",
    "{\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"</think>\\nb\"}}]}",
    "{\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"delta\":{\"reasoning_content\":\"so\"}}]}",
    "{\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"c\"}],\"reasoning\":\"t\"}}]}",
    "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}}]}",
    "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"b\",\"function\":{\"arguments\":\"1\"}},{\"index\":1}]}}]}",
    "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":999}]}}]}",
    "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}",
    "{\"choices\":[{\"delta\":{},\"finish_reason\":\"insufficient_system_resource\"}]}",
    "{\"choices\":[],\"usage\":{\"prompt_tokens\":70,\"completion_tokens\":18446744073709551615,\"cached_tokens\":99}}",
    "{\"type\":\"message_start\",\"message\":{\"id\":\"1\",\"model\":\"m\",\"usage\":{\"input_tokens\":18446744073709551615,\"cache_read_input_tokens\":64}}}",
    "{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{}}}",
    "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"x\",\"signature\":\"s\"}}",
    "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}",
    "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"\\ud83c\\udf0a\"}}",
    "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"so\"}}",
    "{\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\"}}",
    "{\"type\":\"content_block_stop\",\"index\":1}",
    "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":9}}",
    "{\"type\":\"message_stop\"}",
];

const WHOLE: &[&str] = &[
    "\n\n{\"id\":\"1\",\"choices\":[{\"message\":{\"content\":\"深a\",\"tool_calls\":[{\"id\":\"x\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}",
    " {\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}],\"stop_reason\":\"end_turn\"}\n",
    "{\"error\":{\"message\":\"Insufficient Balance\"}}",
    "{\"hello\":[1,2,3]}",
    "\u{feff}<html>",
];
