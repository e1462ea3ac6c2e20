//! Laws of the session: a cut never shows, a stop leaves rest, what was shown is kept, a request keeps its prefix.
//!
//! In: scripts of operations and of replies, written here by hand in both dialects. Out: a verdict. The bytes are
//! never our own encoder's.

use proptest::{collection::vec, prelude::*, sample::Index, test_runner::TestCaseError};

use super::{Law, Report, Trial};
use crate::{
    chat::{Message, Millis, Role, State, Tool},
    session::{Config, Draft, Event, Input, Lost, Offer, Output, Phase, Session, TurnId},
    wire::{Dialect, Endpoint, Request},
};

pub(super) const LAWS: &[Law] = &[
    Law { name: "session: a cut never shows", check: a_cut_never_shows },
    Law { name: "session: a stop leaves rest and nothing is lost", check: a_stop_leaves_rest },
    Law {
        name: "session: a request keeps the one before it as its prefix",
        check: a_request_keeps_its_prefix,
    },
];

fn a_cut_never_shows(trial: Trial) -> Report {
    let script = (dialect(), vec(record(), 0..24), any::<bool>(), vec(any::<Index>(), 0..12));
    trial.of(&script, |(dialect, records, ends, cuts)| {
        let bytes: Vec<u8> = records.iter().flat_map(|record| record.bytes(dialect)).collect();
        let story = |cuts: &[usize]| {
            let mut stage = Stage::new(dialect);
            stage.send("hi");
            stage.head(200);
            let mut from = 0;
            for to in cuts.iter().copied().chain([bytes.len()]) {
                stage.body(bytes.get(from..to).unwrap_or_default());
                from = to;
            }
            if ends {
                stage.end();
            }
            (merged(stage.events), stage.session.save(), stage.session.phase())
        };
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.sort_unstable();
        prop_assert_eq!(story(&cuts), story(&[]));
        Ok(())
    })
}

fn a_stop_leaves_rest(trial: Trial) -> Report {
    trial.of(&(dialect(), vec(act(), 0..40)), |(dialect, acts)| {
        let mut stage = Stage::new(dialect);
        for act in acts {
            stage.act(&act);
            stage.holds()?;
        }
        stage.session.stop(stage.now);
        stage.drain();
        stage.holds()?;
        prop_assert_eq!(stage.session.phase(), Phase::Idle);
        prop_assert_eq!(stage.session.deadline(), None);
        prop_assert!(stage.session.transcript().path().all(|(_, entry)| entry.state != State::Open));
        Ok(())
    })
}

fn a_request_keeps_its_prefix(trial: Trial) -> Report {
    let turns = vec(("[a-z\"\\\\\n\u{e9}\u{1f40b} ]{1,12}", outcome()), 1..6);
    trial.of(&(dialect(), turns), |(dialect, turns)| {
        let mut stage = Stage::new(dialect);
        let mut before: Option<(String, bool)> = None;
        for (question, outcome) in turns {
            stage.send(&format!("q{question}"));
            for request in std::mem::take(&mut stage.requests) {
                let messages = messages(&request.1)?;
                if let Some((old, answered)) = &before {
                    // An unanswered question is merged with the next: the prefix then reaches into its text.
                    let end = if *answered { "]" } else { "\"}]" };
                    let end = if !*answered && !old.ends_with(end) { "\"}]}]" } else { end };
                    let prefix = old.strip_suffix(end).unwrap_or(old);
                    prop_assert!(messages.starts_with(prefix), "{messages}\ndoes not begin with\n{prefix}");
                }
                before = Some((messages, true));
                stage.play(&outcome);
                if let Some((_, answered)) = &mut before {
                    *answered = outcome.answers();
                }
            }
            stage.session.stop(stage.now);
            stage.drain();
        }
        Ok(())
    })
}

/// The `messages` of a request's body, as they are written there.
fn messages(request: &Request) -> Result<String, TestCaseError> {
    #[derive(serde::Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        messages: &'a serde_json::value::RawValue,
    }
    let body: Body<'_> =
        serde_json::from_str(&request.body).map_err(|error| TestCaseError::fail(error.to_string()))?;
    Ok(body.messages.get().to_owned())
}

/// Adjacent deltas of the same kind become one: only the cut between them is of the network's making.
fn merged(events: Vec<Event>) -> Vec<Event> {
    let mut out: Vec<Event> = Vec::new();
    for event in events {
        match (out.last_mut(), event) {
            (Some(Event::Text(text)), Event::Text(more))
            | (Some(Event::Reasoning(text)), Event::Reasoning(more)) => {
                text.push_str(&more);
            }
            (
                Some(Event::ToolCallDelta { index, delta, .. }),
                Event::ToolCallDelta { index: same, delta: more, .. },
            ) if *index == same => delta.push_str(&more),
            (_, event) => out.push(event),
        }
    }
    out
}

/// One record of a reply.
#[derive(Clone, Debug)]
enum Record {
    Comment,
    Text(String),
    Thought(String),
    Call(u8, String),
    Usage(u16),
    Finish(&'static str),
    Done,
    Error(u16),
    Noise(Vec<u8>),
}

fn record() -> impl Strategy<Value = Record> {
    prop_oneof![
        1 => Just(Record::Comment),
        6 => "[a-z\"\\\\\n\u{e9}\u{4e2d}\u{1f40b}<> ]{0,9}".prop_map(Record::Text),
        3 => "[a-z\n\u{4e2d} ]{0,9}".prop_map(Record::Thought),
        2 => (0_u8..3, "[a-z{}\":1]{0,6}").prop_map(|(index, text)| Record::Call(index, text)),
        1 => any::<u16>().prop_map(Record::Usage),
        1 => prop_oneof![Just("stop"), Just("length"), Just("tool_calls")].prop_map(Record::Finish),
        1 => Just(Record::Done),
        1 => (400_u16..530).prop_map(Record::Error),
        1 => vec(any::<u8>(), 0..20).prop_map(Record::Noise),
    ]
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Record {
    fn bytes(&self, dialect: Dialect) -> Vec<u8> {
        let completions = matches!(dialect, Dialect::Completions);
        let delta = |inner: String| format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{inner}}}]}}\n\n");
        let block = |index: u8, kind: &str, inner: String| {
            format!(
                "event: content_block_start\ndata: {{\"type\":\"content_block_start\",\"index\":{index},\
                 \"content_block\":{kind}}}\n\nevent: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\
                 \"index\":{index},\"delta\":{inner}}}\n\n"
            )
        };
        let text = match self {
            Self::Noise(bytes) => return [bytes.as_slice(), b"\n\n"].concat(),
            Self::Comment => ": keep-alive\n\n".to_owned(),
            Self::Text(text) if completions => delta(format!("{{\"content\":{}}}", quoted(text))),
            Self::Text(text) => block(
                0,
                "{\"type\":\"text\",\"text\":\"\"}",
                format!("{{\"type\":\"text_delta\",\"text\":{}}}", quoted(text)),
            ),
            Self::Thought(text) if completions => {
                delta(format!("{{\"reasoning_content\":{}}}", quoted(text)))
            }
            Self::Thought(text) => block(
                1,
                "{\"type\":\"thinking\",\"thinking\":\"\"}",
                format!("{{\"type\":\"thinking_delta\",\"thinking\":{}}}", quoted(text)),
            ),
            Self::Call(index, text) if completions => delta(format!(
                "{{\"tool_calls\":[{{\"index\":{index},\"id\":\"call_{index}\",\"function\":{{\"name\":\"time\",\
                 \"arguments\":{}}}}}]}}",
                quoted(text)
            )),
            Self::Call(index, text) => block(
                index + 2,
                &format!(
                    "{{\"type\":\"tool_use\",\"id\":\"call_{index}\",\"name\":\"time\",\"input\":{{}}}}"
                ),
                format!("{{\"type\":\"input_json_delta\",\"partial_json\":{}}}", quoted(text)),
            ),
            Self::Usage(n) if completions => {
                format!(
                    "data: {{\"choices\":[],\"usage\":{{\"prompt_tokens\":{n},\"completion_tokens\":{n}}}}}\n\n"
                )
            }
            Self::Usage(n) => format!(
                "event: message_delta\ndata: {{\"type\":\"message_delta\",\"delta\":{{}},\"usage\":{{\"output_tokens\":{n}}}}}\n\n"
            ),
            Self::Finish(word) if completions => {
                format!("data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"{word}\"}}]}}\n\n")
            }
            Self::Finish(word) => {
                let word = match *word {
                    "stop" => "end_turn",
                    "length" => "max_tokens",
                    _ => "tool_use",
                };
                format!(
                    "event: message_delta\ndata: {{\"type\":\"message_delta\",\"delta\":{{\"stop_reason\":\"{word}\"}}}}\n\n"
                )
            }
            Self::Done if completions => "data: [DONE]\n\n".to_owned(),
            Self::Done => "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n".to_owned(),
            Self::Error(code) if completions => {
                format!("data: {{\"error\":{{\"message\":\"no\",\"code\":{code}}}}}\n\n")
            }
            Self::Error(_) => {
                "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\
                               \"message\":\"no\"}}\n\n"
                    .to_owned()
            }
        };
        text.into_bytes()
    }
}

fn dialect() -> impl Strategy<Value = Dialect> {
    prop_oneof![Just(Dialect::Messages), Just(Dialect::Completions)]
}

/// How a turn ends.
#[derive(Clone, Debug)]
enum Outcome {
    Answered(String),
    Thought(String),
    Cut(String),
    Called,
    Refused,
    Stopped,
}

impl Outcome {
    /// Whether anything of the answer goes into the next request.
    fn answers(&self) -> bool {
        match self {
            Self::Answered(_) | Self::Thought(_) | Self::Cut(_) | Self::Called => true,
            Self::Refused | Self::Stopped => false,
        }
    }
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let word = || "[a-z\n\"\u{e9}]{1,9}";
    prop_oneof![
        word().prop_map(Outcome::Answered),
        word().prop_map(Outcome::Thought),
        word().prop_map(Outcome::Cut),
        Just(Outcome::Called),
        Just(Outcome::Refused),
        Just(Outcome::Stopped),
    ]
}

/// Anything that a caller or the world can do.
#[derive(Clone, Debug)]
enum Act {
    Send(Option<Index>),
    Retry,
    Resume,
    Stop,
    Select(Index),
    Head(u16, Option<u64>),
    Record(Record),
    Bytes(Vec<u8>),
    End,
    Lost(bool),
    /// The clock moves on, and the timer may fire.
    Wait(u64),
    Tool(Index, bool),
    /// A fact about a turn that is long over, or never was.
    Stray(u32),
}

fn act() -> impl Strategy<Value = Act> {
    let status = prop_oneof![6 => Just(200_u16), 1 => Just(429_u16), 1 => Just(503_u16), 1 => any::<u16>()];
    prop_oneof![
        5 => prop::option::weighted(0.2, any::<Index>()).prop_map(Act::Send),
        1 => Just(Act::Retry),
        1 => Just(Act::Resume),
        1 => Just(Act::Stop),
        1 => any::<Index>().prop_map(Act::Select),
        5 => (status, prop::option::of(0_u64..100_000)).prop_map(|(status, after)| Act::Head(status, after)),
        12 => record().prop_map(Act::Record),
        1 => vec(any::<u8>(), 0..40).prop_map(Act::Bytes),
        2 => Just(Act::End),
        1 => any::<bool>().prop_map(Act::Lost),
        3 => (0_u64..2_000_000).prop_map(Act::Wait),
        3 => (any::<Index>(), any::<bool>()).prop_map(|(which, ok)| Act::Tool(which, ok)),
        1 => any::<u32>().prop_map(Act::Stray),
    ]
}

/// A session on a stage: its clock, and what came out of it.
struct Stage {
    session: Session,
    dialect: Dialect,
    now: Millis,
    events: Vec<Event>,
    requests: Vec<(TurnId, Request)>,
    calls: Vec<(TurnId, String)>,
    turn: TurnId,
    /// A fact about another turn told something.
    strayed: bool,
}

impl Stage {
    fn new(dialect: Dialect) -> Self {
        let path = if dialect == Dialect::Messages { "messages" } else { "chat/completions" };
        let endpoint = Endpoint { url: format!("https://model.example/v1/{path}"), dialect, key: None };
        let mut config = Config::new(endpoint, "deepseek-v3.2-exp");
        let tool = Tool {
            name: "time".to_owned(),
            description: None,
            parameters: r#"{"type":"object"}"#.to_owned(),
        };
        config.tools = vec![Offer { tool, runs: true }];
        config.system = Some("Be brief.".to_owned());
        config.tool_rounds = 3;
        Self {
            session: Session::new(config),
            dialect,
            now: Millis(1),
            events: Vec::new(),
            requests: Vec::new(),
            calls: Vec::new(),
            turn: TurnId(0),
            strayed: false,
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Fetch { turn, request } => {
                    self.turn = turn;
                    self.requests.push((turn, request));
                }
                Output::CallTool { turn, call } => self.calls.push((turn, call.id)),
                Output::Event(event) => self.events.push(event),
                _ => {}
            }
        }
    }

    fn handle(&mut self, input: Input<'_>) {
        self.session.handle(self.now, input);
        self.drain();
    }

    fn send(&mut self, text: &str) {
        // A refusal is part of the play: the laws hold all the same.
        let _ = self.session.send(self.now, text);
        self.drain();
    }

    fn head(&mut self, status: u16) {
        self.handle(Input::Head { turn: self.turn, status, retry_after: None });
    }

    fn body(&mut self, bytes: &[u8]) {
        self.handle(Input::Body { turn: self.turn, bytes });
    }

    fn end(&mut self) {
        self.handle(Input::End { turn: self.turn });
    }

    fn records(&mut self, records: &[Record]) {
        self.head(200);
        for record in records {
            self.body(&record.bytes(self.dialect));
        }
    }

    fn play(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Answered(text) => {
                self.records(&[Record::Text(text.clone()), Record::Finish("stop"), Record::Done]);
            }
            Outcome::Thought(text) => {
                let thought = Record::Thought("hm".to_owned());
                self.records(&[thought, Record::Text(text.clone()), Record::Finish("stop"), Record::Done]);
            }
            Outcome::Cut(text) => {
                self.records(&[Record::Text(text.clone())]);
                self.end();
            }
            Outcome::Called => {
                let call = Record::Call(0, "{}".to_owned());
                self.records(&[call, Record::Finish("tool_calls"), Record::Done]);
                for (turn, id) in std::mem::take(&mut self.calls) {
                    self.handle(Input::ToolResult { turn, id: &id, result: Ok("noon") });
                }
                self.records(&[Record::Text("done".to_owned()), Record::Finish("stop"), Record::Done]);
            }
            Outcome::Refused => {
                self.head(401);
                self.end();
            }
            Outcome::Stopped => {
                self.session.stop(self.now);
                self.drain();
            }
        }
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Send(edit) => {
                let questions: Vec<_> = self
                    .session
                    .transcript()
                    .path()
                    .filter(|(_, entry)| entry.message.role == Role::User)
                    .map(|(id, _)| id)
                    .collect();
                let mut draft = Draft::from("q");
                draft.edits = edit.filter(|_| !questions.is_empty()).map(|edit| *edit.get(&questions));
                let _ = self.session.send(self.now, draft);
            }
            Act::Retry => _ = self.session.retry(self.now),
            Act::Resume => _ = self.session.resume(self.now),
            Act::Stop => self.session.stop(self.now),
            Act::Select(which) => {
                let ids: Vec<_> = self.session.transcript().path().map(|(id, _)| id).collect();
                if !ids.is_empty() {
                    let _ = self.session.select(*which.get(&ids));
                }
            }
            Act::Head(status, after) => {
                let retry_after = after.map(Millis);
                self.handle(Input::Head { turn: self.turn, status: *status, retry_after });
            }
            Act::Record(record) => self.body(&record.bytes(self.dialect)),
            Act::Bytes(bytes) => self.body(bytes),
            Act::End => self.end(),
            Act::Lost(reset) => {
                let why = if *reset { Lost::Reset } else { Lost::Network };
                self.handle(Input::Lost { turn: self.turn, why });
            }
            Act::Wait(span) => {
                self.now = self.now.plus(Millis(*span));
                self.handle(Input::Timeout);
            }
            Act::Tool(which, ok) => {
                if !self.calls.is_empty() {
                    let at = which.index(self.calls.len());
                    let (turn, id) = self.calls.swap_remove(at);
                    let result = if *ok { Ok("noon") } else { Err("no clock") };
                    self.handle(Input::ToolResult { turn, id: &id, result });
                }
            }
            Act::Stray(turn) => {
                let turn = TurnId(self.turn.0.wrapping_add(1 + turn % 1_000));
                let told = self.events.len();
                self.handle(Input::Body { turn, bytes: b"data: [DONE]\n\n" });
                self.handle(Input::End { turn });
                self.strayed |= self.events.len() > told;
            }
        }
        self.drain();
    }

    /// What must hold after every act.
    fn holds(&self) -> Result<(), TestCaseError> {
        prop_assert!(!self.strayed, "a fact about another turn was taken for this one's");
        let phase = self.session.phase();
        let waits = !matches!(phase, Phase::Idle | Phase::Calling);
        prop_assert_eq!(self.session.deadline().is_some(), waits, "{:?}", phase);

        let started = self.events.iter().rposition(|event| matches!(event, Event::Started { .. }));
        let story = self.events.get(started.unwrap_or(0)..).unwrap_or_default();
        let ends = story.iter().filter(|event| matches!(event, Event::Done(_) | Event::Failed(_))).count();
        let resting = usize::from(phase == Phase::Idle && started.is_some());
        // Stopping while tools run ends an answer that had already called itself done.
        prop_assert!(
            ends == resting || phase == Phase::Calling || (resting == 1 && ends == 2),
            "{:?}",
            story
        );

        let (mut text, mut thoughts) = (String::new(), String::new());
        for event in story {
            match event {
                Event::Text(delta) => text.push_str(delta),
                Event::Reasoning(delta) => thoughts.push_str(delta),
                _ => {}
            }
        }
        if let Some(Event::Started { answer, .. }) = story.first() {
            let said = |message: &Message| (message.text(), message.reasoning());
            let entry = self.session.transcript().get(*answer).map(|entry| said(&entry.message));
            prop_assert_eq!(entry, Some((text, thoughts)), "what was shown is what is kept");
            let back = Session::restore(self.session.config().clone(), &self.session.save());
            let back = back.map_err(|misuse| TestCaseError::fail(misuse.to_string()))?;
            let path = |session: &Session| {
                session.transcript().path().map(|(_, e)| said(&e.message)).collect::<Vec<_>>()
            };
            prop_assert_eq!(path(&back), path(&self.session), "and what comes back after a reload");
        }
        Ok(())
    }
}
