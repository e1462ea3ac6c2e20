//! The simulator as a peer sees it: requests written by hand go in, and what comes out is read by our own client side.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

use hadal::{
    chat::{Millis, StopReason, Usage},
    models::Style,
    simulator::{FAULTS, Play, Recording, Simulator, Step, estimate},
    wire::{Dialect, ErrorCode, Reading, ReplyDecoder, ReplyEvent, read_error},
};
use proptest::prelude::*;
use serde_json::{Value, json};

const DIALECTS: [Dialect; 2] = [Dialect::Messages, Dialect::Completions];
const RECORD_LIMIT: usize = 1 << 20;

fn path(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Messages => "/v1/messages",
        Dialect::Completions => "/v1/chat/completions",
    }
}

/// A request with one question; `more` is laid over it.
fn request(dialect: Dialect, question: &str, more: &Value) -> Vec<u8> {
    let messages = json!([{ "role": "user", "content": question }]);
    let mut body = json!({ "model": "deepseek-v3.2-exp", "stream": true, "messages": messages });
    match dialect {
        Dialect::Messages => body["max_tokens"] = json!(100_000),
        Dialect::Completions => body["stream_options"] = json!({ "include_usage": true }),
    }
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body.to_string().into_bytes()
}

fn thinking() -> Value {
    json!({ "thinking": { "type": "enabled", "budget_tokens": 2048 } })
}

/// How a performance ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Body,
    Reset,
    Hang,
    /// It had not ended after the most steps that a test waits for.
    Endless,
}

/// All that a server did.
struct Performed {
    status: u16,
    headers: Vec<(&'static str, String)>,
    steps: Vec<Step>,
    end: End,
}

fn perform(mut play: Play) -> Performed {
    let mut steps = Vec::new();
    let mut end = End::Body;
    while let Some(step) = play.next_step() {
        match &step {
            Step::Reset => end = End::Reset,
            Step::Hang => end = End::Hang,
            _ if steps.len() == 3_000_000 => end = End::Endless,
            _ => {
                steps.push(step);
                continue;
            }
        }
        assert!(end == End::Endless || play.next_step().is_none(), "nothing comes after {step:?}");
        break;
    }
    Performed { status: play.status, headers: play.headers, steps, end }
}

impl Performed {
    fn bytes(&self) -> Vec<u8> {
        let chunks = self.steps.iter().map(|step| match step {
            Step::Bytes(bytes) => bytes.as_slice(),
            _ => &[],
        });
        chunks.collect::<Vec<_>>().concat()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str())
    }

    fn waited(&self) -> u64 {
        waited(&self.steps)
    }

    /// What a client reads of it, chunk by chunk as it came.
    fn read(&self, dialect: Dialect) -> Read {
        let reading = Reading {
            dialect,
            input: Style::ExcludesCached,
            record_limit: RECORD_LIMIT,
            reply_limit: 8 << 20,
        };
        let mut decoder = ReplyDecoder::new(reading);
        let mut events = Vec::new();
        for step in &self.steps {
            if let Step::Bytes(bytes) = step {
                decoder.push(bytes);
                events.extend(std::iter::from_fn(|| decoder.next_event()));
            }
        }
        if self.end == End::Body {
            decoder.finish();
            events.extend(std::iter::from_fn(|| decoder.next_event()));
        }
        Read { events, payloads: decoder.payloads() }
    }
}

fn waited(steps: &[Step]) -> u64 {
    steps.iter().map(|step| if let Step::Wait(Millis(span)) = step { *span } else { 0 }).sum()
}

struct Read {
    events: Vec<ReplyEvent>,
    payloads: u64,
}

impl Read {
    fn collect(&self, pick: impl Fn(&ReplyEvent) -> Option<&str>) -> String {
        self.events.iter().filter_map(pick).collect()
    }

    fn text(&self) -> String {
        self.collect(|event| if let ReplyEvent::Text(text) = event { Some(text) } else { None })
    }

    fn reasoning(&self) -> String {
        self.collect(|event| if let ReplyEvent::Reasoning(text) = event { Some(text) } else { None })
    }

    fn calls(&self) -> Vec<(String, Value)> {
        let call = |event: &ReplyEvent| match event {
            ReplyEvent::ToolCall { name, arguments, .. } => {
                Some((name.clone(), serde_json::from_str(arguments).unwrap()))
            }
            _ => None,
        };
        self.events.iter().filter_map(call).collect()
    }

    fn usage(&self) -> Option<Usage> {
        let usage =
            |event: &ReplyEvent| if let ReplyEvent::Usage(usage) = event { Some(*usage) } else { None };
        self.events.iter().filter_map(usage).next_back()
    }

    /// How it ended: the reason to stop, or the code of the error. More than one end is none.
    fn end(&self) -> Option<Result<StopReason, ErrorCode>> {
        let end = |event: &ReplyEvent| match event {
            ReplyEvent::Done(stop) => Some(Ok(stop.clone())),
            ReplyEvent::Failed(error) => Some(Err(error.code)),
            _ => None,
        };
        let ends: Vec<_> = self.events.iter().filter_map(end).collect();
        assert!(ends.len() <= 1, "{ends:?}");
        ends.into_iter().next()
    }
}

fn ask(dialect: Dialect, question: &str, more: &Value) -> Read {
    let simulator = Simulator::new(7, estimate);
    let performed = perform(simulator.answer(path(dialect), &request(dialect, question, more)));
    assert_eq!(performed.status, 200, "{}", String::from_utf8_lossy(&performed.bytes()));
    performed.read(dialect)
}

const QUESTIONS: &[&str] = &[
    "What is Hadal?",
    "How much does a question cost in tokens?",
    "What happens when the network breaks?",
    "Show me Markdown with a table",
    "How do tools work?",
    "Can I watch it think?",
    "Is it safe?",
    "How do I deploy the edge function?",
    "Which dialects do you speak?",
    "How do I put it on my page?",
    "How do I use the npm package?",
    "Explain sparse attention",
    "Tell me about the deep sea",
    "How old is the universe?",
    "hello",
    "thanks",
    "ciao",
    "Che cos'è Hadal?",
    "你好",
    "Hadal 是什么？",
    "مرحبا",
    "ما هو Hadal؟",
    "/faults",
    "/nonsense",
];

#[test]
fn every_question_is_answered_in_the_same_words_in_both_dialects() {
    for question in QUESTIONS {
        for more in [
            json!({}),
            thinking(),
            json!({ "stream": false }),
            json!({ "model": "DeepSeek-V3.2-Exp-thinking" }),
        ] {
            let [one, other] = DIALECTS.map(|dialect| ask(dialect, question, &more));
            assert_eq!(one.end(), Some(Ok(StopReason::Stop)), "{question}");
            assert_eq!(other.end(), Some(Ok(StopReason::Stop)), "{question}");
            assert_eq!(one.text(), other.text());
            assert_eq!(one.reasoning(), other.reasoning());
            assert!(one.text().len() > 100, "{question}: {}", one.text());
        }
    }
}

#[test]
fn a_stream_says_what_a_whole_reply_says() {
    for dialect in DIALECTS {
        let stream = ask(dialect, "What is Hadal?", &thinking());
        let mut more = thinking();
        more["stream"] = json!(false);
        let whole = ask(dialect, "What is Hadal?", &more);
        assert_eq!(stream.text(), whole.text());
        assert_eq!(stream.reasoning(), whole.reasoning());
        assert_eq!(stream.usage(), whole.usage());
        assert!(stream.usage().is_some());
    }
}

#[test]
fn thinking_follows_the_parameter_and_then_the_id() {
    for dialect in DIALECTS {
        let thinks = |more: Value| !ask(dialect, "hello", &more).reasoning().is_empty();
        assert!(!thinks(json!({})));
        assert!(thinks(thinking()));
        assert!(thinks(json!({ "model": "DeepSeek-V3.2-Exp-thinking" })));
        assert!(!thinks(json!({ "model": "DeepSeek-V3.2-Exp-nothinking" })));
        assert!(thinks(json!({ "model": "something-thinking" })));
        assert!(!thinks(
            json!({ "model": "DeepSeek-V3.2-Exp-thinking", "thinking": { "type": "disabled" } })
        ));
    }
}

#[test]
fn the_model_is_the_one_that_was_asked_for() {
    for dialect in DIALECTS {
        let read = ask(dialect, "hello", &json!({ "model": "my-own/model:1" }));
        assert!(read.events.iter().any(
            |event| matches!(event, ReplyEvent::Started { model, id } if model == "my-own/model:1" && !id.is_empty())
        ));
    }
}

#[test]
fn languages_are_answered_in_kind() {
    for (question, word) in [("ciao", "Sono il"), ("你好", "我是"), ("مرحبا", "أنا"), ("hello", "I am")]
    {
        assert!(ask(Dialect::Messages, question, &json!({})).text().contains(word), "{question}");
        let reasoning = ask(Dialect::Messages, question, &thinking()).reasoning();
        assert!(reasoning.contains(question), "{reasoning}");
    }
}

#[test]
fn a_question_is_echoed() {
    let text = ask(Dialect::Completions, "How safe is my <b>aquarium</b>?", &json!({})).text();
    assert!(text.starts_with("“How safe is my b aquarium /b ?”"), "{text}");
}

#[test]
fn it_reads_like_a_real_stream() {
    for seed in 0..20 {
        let simulator = Simulator::new(seed, estimate);
        let body = request(Dialect::Completions, "What is Hadal?", &thinking());
        let performed = perform(simulator.answer(path(Dialect::Completions), &body));
        // Where the text begins, and where the first thought does.
        let holds = |word: &str| {
            let within = |step: &Step| matches!(step, Step::Bytes(bytes) if String::from_utf8_lossy(bytes).contains(word));
            performed.steps.iter().position(within).unwrap()
        };
        let (thought, answer) = (holds("\"reasoning_content\":\"The\""), holds("\"content\":\"“\""));
        assert!((200..=400).contains(&waited(&performed.steps[..thought])), "the first token");
        let thinking = waited(&performed.steps[thought..answer]);
        assert!((2000..=4000).contains(&thinking), "thinking takes {thinking} ms");
        for step in &performed.steps[answer..] {
            if let Step::Wait(Millis(span)) = step {
                assert!((15..=25).contains(span), "{span}");
            }
        }
        let total = performed.waited();
        assert!((5_000..25_000).contains(&total), "{total} ms");
    }
}

#[test]
fn some_streams_begin_with_a_sign_of_life() {
    let first = |seed| {
        let simulator = Simulator::new(seed, estimate);
        simulator
            .answer(path(Dialect::Messages), &request(Dialect::Messages, "hello", &json!({})))
            .next_step()
    };
    let alive =
        (0..200).filter(|seed| first(*seed) == Some(Step::Bytes(b": keep-alive\n\n".to_vec()))).count();
    assert!((20..80).contains(&alive), "{alive} of 200");
}

#[test]
fn the_same_seed_and_request_give_the_same_steps() {
    for dialect in DIALECTS {
        let body = request(dialect, "What is Hadal?", &thinking());
        let steps = |seed| perform(Simulator::new(seed, estimate).answer(path(dialect), &body)).steps;
        assert_eq!(steps(3), steps(3));
        assert_ne!(steps(3), steps(4));
    }
}

#[test]
fn usage_is_what_the_counter_says() {
    fn letters(text: &str) -> u64 {
        text.chars().count() as u64
    }
    for dialect in DIALECTS {
        let simulator = Simulator::new(1, letters);
        let ask = |more: &Value| {
            perform(simulator.answer(path(dialect), &request(dialect, "What is Hadal?", more))).read(dialect)
        };
        // 14 letters, one token before the question, three for the frame.
        let plain = ask(&json!({}));
        let usage = plain.usage().unwrap();
        assert_eq!((usage.input, usage.cached_input), (18, 0));
        assert_eq!((usage.output, usage.reasoning), (letters(&plain.text()), 0));
        // The mark between thoughts and answer is a token.
        let thought = ask(&thinking());
        let usage = thought.usage().unwrap();
        assert_eq!(usage.output, letters(&thought.reasoning()) + 1 + letters(&thought.text()));
        if dialect == Dialect::Completions {
            assert_eq!(usage.reasoning, letters(&thought.reasoning()));
        }
    }
}

#[test]
fn what_was_asked_before_is_cached() {
    let history = json!({ "messages": [
        { "role": "user", "content": "x".repeat(1000) },
        { "role": "assistant", "content": "y" },
        { "role": "user", "content": "hello" },
    ] });
    for dialect in DIALECTS {
        let usage = ask(dialect, "", &history).usage().unwrap();
        // 1000 letters are 300 tokens, and 304 with what is around them: four units of 64.
        assert_eq!(usage.cached_input, 256);
        assert_eq!(usage.input, 304 + (3 + 1) + (1 + 2));
    }
}

#[test]
fn the_most_tokens_are_obeyed_wherever_they_run_out() {
    for dialect in DIALECTS {
        for most in [1, 5, 50, 150, 250, 300] {
            let mut more = thinking();
            more["max_tokens"] = json!(most);
            let read = ask(dialect, "What is Hadal?", &more);
            assert_eq!(read.end(), Some(Ok(StopReason::Length)), "{most}");
            let output = read.usage().unwrap().output;
            assert!(output <= most && output + 3 > most, "{output} of {most}");
        }
    }
}

#[test]
fn a_stop_sequence_ends_the_answer_before_it() {
    let whole = ask(Dialect::Completions, "What is Hadal?", &json!({})).text();
    let until = whole.split_once("three doors").unwrap().0;
    let read =
        ask(Dialect::Messages, "What is Hadal?", &json!({ "stop_sequences": ["nowhere", "three doors"] }));
    assert_eq!(read.text(), until);
    assert_eq!(read.end(), Some(Ok(StopReason::StopSequence(Some("three doors".to_owned())))));
    let read = ask(Dialect::Completions, "What is Hadal?", &json!({ "stop": "three doors" }));
    assert_eq!(read.text(), until);
    assert!(matches!(read.end(), Some(Ok(StopReason::Stop | StopReason::StopSequence(_)))));
}

#[test]
fn json_mode_gives_an_object_with_the_keys_that_were_asked_for() {
    let format = json!({ "response_format": { "type": "json_object" } });
    let object = |question| -> Value {
        serde_json::from_str(&ask(Dialect::Completions, question, &format).text()).unwrap()
    };
    let answer = object("What is Hadal? Answer with a JSON object with the key `result`.");
    assert_eq!(answer.as_object().unwrap().keys().collect::<Vec<_>>(), ["result"]);
    assert!(object("What is Hadal, as json?")["answer"].is_string());
}

#[test]
fn a_very_long_answer_comes_in_small_steps_and_in_half_a_minute() {
    let body = request(Dialect::Messages, "/long", &json!({ "max_tokens": 4096 }));
    let performed = perform(Simulator::new(1, estimate).answer(path(Dialect::Messages), &body));
    let text = performed.read(Dialect::Messages).text();
    assert!((200_000..210_000).contains(&text.len()), "{}", text.len());
    assert!(performed.waited() < 45_000, "{} ms", performed.waited());
    assert!(performed.steps.iter().all(|step| !matches!(step, Step::Bytes(bytes) if bytes.len() > 16_384)));
}

fn weather(dialect: Dialect) -> Value {
    let schema = json!({
        "type": "object",
        "properties": { "city": { "type": "string" }, "unit": { "enum": ["celsius", "fahrenheit"] } },
        "required": ["city", "unit"],
    });
    tool(dialect, "get_weather", &schema)
}

fn tool(dialect: Dialect, name: &str, schema: &Value) -> Value {
    match dialect {
        Dialect::Messages => json!({ "name": name, "description": "It helps", "input_schema": schema }),
        Dialect::Completions => {
            json!({ "type": "function", "function": { "name": name, "description": "It helps", "parameters": schema } })
        }
    }
}

#[test]
fn a_tool_that_is_offered_is_called_and_its_result_is_told() {
    for dialect in DIALECTS {
        for stream in [true, false] {
            let mut more = json!({ "tools": [weather(dialect)], "stream": stream });
            let read = ask(dialect, "What is the weather in Paris in fahrenheit?", &more);
            assert_eq!(read.end(), Some(Ok(StopReason::ToolCalls)));
            let arguments = json!({ "city": "Paris", "unit": "fahrenheit" });
            assert_eq!(read.calls(), [("get_weather".to_owned(), arguments.clone())]);
            let ReplyEvent::ToolCall { id, .. } =
                read.events.iter().find(|event| matches!(event, ReplyEvent::ToolCall { .. })).unwrap()
            else {
                unreachable!()
            };
            more["messages"] = match dialect {
                Dialect::Messages => json!([
                    { "role": "user", "content": "What is the weather in Paris?" },
                    { "role": "assistant", "content": [{ "type": "tool_use", "id": id, "name": "get_weather", "input": arguments }] },
                    { "role": "user", "content": [{ "type": "tool_result", "tool_use_id": id, "content": "{\"sky\":\"clear\"}" }] },
                ]),
                Dialect::Completions => json!([
                    { "role": "user", "content": "What is the weather in Paris?" },
                    { "role": "assistant", "content": null, "tool_calls": [
                        { "id": id, "type": "function", "function": { "name": "get_weather", "arguments": arguments.to_string() } }
                    ] },
                    { "role": "tool", "tool_call_id": id, "content": "{\"sky\":\"clear\"}" },
                ]),
            };
            let read = ask(dialect, "", &more);
            assert_eq!(read.end(), Some(Ok(StopReason::Stop)));
            assert!(
                read.text().contains("`get_weather` returned") && read.text().contains("| sky | clear |")
            );
        }
    }
}

#[test]
fn both_calls_two_tools_at_once_and_none_calls_none() {
    let add = json!({ "type": "object", "properties": { "x": { "type": "number" } }, "required": ["x"] });
    for dialect in DIALECTS {
        let tools = json!([weather(dialect), tool(dialect, "add", &add)]);
        let read = ask(dialect, "Do both: the weather in Rome, and add 4", &json!({ "tools": tools }));
        let names: Vec<_> = read.calls().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["get_weather", "add"]);
        assert_eq!(read.calls()[1].1, json!({ "x": 4.0 }));
        let choice = if dialect == Dialect::Messages { json!({ "type": "none" }) } else { json!("none") };
        let read =
            ask(dialect, "What is the weather in Rome?", &json!({ "tools": tools, "tool_choice": choice }));
        assert_eq!(read.calls(), []);
        assert_eq!(read.end(), Some(Ok(StopReason::Stop)));
    }
}

#[test]
fn a_call_that_is_cut_off_is_never_whole() {
    let more =
        json!({ "tools": [weather(Dialect::Completions)], "tool_choice": "required", "max_tokens": 12 });
    let read = ask(Dialect::Completions, "What is the weather in Paris in fahrenheit?", &more);
    assert_eq!(read.end(), Some(Ok(StopReason::Length)));
    assert_eq!(read.text(), "");
}

/// What a client makes of a fault in a stream.
#[derive(Debug)]
enum Made {
    /// The whole answer, in spite of it.
    Whole,
    /// This error, after half an answer where the flag says so.
    Failed(ErrorCode, bool),
    /// Half an answer, and then the connection does this.
    Left(End),
    /// A refusal with this status and code.
    Refused(u16, ErrorCode),
    /// Something of its own, seen to below.
    Special,
}

#[test]
fn each_fault_is_what_its_name_says() {
    use ErrorCode as Code;
    let table = [
        ("close-before-headers", Made::Special),
        ("no-headers", Made::Special),
        ("empty-body", Made::Failed(Code::Truncated, false)),
        ("eof-without-finish", Made::Failed(Code::Truncated, true)),
        ("eof-after-finish", Made::Whole),
        ("reset-mid-event", Made::Left(End::Reset)),
        ("cut-mid-event", Made::Failed(Code::Truncated, true)),
        ("cut-mid-utf8", Made::Failed(Code::Truncated, true)),
        ("one-byte-chunks", Made::Whole),
        ("stall", Made::Left(End::Hang)),
        ("keep-alive-forever", Made::Special),
        ("queued", Made::Whole),
        ("slow", Made::Whole),
        ("duplicate-done", Made::Whole),
        ("data-after-done", Made::Whole),
        ("open-after-done", Made::Special),
        ("not-json", Made::Failed(Code::BadUpstream, true)),
        ("noise-lines", Made::Whole),
        ("null-records", Made::Whole),
        ("error-in-stream", Made::Failed(Code::Overloaded, true)),
        ("json-error-200", Made::Failed(Code::Overloaded, false)),
        ("html-200", Made::Failed(Code::NotSse, false)),
        ("no-content-type", Made::Whole),
        ("giant-event", Made::Failed(Code::TooLong, true)),
        ("many-events", Made::Special),
        ("crlf", Made::Whole),
        ("cr", Made::Whole),
        ("bom", Made::Whole),
        ("multi-line-data", Made::Whole),
        ("no-space", Made::Whole),
        ("insufficient-system-resource", Made::Failed(Code::Interrupted, true)),
        ("content-filter", Made::Special),
        ("think-leak", Made::Whole),
        ("reasoning-only", Made::Special),
        ("empty-json", Made::Special),
        ("usage-missing", Made::Whole),
        ("429", Made::Refused(429, Code::RateLimit)),
        ("429-later", Made::Refused(429, Code::RateLimit)),
        ("503-storm", Made::Refused(503, Code::Overloaded)),
        ("402", Made::Refused(402, Code::Billing)),
        ("401", Made::Refused(401, Code::Authentication)),
        ("500-with-key", Made::Refused(500, Code::Server)),
        ("redirect", Made::Special),
        ("context-length", Made::Refused(400, Code::ContextLength)),
        ("model-retired", Made::Refused(400, Code::ModelNotFound)),
    ];
    assert!(table.iter().map(|(name, _)| name).eq(FAULTS.iter().map(|(name, _)| name)));
    for (name, made) in &table {
        for dialect in DIALECTS {
            if *name != "keep-alive-forever" {
                check(name, made, dialect);
            }
        }
    }
}

fn fault(dialect: Dialect, name: &str, more: &Value) -> Performed {
    let body = request(dialect, &format!("/fault {name}"), more);
    perform(Simulator::new(5, estimate).answer(path(dialect), &body))
}

/// The answer that a fault comes with.
fn answer(name: &str) -> String {
    let (_, does) = FAULTS.iter().find(|(own, _)| *own == name).unwrap();
    format!("As you wish: `{name}`, {does}.\n\n{}", include_str!("../src/simulator/answers/faults.md"))
}

fn check(name: &str, made: &Made, dialect: Dialect) {
    let performed = fault(dialect, name, &json!({}));
    let read = performed.read(dialect);
    let (text, answer) = (read.text(), answer(name));
    let which = format!("{name}, {dialect:?}: {:?}", read.events.last());
    match made {
        Made::Whole => {
            assert_eq!((performed.status, performed.end), (200, End::Body), "{which}");
            assert_eq!(read.end(), Some(Ok(StopReason::Stop)), "{which}");
            assert_eq!(text, answer, "{which}");
        }
        Made::Failed(code, half) => {
            assert_eq!((performed.status, performed.end), (200, End::Body), "{which}");
            assert_eq!(read.end(), Some(Err(*code)), "{which}");
            assert_eq!(!text.is_empty(), *half, "{which}");
            assert!(text.len() <= answer.len() * 2 / 3 && !text.contains('\u{fffd}'), "{which}");
            assert!(answer.starts_with(text.trim_end_matches(" 深")), "{text}");
        }
        Made::Left(end) => {
            assert_eq!((performed.status, performed.end), (200, *end), "{which}");
            assert_eq!(read.end(), None, "{which}");
            assert!(answer.starts_with(&text) && text.len() > answer.len() / 3, "{which}");
        }
        Made::Refused(status, code) => {
            assert_eq!((performed.status, performed.end), (*status, End::Body), "{which}");
            let after = performed.header("retry-after").map(|wait| Millis::seconds(wait.parse().unwrap()));
            let error = read_error(performed.status, after, &performed.bytes());
            assert_eq!(error.code, *code, "{error}");
            assert!(!error.to_string().contains("sk-CANARY"), "{error}");
        }
        Made::Special => {}
    }
}

#[test]
fn some_faults_are_more_than_their_end() {
    for dialect in DIALECTS {
        let fault = |name| fault(dialect, name, &json!({}));
        let bytes = |name| String::from_utf8(fault(name).bytes()).unwrap();
        let read = |name| fault(name).read(dialect);

        for (name, end) in [("close-before-headers", End::Reset), ("no-headers", End::Hang)] {
            assert_eq!((fault(name).status, fault(name).end, fault(name).bytes()), (0, end, vec![]));
        }
        let open = fault("open-after-done");
        assert_eq!((open.end, open.read(dialect).end()), (End::Hang, Some(Ok(StopReason::Stop))));

        let single = fault("one-byte-chunks");
        assert!(single.steps.iter().all(|step| !matches!(step, Step::Bytes(bytes) if bytes.len() != 1)));
        assert!(waited(&fault("queued").steps) > 4000);
        assert!(bytes("queued").starts_with(&": keep-alive\n\n".repeat(4)));
        let slow = fault("slow").steps;
        assert_eq!(slow[0], Step::Wait(Millis::seconds(8)));
        assert!(waited(&slow) > 100_000);

        let last = if dialect == Dialect::Messages { "event: message_stop\n" } else { "data: [DONE]\n" };
        let count = |name| bytes(name).matches(last).count();
        assert_eq!(
            [count("crlf"), count("eof-after-finish"), count("usage-missing"), count("duplicate-done")],
            [0, 0, 1, 2]
        );
        assert!(bytes("data-after-done").split_once(last).unwrap().1.contains("EVIL"));
        assert!(bytes("not-json").contains("sk-CANARY"));
        assert!(bytes("noise-lines").contains("\nfoobar\n"));
        assert!(bytes("null-records").contains("data: null\n\n"));
        assert!(bytes("crlf").contains("\r\n\r\n") && !bytes("crlf").replace("\r\n", "").contains('\n'));
        assert!(bytes("cr").contains("\r\r") && !bytes("cr").contains('\n'));
        assert!(bytes("bom").starts_with('\u{feff}') && bytes("bom").matches('\u{feff}').count() == 1);
        assert!(bytes("multi-line-data").contains("data: {\ndata: \""));
        assert!(bytes("no-space").contains("data:{") && !bytes("no-space").contains("\ndata: "));
        assert!(std::str::from_utf8(&fault("cut-mid-utf8").bytes()).is_err());
        assert!(!bytes("cut-mid-event").ends_with('\n') && !bytes("reset-mid-event").ends_with('\n'));
        let giant = fault("giant-event").bytes();
        assert!(giant.split(|byte| *byte == b'\n').any(|line| line.len() > 8 << 20));

        let many = read("many-events");
        assert!(many.payloads >= 50_000, "{}", many.payloads);
        assert_eq!((many.text().len(), many.end()), (250_000, Some(Ok(StopReason::Stop))));
        assert_eq!(read("content-filter").end(), Some(Ok(StopReason::ContentFilter)));
        assert_eq!(read("usage-missing").usage().filter(|usage| usage.output > 0), None);
        let leaked = read("think-leak");
        assert!(leaked.reasoning().starts_with("These are thoughts"));
        assert!(
            !bytes("think-leak").contains("reasoning_content")
                && !bytes("think-leak").contains("thinking_delta")
        );
        for name in ["reasoning-only", "empty-json"] {
            let read = read(name);
            assert_eq!((read.text().as_str(), read.end()), ("", Some(Ok(StopReason::Stop))), "{name}");
            assert_eq!(read.reasoning().is_empty(), name == "empty-json");
        }

        assert_eq!(fault("no-content-type").header("content-type"), None);
        assert_eq!(fault("html-200").header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(fault("429").header("retry-after"), Some("1"));
        assert_eq!(fault("429-later").header("retry-after"), Some("3600"));
        assert!(bytes("500-with-key").contains("sk-CANARY"));
        let redirect = fault("redirect");
        let target = format!("https://elsewhere.example{}", path(dialect));
        assert_eq!((redirect.status, redirect.header("location")), (307, Some(target.as_str())));
    }
}

#[test]
fn signs_of_life_go_on_for_ever_and_say_nothing() {
    for (dialect, stream, sign) in
        [(Dialect::Messages, true, ": keep-alive\n\n"), (Dialect::Completions, false, "\n")]
    {
        let body = request(dialect, "/fault keep-alive-forever", &json!({ "stream": stream }));
        let mut play = Simulator::new(1, estimate).answer(path(dialect), &body);
        for _ in 0..10_000 {
            assert_eq!(play.next_step(), Some(Step::Wait(Millis::seconds(1))));
            assert_eq!(play.next_step(), Some(Step::Bytes(sign.into())));
        }
    }
}

#[test]
fn whole_replies_go_wrong_too() {
    for dialect in DIALECTS {
        let read = |name| {
            let performed = fault(dialect, name, &json!({ "stream": false }));
            (performed.end, performed.read(dialect).end())
        };
        for name in ["eof-without-finish", "cut-mid-event", "cut-mid-utf8", "empty-body"] {
            assert_eq!(read(name), (End::Body, Some(Err(ErrorCode::Truncated))), "{name}");
        }
        assert_eq!(read("reset-mid-event"), (End::Reset, None));
        assert_eq!(read("stall"), (End::Hang, None));
        for name in ["queued", "slow", "crlf", "bom", "one-byte-chunks", "usage-missing"] {
            assert_eq!(read(name), (End::Body, Some(Ok(StopReason::Stop))), "{name}");
        }
        assert_eq!(read("insufficient-system-resource").1, Some(Err(ErrorCode::Interrupted)));
        assert_eq!(read("json-error-200").1, Some(Err(ErrorCode::Overloaded)));
        assert_eq!(read("giant-event").1, Some(Err(ErrorCode::TooLong)));
    }
}

#[test]
fn a_fault_passes_after_the_times_that_were_asked_for() {
    let simulator = Simulator::new(1, estimate);
    let statuses = |question: &str, count: usize| -> Vec<u16> {
        let body = request(Dialect::Messages, question, &json!({}));
        (0..count).map(|_| simulator.answer(path(Dialect::Messages), &body).status).collect()
    };
    assert_eq!(statuses("/fault 429", 4), [429, 200, 429, 200]);
    assert_eq!(statuses("/fault 503-storm times 2", 6), [503, 503, 200, 503, 503, 200]);
    assert_eq!(statuses("/fault 402", 4), [402; 4]);
    assert_eq!(statuses("/fault unheard-of", 1), [200]);
}

#[test]
fn a_fault_is_over_with_its_question() {
    for dialect in DIALECTS {
        let history = json!({ "messages": [
            { "role": "user", "content": "/fault 401" },
            { "role": "assistant", "content": "half" },
            { "role": "user", "content": "What is Hadal?" },
        ] });
        assert_eq!(ask(dialect, "", &history).end(), Some(Ok(StopReason::Stop)));
    }
}

#[test]
fn the_list_of_faults_is_an_answer() {
    let text = ask(Dialect::Messages, "/faults", &json!({})).text();
    for (name, does) in FAULTS {
        assert!(text.contains(&format!("| `{name}` | {does} |")), "{name}");
    }
}

#[test]
fn models_are_listed_and_other_paths_are_not_found() {
    let simulator = Simulator::new(1, estimate);
    for (path, status) in [
        ("/v1/models", 200),
        ("/models?x=1", 200),
        ("/anthropic/v1/models", 200),
        ("/", 404),
        ("", 404),
        ("/v1/embeddings", 404),
        ("/v1/messages", 400),
    ] {
        let performed = perform(simulator.answer(path, b""));
        assert_eq!(performed.status, status, "{path}");
        let body: Value = serde_json::from_slice(&performed.bytes()).unwrap();
        if status == 200 {
            assert_eq!(body["data"][0]["id"], "deepseek-v3.2-exp");
        } else {
            assert!(body["error"]["message"].is_string(), "{body}");
        }
    }
}

#[test]
fn recordings_are_served_in_order_and_byte_for_byte() {
    let stream = b"data: {\"a\":1}\n\n: x\n\ndata: [DONE]\n\nrest".to_vec();
    let bodies = [stream, b"{\"b\":2}".to_vec(), b"event: ping\r\n\r\n".to_vec()];
    let dialects = [Dialect::Completions, Dialect::Completions, Dialect::Messages];
    let recording =
        |(body, dialect): (&Vec<u8>, Dialect)| Recording { dialect, status: 200, body: body.clone() };
    let simulator = Simulator::replay(bodies.iter().zip(dialects).map(recording).collect());
    let served = |dialect| perform(simulator.answer(path(dialect), b"")).bytes();
    for at in [0, 1, 0, 1] {
        assert_eq!(served(Dialect::Completions), bodies[at]);
    }
    assert_eq!(served(Dialect::Messages), bodies[2]);
    assert_eq!(served(Dialect::Messages), bodies[2]);
    let steps = perform(simulator.answer(path(Dialect::Completions), b"")).steps;
    let records = steps.iter().filter(|step| matches!(step, Step::Bytes(_))).count();
    assert_eq!(records, 4, "three records and a rest");
    let none = Simulator::replay(Vec::new()).answer(path(Dialect::Messages), b"");
    assert_eq!(none.status, 404);
}

/// Where real recordings are, if anywhere.
fn shared() -> std::path::PathBuf {
    let beside = || concat!(env!("CARGO_MANIFEST_DIR"), "/../shared").into();
    std::env::var_os("HADAL_SHARED").map_or_else(beside, Into::into)
}

#[test]
fn real_recordings_are_replayed_unchanged() {
    let mut bodies = Vec::new();
    let mut folders = vec![shared().join("recordings")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().contains(".response.") {
                bodies.push(std::fs::read(path).unwrap());
            }
        }
    }
    if bodies.is_empty() {
        println!("skipped: no recordings");
        return;
    }
    let recording =
        |body: &Vec<u8>| Recording { dialect: Dialect::Completions, status: 200, body: body.clone() };
    let simulator = Simulator::replay(bodies.iter().map(recording).collect());
    for body in &bodies {
        assert_eq!(&perform(simulator.answer(path(Dialect::Completions), b"")).bytes(), body);
    }
    println!("{} recordings replayed", bodies.len());
}

/// Schemas as tools have them, and without contradictions.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({ "type": "string" })),
        (0_u64..8, 0_u64..20).prop_map(|(least, more)| {
            json!({ "type": "string", "minLength": least, "maxLength": least + more })
        }),
        Just(json!({ "type": "string", "format": "email" })),
        Just(json!({ "type": "string", "format": "date-time" })),
        Just(json!({ "type": "boolean" })),
        Just(json!({ "type": "null" })),
        (-50_i64..50, 0_i64..20).prop_map(|(least, more)| {
            json!({ "type": "integer", "minimum": least, "maximum": least + more })
        }),
        (-50_i64..50).prop_map(|least| json!({ "type": "number", "exclusiveMinimum": least })),
        (-50_i64..50, 1_i64..9)
            .prop_map(|(least, more)| json!({ "type": "number", "exclusiveMinimum": least, "exclusiveMaximum": least + more })),
        (1_i64..9).prop_map(|step| json!({ "type": "integer", "multipleOf": step, "minimum": 1 })),
        Just(json!({ "enum": ["celsius", "fahrenheit", 3, null] })),
        Just(json!({ "const": { "fixed": true } })),
        Just(json!({ "type": ["null", "integer"] })),
        Just(json!({ "$ref": "#/$defs/place" })),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            object(inner.clone()),
            (inner.clone(), 0_u64..3, 0_u64..4).prop_map(|(items, least, more)| {
                json!({ "type": "array", "items": items, "minItems": least, "maxItems": least + more })
            }),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|ways| json!({ "anyOf": ways })),
            prop::collection::vec(inner, 1..3)
                .prop_map(|items| json!({ "type": "array", "prefixItems": items, "items": false })),
        ]
    })
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec!["city", "query", "date", "unit", "count", "a b", "öl"]);
    prop::collection::btree_map(names, (inner, any::<bool>()), 0..4).prop_map(|properties| {
        let required: Vec<_> =
            properties.iter().filter(|(_, (_, required))| *required).map(|(name, _)| *name).collect();
        let schemas: Value =
            properties.iter().map(|(name, (schema, _))| ((*name).to_owned(), schema.clone())).collect();
        json!({ "type": "object", "properties": schemas, "required": required, "additionalProperties": false })
    })
}

/// Whether a value fits a schema: the part of JSON Schema that [`schema`] makes.
fn fits(root: &Value, schema: &Value, value: &Value) -> bool {
    let fits = |schema: &Value, value: &Value| fits(root, schema, value);
    if let Some(target) = schema["$ref"].as_str() {
        return fits(root.pointer(target.trim_start_matches('#')).unwrap(), value);
    }
    if let Some(choices) = schema["enum"].as_array() {
        return choices.contains(value);
    }
    if let Some(fixed) = schema.get("const") {
        return fixed == value;
    }
    if let Some(ways) = schema["anyOf"].as_array() {
        return ways.iter().any(|way| fits(way, value));
    }
    let least = |name: &str, number: f64| schema[name].as_f64().is_none_or(|least| number >= least);
    let most = |name: &str, number: f64| schema[name].as_f64().is_none_or(|most| number <= most);
    let within = |least: &str, length: usize, most: &str| {
        let bound = |name: &str| schema[name].as_u64().map(|bound| usize::try_from(bound).unwrap());
        bound(least).is_none_or(|least| length >= least) && bound(most).is_none_or(|most| length <= most)
    };
    let is = |kind: &str| {
        schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&json!(kind)))
    };
    match value {
        Value::Null => is("null"),
        Value::Bool(_) => is("boolean"),
        Value::Number(number) => {
            let number = number.as_f64().unwrap();
            let is_whole = value.as_i64().is_some();
            let step = schema["multipleOf"].as_f64();
            (is("number") || (is("integer") && is_whole))
                && least("minimum", number)
                && most("maximum", number)
                && schema["exclusiveMinimum"].as_f64().is_none_or(|least| number > least)
                && schema["exclusiveMaximum"].as_f64().is_none_or(|most| number < most)
                && step.is_none_or(|step| number % step == 0.0)
        }
        Value::String(text) => {
            let format = match schema["format"].as_str() {
                Some("email") => text.contains('@'),
                Some("date-time") => text.contains('T') && text.ends_with('Z'),
                _ => true,
            };
            is("string") && within("minLength", text.chars().count(), "maxLength") && format
        }
        Value::Array(items) => {
            let prefix = schema["prefixItems"].as_array().cloned().unwrap_or_default();
            let each = items.iter().enumerate().all(|(at, item)| match prefix.get(at) {
                Some(schema) => fits(schema, item),
                None => schema["items"] != json!(false) && fits(&schema["items"], item),
            });
            is("array") && within("minItems", items.len(), "maxItems") && each
        }
        Value::Object(fields) => {
            let known = schema["properties"].as_object().cloned().unwrap_or_default();
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            is("object")
                && required.iter().all(|name| fields.contains_key(name.as_str().unwrap()))
                && fields
                    .iter()
                    .all(|(name, value)| known.get(name).is_some_and(|schema| fits(schema, value)))
        }
    }
}

proptest! {
    #[test]
    fn arguments_fit_the_schema_of_their_tool(
        parameters in object(schema()),
        question in "(Weather in )?(Rome|New York|3, 4.5 and -7|\"quoted words\"|for 100 days|你好|[a-z ]{0,20}|fahrenheit){1,3}",
        is_messages in any::<bool>(),
    ) {
        let dialect = if is_messages { Dialect::Messages } else { Dialect::Completions };
        let mut parameters = parameters;
        parameters["$defs"] = json!({ "place": { "type": "string", "maxLength": 30 } });
        let tools = json!({ "tools": [tool(dialect, "look_up", &parameters)] });
        let question = format!("Please: {question}");
        let calls = ask(dialect, &question, &tools).calls();
        prop_assert_eq!(calls.len(), 1);
        prop_assert!(fits(&parameters, &parameters, &calls[0].1), "{}\n{}", parameters, calls[0].1);
    }

    #[test]
    fn no_request_is_too_strange(cut in 0_usize..600, flip in 0_usize..600, to in any::<u8>()) {
        for dialect in DIALECTS {
            let mut body = request(dialect, "What is the weather in both Rome and Paris?", &json!({
                "tools": [weather(dialect)], "stop": ["x"], "max_tokens": 30, "temperature": 1,
            }));
            let at = flip % body.len();
            body[at] = to;
            body.truncate(cut.max(1));
            let performed = perform(Simulator::new(0, estimate).answer(path(dialect), &body));
            prop_assert!(performed.status >= 200);
            let read = performed.read(dialect);
            prop_assert!(performed.status != 200 || matches!(read.end(), Some(Ok(_))));
        }
    }
}
