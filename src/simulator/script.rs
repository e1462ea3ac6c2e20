//! What the simulator is going to say to a request, before it is put into any dialect.
//!
//! In: a request, the seed's choices, a counter. Out: a [`Script`]. Never: bytes, time, faults.

use serde_json::{Map, Value};

use super::{
    chance::Chance, fault, limit, long, question::Question, thoughts, tongue::Tongue, tool, topic, topic::Topic, usage,
};
use crate::{
    chat::{Message, ResponseFormat, Role, StopReason, Thinking, ToolCall, ToolChoice, Usage},
    models::{self, Switch},
    wire::ChatRequest,
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
    /// A long text that is not to take minutes.
    pub(super) hurried: bool,
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

/// Writes the answer to a request.
pub(super) fn write(request: &ChatRequest, chance: &mut Chance, count: fn(&str) -> u64) -> Script {
    let asked = Asked::of(&request.messages);
    let mut hurried = false;
    let mut said = Vec::new();
    let calls = if asked.answered { Vec::new() } else { tool::calls(request, &asked.question, chance) };
    if thinks(request) {
        let mut thoughts = thoughts::about(&asked.question, asked.topic, asked.tongue, asked.turn, chance);
        if asked.answered {
            thoughts.push_str(" The tool has answered, so all that is left is to say what it found.");
        }
        said.push(Said::Thought(thoughts));
    }
    if calls.is_empty() {
        let text = match (request.response_format, asked.question.text.as_str()) {
            (ResponseFormat::JsonObject, _) => json(request, &asked),
            _ if asked.answered => tool::report(&tool::outcomes(&request.messages), &asked.question),
            (_, "/long") => {
                hurried = true;
                long::text()
            }
            (_, "/faults") => fault::listing(),
            _ => page(&asked, chance),
        };
        said.push(Said::Text(asked.rest_of(text)));
    } else if request.tool_choice == ToolChoice::Auto {
        let names: Vec<_> = calls.iter().map(|call| format!("`{}`", call.name)).collect();
        said.push(Said::Text(format!("Let me ask {}.", names.join(" and "))));
    }
    let stop = if calls.is_empty() { StopReason::Stop } else { StopReason::ToolCalls };
    said.extend(calls.into_iter().map(|call| Said::Call { call, whole: true }));
    let mut script = Script { said, stop, usage: Usage::default(), hurried };
    limit::apply(request, &mut script, count);
    script.usage = usage::of(usage::prompt(request, count), &script, count);
    script
}

/// Whether the model is to think: by parameter, else by what its id says. With tools V3.2-Exp never does.
fn thinks(request: &ChatRequest) -> bool {
    let model = models::find(Some("simulator"), &request.model).or_else(|| models::find(None, &request.model));
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

/// What a conversation asks now.
struct Asked {
    question: Question,
    tongue: Tongue,
    topic: &'static Topic,
    /// Which question of the conversation it is, from 1.
    turn: usize,
    /// The conversation ends with what a tool returned.
    answered: bool,
    /// The start of the answer, where the conversation ends with it.
    begun: String,
}

impl Asked {
    fn of(messages: &[Message]) -> Self {
        let is_question = |message: &&Message| message.role == Role::User && !message.text().trim().is_empty();
        let begun = match messages.last() {
            Some(last) if last.role == Role::Assistant => last.text(),
            _ => String::new(),
        };
        let text = messages.iter().rev().find(is_question).map(Message::text).unwrap_or_default();
        let text = fault::Order::read(&text).map_or(text.as_str(), |_| "What happens when something fails?").to_owned();
        let question = Question::new(&text);
        let tongue = Tongue::of(&question);
        Self {
            topic: topic::choose(&question, tongue),
            turn: messages.iter().filter(is_question).count(),
            answered: !tool::outcomes(messages).is_empty(),
            question,
            tongue,
            begun,
        }
    }

    /// The text without the start that was said already: an answer that broke off is continued.
    fn rest_of(&self, text: String) -> String {
        match text.strip_prefix(self.begun.trim_end()) {
            Some(rest) if !rest.trim().is_empty() => rest.to_owned(),
            _ => text,
        }
    }
}

/// A page of Markdown with a sentence before it that speaks of the question.
fn page(asked: &Asked, chance: &mut Chance) -> String {
    let echo = asked.question.echo();
    if asked.topic.greets || echo.is_empty() {
        return asked.topic.page.to_owned();
    }
    let opening = match asked.tongue {
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
