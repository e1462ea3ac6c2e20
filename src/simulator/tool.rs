//! Tools: which ones to call with what, and an answer from what they returned.
//!
//! In: a request that offers tools, or the results at its end. Out: calls, or Markdown. Never: a call of a tool that
//! was not offered.

use serde_json::Value;

use super::{
    chance::Chance,
    question::{Question, words},
    schema::{Finds, fill},
};
use crate::{
    chat::{Message, Part, Tool, ToolCall, ToolChoice},
    wire::ChatRequest,
};

/// How much of a result is repeated, in bytes, and how many of its fields.
const SHOWN: usize = 2000;
const FIELDS: usize = 12;

/// The calls that a question leads to; none when no tool is offered, or it is answered already.
pub(super) fn calls(request: &ChatRequest, question: &Question, chance: &mut Chance) -> Vec<ToolCall> {
    let named = |tool: &&Tool| matches!(&request.tool_choice, ToolChoice::Named(name) if *name == tool.name);
    let mut tools: Vec<&Tool> = request.tools.iter().collect();
    // The sort is stable: among equals the first that was offered is called.
    tools.sort_by_key(|tool| (!named(tool), std::cmp::Reverse(affinity(tool, question))));
    let count = match request.tool_choice {
        ToolChoice::None => 0,
        ToolChoice::Named(_) => 1,
        _ if question.has("both") => 2,
        _ => 1,
    };
    let mut finds = Finds::of(question);
    // With one tool, both calls are its.
    let wanted = tools.iter().cycle().take(if tools.is_empty() { 0 } else { count });
    wanted
        .enumerate()
        .map(|(at, tool)| ToolCall {
            id: format!("call_{at:02}_{}", chance.letters(24)),
            name: tool.name.clone(),
            arguments: fill(&tool.parameters, question, &mut finds).to_string(),
        })
        .collect()
}

/// How much of a tool's name and description is in the question; a word of the name counts more.
fn affinity(tool: &Tool, question: &Question) -> usize {
    let said =
        |text: &str| words(text).filter(|word| word.len() > 2 && question.has(&word.to_lowercase())).count();
    let name = said(&tool.name.replace(['_', '-'], " "));
    name.saturating_mul(4).saturating_add(said(tool.description.as_deref().unwrap_or_default()).min(3))
}

/// A tool's result, and what was called for it.
pub(super) struct Outcome<'a> {
    name: &'a str,
    text: &'a str,
    failed: bool,
}

/// The results that a conversation ends with, in order; empty when it ends with something else.
pub(super) fn outcomes(messages: &[Message]) -> Vec<Outcome<'_>> {
    let is_result = |part: &Part| matches!(part, Part::ToolResult { .. });
    let at = messages.iter().rposition(|message| !message.parts.iter().any(is_result)).map_or(0, |at| at + 1);
    let (before, after) = messages.split_at(at.min(messages.len()));
    let name = |id: &str| {
        let calls = before.last().into_iter().flat_map(Message::tool_calls);
        calls.filter(|call| call.id == id).map(|call| call.name.as_str()).next().unwrap_or("the tool")
    };
    let parts = after.iter().flat_map(|message| &message.parts);
    parts
        .filter_map(|part| match part {
            Part::ToolResult { id, text, failed } => Some(Outcome { name: name(id), text, failed: *failed }),
            _ => None,
        })
        .collect()
}

/// The answer that follows from results.
pub(super) fn report(outcomes: &[Outcome<'_>], question: &Question) -> String {
    let mut paragraphs = vec!["## What came back".to_owned()];
    paragraphs.extend(outcomes.iter().map(paragraph));
    let echo = question.echo();
    if !echo.is_empty() {
        paragraphs.push(format!("That is the answer to “{echo}”, as far as a *simulator* can tell."));
    }
    paragraphs.join("\n\n")
}

/// One result: a table of an object's fields, a short value in the sentence, anything else as a block.
fn paragraph(outcome: &Outcome<'_>) -> String {
    let Outcome { name, text, failed } = outcome;
    let shown = text.get(..text.floor_char_boundary(SHOWN)).unwrap_or_default();
    let is_short = shown.len() < 200 && shown.lines().count() <= 1;
    if *failed {
        return format!(
            "`{name}` **failed**, so I can only say what it told me:\n\n{}",
            fence("text", shown)
        );
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) if !fields.is_empty() => {
            let head = ["| Field | Value |", "| --- | --- |"].map(str::to_owned);
            let rows =
                fields.iter().map(|(field, value)| format!("| {} | {} |", cell(field), cell(&plain(value))));
            let table: Vec<_> = head.into_iter().chain(rows.take(FIELDS)).collect();
            format!("`{name}` returned:\n\n{}", table.join("\n"))
        }
        Ok(value @ (Value::Bool(_) | Value::Number(_) | Value::String(_))) if is_short => {
            format!("`{name}` returned **{}**.", cell(&plain(&value)))
        }
        Err(_) if is_short => format!("`{name}` returned **{}**.", cell(shown)),
        Ok(_) => format!("`{name}` returned:\n\n{}", fence("json", shown)),
        Err(_) => format!("`{name}` returned:\n\n{}", fence("text", shown)),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A text on one line, without what ends a table's cell or begins markup.
fn cell(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|letter| if letter.is_control() || "|*_`<>[]\\".contains(letter) { ' ' } else { letter })
        .collect();
    let line = line.trim();
    line.get(..line.floor_char_boundary(200)).unwrap_or_default().to_owned()
}

/// A code block that its content cannot end.
fn fence(language: &str, content: &str) -> String {
    let marks = content.split(|letter| letter != '`').map(str::len).max().unwrap_or(0).max(2);
    let fence = "`".repeat(marks + 1);
    format!("{fence}{language}\n{}\n{fence}", content.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Role;

    fn request(question: &str, tools: &[(&str, &str)]) -> (ChatRequest, Question) {
        let tools = tools.iter().map(|(name, parameters)| Tool {
            name: (*name).to_owned(),
            description: None,
            parameters: (*parameters).to_owned(),
        });
        let request = ChatRequest {
            messages: vec![Message::user(question)],
            tools: tools.collect(),
            ..ChatRequest::default()
        };
        (request, Question::new(question))
    }

    fn called(question: &str, tools: &[(&str, &str)]) -> Vec<(String, String)> {
        let (request, question) = request(question, tools);
        let calls = calls(&request, &question, &mut Chance::new(1, b""));
        calls.into_iter().map(|call| (call.name, call.arguments)).collect()
    }

    const WEATHER: (&str, &str) = (
        "get_weather",
        r#"{"type":"object","properties":{"city":{"type":"string"},"unit":{"enum":["celsius","fahrenheit"]}},"required":["city"]}"#,
    );
    const ADD: (&str, &str) = (
        "add",
        r#"{"type":"object","properties":{"x":{"type":"number"},"y":{"type":"integer"}},"required":["x","y"]}"#,
    );

    fn owned(calls: &[(&str, &str)]) -> Vec<(String, String)> {
        calls.iter().map(|(name, arguments)| ((*name).to_owned(), (*arguments).to_owned())).collect()
    }

    #[test]
    fn the_question_chooses_the_tool_and_fills_it() {
        assert_eq!(
            called("What is the weather in New York in fahrenheit?", &[ADD, WEATHER]),
            owned(&[("get_weather", r#"{"city":"New York","unit":"fahrenheit"}"#)])
        );
        assert_eq!(
            called("Please add 2.5 and 40", &[WEATHER, ADD]),
            owned(&[("add", r#"{"x":2.5,"y":40}"#)])
        );
        assert_eq!(called("Hm", &[WEATHER, ADD]), owned(&[("get_weather", r#"{"city":"Rome"}"#)]));
        assert_eq!(called("Hm", &[]), []);
    }

    #[test]
    fn both_means_two_calls() {
        assert_eq!(
            called("The weather in both Rome and Paris?", &[WEATHER]),
            owned(&[("get_weather", r#"{"city":"Rome"}"#), ("get_weather", r#"{"city":"Paris"}"#)])
        );
        let calls = called("Do both: add 1 and 2, weather in Rome", &[WEATHER, ADD]);
        assert_eq!(calls.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["get_weather", "add"]);
    }

    #[test]
    fn the_choice_of_the_caller_is_obeyed() {
        let (mut request, question) = request("weather in both Rome and Paris", &[WEATHER, ADD]);
        request.tool_choice = ToolChoice::Named("add".to_owned());
        let names = |request: &ChatRequest| {
            calls(request, &question, &mut Chance::new(1, b""))
                .into_iter()
                .map(|call| call.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&request), ["add"]);
        request.tool_choice = ToolChoice::None;
        assert_eq!(names(&request), [""; 0]);
    }

    #[test]
    fn results_are_told_with_the_names_of_their_tools() {
        let call = |id: &str, name: &str| {
            Part::ToolCall(ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: "{}".to_owned() })
        };
        let result = |id: &str, text: &str, failed| Message {
            role: Role::Tool,
            parts: vec![Part::ToolResult { id: id.to_owned(), text: text.to_owned(), failed }],
        };
        let messages = [
            Message::user("Weather?"),
            Message { role: Role::Assistant, parts: vec![call("a", "get_weather"), call("b", "add")] },
            result("a", r#"{"city":"Rome","sky":"a|b"}"#, false),
            result("b", "no *numbers*", true),
        ];
        let outcomes = outcomes(&messages);
        let told = report(&outcomes, &Question::new("Weather?"));
        assert!(told.contains("`get_weather` returned:\n\n| Field | Value |"), "{told}");
        assert!(told.contains("| sky | a b |"), "{told}");
        assert!(told.contains("`add` **failed**"), "{told}");
        assert!(super::outcomes(&messages[..2]).is_empty());
    }

    #[test]
    fn a_result_cannot_leave_its_block() {
        assert_eq!(fence("text", "a\n````\nb"), "`````text\na\n````\nb\n`````");
    }
}
