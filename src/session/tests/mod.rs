//! A session with a hand-turned clock and bytes written by hand: the fault matrix, the tool loop, the intents.

mod intents;
mod matrix;
mod preview;
mod tool_loop;

use super::*;
use crate::{
    chat::{Part, Tool},
    wire::{Dialect, Endpoint, Request, Secret},
};

/// A session, its clock, and everything that came out of it.
struct World {
    session: Session,
    now: Millis,
    events: Vec<Event>,
    requests: Vec<(TurnId, Request)>,
    cancelled: Vec<TurnId>,
    called: Vec<(TurnId, crate::chat::ToolCall)>,
}

impl World {
    fn new() -> Self {
        Self::of(config())
    }

    fn of(config: Config) -> Self {
        Self {
            session: Session::new(config),
            now: Millis(1_000),
            events: vec![],
            requests: vec![],
            cancelled: vec![],
            called: vec![],
        }
    }

    /// A world whose question was just sent.
    fn asked() -> Self {
        let mut world = Self::new();
        world.session.send(world.now, "hi").unwrap();
        world.drain();
        world
    }

    /// A world whose reply has begun.
    fn begun() -> Self {
        let mut world = Self::asked();
        world.head(200);
        world
    }

    fn drain(&mut self) {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Fetch { turn, request } => self.requests.push((turn, request)),
                Output::Cancel { turn } => self.cancelled.push(turn),
                Output::CallTool { turn, call } => self.called.push((turn, call)),
                Output::Event(event) => self.events.push(event),
            }
        }
    }

    fn turn(&self) -> TurnId {
        self.requests.last().unwrap().0
    }

    fn handle(&mut self, input: Input<'_>) {
        self.session.handle(self.now, input);
        self.drain();
    }

    fn head(&mut self, status: u16) {
        self.handle(Input::Head { turn: self.turn(), status, retry_after: None });
    }

    fn refuse(&mut self, status: u16, retry_after: Option<u64>, body: &str) {
        let turn = self.turn();
        self.handle(Input::Head { turn, status, retry_after: retry_after.map(Millis) });
        self.body(body);
        self.end();
    }

    fn body(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.handle(Input::Body { turn: self.turn(), bytes });
    }

    fn end(&mut self) {
        self.handle(Input::End { turn: self.turn() });
    }

    fn lost(&mut self, why: Lost) {
        self.handle(Input::Lost { turn: self.turn(), why });
    }

    /// Turns the clock to the session's deadline and tells it.
    fn wait(&mut self) {
        self.now = self.session.deadline().expect("something is waited for");
        self.handle(Input::Timeout);
    }

    fn text(&self) -> String {
        let last = self.session.transcript().last().and_then(|id| self.session.transcript().get(id));
        last.map(|entry| entry.message.text()).unwrap_or_default()
    }

    fn state(&self) -> State {
        let last = self.session.transcript().last().and_then(|id| self.session.transcript().get(id));
        last.unwrap().state.clone()
    }

    /// The fault that ended the answer, which must be the last event and the only end.
    fn fault(&self) -> &Fault {
        assert_eq!(self.session.phase(), Phase::Idle);
        let ends =
            self.events.iter().filter(|event| matches!(event, Event::Done(_) | Event::Failed(_))).count();
        assert_eq!(ends, 1, "{:?}", self.events);
        match self.events.last() {
            Some(Event::Failed(fault)) => fault,
            other => panic!("{other:?}"),
        }
    }

    fn done(&self) -> &StopReason {
        assert_eq!(self.session.phase(), Phase::Idle);
        match self.events.last() {
            Some(Event::Done(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }
}

fn config() -> Config {
    let endpoint = Endpoint {
        url: "https://chat.example/v1/chat/completions".into(),
        dialect: Dialect::Completions,
        key: Some(Secret::new("sk-CANARY")),
    };
    Config::new(endpoint, "deepseek-v3.2-exp")
}

const HEL: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n";
const LO: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"}}]}\n\n";
const THOUGHT: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"Hm\"}}]}\n\n";
const STOP: &str = concat!(
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}],",
    "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":7,\"prompt_cache_hit_tokens\":0}}\n\n"
);
const DONE: &str = "data: [DONE]\n\n";
