//! What a conversation asks now.
//!
//! In: its messages. Out: the question, its language and topic, and what of the answer is there already. Never: an answer.

use std::borrow::Cow;

use super::{
    fault::Order,
    question::Question,
    tongue::Tongue,
    tool,
    topic::{self, Topic},
};
use crate::chat::{Message, Role};

/// A question with what was said around it.
pub(super) struct Asked {
    pub(super) question: Question,
    pub(super) tongue: Tongue,
    pub(super) topic: &'static Topic,
    /// The fault that the question asks for.
    pub(super) order: Option<Order>,
    /// Which question of the conversation it is, from 1.
    pub(super) turn: usize,
    /// The conversation ends with what a tool returned.
    pub(super) answered: bool,
    /// What was said of the answer already, where it is to be continued.
    pub(super) begun: String,
}

impl Asked {
    pub(super) fn of(messages: &[Message]) -> Self {
        let (asked, begun) = begun(messages);
        let is_question =
            |message: &&Message| message.role == Role::User && !message.text().trim().is_empty();
        let text = asked.iter().rev().find(is_question).map(Message::text).unwrap_or_default();
        let question = Question::new(&newest(&text));
        let tongue = Tongue::of(&question);
        Self {
            topic: topic::choose(&question, tongue),
            order: Order::read(&question.text),
            turn: asked.iter().filter(is_question).count(),
            answered: !tool::outcomes(messages).is_empty(),
            question,
            tongue,
            begun,
        }
    }

    /// The text without the start that was said already: an answer that broke off is continued.
    pub(super) fn rest_of(&self, text: String) -> String {
        match text.strip_prefix(self.begun.trim_end()) {
            Some(rest) if rest.trim().is_empty() => "That was all of it.".to_owned(),
            Some(rest) => rest.to_owned(),
            None => text,
        }
    }
}

/// What a message asks last. Questions that were never answered are merged into the next one, and a command among them
/// is not to be obeyed twice.
pub(super) fn newest(text: &str) -> Cow<'_, str> {
    let is_command = |line: &&str| line.starts_with('/');
    match text.trim_end().lines().next_back().filter(is_command) {
        Some(command) => Cow::Borrowed(command),
        None if !text.lines().any(|line| is_command(&line)) => Cow::Borrowed(text),
        None => Cow::Owned(text.lines().filter(|line| !is_command(line)).collect::<Vec<_>>().join("\n")),
    }
}

/// The conversation up to an answer that is to be continued, and that answer's start: it is the last message, or the
/// last question says to continue it. Else the whole conversation and nothing.
fn begun(messages: &[Message]) -> (&[Message], String) {
    let says_so = |message: &Message| {
        message.role == Role::User && message.text().trim_start().to_lowercase().starts_with("continue")
    };
    let before = match messages {
        [before @ .., last] if says_so(last) => before,
        all => all,
    };
    match before {
        [asked @ .., answer] if answer.role == Role::Assistant => (asked, answer.text()),
        _ => (messages, String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_of_an_unanswered_question_is_not_obeyed_again() {
        assert_eq!(newest("/fault 401\n\nhello\nthere"), "\nhello\nthere");
        assert_eq!(newest("hello\n\n/fault 401\n"), "/fault 401");
        assert_eq!(newest("hello\nthere"), "hello\nthere");
        assert_eq!(newest(""), "");
    }
}
