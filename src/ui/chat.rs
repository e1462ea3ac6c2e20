//! The conversation's one handle: what a reader's hands do to it, and what comes back.
//!
//! In: intents of the views. Out: the [`Model`], brought up to date. Never: a question lost: the composer is emptied
//! only once the session has taken its text, and a new conversation keeps the one before it within reach.

use std::{rc::Rc, time::Duration};

use js_sys::JsString;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    browser,
    meter::{Base, Dates, Lack, MARK, Meter, Refused},
    model::{Model, Turn},
    pasted::{Pasted, Pile},
    scroll::Follow,
    settings::Setup,
};
use crate::{
    chat::{MessageId, Thinking, is_blank},
    platform::{self, Driver},
    session::{ChatRequest, Config, Draft, Event, Misuse, Phase, Session, TurnId},
};

/// Everything the views share. A handle: copies are the same conversation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chat {
    pub(crate) model: Model,
    /// What counts what is written, and what of it is beside the field.
    written: StoredValue<(Meter, Pile)>,
    /// The log's scroller.
    pub(crate) follow: Follow,
    /// The composer's field.
    pub(crate) field: NodeRef<html::Textarea>,
    /// The next question is to be thought about.
    pub(crate) thinking: RwSignal<bool>,
    /// The question that was taken back into the field, and what was there before.
    pub(crate) editing: RwSignal<Option<Edit>>,
    /// The chat cannot work, and why.
    pub(crate) broken: RwSignal<Option<&'static str>>,
    /// The conversation before this one.
    pub(crate) before: RwSignal<Option<Before>>,
    setup: StoredValue<Setup, LocalStorage>,
    driver: StoredValue<Option<Rc<Driver>>, LocalStorage>,
}

/// A question that is being asked in other words.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    question: MessageId,
    /// What was being written before, the last of it last.
    asides: Vec<Aside>,
}

/// What was being written when a question was taken back.
#[derive(Clone, Debug, Default)]
struct Aside {
    /// The question that it was to be asked beside, if any.
    question: Option<MessageId>,
    typed: String,
    held: Vec<Pasted>,
}

/// A conversation that was left: as it was saved, and when its answers were asked for.
#[derive(Clone, Debug)]
pub(crate) struct Before {
    saved: String,
    dates: Dates,
}

impl Chat {
    pub(crate) fn new(setup: Setup) -> Self {
        let meter = Meter::new(&setup.settings, setup.counter.clone());
        Self {
            model: Model::new(),
            written: StoredValue::new((meter, Pile::new())),
            follow: Follow::new(false),
            field: NodeRef::new(),
            thinking: RwSignal::new(setup.settings.thinking),
            editing: RwSignal::new(None),
            broken: RwSignal::new(None),
            before: RwSignal::new(None),
            setup: StoredValue::new_local(setup),
            driver: StoredValue::new_local(None),
        }
    }

    /// What counts what is written.
    pub(crate) fn meter(self) -> Meter {
        self.written.with_value(|(meter, _)| *meter)
    }

    /// Long texts beside the field, which belong to the question.
    pub(super) fn pile(self) -> Pile {
        self.written.with_value(|(_, pile)| *pile)
    }

    /// Asks; whether the session took the question. The answer may have so many tokens, where that is less than usual.
    pub(crate) fn ask(self, text: &str, room: Option<u32>) -> bool {
        let mut draft = self.draft(text);
        draft.max_tokens = room;
        let asked = self.tell(|driver| driver.send(draft));
        if asked {
            self.before.set(None);
            self.follow.pin();
        }
        asked
    }

    /// Asks what is in the composer, and empties it. What may be too long is counted first.
    pub(crate) fn send(self) {
        let text = self.composed();
        if !is_blank(&text) {
            self.catch_up();
            match self.meter().room_for(&text) {
                Some(Ok(room)) => self.ask_written(&text, room),
                Some(Err(refused)) => self.meter().refused.set(Some(refused)),
                None => {
                    let draft = self.draft(&text);
                    let request = self.read(|session| session.preview(&draft));
                    self.weigh(
                        request,
                        true,
                        |_| Refused::Written,
                        move |room| {
                            // Meanwhile it may have become another question, or have been sent.
                            if self.composed() == text && self.draft(&text) == draft {
                                self.ask_written(&text, room);
                            }
                        },
                    );
                }
            }
        }
        self.focus();
    }

    /// Asks what is in the composer, which it then has no more.
    fn ask_written(self, text: &str, room: Option<u32>) {
        if self.ask(text, room) {
            self.take_up();
        }
    }

    /// What is in the composer.
    fn composed(self) -> String {
        let typed = self.field.get_untracked().map(|field| field.value());
        self.pile().join(typed.unwrap_or_default())
    }

    /// Has the meter told what was said, and what stands around the next question, in a task of its own: it takes as long as
    /// all that was said. Runs again when that changes, in an effect.
    pub(crate) fn rebase(self, running: Memo<bool>) {
        self.model.turns.track();
        self.meter().track();
        self.thinking.track();
        self.editing.track();
        running.track();
        self.meter().fall_behind();
        set_timeout(move || self.catch_up(), Duration::ZERO);
    }

    /// Tells the meter now, unless it knows.
    fn catch_up(self) {
        if !self.written.try_with_value(|(meter, _)| meter.catches_up()).unwrap_or_default() {
            return;
        }
        let draft = self.draft(MARK);
        let base = |session: &Session| {
            self.meter().sum(session.transcript());
            let is_open = session.phase() != Phase::Idle;
            Base { request: session.preview(&draft), sent: session.sent(), is_open }
        };
        if self.read(base).is_some_and(|base| self.meter().rebase(base)) {
            self.write_again();
        }
    }

    /// What the session says, or would if there were one.
    fn read<T>(self, read: impl FnOnce(&Session) -> T) -> Option<T> {
        if let Some(driver) = self.driver.get_value() {
            return Some(driver.read(read));
        }
        let config = self.setup.with_value(|setup| setup.config(&browser::origin(), 0))?;
        Some(read(&Session::new(config)))
    }

    /// Has what is in the composer counted anew.
    pub(crate) fn write_again(self) {
        if let Some(field) = self.field.get_untracked() {
            self.write(&browser::value(&field));
        }
    }

    /// Has what is in the composer counted, with that in the field.
    pub(super) fn write(self, typed: &JsString) {
        self.meter().write(&self.pile().held(), typed);
    }

    /// Has what is beside the field counted by itself. As that takes as long as the texts, it is a task's work.
    pub(super) fn hold(self) {
        if let Some((meter, pile)) = self.written.try_get_value() {
            meter.hold(pile.join(String::new()));
        }
    }

    /// A question as the composer stands.
    fn draft(self, text: &str) -> Draft {
        let mut draft = Draft::from(text);
        draft.thinking = Some(if self.thinking.get_untracked() { Thinking::On } else { Thinking::Off });
        draft.edits = self.editing.with_untracked(|edit| Some(edit.as_ref()?.question));
        draft
    }

    /// Asks for the last answer again.
    pub(crate) fn retry(self) {
        self.repeat(Session::preview_retry, Driver::retry);
    }

    /// Continues the last answer.
    pub(crate) fn resume(self) {
        self.repeat(Session::preview_resume, Driver::resume);
    }

    /// Asks what the session has to ask, if there is room for an answer.
    fn repeat(
        self,
        preview: fn(&Session) -> Option<ChatRequest>,
        ask: fn(&Driver) -> Result<TurnId, Misuse>,
    ) {
        let Some(driver) = self.driver.get_value() else { return };
        self.weigh(driver.read(preview), self.meter().is_ready(), Refused::Repeated, move |room| {
            driver.allow(room);
            let _ = ask(&driver);
        });
        self.focus();
    }

    /// Has a request weighed, and asks it if there is room for an answer. What of it is not counted yet is, if `counts`.
    fn weigh(
        self,
        request: Option<ChatRequest>,
        counts: bool,
        refuse: fn(Lack) -> Refused,
        ask: impl FnOnce(Option<u32>) + 'static,
    ) {
        let Some(request) = request else { return };
        let before = self.driver.get_value();
        leptos::task::spawn_local(async move {
            let room = self.meter().room_of(request, counts).await;
            // Meanwhile the reader may have begun another conversation, or left.
            let is_current = self.driver.try_with_value(|driver| match (driver, &before) {
                (Some(driver), Some(before)) => Rc::ptr_eq(driver, before),
                (driver, before) => driver.is_none() && before.is_none(),
            });
            match room {
                _ if is_current != Some(true) => {}
                Ok(room) => ask(room),
                Err(lack) => self.meter().refused.set(Some(refuse(lack))),
            }
        });
    }

    /// Stops the answer under way.
    pub(crate) fn stop(self) {
        if let Some(driver) = self.driver.get_value() {
            driver.stop();
        }
        self.focus();
    }

    /// Shows another version of a message.
    pub(crate) fn select(self, id: MessageId) {
        let Some(driver) = self.driver.get_value() else { return };
        if driver.select(id).is_ok() {
            self.follow.let_go();
            driver.read(|session| self.model.read(session.transcript()));
        }
    }

    /// Takes a question back into the composer, to be asked in other words beside it. What stood there is laid aside.
    pub(crate) fn edit(self, id: MessageId, text: &str) {
        let asides = self.lay_aside();
        self.editing.set(Some(Edit { question: id, asides }));
        self.fill(if self.pile().take(text) { "" } else { text });
        self.focus();
    }

    /// Leaves the question as it was asked.
    pub(crate) fn leave_edit(self) {
        self.take_up();
        self.focus();
    }

    /// Takes back the last question.
    pub(crate) fn rephrase(self) {
        if let Some((id, text)) = self.asked(None) {
            self.edit(id, &text);
        }
    }

    /// A question as it was asked, or the last one.
    fn asked(self, id: Option<MessageId>) -> Option<(MessageId, String)> {
        self.model.turns.with_untracked(|turns| {
            turns.iter().rev().find_map(|turn| match turn {
                Turn::Question(question) if id.is_none_or(|id| id == question.key.1) => {
                    Some((question.key.1, question.text.to_string()))
                }
                _ => None,
            })
        })
    }

    /// Begins a new conversation.
    pub(crate) fn renew(self) {
        let dates = self.meter().swap_dates(Dates::new());
        if let Some(driver) = self.driver.get_value() {
            driver.stop();
            self.before.set(Some(Before { saved: driver.read(Session::save), dates }));
        }
        self.driver.set_value(None);
        if self.editing.with_untracked(Option::is_some) {
            // There is no question any more that any of it could stand beside.
            let asides = self.lay_aside();
            self.editing.set(None);
            let typed = asides.iter().map(|aside| &*aside.typed).filter(|typed| !is_blank(typed));
            let typed = typed.collect::<Vec<_>>().join("\n\n");
            self.pile().swap(asides.into_iter().flat_map(|aside| aside.held).collect());
            self.fill(&typed);
        }
        self.model.clear();
        self.follow.let_go();
        self.focus();
    }

    /// Goes back to the conversation before.
    pub(crate) fn reopen(self) {
        let Some(Before { saved, dates }) = self.before.get_untracked() else { return };
        let Some(session) = self.config().and_then(|config| Session::restore(config, &saved).ok()) else {
            return;
        };
        self.before.set(None);
        self.meter().swap_dates(dates);
        self.model.clear();
        self.drive(session).read(|session| self.model.read(session.transcript()));
        self.follow.pin();
        self.focus();
    }

    /// All that is being written, the last of it last. A question that was taken back and not changed is not.
    fn lay_aside(self) -> Vec<Aside> {
        let text = self.composed();
        let (question, mut asides) = match self.editing.get_untracked() {
            Some(Edit { question, asides }) => (Some(question), asides),
            None => (None, Vec::new()),
        };
        let typed = self.field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let held = self.pile().swap(Vec::new());
        if question
            .is_none_or(|id| !is_blank(&text) && self.asked(Some(id)).is_none_or(|(_, asked)| asked != text))
        {
            asides.push(Aside { question, typed, held });
        }
        asides
    }

    /// Empties the composer, but for what was laid aside last.
    fn take_up(self) {
        let Aside { typed, held, .. } = match self.editing.get_untracked() {
            Some(Edit { mut asides, .. }) => {
                let aside = asides.pop().unwrap_or_default();
                self.editing.set(aside.question.map(|question| Edit { question, asides }));
                aside
            }
            None => Aside::default(),
        };
        self.pile().swap(held);
        self.fill(&typed);
    }

    /// Puts text into the field.
    fn fill(self, text: &str) {
        if let Some(field) = self.field.get_untracked() {
            field.set_value(text);
            self.write_again();
        }
    }

    /// Puts the caret into the composer.
    pub(crate) fn focus(self) {
        if let Some(field) = self.field.get_untracked() {
            browser::focus(field.unchecked_ref());
        }
    }

    /// Answers come from the simulator.
    pub(crate) fn is_simulated(self) -> bool {
        self.setup.with_value(|setup| setup.settings.is_simulated())
    }

    /// What the model is called.
    pub(crate) fn model_name(self) -> String {
        self.setup.with_value(|setup| setup.settings.model_name())
    }

    fn tell(self, intent: impl FnOnce(&Driver) -> Result<TurnId, Misuse>) -> bool {
        let driver = self.driver.get_value().or_else(|| Some(self.drive(Session::new(self.config()?))));
        driver.is_some_and(|driver| intent(&driver).is_ok())
    }

    fn config(self) -> Option<Config> {
        let config = self.setup.with_value(|setup| setup.config(&browser::origin(), browser::seed()));
        if config.is_none() {
            self.broken.set(Some("This chat has no address to ask. Its operator has to set one."));
        }
        config
    }

    fn drive(self, session: Session) -> Rc<Driver> {
        let fetch = self.setup.with_value(|setup| setup.fetch.clone());
        let driver = Rc::new(Driver::new(session, fetch, move |events| self.hear(&events)));
        self.driver.set_value(Some(Rc::clone(&driver)));
        driver
    }

    fn hear(self, events: &[Event]) {
        let Some(driver) = self.driver.try_get_value().flatten() else { return };
        let now = platform::now();
        driver.read(|session| {
            for event in events {
                if let Event::Started { answer, .. } = event {
                    self.meter().date(*answer, platform::date());
                }
                self.model.apply(now, event, session.transcript());
            }
        });
    }
}
