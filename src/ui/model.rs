//! The conversation as the views read it: a keyed list of turns, each with signals of its own.
//!
//! In: session events and the transcript. Out: signals. While an answer streams, only that answer's text changes, so
//! only what shows that text runs. Never: the DOM, a clock (the time is handed in), an intent.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use leptos::prelude::*;

use crate::{
    chat::{Entry, MessageId, Millis, Role, State, StopReason, Transcript, Usage},
    session::{CONTINUE, Event, Fault},
};

/// What a page shows of one conversation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Model {
    /// The branch being read, first turn first.
    pub(crate) turns: RwSignal<Vec<Turn>>,
    /// What is under way.
    pub(crate) stage: RwSignal<Stage>,
    /// What a screen reader is told, politely.
    pub(crate) news: RwSignal<&'static str>,
    /// The answer that events are about.
    open: StoredValue<Option<Answer>>,
}

/// What is under way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    /// Nothing.
    Idle,
    /// A request was sent.
    Asking,
    /// The provider holds it in its queue.
    Queued,
    /// It failed before anything was shown and is asked again at that moment.
    Waiting { until: Millis, code: &'static str },
    /// The model thinks.
    Thinking,
    /// The model answers.
    Answering,
}

/// One turn of the branch.
#[derive(Clone, Debug)]
pub(crate) enum Turn {
    Question(Question),
    Answer(Answer),
}

/// What names a turn's nodes: ids begin again with each conversation, so the turn's own birth is part of it.
pub(crate) type Key = (u32, MessageId);

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) key: Key,
    pub(crate) text: Arc<str>,
    pub(crate) place: ArcRwSignal<Place>,
}

/// What was answered, growing while [`end`](Self::end) is `None`.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) key: Key,
    pub(crate) reasoning: ArcRwSignal<String>,
    pub(crate) thinking: ArcRwSignal<Thinking>,
    pub(crate) text: ArcRwSignal<String>,
    pub(crate) end: ArcRwSignal<Option<End>>,
    pub(crate) figures: ArcRwSignal<Figures>,
    pub(crate) place: ArcRwSignal<Place>,
}

/// What an answer took.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Figures {
    /// Tokens, if the provider said how many.
    pub(crate) usage: Option<Usage>,
    /// From the question to the first sign of the answer.
    pub(crate) first: Option<Millis>,
    /// From the question to the end.
    pub(crate) whole: Option<Millis>,
}

/// How far the thinking of an answer is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Thinking {
    /// There is none.
    None,
    /// It runs, since that moment.
    Running(Millis),
    /// It is over and took so long; unknown after a reload of a conversation that did not say.
    Over(Option<Millis>),
    /// It was stopped, or broke off, after so long.
    Cut(Option<Millis>),
}

/// How an answer ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// As the provider said.
    Done(StopReason),
    /// By the fault of that code; asking again makes sense from `from` on.
    Failed { code: String, from: Option<Millis> },
}

/// Which of its siblings a message is: edits of a question, answers to the same.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Place {
    /// All of them, oldest first.
    pub(crate) siblings: Vec<MessageId>,
    /// Which of them it is, from 0.
    pub(crate) at: usize,
}

impl Model {
    /// An empty conversation.
    pub(crate) fn new() -> Self {
        Self {
            turns: RwSignal::new(Vec::new()),
            stage: RwSignal::new(Stage::Idle),
            news: RwSignal::new(""),
            open: StoredValue::new(None),
        }
    }

    /// Takes in what happened.
    pub(crate) fn apply(self, now: Millis, event: &Event, transcript: &Transcript) {
        if let Event::Started { answer, .. } = event {
            return self.start(*answer, transcript);
        }
        let Some(answer) = self.open.get_value() else { return };
        match event {
            Event::Queued => self.stage.set(Stage::Queued),
            Event::Waiting { until, fault } => {
                self.stage.set(Stage::Waiting { until: *until, code: fault.code() });
            }
            Event::Reasoning(more) => {
                if !matches!(answer.thinking.get_untracked(), Thinking::Running(_)) {
                    answer.thinking.set(Thinking::Running(now));
                }
                answer.reasoning.update(|reasoning| reasoning.push_str(more));
                self.enter(Stage::Thinking, "Thinking");
            }
            Event::Thought(took) => answer.thinking.set(Thinking::Over(Some(*took))),
            Event::Text(more) => {
                if let Thinking::Running(since) = answer.thinking.get_untracked() {
                    answer.thinking.set(Thinking::Over(Some(now.since(since))));
                }
                answer.text.update(|text| text.push_str(more));
                self.enter(Stage::Answering, "Answering");
            }
            Event::Done(reason) => {
                let news = if *reason == StopReason::Stopped { "Stopped" } else { "Answer ready" };
                self.finish(&answer, transcript, now, End::Done(reason.clone()), news);
            }
            Event::Failed(fault) => self.finish(&answer, transcript, now, End::of(fault, now), ""),
            _ => {}
        }
    }

    /// Shows the branch that the transcript reads.
    ///
    /// Turns that are shown already keep their signals, and with them their nodes.
    pub(crate) fn read(self, transcript: &Transcript) {
        let known: HashMap<_, _> =
            self.turns.get_untracked().into_iter().map(|turn| (turn.key().1, turn)).collect();
        let places = places(transcript);
        let turns = transcript.path().filter_map(|(id, entry)| {
            let place = places.get(&id).cloned().unwrap_or_default();
            match known.get(&id) {
                Some(turn) => {
                    turn.place().set(place);
                    Some(turn.clone())
                }
                None => Turn::new(id, entry, place),
            }
        });
        self.turns.set(turns.collect());
    }

    /// Forgets the conversation.
    pub(crate) fn clear(self) {
        self.turns.set(Vec::new());
        self.stage.set(Stage::Idle);
        self.open.set_value(None);
    }

    fn start(self, id: MessageId, transcript: &Transcript) {
        self.read(transcript);
        let open = self.turns.with_untracked(|turns| {
            turns.iter().rev().find_map(|turn| match turn {
                Turn::Answer(answer) if answer.key.1 == id => Some(answer.clone()),
                _ => None,
            })
        });
        if let Some(answer) = &open {
            answer.end.set(None);
        }
        self.open.set_value(open);
        self.stage.set(Stage::Asking);
    }

    /// Tells the news once, at the border of two stages.
    fn enter(self, stage: Stage, news: &'static str) {
        if self.stage.with_untracked(|old| *old != stage) {
            self.stage.set(stage);
            self.news.set(news);
        }
    }

    fn finish(self, answer: &Answer, transcript: &Transcript, now: Millis, end: End, news: &'static str) {
        // Thoughts that no answer followed were cut, also where the session has said how long they took.
        match answer.thinking.get_untracked() {
            Thinking::Running(since) => answer.thinking.set(Thinking::Cut(Some(now.since(since)))),
            Thinking::Over(took) if answer.text.with_untracked(String::is_empty) => {
                answer.thinking.set(Thinking::Cut(took));
            }
            _ => {}
        }
        if let Some(entry) = transcript.get(answer.key.1) {
            answer.figures.set(Figures::of(entry));
        }
        answer.end.set(Some(end));
        self.open.set_value(None);
        self.stage.set(Stage::Idle);
        self.news.set(news);
    }
}

impl Stage {
    /// An answer is under way, so that Stop means something.
    pub(crate) fn is_running(&self) -> bool {
        *self != Self::Idle
    }
}

impl Turn {
    /// A turn for a message; `None` for what only the model reads, such as the request to continue.
    fn new(id: MessageId, entry: &Entry, place: Place) -> Option<Self> {
        static BIRTHS: AtomicU32 = AtomicU32::new(0);
        let key = (BIRTHS.fetch_add(1, Ordering::Relaxed), id);
        let place = ArcRwSignal::new(place);
        match entry.message.role {
            Role::User => {
                let text = entry.message.text();
                (text != CONTINUE).then(|| Self::Question(Question { key, text: text.into(), place }))
            }
            Role::Assistant => Some(Self::Answer(Answer {
                key,
                reasoning: ArcRwSignal::new(entry.message.reasoning()),
                thinking: ArcRwSignal::new(Thinking::of(entry)),
                text: ArcRwSignal::new(entry.message.text()),
                end: ArcRwSignal::new(End::of_saved(&entry.state)),
                figures: ArcRwSignal::new(Figures::of(entry)),
                place,
            })),
            _ => None,
        }
    }

    pub(crate) const fn key(&self) -> Key {
        match self {
            Self::Question(question) => question.key,
            Self::Answer(answer) => answer.key,
        }
    }

    const fn place(&self) -> &ArcRwSignal<Place> {
        match self {
            Self::Question(question) => &question.place,
            Self::Answer(answer) => &answer.place,
        }
    }
}

impl Figures {
    const fn of(entry: &Entry) -> Self {
        Self { usage: entry.usage, first: entry.first_token, whole: entry.elapsed }
    }
}

impl Thinking {
    fn of(entry: &Entry) -> Self {
        if entry.message.reasoning().is_empty() {
            Self::None
        } else if entry.message.text().is_empty() {
            Self::Cut(entry.thought)
        } else {
            Self::Over(entry.thought)
        }
    }
}

impl End {
    fn of(fault: &Fault, now: Millis) -> Self {
        let from = fault.retry_after().map(|wait| now.plus(wait));
        Self::Failed { code: fault.code().to_owned(), from }
    }

    fn of_saved(state: &State) -> Option<Self> {
        match state {
            State::Open => None,
            State::Done(reason) => Some(Self::Done(reason.clone())),
            State::Failed(code) => Some(Self::Failed { code: code.clone(), from: None }),
        }
    }
}

/// The place of every message, in one pass over all of them.
fn places(transcript: &Transcript) -> HashMap<MessageId, Place> {
    let mut families: HashMap<Option<MessageId>, Vec<MessageId>> = HashMap::new();
    for (id, entry) in (0..).map(MessageId).map_while(|id| Some((id, transcript.get(id)?))) {
        families.entry(entry.parent).or_default().push(id);
    }
    let place = |(id, entry): (MessageId, &Entry)| {
        let siblings = families.get(&entry.parent).cloned().unwrap_or_default();
        let at = siblings.iter().position(|&sibling| sibling == id).unwrap_or(0);
        (id, Place { siblings, at })
    };
    transcript.path().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chat::Message,
        session::{Lost, Wait},
    };

    /// A model under an owner, and the transcript that a session would keep beside it.
    struct Pair {
        _owner: Owner,
        model: Model,
        transcript: Transcript,
    }

    impl Pair {
        fn new() -> Self {
            let owner = Owner::new();
            owner.set();
            Self { model: Model::new(), _owner: owner, transcript: Transcript::default() }
        }

        fn tell(&self, at: u64, event: &Event) {
            self.model.apply(Millis(at), event, &self.transcript);
        }

        fn ask(&mut self, parent: Option<MessageId>, text: &str) -> (MessageId, MessageId) {
            let done = State::Done(StopReason::Stop);
            let question = self.transcript.add(parent, Message::user(text), done).unwrap();
            (question, self.answer(question, Some(question)))
        }

        fn answer(&mut self, to: MessageId, question: Option<MessageId>) -> MessageId {
            let message = Message { role: Role::Assistant, parts: Vec::new() };
            let answer = self.transcript.add(Some(to), message, State::Open).unwrap();
            self.tell(0, &Event::Started { question, answer });
            answer
        }

        fn last(&self) -> Answer {
            match self.model.turns.get_untracked().last().cloned() {
                Some(Turn::Answer(answer)) => answer,
                other => panic!("{other:?}"),
            }
        }

        fn keys(&self) -> Vec<Key> {
            self.model.turns.get_untracked().iter().map(Turn::key).collect()
        }
    }

    #[test]
    fn a_question_is_thought_about_and_answered() {
        let mut pair = Pair::new();
        pair.ask(None, "Why?");
        assert_eq!(pair.model.stage.get_untracked(), Stage::Asking);
        pair.tell(10, &Event::Queued);
        assert_eq!(pair.model.stage.get_untracked(), Stage::Queued);
        pair.tell(1_000, &Event::Reasoning("Be".into()));
        pair.tell(2_000, &Event::Reasoning("cause".into()));
        let answer = pair.last();
        assert_eq!(answer.thinking.get_untracked(), Thinking::Running(Millis(1_000)));
        assert_eq!(pair.model.news.get_untracked(), "Thinking");
        pair.tell(8_000, &Event::Thought(Millis(7_000)));
        pair.tell(8_000, &Event::Text("So".into()));
        assert_eq!(answer.thinking.get_untracked(), Thinking::Over(Some(Millis(7_000))));
        assert_eq!(pair.model.news.get_untracked(), "Answering");
        pair.tell(9_000, &Event::Text(".".into()));
        pair.tell(9_000, &Event::Done(StopReason::Stop));
        assert_eq!(answer.reasoning.get_untracked(), "Because");
        assert_eq!(answer.text.get_untracked(), "So.");
        assert_eq!(answer.end.get_untracked(), Some(End::Done(StopReason::Stop)));
        assert_eq!(pair.model.news.get_untracked(), "Answer ready");
        assert_eq!(pair.model.stage.get_untracked(), Stage::Idle);
    }

    #[test]
    fn what_comes_after_the_end_is_not_shown() {
        let mut pair = Pair::new();
        pair.ask(None, "Why?");
        pair.tell(1, &Event::Text("half".into()));
        pair.tell(2, &Event::Done(StopReason::Stopped));
        pair.tell(3, &Event::Text(" and the rest".into()));
        assert_eq!(pair.last().text.get_untracked(), "half");
        assert_eq!(pair.model.news.get_untracked(), "Stopped");
        assert!(!pair.model.stage.get_untracked().is_running());
    }

    #[test]
    fn thinking_that_breaks_off_says_how_long_it_was() {
        let mut pair = Pair::new();
        pair.ask(None, "Why?");
        pair.tell(1_000, &Event::Reasoning("hm".into()));
        pair.tell(4_000, &Event::Thought(Millis(3_000)));
        pair.tell(4_000, &Event::Failed(Fault::Silent(Wait::Idle)));
        assert_eq!(pair.last().thinking.get_untracked(), Thinking::Cut(Some(Millis(3_000))));
        let failed = End::Failed { code: "timeout".into(), from: None };
        assert_eq!(pair.last().end.get_untracked(), Some(failed));
    }

    #[test]
    fn a_retry_is_a_branch_beside_and_the_question_keeps_its_nodes() {
        let mut pair = Pair::new();
        let (question, first) = pair.ask(None, "Why?");
        pair.tell(1, &Event::Failed(Fault::Lost(Lost::Network)));
        let before = pair.keys();
        let second = pair.answer(question, None);
        let after = pair.keys();
        assert_eq!(before[0], after[0]);
        assert_ne!(before[1], after[1]);
        let place = Place { siblings: vec![first, second], at: 1 };
        assert_eq!(pair.last().place.get_untracked(), place);
        pair.transcript.select(first).unwrap();
        pair.model.read(&pair.transcript);
        assert_eq!(pair.last().place.get_untracked().at, 0);
    }

    #[test]
    fn a_new_conversation_shares_no_key_with_the_old() {
        let mut pair = Pair::new();
        pair.ask(None, "Why?");
        let old = pair.keys();
        pair.model.clear();
        pair.transcript = Transcript::default();
        pair.ask(None, "Why?");
        assert!(pair.keys().iter().all(|key| !old.contains(key)));
    }

    #[test]
    fn a_restored_conversation_shows_what_it_showed() {
        let mut pair = Pair::new();
        let (_, answer) = pair.ask(None, "Why?");
        let entry = pair.transcript.get_mut(answer).unwrap();
        entry.message = Message::new(Role::Assistant, "Half");
        entry.state = State::Failed("interrupted".into());
        pair.model.clear();
        pair.model.read(&pair.transcript);
        assert_eq!(pair.last().text.get_untracked(), "Half");
        assert_eq!(pair.last().thinking.get_untracked(), Thinking::None);
        let failed = End::Failed { code: "interrupted".into(), from: None };
        assert_eq!(pair.last().end.get_untracked(), Some(failed));
    }
}
