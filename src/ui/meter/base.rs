//! The prompt that the next question would make, around the words that are being written.
//!
//! In: the requests that a session would send and has sent, counts as far as they are known. Out: a [`Tally`], and the
//! texts that are still to be counted. Never: a count that is a guess and does not say so.

use std::{
    collections::HashMap,
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
};

use super::terms::Terms;
use crate::{
    chat::{Message, Part, Thinking},
    session::ChatRequest,
    tokens::{
        prompt::{self, Ask, Exactness, Why},
        rough,
    },
};

/// Stands in a base for the words that are being written.
pub(in crate::ui) const MARK: &str = "\u{e000}";
/// The request around the words that are being written, which a [`MARK`] stands for.
#[derive(Clone, Debug, Default)]
pub(in crate::ui) struct Base {
    pub(in crate::ui) request: ChatRequest,
    /// What was asked and answered before.
    pub(in crate::ui) sent: Option<(ChatRequest, Message)>,
    /// The last answer is still being written: what follows it cannot be counted yet.
    pub(in crate::ui) is_open: bool,
}

/// Counts that are known, by text. A text is remembered by a hash of 64 bits and its length: 24 bytes, however long.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts(HashMap<(u64, usize), u64>);

impl Counts {
    pub(super) fn insert(&mut self, text: &str, count: u64) {
        self.0.insert(Self::key(text), count);
    }

    /// Something was counted before, so that there is a vocabulary.
    pub(super) fn is_there(&self) -> bool {
        !self.0.is_empty()
    }

    /// A text's count; where it is not known, an estimate, and the text is added to what is `missing`.
    fn look_up(&self, text: &str, missing: &mut Vec<String>) -> usize {
        if text.is_empty() {
            return 0;
        }
        if let Some(&count) = self.0.get(&Self::key(text)) {
            return usize::try_from(count).unwrap_or(usize::MAX);
        }
        missing.push(text.to_owned());
        rough(text)
    }

    fn key(text: &str) -> (u64, usize) {
        (BuildHasherDefault::<DefaultHasher>::new().hash_one(text), text.len())
    }
}

/// The prompt but for the words that are being written. All numbers are tokens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Tally {
    /// The template's own, the operator's instructions.
    pub(super) around: u64,
    /// What the model is told of its tools.
    pub(super) tools: u64,
    /// What was said before, the lead among it.
    pub(super) history: u64,
    /// Questions that the words being written are joined to.
    pub(super) lead: u64,
    /// What the template puts around the question.
    pub(super) question: u64,
    /// How much a provider may have seen before.
    pub(super) prefix: u64,
    /// Most tokens of the answer, where the request names some.
    pub(super) room: Option<u64>,
    pub(super) thinking: bool,
    pub(super) exactness: Exactness,
    /// The last answer is not whole, and more of it will be in the prompt.
    pub(super) is_open: bool,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            around: 0,
            tools: 0,
            history: 0,
            lead: 0,
            question: 0,
            prefix: 0,
            room: None,
            thinking: false,
            exactness: Exactness::Exact,
            is_open: false,
        }
    }
}

impl Base {
    /// What the words being written are joined to: questions that got no answer.
    pub(super) fn lead(&self) -> &str {
        let last = self.request.messages.last().and_then(|message| match message.parts.last() {
            Some(Part::Text { text }) => text.strip_suffix(MARK),
            _ => None,
        });
        last.unwrap_or_default()
    }

    /// Adds up the prompt, and leaves in `missing` the texts whose counts are not known: those are estimated.
    pub(super) fn tally(&self, terms: &Terms, counts: &Counts, missing: &mut Vec<String>) -> Tally {
        let next = ask(&self.request);
        // It is in the prompt again: then it is what ends with the mark.
        let joined = counts.look_up(self.lead(), missing);
        let is_joined = |text: &str| text.strip_suffix(MARK) == Some(self.lead());
        let counted = prompt::count_prompt(terms.template, &next, &mut |text| {
            if is_joined(text) { joined } else { counts.look_up(text, missing) }
        });
        let lead = joined as u64;
        let shares = counted.by_share;
        let exactness =
            if missing.is_empty() { Exactness::Exact } else { Exactness::Estimate(Why::NoVocabulary) };
        let prefix = self.sent.as_ref().map_or(0, |(request, answer)| {
            let before = prompt::sent(terms.template, &ask(request), Some(answer));
            let after = prompt::segments(terms.template, &next);
            prompt::common_prefix(&before, &after, &mut |text| {
                if is_joined(text) { joined } else { counts.look_up(text, missing) }
            })
        });
        Tally {
            around: shares.frame + shares.system + terms.preamble.unwrap_or(0),
            tools: shares.tools,
            history: shares.history + lead,
            lead,
            question: shares.question.saturating_sub(lead),
            prefix: prefix + if prefix > 0 { terms.preamble.unwrap_or(0) } else { 0 },
            room: self.request.max_tokens.map(u64::from),
            thinking: next.thinking,
            exactness: counted.exactness.and(exactness),
            is_open: self.is_open,
        }
    }
}

/// What of a request becomes its prompt.
fn ask(request: &ChatRequest) -> Ask<'_> {
    Ask {
        messages: &request.messages,
        thinking: request.thinking == Thinking::On,
        tools: &request.tools,
        tool_choice: &request.tool_choice,
        response_format: request.response_format,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chat::Role, ui::Settings};

    fn request(messages: Vec<Message>) -> ChatRequest {
        ChatRequest { messages, thinking: Thinking::On, ..ChatRequest::default() }
    }

    fn asked(before: &[Message], sent: Option<(ChatRequest, Message)>, question: &str) -> Base {
        let mut messages = before.to_vec();
        messages.push(Message::user(format!("{question}{MARK}")));
        Base { request: request(messages), sent, is_open: false }
    }

    fn terms() -> Terms {
        Terms::of(&Settings { endpoint: "demo:".into(), ..Settings::default() })
    }

    #[test]
    fn what_is_not_counted_is_estimated_and_asked_for() {
        let said = [Message::user("Why?"), Message::new(Role::Assistant, "Because.")];
        let base = asked(&said, None, "");
        let (mut counts, mut missing) = (Counts::default(), Vec::new());
        let guess = base.tally(&terms(), &counts, &mut missing);
        assert_eq!(guess.exactness, Exactness::Estimate(Why::NoVocabulary));
        assert_eq!(missing, ["Why?", "Because."]);
        counts.insert("Why?", 2);
        counts.insert("Because.", 3);
        missing.clear();
        let tally = base.tally(&terms(), &counts, &mut missing);
        assert_eq!((tally.exactness, missing.len()), (Exactness::Exact, 0));
        // One begins the prompt and two open the answer; one opens each question, two an answer, and one ends it.
        assert_eq!((tally.around, tally.history, tally.question), (3, 1 + 2 + 2 + 3 + 1, 1));
        assert_eq!(tally.room, None);
    }

    #[test]
    fn a_question_without_an_answer_is_history_that_the_next_is_joined_to() {
        let base = asked(&[], None, "Why?\n\n");
        assert_eq!(base.lead(), "Why?\n\n");
        let mut counts = Counts::default();
        counts.insert("Why?\n\n", 3);
        let tally = base.tally(&terms(), &counts, &mut Vec::new());
        assert_eq!((tally.lead, tally.history, tally.question), (3, 3, 1));
    }

    #[test]
    fn a_text_that_ends_as_the_mark_is_counted_as_it_is() {
        let said =
            [Message::user(format!("Why?{MARK}")), Message::new(Role::Assistant, format!("So.{MARK}"))];
        let base = Base {
            request: request([&said[..], &[Message::user(format!("So?{MARK}"))]].concat()),
            ..Base::default()
        };
        let mut missing = Vec::new();
        base.tally(&terms(), &Counts::default(), &mut missing);
        assert_eq!(missing, ["So?".to_owned(), format!("Why?{MARK}"), format!("So.{MARK}")]);
    }

    #[test]
    fn what_was_sent_before_may_be_cached() {
        let question = Message::user("Why?");
        let answer = Message::new(Role::Assistant, "Because.");
        let sent = Some((request(vec![question.clone()]), answer.clone()));
        let base = asked(&[question, answer], sent, "");
        let mut counts = Counts::default();
        counts.insert("Why?", 500);
        counts.insert("Because.", 3);
        let tally = base.tally(&terms(), &counts, &mut Vec::new());
        assert!((500..520).contains(&tally.prefix), "{}", tally.prefix);
    }
}
