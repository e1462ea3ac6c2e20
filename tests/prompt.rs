//! Prompts and answers counted, against the reference of the chat template and against what the provider reported.
//!
//! The vectors of `vectors/prompt.json` always run. The recorded pairs are other projects' test data, which this one does
//! not hold: they are looked for in `HADAL_SHARED`, else beside the repository, and skipped where they are absent.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use std::{env, fs, path::Path};

use hadal::{
    chat::{Message, Part, Role, StopReason, ToolCall},
    laws::prompt::ask,
    models::Template,
    tokens::{
        Family, Tokenizer,
        prompt::{Ask, Exactness, Segment, common_prefix, count_completion, count_prompt, segments},
        rough,
    },
    wire::{ChatRequest, Dialect, read_request},
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    request: Box<RawValue>,
    thinking: bool,
    prompt: String,
    unnamed: u32,
    tokens: u64,
}

#[test]
fn segments_are_the_prompt_of_the_reference() {
    for vector in vectors() {
        let request = read(vector.request.get());
        let segments = segments(Template::V31, &ask(&request, vector.thinking));
        assert_eq!(join(&segments), vector.prompt, "{}", vector.name);
        let named: usize = segments.iter().map(|segment| segment.marks().len()).sum();
        let specials: u32 = segments.iter().map(|segment| segment.specials).sum();
        assert_eq!(specials as usize - named, vector.unnamed as usize, "{}", vector.name);
    }
}

#[test]
fn prompts_have_the_tokens_of_the_reference() {
    let mut tokenizer = tokenizer();
    for vector in vectors() {
        let request = read(vector.request.get());
        let ask = ask(&request, vector.thinking);
        let count = count_prompt(Template::V31, &ask, &mut |text| tokenizer.count(text));
        assert_eq!((count.total, count.exactness), (vector.tokens, Exactness::Exact), "{}", vector.name);
        assert_eq!(count.by_share.total(), count.total, "{}", vector.name);
    }
}

/// The examples of an answer that anybody can check with the provider.
#[test]
fn an_answer_has_the_tokens_that_its_provider_reported() {
    let mut tokenizer = tokenizer();
    let asked = [Message::user("Count from 1 to 3")];
    let answer = Message::new(Role::Assistant, "1, 2, 3");
    let mut of = |answer: &Message, ask: &Ask<'_>, stop| {
        count_completion(Template::V31, ask, answer, stop, &mut |text| tokenizer.count(text)).total
    };
    assert_eq!(of(&answer, &Ask::plain(&asked), &StopReason::Stop), 7);
    let mut thought = Message { role: Role::Assistant, parts: Vec::new() };
    thought.think("1, 2, 3");
    let thinking = Ask { thinking: true, ..Ask::plain(&asked) };
    assert_eq!(of(&thought, &thinking, &StopReason::Length), 7, "cut within its thoughts");
    thought.say("1, 2, 3");
    assert_eq!(of(&thought, &thinking, &StopReason::Stop), 15);
}

/// A recorded refusal names the tokens of ten million letters and a greeting, for V3-0324 and for V3.1.
#[test]
fn ten_million_letters_have_the_tokens_that_the_refusal_named() {
    let mut tokenizer = tokenizer();
    let long = "a".repeat(1_000_000);
    let letters = tokenizer.count(&long);
    let roles = [Role::User, Role::Assistant].into_iter().cycle().take(10);
    let mut messages: Vec<Message> = roles.map(|role| Message::new(role, long.as_str())).collect();
    messages.push(Message::user("Hi"));
    // The same text ten times is counted once: what is tested is the sum.
    let mut count = |text: &str| if text.len() == long.len() { letters } else { tokenizer.count(text) };
    let mut of = |template| count_prompt(template, &Ask::plain(&messages), &mut count).total;
    assert_eq!(of(Template::V31), 1_250_025);
    assert_eq!(of(Template::V3), 1_250_019);
}

#[test]
fn every_recorded_pair_has_the_usage_that_was_reported() {
    let shared = env::var("HADAL_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let Ok(pairs) = fs::read_to_string(Path::new(&shared).join("recordings/usage_pairs.jsonl")) else {
        println!("skipped: there are no recordings in {shared}");
        return;
    };
    let mut tokenizer = tokenizer();
    let mut count = |text: &str| tokenizer.count(text);
    let (mut prompts, mut answers, mut wrong) = (0, 0, Vec::new());
    for line in pairs.lines() {
        let pair: Pair = serde_json::from_str(line).unwrap();
        let request = read(pair.request.get());
        let ask = ask(&request, pair.thinking);
        let prompt = count_prompt(Template::V31, &ask, &mut count);
        let (answer, stop) = pair.response.read();
        let said = count_completion(Template::V31, &ask, &answer, &stop, &mut count);
        assert_eq!((prompt.exactness, said.exactness), (Exactness::Exact, Exactness::Exact));
        let reported = &pair.usage;
        let counted = (prompt.total, said.total, said.reasoning);
        let reasoning = reported["completion_tokens_details"]["reasoning_tokens"].as_u64().unwrap_or(0);
        let told = (number(reported, "prompt_tokens"), number(reported, "completion_tokens"), reasoning);
        prompts += u32::from(counted.0 == told.0);
        answers += u32::from((counted.1, counted.2) == (told.1, told.2));
        if counted != told {
            wrong.push(format!("{} {}: counted {counted:?}, reported {told:?}", pair.era, pair.source));
        }
    }
    let all = pairs.lines().count();
    println!("{prompts} of {all} prompts and {answers} of {all} answers have the reported tokens");
    assert!(wrong.is_empty() && all > 50, "{}", wrong.join("\n"));
}

/// The tokens said to be shared are: the ids of both prompts agree so far, and seldom much further.
#[test]
fn what_two_prompts_are_said_to_share_they_share() {
    let mut tokenizer = tokenizer();
    let files =
        ["README.md", "src/simulator/answers/zh-hadal.md", "src/wire/repair.rs", "tests/vectors/sse.json"];
    let texts: Vec<Vec<char>> = files
        .iter()
        .map(|file| fs::read_to_string(at(file)).unwrap().chars().take(3_000).collect())
        .collect();
    let edits = ["", "x", " ", "\n", "水", "1", ".", "é", "<｜User｜>", "\n\n", "  ", "🌊"];
    let mut dice: u64 = 1;
    let mut throw = |sides: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(dice >> 33).unwrap() % sides
    };
    let (mut said, mut so) = (0, 0);
    for _ in 0..400 {
        let text = &texts[throw(texts.len())];
        let (from, length) = (throw(text.len()), throw(200));
        let before: Vec<char> = text.iter().copied().skip(from).take(length).collect();
        let at = throw(before.len() + 1);
        let cut = throw(before.len() - at + 1).min(throw(4));
        let edit = edits[throw(edits.len())];
        let start = before[..at].iter().copied();
        let after: String = start.chain(edit.chars()).chain(before[at + cut..].iter().copied()).collect();
        let chats = [[Message::user(before.iter().collect::<String>())], [Message::user(after)]];
        let prompts = chats.each_ref().map(|chat| segments(Template::V31, &Ask::plain(chat)));
        let shared = common_prefix(&prompts[0], &prompts[1], &mut |text| tokenizer.count(text));
        let ids = prompts.each_ref().map(|prompt| tokenizer.encode(&join(prompt)).unwrap());
        let equal = ids[0].iter().zip(&ids[1]).take_while(|(before, after)| before == after).count();
        assert!(shared <= equal as u64, "{shared} > {equal}: {chats:?}");
        said += shared;
        so += equal as u64;
    }
    println!("{said} tokens were said to be shared, {so} are");
    assert!(said * 10 > so * 8);
}

/// How near the estimate comes, on texts of this repository.
#[test]
fn the_estimate_is_near() {
    let mut tokenizer = tokenizer();
    let mut worst: f64 = 0.0;
    for (name, files) in [
        ("English", &["README.md", "ARCHITECTURE.md", "src/simulator/answers/attention.md"][..]),
        ("Italian", &["src/simulator/answers/it-hadal.md", "src/simulator/answers/it-hello.md"]),
        ("Chinese", &["src/simulator/answers/zh-hadal.md", "src/simulator/answers/zh-hello.md"]),
        ("Rust", &["src/chat/transcript.rs", "src/wire/repair.rs"]),
        ("TypeScript", &["www/src/edge/machine.ts", "www/src/core/chat.ts"]),
    ] {
        let text: String = files.iter().map(|file| fs::read_to_string(at(file)).unwrap()).collect();
        let (estimate, exact) = (to_float(rough(&text)), to_float(tokenizer.count(&text)));
        println!("{name}: estimated {estimate}, exactly {exact}, {:+.1} %", (estimate / exact - 1.0) * 100.0);
        worst = worst.max((estimate / exact - 1.0).abs());
    }
    assert!(worst < 0.15, "{worst}");
}

#[derive(Deserialize)]
struct Pair {
    source: String,
    era: String,
    thinking: bool,
    request: Box<RawValue>,
    response: Reply,
    usage: Value,
}

#[derive(Deserialize)]
struct Reply {
    content: Option<String>,
    reasoning_content: Option<String>,
    #[serde(default)]
    tool_calls: Vec<Value>,
    finish_reason: String,
}

impl Reply {
    fn read(self) -> (Message, StopReason) {
        let mut answer = Message { role: Role::Assistant, parts: Vec::new() };
        answer.think(&self.reasoning_content.unwrap_or_default());
        answer.say(&self.content.unwrap_or_default());
        answer.parts.extend(self.tool_calls.iter().map(|call| {
            let function = call.get("function").unwrap_or(call);
            let text = |name: &str| function[name].as_str().unwrap().to_owned();
            Part::ToolCall(ToolCall { id: "1".into(), name: text("name"), arguments: text("arguments") })
        }));
        let stop = match self.finish_reason.as_str() {
            "stop" => StopReason::Stop,
            "tool_calls" => StopReason::ToolCalls,
            other => panic!("{other}"),
        };
        (answer, stop)
    }
}

fn number(usage: &Value, name: &str) -> u64 {
    usage[name].as_u64().unwrap()
}

#[expect(clippy::cast_precision_loss, reason = "a small count")]
fn to_float(count: usize) -> f64 {
    count as f64
}

fn at(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn tokenizer() -> Tokenizer {
    let pack = fs::read(at("target/vocabulary/ids.pack")).expect("the vocabulary: cargo xtask vocabulary");
    Tokenizer::of(&pack, Family::V31).unwrap()
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str::<Vectors>(include_str!("vectors/prompt.json")).unwrap().vectors
}

fn read(request: &str) -> ChatRequest {
    read_request(Dialect::Completions, request.as_bytes()).unwrap()
}

/// The prompt as one string, which the product never builds.
fn join(segments: &[Segment<'_>]) -> String {
    let mut prompt = String::new();
    for segment in segments {
        prompt.extend(segment.marks().iter().map(|mark| mark.text()));
        prompt.push_str(&segment.text);
    }
    prompt
}
