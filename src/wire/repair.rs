//! A history as every provider takes it, whatever happened while it was made: stops, failures, forgotten results.
//!
//! In: messages as they were said. Out: one system message at most, first; then questions and answers in turn; every
//! tool call answered right behind it. Never: a change to what was sent before because of what came after it, but for
//! one: a question that got no answer is joined with the next, and a tool call that got none is answered as cancelled.

use crate::chat::{Message, Part, Role};

/// What joins two messages that providers want as one; DeepSeek's own template joins system messages so.
const BETWEEN: &str = "\n\n";
/// What a model is told about a call that nobody answered.
const CANCELLED: &str = "cancelled";

/// Puts system messages first, joins neighbours of one role, answers unanswered tool calls, and drops what says
/// nothing or answers no call. Repairing twice is repairing once.
#[must_use]
pub fn repair(messages: &[Message]) -> Vec<Message> {
    let mut history = History::default();
    let system = messages.iter().filter(|message| message.role == Role::System);
    for message in system.chain(messages.iter().filter(|message| message.role != Role::System)) {
        match message.role {
            Role::System | Role::User => history.say(message.role, texts(message)),
            Role::Assistant => history.answer(message),
            Role::Tool => history.results(message),
        }
    }
    history.settle();
    history.messages
}

#[derive(Default)]
struct History {
    messages: Vec<Message>,
    /// The calls of the last answer that have no result yet.
    open: Vec<String>,
}

impl History {
    /// Adds parts, to the last message where it is of the same role.
    fn say(&mut self, role: Role, parts: Vec<Part>) {
        if parts.is_empty() {
            return;
        }
        self.settle();
        match self.messages.last_mut() {
            Some(last) if last.role == role => join(last, parts),
            _ => self.messages.push(Message { role, parts }),
        }
    }

    fn answer(&mut self, message: &Message) {
        let is_said = |part: &&Part| match part {
            Part::Text { text } => !text.is_empty(),
            Part::ToolCall(_) => true,
            Part::Reasoning { .. } | Part::ToolResult { .. } => false,
        };
        // Thoughts alone are no answer: no provider takes a message of them.
        if !message.parts.iter().any(|part| is_said(&part)) {
            return;
        }
        let kept =
            message.parts.iter().filter(|part| matches!(part, Part::Reasoning { .. }) || is_said(part));
        self.say(Role::Assistant, kept.cloned().collect());
        self.open = message.tool_calls().map(|call| call.id.clone()).collect();
    }

    fn results(&mut self, message: &Message) {
        for part in &message.parts {
            let Part::ToolResult { id, .. } = part else { continue };
            if let Some(at) = self.open.iter().position(|open| open == id) {
                self.open.remove(at);
                self.result(part.clone());
            }
        }
    }

    /// Answers what is left open.
    fn settle(&mut self) {
        for id in std::mem::take(&mut self.open) {
            self.result(Part::ToolResult { id, text: CANCELLED.to_owned(), failed: true });
        }
    }

    /// Adds a result to those of the same answer.
    fn result(&mut self, part: Part) {
        match self.messages.last_mut() {
            Some(last) if last.role == Role::Tool => last.parts.push(part),
            _ => self.messages.push(Message { role: Role::Tool, parts: vec![part] }),
        }
    }
}

/// What a message of text says, as one part; nothing where it says nothing.
fn texts(message: &Message) -> Vec<Part> {
    let text = message.text();
    if text.is_empty() { Vec::new() } else { vec![Part::Text { text }] }
}

/// Adds parts to a message, with space between what was said before and what is said then.
fn join(message: &mut Message, parts: Vec<Part>) {
    let is_text = |part: &Part| matches!(part, Part::Text { .. });
    let mut apart = message.parts.iter().any(is_text);
    for part in parts {
        match (message.parts.last_mut(), part) {
            (Some(Part::Text { text: last }), Part::Text { text }) if apart => {
                last.push_str(BETWEEN);
                last.push_str(&text);
                apart = false;
            }
            (_, Part::Text { text }) if apart => {
                message.parts.push(Part::Text { text: format!("{BETWEEN}{text}") });
                apart = false;
            }
            (_, part) => message.parts.push(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::ToolCall;
    use Role::{Assistant, System, User};

    fn text(role: Role, text: &str) -> Message {
        Message::new(role, text)
    }

    fn calls(said: &str, ids: &[&str]) -> Message {
        let call = |id: &&str| {
            Part::ToolCall(ToolCall { id: (*id).to_owned(), name: "f".into(), arguments: "{}".into() })
        };
        let mut message = text(Assistant, said);
        message.parts.extend(ids.iter().map(call));
        message
    }

    fn results(ids: &[(&str, &str)]) -> Message {
        let result = |(id, text): &(&str, &str)| Part::ToolResult {
            id: (*id).to_owned(),
            text: (*text).to_owned(),
            failed: *text == CANCELLED,
        };
        Message { role: Role::Tool, parts: ids.iter().map(result).collect() }
    }

    fn becomes(given: &[Message], expected: &[Message]) {
        let repaired = repair(given);
        assert_eq!(repaired, expected);
        assert_eq!(repair(&repaired), expected, "repairing twice is repairing once");
    }

    #[test]
    fn a_whole_history_stays_as_it_is() {
        let whole = [
            text(System, "s"),
            text(User, "1"),
            calls("so", &["a", "b"]),
            results(&[("b", "2"), ("a", "1")]),
            text(Assistant, "done"),
            text(User, "2"),
        ];
        becomes(&whole, &whole);
        becomes(&[], &[]);
    }

    #[test]
    fn questions_without_an_answer_are_joined() {
        becomes(
            &[text(User, "1"), text(Assistant, ""), text(User, "2"), text(User, "")],
            &[text(User, "1\n\n2")],
        );
        let thoughts =
            Message { role: Assistant, parts: vec![Part::Reasoning { text: "hm".into(), signature: None }] };
        becomes(&[text(User, "1"), thoughts, text(User, "2")], &[text(User, "1\n\n2")]);
    }

    #[test]
    fn a_cut_answer_and_its_continuation_are_joined() {
        becomes(
            &[text(User, "1"), text(Assistant, "a"), text(Assistant, "b")],
            &[text(User, "1"), text(Assistant, "a\n\nb")],
        );
        becomes(
            &[text(User, "1"), text(Assistant, "a"), calls("b", &["x"]), results(&[("x", "1")])],
            &[text(User, "1"), calls("a\n\nb", &["x"]), results(&[("x", "1")])],
        );
    }

    #[test]
    fn unanswered_calls_are_answered_as_cancelled() {
        becomes(
            &[text(User, "1"), calls("", &["a", "b"]), results(&[("a", "1")]), text(User, "2")],
            &[
                text(User, "1"),
                Message { role: Assistant, parts: calls("", &["a", "b"]).parts.split_off(1) },
                results(&[("a", "1"), ("b", CANCELLED)]),
                text(User, "2"),
            ],
        );
        let last = repair(&[text(User, "1"), calls("x", &["a"])]);
        assert_eq!(last.last(), Some(&results(&[("a", CANCELLED)])));
    }

    #[test]
    fn results_of_one_answer_are_one_message_and_others_are_dropped() {
        becomes(
            &[
                results(&[("?", "0")]),
                text(User, "1"),
                calls("x", &["a", "b"]),
                results(&[("a", "1"), ("a", "again")]),
                results(&[("b", "2"), ("?", "3")]),
                text(Assistant, "y"),
                results(&[("b", "late")]),
            ],
            &[
                text(User, "1"),
                calls("x", &["a", "b"]),
                results(&[("a", "1"), ("b", "2")]),
                text(Assistant, "y"),
            ],
        );
    }

    #[test]
    fn system_messages_come_first_as_one() {
        becomes(
            &[text(User, "1"), text(System, "a"), text(System, ""), text(Assistant, "x"), text(System, "b")],
            &[text(System, "a\n\nb"), text(User, "1"), text(Assistant, "x")],
        );
    }
}
