//! What the simulator is going to say to a request, before it is put into any dialect.
//!
//! In: a request, the seed's choices, a counter. Out: a [`Script`]. Never: bytes, time, faults.

use serde_json::{Map, Value};

use super::{
    asked::Asked, chance::Chance, fault, long, question::Question, thoughts, tongue::Tongue, tool, topic,
};
use crate::{
    chat::{ResponseFormat, Role, StopReason, Thinking, ToolCall, ToolChoice, Usage},
    models::{self, Switch},
    wire::{ChatRequest, ReplyEvent},
};

/// All of an answer.
#[derive(Clone, Debug)]
pub(super) struct Script {
    /// What is said, in order.
    pub(super) said: Vec<Said>,
    /// Why it ends.
    pub(super) stop: StopReason,
    /// What it uses.
    pub(super) usage: Usage,
    /// A very long text, asked for as such: it comes in a hurry, and as many tokens as it takes.
    pub(super) endless: bool,
}

/// One thing that is said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Said {
    Thought(String),
    Text(String),
    Call {
        call: ToolCall,
        /// Its arguments were not cut off.
        whole: bool,
    },
}

impl Script {
    /// What is said, each thing as one event.
    pub(super) fn events(&self) -> impl Iterator<Item = ReplyEvent> {
        let mut calls = 0..;
        self.said.iter().map(move |said| match said.clone() {
            Said::Thought(text) => ReplyEvent::Reasoning(text),
            Said::Text(text) => ReplyEvent::Text(text),
            Said::Call { call: ToolCall { id, name, arguments }, .. } => {
                ReplyEvent::ToolCall { index: calls.next().unwrap_or(u32::MAX), id, name, arguments }
            }
        })
    }
}

/// Writes the answer to a request, as long as it likes; what it uses is not yet counted.
pub(super) fn write(request: &ChatRequest, seed: u64) -> Script {
    let asked = Asked::of(&request.messages);
    // Chosen by the question alone, so that an answer that broke off is continued in the same words.
    let mut chance = Chance::new(seed, asked.question.text.as_bytes());
    let mut script =
        Script { said: Vec::new(), stop: StopReason::Stop, usage: Usage::default(), endless: false };
    if thinks(request) {
        let mut thoughts =
            thoughts::about(&asked.question, asked.topic, asked.tongue, asked.turn, &mut chance);
        if asked.answered {
            thoughts.push_str(" The tool has answered, so all that is left is to say what it found.");
        }
        script.said.push(Said::Thought(thoughts));
    }
    let is_command = asked.question.text.starts_with('/');
    let calls = if asked.answered || is_command {
        Vec::new()
    } else {
        tool::calls(request, &asked.question, &mut chance)
    };
    if calls.is_empty() {
        let (text, endless) = text(request, &asked, &mut chance);
        script.said.push(Said::Text(asked.rest_of(text)));
        script.endless = endless;
        return script;
    }
    if request.tool_choice == ToolChoice::Auto {
        let names: Vec<_> = calls.iter().map(|call| format!("`{}`", call.name)).collect();
        script.said.push(Said::Text(format!("Let me ask {}.", names.join(" and "))));
    }
    script.said.extend(calls.into_iter().map(|call| Said::Call { call, whole: true }));
    script.stop = StopReason::ToolCalls;
    script
}

/// The answer's text, and whether it is [`endless`](Script::endless).
fn text(request: &ChatRequest, asked: &Asked, chance: &mut Chance) -> (String, bool) {
    let text = match asked.question.text.as_str() {
        _ if request.response_format == ResponseFormat::JsonObject => json(request, asked),
        _ if asked.answered => tool::report(&tool::outcomes(&request.messages), &asked.question),
        "/long" => return (long::text(), true),
        command if command.starts_with("/fault") && asked.order.is_none() => fault::listing(),
        _ => page(asked, chance),
    };
    (text, false)
}

/// Whether the model is to think: by parameter, else by what its id says. With tools V3.2-Exp never does.
fn thinks(request: &ChatRequest) -> bool {
    let model = models::served(Some("simulator"), &request.model);
    let offers_tools = !request.tools.is_empty() && request.tool_choice != ToolChoice::None;
    if offers_tools && model.is_some_and(|model| model.tools_stop_thinking) {
        return false;
    }
    match request.thinking {
        Thinking::On => true,
        Thinking::Off => false,
        Thinking::Auto => match model.map(|model| model.switch) {
            Some(Switch::ById { reasoner, .. }) => reasoner.eq_ignore_ascii_case(&request.model),
            _ => request.model.to_lowercase().ends_with("-thinking"),
        },
    }
}

/// A page of Markdown with a sentence before it that speaks of the question.
fn page(asked: &Asked, chance: &mut Chance) -> String {
    let echo = asked.question.echo();
    if let Some(order) = asked.order {
        return format!(
            "As you wish: `{}`, {}.\n\n{}",
            order.fault.name(),
            order.fault.does(),
            asked.topic.page
        );
    }
    if asked.topic.greets || echo.is_empty() {
        return asked.topic.page.to_owned();
    }
    let opening = match asked.tongue {
        Tongue::English if asked.topic.name == topic::OTHER => format!("“{echo}” – that is beyond me."),
        Tongue::English if asked.turn > 1 => {
            format!("“{echo}” – that is your question number {}. Here is what I know.", asked.turn)
        }
        Tongue::English => {
            let after = chance.pick(&[
                "– a good place to begin.",
                "– let me put that together.",
                "– this is what I know about it.",
                "– here is the short version.",
            ]);
            format!("“{echo}” {after}")
        }
        Tongue::Italian => format!("“{echo}” – ecco che cosa ne so."),
        Tongue::Chinese => format!("“{echo}”——我知道的是这些。"),
        Tongue::Arabic => format!("«{echo}» – هذا ما أعرفه."),
    };
    format!("{opening}\n\n{}", asked.topic.page)
}

/// A JSON object with the keys that the prompt names in backticks, else with keys of our own.
fn json(request: &ChatRequest, asked: &Asked) -> String {
    let mut object = Map::new();
    let instructions: Vec<Question> = request
        .messages
        .iter()
        .filter(|message| message.role == Role::System)
        .map(|message| Question::new(&message.text()))
        .collect();
    for key in instructions.iter().chain([&asked.question]).flat_map(Question::keys).take(16) {
        object.insert(key.to_owned(), Value::from(asked.topic.gist));
    }
    if object.is_empty() {
        object.insert("question".to_owned(), Value::from(asked.question.echo()));
        object.insert("topic".to_owned(), Value::from(asked.topic.name));
        object.insert("answer".to_owned(), Value::from(asked.topic.gist));
    }
    let outcomes = tool::outcomes(&request.messages);
    if !outcomes.is_empty() {
        object.insert("result".to_owned(), Value::from(tool::report(&outcomes, &asked.question)));
    }
    format!("{:#}", Value::Object(object))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Message;

    #[test]
    fn an_answer_that_broke_off_is_continued_in_its_words() {
        let said = |messages: Vec<Message>| {
            let script = write(&ChatRequest { messages, ..ChatRequest::default() }, 1);
            match script.said.as_slice() {
                [Said::Text(text)] => text.clone(),
                other => panic!("{other:?}"),
            }
        };
        let asked = |role, text: &str| Message::new(role, text);
        let whole = said(vec![asked(Role::User, "What is Hadal?")]);
        let half: String = whole.chars().take(300).collect();
        let question = asked(Role::User, "What is Hadal?");
        let begun = vec![question, asked(Role::Assistant, &half)];
        let rest = said(begun.clone());
        assert_eq!(half.trim_end().to_owned() + &rest, whole);
        let asked_to = asked(Role::User, "Continue exactly where your answer was cut off.");
        assert_eq!(said([begun, vec![asked_to]].concat()), rest);
    }
}
