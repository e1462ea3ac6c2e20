//! Real replies, and replies written by hand, read whole, byte by byte and at random cuts.
//!
//! What a recording says is told a second time here, plainly, over the JSON of its records; what a vector says is
//! written beside it. Neither comes from our own encoder. The recordings are other projects' test data, which this one
//! does not hold: they are looked for in `HADAL_SHARED`, else beside the repository, and skipped where they are absent.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use hadal::{
    chat::Part,
    models::Style,
    wire::{Dialect, ErrorCode, Reading, ReplyDecoder, ReplyEvent, read_error, read_request},
};
use serde_json::Value;

/// All that a reply says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Story {
    text: String,
    reasoning: String,
    signatures: Vec<String>,
    /// Id, name, arguments.
    calls: Vec<[String; 3]>,
    /// The stable word of the end, or of the failure behind `!`.
    end: String,
    /// Input, cached input, output, reasoning.
    usage: Option<[u64; 4]>,
}

#[test]
fn every_recorded_reply_is_read_as_it_was_said() {
    let Some(folder) = recordings() else { return };
    let mut count = 0;
    for path in files(&folder, &[".response.sse", ".response.json"]) {
        let bytes = fs::read(&path).unwrap();
        let is_error = path.components().any(|part| part.as_os_str() == "error");
        if is_error {
            continue;
        }
        let dialect = dialect_of(&path);
        let body = std::str::from_utf8(&bytes).unwrap();
        let expected = match dialect {
            Dialect::Completions => completions(&records(body)),
            Dialect::Messages => messages(&records(body)),
        };
        assert!(!expected.end.is_empty(), "{}", path.display());
        check(&path.display().to_string(), dialect, &bytes, &expected);
        count += 1;
    }
    assert!(count > 0, "the folder of recordings is empty");
    println!("{count} recorded replies read whole, byte by byte and at random cuts");
}

#[test]
fn every_recorded_error_is_known_for_what_it_is() {
    let Some(folder) = recordings() else { return };
    let mut count = 0;
    for path in files(&folder.join("ruby_llm/error"), &[".response.json", ".response.txt"]) {
        let body = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        let (status, code) = if name.contains("auth-error") {
            (401, ErrorCode::Authentication)
        } else if name.contains("context-length") {
            (400, ErrorCode::ContextLength)
        } else {
            (422, ErrorCode::InvalidRequest)
        };
        let error = read_error(status, None, body.as_bytes());
        assert_eq!((error.code, error.status, error.retryable), (code, Some(status), false), "{name}");
        let words = match serde_json::from_str::<Value>(&body) {
            Ok(json) => json["error"]["message"].as_str().unwrap().to_owned(),
            Err(_) => body.trim().to_owned(),
        };
        assert_eq!(error.message, words, "{name}");
        count += 1;
    }
    assert!(count > 0, "the folder of errors is empty");
    println!("{count} recorded errors read");
}

#[test]
fn every_recorded_request_is_read() {
    let Some(folder) = recordings() else { return };
    let mut count = 0;
    for path in files(&folder, &[".request.json"]) {
        let body = fs::read(&path).unwrap();
        let json: Value = serde_json::from_slice(&body).unwrap();
        let read = read_request(dialect_of(&path), &body);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.contains("invalid-message-format") {
            let error = read.unwrap_err();
            assert_eq!(error.message, "messages[0].content: must be a string or an array of parts");
        } else {
            let request = read.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(request.model, json["model"].as_str().unwrap(), "{name}");
            assert_eq!(request.stream, json["stream"].as_bool().unwrap_or(false), "{name}");
            assert_eq!(request.tools.len(), json["tools"].as_array().map_or(0, Vec::len), "{name}");
            assert_eq!(
                request.max_tokens.map(u64::from),
                json["max_tokens"].as_u64().or(json["max_completion_tokens"].as_u64()),
                "{name}"
            );
            let said = |part: &Part| match part {
                Part::Text { text } | Part::ToolResult { text, .. } => text.clone(),
                _ => String::new(),
            };
            let text: String = request.messages.iter().flat_map(|message| &message.parts).map(said).collect();
            let last = &json["messages"].as_array().unwrap().last().unwrap()["content"];
            let first = [&last[0]["text"], &last[0]["content"], &last[0]["content"][0]["text"]];
            let said = first.into_iter().chain([last]).find_map(Value::as_str).unwrap();
            assert!(text.contains(said), "{name}");
        }
        count += 1;
    }
    assert!(count > 0, "there are no requests");
    println!("{count} recorded requests read");
}

#[test]
fn every_vector_is_read_as_it_is_written() {
    let mut count = 0;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/wire");
    for (file, dialect) in [("completions.txt", Dialect::Completions), ("messages.txt", Dialect::Messages)] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        for section in text.split("\n=== ").skip(1) {
            let (name, _) = section.split_once('\n').unwrap();
            let rest = section.strip_prefix(name).unwrap();
            let (body, expected) = rest.split_once("\n--- ").unwrap_or_else(|| panic!("{name} has no end"));
            let body = body.strip_prefix('\n').unwrap_or_default();
            let expected: Value =
                serde_json::from_str(expected).unwrap_or_else(|error| panic!("{name}: {error}"));
            check(name, dialect, format!("{body}\n").as_bytes(), &written(&expected));
            count += 1;
        }
    }
    println!("{count} vectors read whole, byte by byte and at random cuts");
}

/// Reads a reply whole, byte by byte and at random cuts.
fn check(name: &str, dialect: Dialect, bytes: &[u8], expected: &Story) {
    let whole = events(dialect, &[bytes]);
    assert_eq!(&story(&whole), expected, "{name}, whole");
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(merged(&events(dialect, &single)), merged(&whole), "{name}, byte by byte");
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64 ^ bytes.len() as u64;
    for round in 0..16 {
        let mut chunks = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let most = [7, 40, 280, 16_384][round % 4];
            let size = usize::try_from(seed % most).unwrap().clamp(1, rest.len());
            let (chunk, left) = rest.split_at(size);
            chunks.push(chunk);
            rest = left;
        }
        assert_eq!(merged(&events(dialect, &chunks)), merged(&whole), "{name}, cut at random, round {round}");
    }
}

fn events(dialect: Dialect, chunks: &[&[u8]]) -> Vec<ReplyEvent> {
    let reading =
        Reading { dialect, input: Style::ExcludesCached, record_limit: 1 << 20, reply_limit: 8 << 20 };
    let mut decoder = ReplyDecoder::new(reading);
    let mut events = Vec::new();
    for chunk in chunks {
        decoder.push(chunk);
        events.extend(std::iter::from_fn(|| decoder.next_event()));
    }
    decoder.finish();
    events.extend(std::iter::from_fn(|| decoder.next_event()));
    assert!(decoder.is_over());
    events
}

/// The same events, neighbours of one kind joined.
fn merged(events: &[ReplyEvent]) -> Vec<ReplyEvent> {
    let mut merged: Vec<ReplyEvent> = Vec::new();
    for event in events {
        match (merged.last_mut(), event) {
            (Some(ReplyEvent::Text(text)), ReplyEvent::Text(more))
            | (Some(ReplyEvent::Reasoning(text)), ReplyEvent::Reasoning(more)) => text.push_str(more),
            (
                Some(ReplyEvent::ToolCallDelta { index, delta, .. }),
                ReplyEvent::ToolCallDelta { index: same, delta: more, .. },
            ) if index == same => delta.push_str(more),
            (_, event) => merged.push(event.clone()),
        }
    }
    merged
}

fn story(events: &[ReplyEvent]) -> Story {
    let mut story = Story::default();
    let mut deltas: Vec<String> = Vec::new();
    for event in events {
        assert!(story.end.is_empty(), "nothing follows the end, but {event:?}");
        match event {
            ReplyEvent::Text(more) => story.text.push_str(more),
            ReplyEvent::Reasoning(more) => story.reasoning.push_str(more),
            ReplyEvent::Signature(seal) => story.signatures.push(seal.clone()),
            ReplyEvent::ToolCallDelta { index, delta, .. } => {
                let index = usize::try_from(*index).unwrap();
                deltas.resize(deltas.len().max(index + 1), String::new());
                deltas[index].push_str(delta);
            }
            ReplyEvent::ToolCall { index, id, name, arguments } => {
                assert_eq!(usize::try_from(*index).unwrap(), story.calls.len());
                let told = deltas.get(story.calls.len()).filter(|told| !told.is_empty());
                assert_eq!(told.map_or("{}", String::as_str), arguments);
                story.calls.push([id.clone(), name.clone(), arguments.clone()]);
            }
            ReplyEvent::Usage(usage) => {
                story.usage = Some([usage.input, usage.cached_input, usage.output, usage.reasoning]);
            }
            ReplyEvent::Done(reason) => reason.as_str().clone_into(&mut story.end),
            ReplyEvent::Failed(error) => story.end = format!("!{}", error.code.as_str()),
            _ => {}
        }
    }
    story
}

/// The JSON of every record; a body that is no stream is one record.
fn records(body: &str) -> Vec<Value> {
    if body.trim_start().starts_with('{') {
        return vec![serde_json::from_str(body).unwrap()];
    }
    body.split("\n\n")
        .filter_map(|block| {
            let data = block.lines().filter_map(|line| line.strip_prefix("data: "));
            serde_json::from_str(&data.collect::<Vec<_>>().join("\n")).ok()
        })
        .collect()
}

fn completions(records: &[Value]) -> Story {
    let mut story = Story::default();
    let mut calls: Vec<(u64, [String; 3])> = Vec::new();
    for record in records {
        let choice = &record["choices"][0];
        let delta = if choice["delta"].is_object() { &choice["delta"] } else { &choice["message"] };
        story.text.push_str(delta["content"].as_str().unwrap_or_default());
        story.reasoning.push_str(delta["reasoning_content"].as_str().unwrap_or_default());
        for call in delta["tool_calls"].as_array().into_iter().flatten() {
            let index = call["index"].as_u64().unwrap();
            if !calls.iter().any(|(known, _)| *known == index) {
                calls.push((index, Default::default()));
            }
            let (_, [id, name, arguments]) = calls.iter_mut().find(|(known, _)| *known == index).unwrap();
            id.push_str(call["id"].as_str().unwrap_or_default());
            name.push_str(call["function"]["name"].as_str().unwrap_or_default());
            arguments.push_str(call["function"]["arguments"].as_str().unwrap_or_default());
        }
        if let Some(reason) = choice["finish_reason"].as_str() {
            reason.clone_into(&mut story.end);
        }
        let usage = &record["usage"];
        if usage.is_object() {
            let number = |value: &Value| value.as_u64().unwrap_or(0);
            story.usage = Some([
                number(&usage["prompt_tokens"]),
                number(&usage["prompt_tokens_details"]["cached_tokens"]),
                number(&usage["completion_tokens"]),
                number(&usage["completion_tokens_details"]["reasoning_tokens"]),
            ]);
        }
    }
    story.calls = calls.into_iter().map(|(_, call)| call).collect();
    story
}

fn messages(records: &[Value]) -> Story {
    let mut story = Story::default();
    let mut usage = serde_json::Map::new();
    for record in records {
        for value in [&record["message"]["usage"], &record["usage"]] {
            let known = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
            usage.extend(known.map(|(key, value)| (key.clone(), value.clone())));
        }
        let block = &record["content_block"];
        if block["type"] == "tool_use" {
            let own = |value: &Value| value.as_str().unwrap().to_owned();
            story.calls.push([own(&block["id"]), own(&block["name"]), String::new()]);
        }
        let delta = &record["delta"];
        let text = |field: &str| delta[field].as_str().unwrap_or_default();
        match delta["type"].as_str() {
            Some("text_delta") => story.text.push_str(text("text")),
            Some("thinking_delta") => story.reasoning.push_str(text("thinking")),
            Some("signature_delta") => story.signatures.push(text("signature").to_owned()),
            Some("input_json_delta") => story.calls.last_mut().unwrap()[2].push_str(text("partial_json")),
            _ => {}
        }
        match delta["stop_reason"].as_str() {
            Some("end_turn") => "stop".clone_into(&mut story.end),
            Some("max_tokens") => "length".clone_into(&mut story.end),
            Some("tool_use") => "tool_calls".clone_into(&mut story.end),
            Some(other) => other.clone_into(&mut story.end),
            None => {}
        }
    }
    for [_, _, arguments] in &mut story.calls {
        if arguments.is_empty() {
            "{}".clone_into(arguments);
        }
    }
    let number = |field: &str| usage.get(field).and_then(Value::as_u64).unwrap_or(0);
    let cached = number("cache_read_input_tokens");
    let thought = usage.get("output_tokens_details").and_then(|details| details["thinking_tokens"].as_u64());
    story.usage = Some([
        number("input_tokens") + cached + number("cache_creation_input_tokens"),
        cached,
        number("output_tokens"),
        thought.unwrap_or(0),
    ]);
    story
}

/// A vector's expectation; what is left out is empty.
fn written(expected: &Value) -> Story {
    let own = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let call = |call: &Value| [own(&call[0]), own(&call[1]), own(&call[2])];
    let number = |at: usize| expected["usage"][at].as_u64().unwrap();
    Story {
        text: own(&expected["text"]),
        reasoning: own(&expected["reasoning"]),
        signatures: list(&expected["signatures"]).iter().map(own).collect(),
        calls: list(&expected["calls"]).iter().map(call).collect(),
        end: own(&expected["end"]),
        usage: expected["usage"].is_array().then(|| [number(0), number(1), number(2), number(3)]),
    }
}

fn dialect_of(path: &Path) -> Dialect {
    let is_messages = path.components().any(|part| part.as_os_str() == "anthropic");
    if is_messages { Dialect::Messages } else { Dialect::Completions }
}

fn recordings() -> Option<PathBuf> {
    let shared = env::var_os("HADAL_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let folder = shared.join("recordings");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no recordings here");
    None
}

/// Every file below a folder whose name ends so, in order.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
