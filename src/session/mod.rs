//! The conversation as a sans-IO state machine.
//!
//! In: intents ([`Session::send`], [`Session::stop`], ...), facts ([`Input`]) and the time. Out: [`Output`]s from
//! [`Session::poll`]. Never: a clock, a socket, a timer, a random source, a panic.
//!
//! The contract of a driver:
//! 1. Change the session once: an intent, or one [`Session::handle`].
//! 2. Drain [`Session::poll`] until `None`, doing what each output asks.
//! 3. Arm one timer for [`Session::deadline`]; when it passes, hand in [`Input::Timeout`].
//!
//! [`phase`] holds the table of all steps; `facts.rs` takes in what the world tells, `reply.rs` writes what the
//! provider says into the transcript, `tools.rs` runs the tool loop, `save.rs` keeps a conversation, `preview.rs` tells
//! what would be asked.

mod attempt;
mod backoff;
mod config;
mod facts;
mod fault;
pub mod phase;
mod port;
mod preview;
mod reply;
mod save;
#[cfg(test)]
mod tests;
mod tools;

use std::collections::VecDeque;

use attempt::Attempt;
pub use config::{Config, Offer, Timeouts};
pub use fault::{Fault, Lost, Misuse, Wait};
pub use phase::Phase;
use phase::Step;
pub use port::{Draft, Event, Input, Output, TurnId};

/// What a session asks for, as [`Session::preview`] and [`Session::sent`] tell it.
pub use crate::wire::ChatRequest;
use crate::{
    chat::{
        Message, MessageId, Millis, Role, State, StopReason, Thinking, ToolChoice, Transcript, Usage,
        is_blank,
    },
    wire,
};

/// What [`Session::resume`] asks. A message of its own, so that the next request keeps this one as its prefix.
pub const CONTINUE: &str = "Continue exactly where your answer was cut off, without repeating any of it.";

/// One conversation.
#[derive(Debug)]
pub struct Session {
    config: Config,
    transcript: Transcript,
    phase: Phase,
    turn: TurnId,
    /// The request under way, or the last one.
    attempt: Attempt,
    /// Whether the question being answered asked for thinking.
    thinking: Thinking,
    /// Most tokens of its answer, where the question named some.
    room: Option<u32>,
    /// The provider failed through all tries: until a response begins, no request is sent twice.
    storm: bool,
    seed: u64,
    out: VecDeque<Output>,
}

impl Session {
    /// An empty conversation.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self::with(config, Transcript::default())
    }

    /// A conversation that goes on from a transcript.
    #[must_use]
    pub fn with(config: Config, transcript: Transcript) -> Self {
        Self {
            thinking: config.thinking,
            room: None,
            seed: config.seed,
            config,
            transcript,
            phase: Phase::Idle,
            turn: TurnId(0),
            attempt: Attempt::new(MessageId(0), Millis::ZERO),
            storm: false,
            out: VecDeque::new(),
        }
    }

    /// Asks a question, at the end of the branch being read or, where the draft edits one, beside that question.
    ///
    /// # Errors
    ///
    /// [`Misuse::Busy`] while an answer is under way, [`Misuse::Empty`] for a blank question,
    /// [`Misuse::UnknownMessage`] where the edited message is no question of this conversation.
    pub fn send(&mut self, now: Millis, draft: impl Into<Draft>) -> Result<TurnId, Misuse> {
        let draft = draft.into();
        self.must_be_idle()?;
        if is_blank(&draft.text) {
            return Err(Misuse::Empty);
        }
        let parent = match draft.edits {
            None => self.transcript.last(),
            Some(edited) => {
                let entry = self.transcript.get(edited).filter(|entry| entry.message.role == Role::User);
                entry.ok_or(Misuse::UnknownMessage)?.parent
            }
        };
        self.thinking = draft.thinking.unwrap_or(self.config.thinking);
        self.room = draft.max_tokens;
        self.ask(now, parent, draft.text)
    }

    /// Asks for the last answer again. One that came to nothing is taken up again; of any other a new version
    /// is opened beside it.
    ///
    /// # Errors
    ///
    /// [`Misuse::Busy`] while an answer is under way, [`Misuse::NothingToRetry`] before the first question.
    pub fn retry(&mut self, now: Millis) -> Result<TurnId, Misuse> {
        self.must_be_idle()?;
        let (id, entry) = self.transcript.path().last().ok_or(Misuse::NothingToRetry)?;
        match entry.message.role {
            Role::Assistant if entry.message.parts.is_empty() => {
                self.reopen(id);
                Ok(self.start(now, None, id))
            }
            Role::Assistant => {
                let answer = self.open(entry.parent)?;
                Ok(self.start(now, None, answer))
            }
            _ => {
                let answer = self.open(Some(id))?;
                Ok(self.start(now, None, answer))
            }
        }
    }

    /// Asks the model to go on with an answer that was cut, stopped or reached its limit.
    ///
    /// # Errors
    ///
    /// [`Misuse::Busy`] while an answer is under way, [`Misuse::NothingToContinue`] where the last answer is whole
    /// or has no text to go on from.
    pub fn resume(&mut self, now: Millis) -> Result<TurnId, Misuse> {
        self.must_be_idle()?;
        let cut = self.cut_answer().ok_or(Misuse::NothingToContinue)?;
        self.ask(now, Some(cut), CONTINUE.to_owned())
    }

    /// Most tokens of the answer that [`retry`](Self::retry) or [`resume`](Self::resume) asks for next, where there is
    /// less room than the settings ask for; `None` is as much as those ask for. Without this, what the last question
    /// allowed stands. Ignored while an answer is under way.
    pub fn allow(&mut self, room: Option<u32>) {
        if self.phase == Phase::Idle {
            self.room = room;
        }
    }

    /// Stops the answer under way, if there is one. What was shown stays, and later bytes are dropped.
    pub fn stop(&mut self, now: Millis) {
        if self.phase != Phase::Idle {
            self.end(now, Step::Stop, State::Done(StopReason::Stopped), Event::Done(StopReason::Stopped));
        }
    }

    /// Takes in one thing that happened, whatever it is. `O(bytes)`; never panics, never blocks.
    pub fn handle(&mut self, now: Millis, input: Input<'_>) {
        self.take(now, input);
    }

    /// The next thing to do, or `None` when all is done. Its answer changes after an intent and after
    /// [`Session::handle`].
    #[must_use]
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When to hand in [`Input::Timeout`]; `None` when nothing is waited for. Its answer changes when that of
    /// [`Session::poll`] does.
    #[must_use]
    pub fn deadline(&self) -> Option<Millis> {
        self.attempt.deadline(self.phase, &self.config.timeouts).map(|(at, _)| at)
    }

    /// Where the conversation stands.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// What was said.
    #[must_use]
    pub const fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The settings.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Changes the settings, from the next request on.
    pub fn configure(&mut self, config: Config) {
        self.config = config;
    }

    /// What all answers have used.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.transcript.usage()
    }

    /// Reads the branch that holds a message.
    ///
    /// # Errors
    ///
    /// [`Misuse::Busy`] while an answer is under way, [`Misuse::UnknownMessage`] where there is no such message.
    pub fn select(&mut self, id: MessageId) -> Result<(), Misuse> {
        self.must_be_idle()?;
        self.transcript.select(id).map_err(|_| Misuse::UnknownMessage)
    }

    fn must_be_idle(&self) -> Result<(), Misuse> {
        if self.phase == Phase::Idle { Ok(()) } else { Err(Misuse::Busy) }
    }

    /// The last answer, where it has text and was cut.
    fn cut_answer(&self) -> Option<MessageId> {
        let (id, entry) = self.transcript.path().last()?;
        let cut =
            matches!(&entry.state, State::Failed(_) | State::Done(StopReason::Length | StopReason::Stopped));
        (cut && entry.message.role == Role::Assistant && !entry.message.text().is_empty()).then_some(id)
    }

    fn ask(&mut self, now: Millis, parent: Option<MessageId>, text: String) -> Result<TurnId, Misuse> {
        let sent = State::Done(StopReason::Stop);
        let added = self.transcript.add(parent, Message::user(text), sent);
        let question = added.map_err(|_| Misuse::UnknownMessage)?;
        let answer = self.open(Some(question))?;
        Ok(self.start(now, Some(question), answer))
    }

    /// Opens an empty answer below a message.
    fn open(&mut self, parent: Option<MessageId>) -> Result<MessageId, Misuse> {
        let empty = Message { role: Role::Assistant, parts: Vec::new() };
        self.transcript.add(parent, empty, State::Open).map_err(|_| Misuse::UnknownMessage)
    }

    fn reopen(&mut self, id: MessageId) {
        if let Some(entry) = self.transcript.get_mut(id) {
            entry.state = State::Open;
            (entry.first_token, entry.elapsed, entry.thought, entry.usage) = (None, None, None, None);
        }
    }

    /// Begins a question's way to its answer.
    fn start(&mut self, now: Millis, question: Option<MessageId>, answer: MessageId) -> TurnId {
        self.attempt = Attempt::new(answer, now);
        self.begin(now, Step::Ask, question);
        self.turn
    }

    /// Sends a new request for the answer that the attempt names.
    fn begin(&mut self, now: Millis, step: Step, question: Option<MessageId>) {
        let answer = self.attempt.answer;
        self.event(Event::Started { question, answer });
        match wire::encode(&self.config.endpoint, &self.request()) {
            Ok(request) => {
                self.attempt.request = Some(request);
                self.fetch(now, step);
            }
            Err(unsendable) => {
                // From the phase that holds no connection, the fault leads back to rest.
                self.phase = Phase::Backoff;
                self.fail(now, Fault::Unsendable(unsendable));
            }
        }
    }

    /// Sends the attempt's request under a new turn.
    fn fetch(&mut self, now: Millis, step: Step) {
        let Some(phase) = self.phase.after(step) else { return };
        let Some(request) = self.attempt.request.clone() else { return };
        self.phase = phase;
        self.turn = TurnId(self.turn.0.wrapping_add(1));
        self.attempt.send_at(now);
        self.out.push_back(Output::Fetch { turn: self.turn, request });
    }

    /// What to ask for: the branch up to the answer that is open.
    fn request(&self) -> ChatRequest {
        let said = self.transcript.path().take_while(|(id, _)| *id != self.attempt.answer);
        self.ask_with(said.map(|(_, entry)| entry.message.clone()).collect(), self.room)
    }

    /// What to ask for after these messages.
    fn ask_with(&self, mut said: Vec<Message>, room: Option<u32>) -> ChatRequest {
        let config = &self.config;
        // A call that must be made was made once its result is there; forced again, the model could never answer.
        let has_results = said.last().is_some_and(|message| message.role == Role::Tool);
        let tool_choice = match &config.tool_choice {
            ToolChoice::Required | ToolChoice::Named(_) if has_results => ToolChoice::Auto,
            choice => choice.clone(),
        };
        if let Some(system) = &config.system {
            said.insert(0, Message::new(Role::System, system));
        }
        ChatRequest {
            model: config.model.clone(),
            messages: said,
            thinking: self.thinking,
            tools: config.tools.iter().map(|offer| offer.tool.clone()).collect(),
            tool_choice,
            response_format: config.response_format,
            max_tokens: room.or(config.max_tokens),
            temperature: config.temperature,
            top_p: config.top_p,
            stream: true,
            include_usage: true,
            ..ChatRequest::default()
        }
    }

    /// Ends the answer under way with a fault.
    fn fail(&mut self, now: Millis, fault: Fault) {
        self.end(now, Step::Failed, State::Failed(fault.code().to_owned()), Event::Failed(fault));
    }

    /// Ends the answer under way: aborts what is still being fetched, and closes the entry.
    fn end(&mut self, now: Millis, step: Step, state: State, event: Event) {
        let Some(phase) = self.phase.after(step) else { return };
        if std::mem::take(&mut self.attempt.connected) {
            self.out.push_back(Output::Cancel { turn: self.turn });
        }
        self.close(now, state);
        self.event(event);
        self.phase = phase;
    }

    fn event(&mut self, event: Event) {
        self.out.push_back(Output::Event(event));
    }
}
