//! What a request and its answer are said to have used.
//!
//! In: a request, an answer, a counter. Out: [`Usage`]. Never: memory of earlier requests: what a cache would have
//! held follows from the history alone.

use super::script::{Said, Script};
use crate::{
    chat::{Message, Part, Role, ToolChoice, Usage},
    wire::ChatRequest,
};

/// Cached prompts are counted in units of so many tokens.
const UNIT: u64 = 64;
/// Tokens that the chat template of V3.1 to V3.2-Exp puts around the messages: one that begins the text and two that
/// open the answer; one before each question; three around each earlier answer; two around each tool's result.
const FRAME: u64 = 3;
const AROUND_QUESTION: u64 = 1;
const AROUND_ANSWER: u64 = 3;
const AROUND_RESULT: u64 = 2;

/// Tokens of the prompt, and how many of them a cache would have held.
///
/// The conversation up to the last answer was a prompt before, so its whole units count as cached; a conversation
/// without an answer in it is new.
pub(super) fn prompt(request: &ChatRequest, count: fn(&str) -> u64) -> Usage {
    let earlier = request.messages.iter().rposition(|message| message.role == Role::Assistant).unwrap_or(0);
    let tools = if request.tool_choice == ToolChoice::None { 0 } else { tools(request, count) };
    let fixed = FRAME + tools;
    let mut usage = Usage { input: fixed, ..Usage::default() };
    for (at, message) in request.messages.iter().enumerate() {
        if at == earlier && earlier > 0 {
            usage.cached_input = usage.input / UNIT * UNIT;
        }
        usage.input = usage.input.saturating_add(tokens(message, count));
    }
    usage
}

/// The same with the answer.
pub(super) fn of(prompt: Usage, script: &Script, count: fn(&str) -> u64) -> Usage {
    let mut usage = prompt;
    for said in &script.said {
        match said {
            Said::Thought(text) => {
                // The mark that ends the thoughts is a token, unless they were cut off.
                let end = u64::from(script.said.len() > 1);
                usage.reasoning = count(text);
                usage.output = usage.output.saturating_add(usage.reasoning).saturating_add(end);
            }
            Said::Text(text) => usage.output = usage.output.saturating_add(count(text)),
            Said::Call { call, .. } => {
                usage.output =
                    usage.output.saturating_add(count(&call.name)).saturating_add(count(&call.arguments));
            }
        }
    }
    usage
}

fn tokens(message: &Message, count: fn(&str) -> u64) -> u64 {
    let around = match message.role {
        Role::User => AROUND_QUESTION,
        Role::Assistant => AROUND_ANSWER,
        _ => 0,
    };
    message.parts.iter().fold(around, |sum, part| {
        sum.saturating_add(match part {
            Part::Text { text } => count(text),
            Part::ToolCall(call) => count(&call.name).saturating_add(count(&call.arguments)),
            Part::ToolResult { text, .. } => count(text).saturating_add(AROUND_RESULT),
            // Reasoning of earlier turns is left out of the prompt.
            Part::Reasoning { .. } => 0,
        })
    })
}

fn tools(request: &ChatRequest, count: fn(&str) -> u64) -> u64 {
    let texts = request
        .tools
        .iter()
        .flat_map(|tool| [Some(&tool.name), tool.description.as_ref(), Some(&tool.parameters)]);
    texts.flatten().fold(0, |sum: u64, text| sum.saturating_add(count(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Message;

    fn letters(text: &str) -> u64 {
        text.len() as u64
    }

    fn asked(messages: Vec<Message>) -> Usage {
        prompt(&ChatRequest { messages, ..ChatRequest::default() }, letters)
    }

    #[test]
    fn a_first_question_is_new() {
        let system = Message::new(Role::System, "s".repeat(200));
        assert_eq!(
            asked(vec![system, Message::user("12345")]),
            Usage { input: 3 + 200 + 1 + 5, ..Usage::default() }
        );
        assert_eq!(asked(vec![]).input, 3);
    }

    #[test]
    fn what_was_sent_before_is_cached_in_whole_units() {
        let history = vec![
            Message::user("q".repeat(150)),
            Message::new(Role::Assistant, "a".repeat(10)),
            Message::user("q"),
        ];
        // Before the answer stand 3 + 1 + 150 tokens: two units of 64.
        let usage = asked(history);
        assert_eq!((usage.input, usage.cached_input), (154 + 13 + 2, 128));
    }
}
