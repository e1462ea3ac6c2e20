//! What recorded replies cost, from the provider's own numbers: whatever a dialect calls input, the bill is the same.
//!
//! The recordings are other projects' test data, which this one does not hold: they are looked for in `HADAL_SHARED`,
//! else beside the repository, and skipped where they are absent.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use hadal::{
    chat::Usage,
    cost::{Nano, bill},
    models::{self, Prices, Style},
    wire::{Dialect, Reading, ReplyDecoder, ReplyEvent},
};
use serde_json::Value;

/// V3.2-Exp at DeepSeek: three prices that cannot be taken for one another.
fn prices() -> Prices {
    models::find(Some("deepseek"), "deepseek-v3.2-exp").unwrap().prices
}

#[test]
fn recorded_completions_cost_their_hits_and_misses() {
    let mut hits = 0;
    let count = recorded(&["rig/deepseek", "ruby_llm", "manual"], |name, body| {
        let (usage, told) = (read(body, Dialect::Completions, Style::ExcludesCached), told(body));
        let number = |field: &str| told[field].as_u64();
        let Some((hit, miss)) = number("prompt_cache_hit_tokens").zip(number("prompt_cache_miss_tokens"))
        else {
            return;
        };
        hits += u32::from(hit > 0);
        let cost = miss * 280 + hit * 28 + number("completion_tokens").unwrap() * 420;
        assert_eq!(bill(&usage, &prices()).total, Nano(cost), "{name}");
    });
    println!("{count} recorded replies, {hits} of them with a hit, cost what their hits and misses cost");
}

#[test]
fn recorded_messages_cost_what_was_read_written_and_neither() {
    let count = recorded(&["rig/anthropic"], |name, body| {
        let (usage, told) = (read(body, Dialect::Messages, Style::ExcludesCached), told(body));
        let number = |field: &str| told[field].as_u64().unwrap_or(0);
        let input = number("input_tokens") + number("cache_creation_input_tokens");
        let cost = input * 280 + number("cache_read_input_tokens") * 28 + number("output_tokens") * 420;
        assert_eq!(bill(&usage, &prices()).total, Nano(cost), "{name}");
    });
    println!("{count} recorded replies of Messages cost what they say they read");
}

/// Gateways that convert from Chat Completions count cached tokens among the others. An assumption about `CometAPI`: the
/// table says so in one row, and no recording of it is known.
#[test]
fn a_gateway_that_counts_cached_tokens_twice_is_paid_once() {
    let comet = models::provider_of("https://api.cometapi.com/v1/messages").unwrap();
    assert_eq!(comet.messages_input, Style::IncludesCached);
    let deepseek = models::provider_of("https://api.deepseek.com/anthropic/v1/messages").unwrap();
    let reply = |input: u64| {
        format!(
            r#"{{"type":"message","role":"assistant","content":[{{"type":"text","text":"Hi"}}],"stop_reason":"end_turn",
            "usage":{{"input_tokens":{input},"cache_read_input_tokens":640,"output_tokens":300}}}}"#
        )
    };
    let same = Usage { input: 1_000, cached_input: 640, output: 300, reasoning: 0 };
    assert_eq!(read(&reply(1_000), Dialect::Messages, comet.messages_input), same);
    assert_eq!(read(&reply(360), Dialect::Messages, deepseek.messages_input), same);
    assert_eq!(bill(&same, &prices()).total, Nano(360 * 280 + 640 * 28 + 300 * 420));
}

/// The usage that a reply ends with.
fn read(body: &str, dialect: Dialect, style: Style) -> Usage {
    let reading = Reading { dialect, input: style, record_limit: 1 << 20, reply_limit: 8 << 20 };
    let mut decoder = ReplyDecoder::new(reading);
    decoder.push(body.as_bytes());
    decoder.finish();
    let mut usage = Usage::default();
    while let Some(event) = decoder.next_event() {
        if let ReplyEvent::Usage(told) = event {
            usage = told;
        }
    }
    usage
}

/// The last number of each field of usage, wherever it stands.
fn told(body: &str) -> Value {
    let mut told = serde_json::Map::new();
    let lines = body.lines().map(|line| line.strip_prefix("data: ").unwrap_or(line));
    for record in lines.filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        for usage in [&record["message"]["usage"], &record["usage"]] {
            let fields = usage.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
            told.extend(fields.map(|(name, value)| (name.clone(), value.clone())));
        }
    }
    Value::Object(told)
}

/// Does something with every recorded reply; how many there are.
fn recorded(folders: &[&str], mut job: impl FnMut(&str, &str)) -> usize {
    let shared = env::var("HADAL_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let recordings = Path::new(&shared).join("recordings");
    if !recordings.is_dir() {
        println!("skipped: there are no recordings in {shared}");
        return 0;
    }
    let mut count = 0;
    for folder in folders {
        for path in files(&recordings.join(folder)) {
            let name = path.display().to_string();
            if name.contains(".response.") && !name.contains("/error/") {
                job(&name, &fs::read_to_string(&path).unwrap());
                count += 1;
            }
        }
    }
    assert!(count > 0, "the folder of recordings is empty");
    count
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, mut files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| self::files(folder)));
    files
}
