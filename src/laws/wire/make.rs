//! What the laws of `wire` are tried on: requests, replies, and streams of records in which anything may stand.

use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    chat::{Message, Part, ResponseFormat, Role, StopReason, Thinking, Tool, ToolCall, ToolChoice, Usage},
    wire::{ApiError, ChatRequest, Dialect, ErrorCode, ReplyEvent, repair},
};

pub(super) fn dialect() -> impl Strategy<Value = Dialect> {
    select(&[Dialect::Messages, Dialect::Completions][..])
}

/// Sizes of chunks, used in turn.
pub(super) fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![Just(vec![1]), vec(1..8_usize, 1..6), vec(1..300_usize, 1..6)]
}

pub(super) fn limit() -> impl Strategy<Value = usize> {
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
pub(super) fn plain(dialect: Dialect) -> impl Strategy<Value = ChatRequest> {
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
pub(in crate::laws) fn any_request() -> impl Strategy<Value = ChatRequest> {
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

pub(in crate::laws) fn message() -> impl Strategy<Value = Message> {
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
pub(super) fn reply() -> impl Strategy<Value = Vec<ReplyEvent>> {
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
pub(super) fn body() -> impl Strategy<Value = Vec<u8>> {
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

pub(super) const PIECES: &[&str] = &[
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
