//! The meter: how many tokens the next question is, what of the context is left, what it may cost, live while it is
//! written; and what was used, once it was answered.
//!
//! In: the session's preview of the next request, the words in the field, a counter. Out: a [`Budget`] that views
//! read. Never: a request; a wait: until a count is there an estimate stands in its place and says so.

mod base;
mod budget;
mod counter;
mod desk;
mod gauge;
mod guard;
mod held;
mod numbers;
mod own;
mod receipt;
mod room;
mod say;
mod spent;
mod terms;
mod total;
mod writing;

pub(super) use base::{Base, MARK};
use base::{Counts, Tally};
pub(super) use budget::Lack;
use budget::{Budget, Written};
pub use counter::Counter;
use desk::Desk;
pub(super) use desk::desk;
pub(super) use gauge::gauge;
pub(super) use guard::guard;
use js_sys::JsString;
use leptos::{ev, prelude::*};
pub(super) use numbers::whole;
pub(super) use receipt::receipt;
pub(super) use spent::Dates;
use spent::Spent;
use terms::Terms;
pub(super) use total::total;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::Settings;
use crate::chat::Millis;

/// The meter of a chat. A handle: copies are the same meter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter {
    terms: RwSignal<Terms>,
    /// What the reader's own prices are kept by: those of one model are no other's.
    key: StoredValue<String>,
    desk: StoredValue<Desk>,
    tally: RwSignal<Tally>,
    written: RwSignal<Written>,
    /// The texts beside the field, which it begins with.
    documents: RwSignal<Written>,
    /// Something is written.
    pub(super) filled: RwSignal<bool>,
    /// The next request.
    budget: Memo<Budget>,
    /// A count could not be had. Once it can, what is [written](Self::write) is to be counted anew.
    pub(super) lacking: RwSignal<bool>,
    /// What all answers took, those of other branches too: they were paid for.
    spent: RwSignal<Spent>,
    /// When each answer was asked for.
    dates: StoredValue<Dates>,
    /// What a screen reader is told, politely: how full the context is.
    news: RwSignal<&'static str>,
    /// The breakdown is shown.
    pub(super) open: RwSignal<bool>,
    /// What was refused last, because it is too long.
    pub(super) refused: RwSignal<Option<Refused>>,
    works: StoredValue<Works, LocalStorage>,
}

/// A request that leaves no room for an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Refused {
    /// What is written.
    Written,
    /// The conversation as it stands, for the last answer to be asked for again or continued.
    Repeated(Lack),
}

/// What a meter works with.
#[derive(Debug)]
struct Works {
    counter: Counter,
    counts: Counts,
    base: Base,
    /// The base is to be another.
    behind: bool,
    /// What was written last: all that is before it, and the part that changes.
    latest: Option<(JsString, JsString)>,
    /// What the words being written are [joined to](Base::lead), for JavaScript, where they are.
    lead: Option<JsString>,
    /// How often something was written: a count of older words is dropped.
    writings: u32,
    /// How long that is, and how long what the count that is shown is of, in UTF-16 units.
    length: u32,
    shown: u32,
    /// When a count could not be had last.
    failed: Option<Millis>,
    /// How often the texts beside the field were others.
    holdings: u32,
    /// Those texts, until their count begins.
    held: Option<String>,
    /// They are being counted, or those before them.
    holds: bool,
    /// What is written is in the budget, counted or estimated.
    settled: bool,
    /// The writing since which the count that is shown is an older text's.
    stale: Option<u32>,
}

impl Meter {
    pub(super) fn new(settings: &Settings, counter: Counter) -> Self {
        let terms = RwSignal::new(Terms::of(settings));
        let who = settings.provider().unwrap_or(&settings.endpoint);
        let tally = RwSignal::new(Tally::default());
        let (written, documents) = (RwSignal::new(Written::NOTHING), RwSignal::new(Written::NOTHING));
        let works = Works {
            counter,
            counts: Counts::default(),
            base: Base::default(),
            behind: false,
            latest: None,
            lead: None,
            writings: 0,
            length: 0,
            shown: 0,
            failed: None,
            holdings: 0,
            held: None,
            holds: false,
            settled: true,
            stale: None,
        };
        Self {
            terms,
            key: StoredValue::new(format!("hadal-prices {who} {}", settings.model)),
            desk: StoredValue::new(Desk::new()),
            tally,
            written,
            documents,
            filled: RwSignal::new(false),
            budget: Memo::new(move |_| {
                Budget::of(&terms.get(), &tally.get(), written.get(), documents.get())
            }),
            lacking: RwSignal::new(false),
            spent: RwSignal::new(Spent::default()),
            dates: StoredValue::new(Dates::new()),
            news: RwSignal::new(""),
            open: RwSignal::new(false),
            refused: RwSignal::new(None),
            works: StoredValue::new_local(works),
        }
    }

    /// Has what runs now run again when the prices are others.
    pub(super) fn track(self) {
        self.terms.track();
    }

    /// What stands around the words being written is not what it was.
    pub(super) fn fall_behind(self) {
        self.works.update_value(|works| works.behind = true);
    }

    /// Whether it is to be [taken in](Self::rebase), which whoever asks is about to do.
    pub(super) fn catches_up(self) -> bool {
        self.works.try_update_value(|works| std::mem::take(&mut works.behind)).unwrap_or_default()
    }

    /// Takes in what stands around the words being written. Whether they are joined to something else than before, so
    /// that they have to be [written](Self::write) again.
    pub(super) fn rebase(self, base: Base) -> bool {
        if matches!(self.refused.get_untracked(), Some(Refused::Repeated(_))) {
            self.refused.set(None);
        }
        let joined = self.works.try_update_value(|works| {
            let joined = works.base.lead() != base.lead();
            if joined {
                works.lead = Some(base.lead()).filter(|lead| !lead.is_empty()).map(JsString::from);
            }
            works.base = base;
            joined
        });
        self.add_up(true);
        joined.unwrap_or(false)
    }

    fn has_counter(self) -> bool {
        self.works.with_value(|works| works.counter.is_there())
    }

    /// Counts texts, and puts their sum into `sum` where it can be had.
    fn count(self, texts: Vec<String>, sum: RwSignal<Option<u64>>) {
        let counter = self.works.with_value(|works| works.counter.clone());
        leptos::task::spawn_local(async move {
            if let Some(counts) = counter.count(&texts).await {
                sum.try_set(Some(counts.into_iter().map(u64::from).sum()));
            }
        });
    }

    /// Adds the prompt up from the counts that are known, and has the others counted.
    fn add_up(self, ask: bool) {
        let Some(terms) = self.terms.try_get_untracked() else { return };
        let mut missing = Vec::new();
        let added = self.works.try_with_value(|works| {
            // What is still being written would be counted for nothing.
            let ask = ask && !works.base.is_open;
            (works.base.tally(&terms, &works.counts, &mut missing), works.counter.clone(), ask)
        });
        let Some((tally, counter, ask)) = added else { return };
        if self.tally.get_untracked() != tally {
            self.tally.set(tally);
        }
        if !ask || missing.is_empty() || !counter.is_there() {
            return;
        }
        leptos::task::spawn_local(async move {
            self.learn(missing).await;
            self.add_up(false);
        });
    }

    /// Has texts counted, to be known from now on; whether they are.
    async fn learn(self, mut texts: Vec<String>) -> bool {
        let Some(counter) = self.works.try_with_value(|works| works.counter.clone()) else { return false };
        texts.sort_unstable();
        texts.dedup();
        let counts = counter.count(&texts).await;
        let lacks = counts.is_none();
        self.works.try_update_value(|works| {
            for (text, count) in texts.iter().zip(counts.unwrap_or_default()) {
                works.counts.insert(text, u64::from(count));
            }
        });
        self.lack(lacks);
        !lacks
    }
}

/// Whether a focus came by keyboard, and so asks to be told what is there.
fn is_by_keyboard(event: &ev::FocusEvent) -> bool {
    let element = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| element.matches(":focus-visible").unwrap_or(false))
}
