//! The laws of `simulator`: whatever is asked is answered, in one way, whole, and alike in both dialects.
//!
//! Inputs are any texts, any bytes and any seeds. What comes out is read by our own client side.

use proptest::{collection::vec, prelude::*, sample::select, test_runner::TestCaseError};
use serde_json::json;

use super::{Law, Report, Trial};
use crate::{
    chat::StopReason,
    models::Style,
    simulator::{Play, Simulator, Step, estimate},
    wire::{Dialect, Reading, ReplyDecoder, ReplyEvent},
};

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "simulator: any question is answered alike in both dialects",
        check: any_question_is_answered,
    },
    Law {
        name: "simulator: the same request gives the same steps",
        check: the_same_request_gives_the_same_steps,
    },
    Law { name: "simulator: no body is too strange", check: no_body_is_too_strange },
];

const PATHS: [(Dialect, &str); 2] =
    [(Dialect::Messages, "/v1/messages"), (Dialect::Completions, "/v1/chat/completions")];
/// More steps than any answer to these questions has.
const MOST: usize = 200_000;

fn any_question_is_answered(trial: Trial) -> Report {
    trial.of(&(question(), any::<bool>(), any::<bool>(), any::<u64>()), |(question, thinks, stream, seed)| {
        let simulator = Simulator::new(seed, estimate);
        let mut answers = Vec::new();
        for (dialect, path) in PATHS {
            let events = read(dialect, simulator.answer(path, &body(&question, thinks, stream)))?;
            prop_assert_eq!(events.last(), Some(&ReplyEvent::Done(StopReason::Stop)));
            answers.push(words(&events));
        }
        let same = answers.iter().all(|answer| Some(answer) == answers.first());
        prop_assert!(same, "{answers:?}");
        Ok(())
    })
}

fn the_same_request_gives_the_same_steps(trial: Trial) -> Report {
    trial.of(&(question(), any::<u64>()), |(question, seed)| {
        for (_, path) in PATHS {
            let perform = || steps(Simulator::new(seed, estimate).answer(path, &body(&question, true, true)));
            prop_assert_eq!(perform(), perform());
        }
        Ok(())
    })
}

fn no_body_is_too_strange(trial: Trial) -> Report {
    let path = select(vec!["/v1/messages", "/v1/chat/completions", "/v1/models", "/", ""]);
    let strange = prop_oneof![
        vec(any::<u8>(), 0..200),
        // A request that was damaged.
        (question(), any::<u16>(), any::<u8>()).prop_map(|(question, place, byte)| {
            let mut body = body(&question, true, true);
            let place = usize::from(place) % body.len();
            body.splice(place..=place, [byte]);
            body
        }),
    ];
    trial.of(&(path, strange, any::<u64>()), |(path, body, seed)| {
        let play = Simulator::new(seed, estimate).answer(path, &body);
        prop_assert!(play.status >= 200);
        prop_assert!(steps(play).len() < MOST);
        Ok(())
    })
}

/// Texts as people and programs send them; never a command.
fn question() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "what",
        "tokens",
        "both",
        "`key`",
        "你好",
        "مرحبا",
        "ciao",
        "\u{1f419}",
        "<b>",
        "3.5",
        "Rome",
        "\n",
        "\u{0}",
    ];
    let known = vec(select(WORDS), 0..12).prop_map(|words| words.join(" "));
    prop_oneof![known, "\\PC{0,80}", "(?s).{0,80}"].prop_map(|text| format!("Well: {text}."))
}

/// A request that both dialects read.
fn body(question: &str, thinks: bool, stream: bool) -> Vec<u8> {
    let thinking = if thinks { "enabled" } else { "disabled" };
    json!({
        "model": "deepseek-v3.2-exp",
        "max_tokens": 8000,
        "stream": stream,
        "thinking": { "type": thinking, "budget_tokens": 4000 },
        "messages": [{ "role": "user", "content": question }],
    })
    .to_string()
    .into_bytes()
}

fn steps(mut play: Play) -> Vec<Step> {
    std::iter::from_fn(move || play.next_step()).take(MOST).collect()
}

fn read(dialect: Dialect, play: Play) -> Result<Vec<ReplyEvent>, TestCaseError> {
    let status = play.status;
    let reading =
        Reading { dialect, input: Style::ExcludesCached, record_limit: 1 << 20, reply_limit: 8 << 20 };
    let mut decoder = ReplyDecoder::new(reading);
    for step in steps(play) {
        if let Step::Bytes(bytes) = step {
            decoder.push(&bytes);
        }
    }
    decoder.finish();
    let events = std::iter::from_fn(|| decoder.next_event()).collect();
    prop_assert_eq!(status, 200);
    Ok(events)
}

/// What is said in events, apart from how it is cut: thoughts, then text.
fn words(events: &[ReplyEvent]) -> (String, String) {
    let mut said = (String::new(), String::new());
    for event in events {
        match event {
            ReplyEvent::Reasoning(text) => said.0.push_str(text),
            ReplyEvent::Text(text) => said.1.push_str(text),
            _ => {}
        }
    }
    said
}
