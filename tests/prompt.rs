//! Prompts and answers counted, against the reference of the chat template and against what the provider reported.
//!
//! The vectors of `vectors/prompt.json` always run. The recorded pairs are other projects' test data, which this one does
//! not hold: they are looked for in `HADAL_SHARED`, else beside the repository, and skipped where they are absent.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

use hadal::{
    chat::ToolChoice,
    models::Template,
    tokens::prompt::{Ask, Segment, segments},
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

fn vectors() -> Vec<Vector> {
    serde_json::from_str::<Vectors>(include_str!("vectors/prompt.json")).unwrap().vectors
}

fn read(request: &str) -> ChatRequest {
    read_request(Dialect::Completions, request.as_bytes()).unwrap()
}

fn ask(request: &ChatRequest, thinking: bool) -> Ask<'_> {
    Ask {
        messages: &request.messages,
        thinking,
        tools: &request.tools,
        tool_choice: &request.tool_choice,
        response_format: request.response_format,
    }
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
