//! The meter: how many tokens the next question is, what of the context is left, what it may cost, live while it is
//! written; and what was used, once it was answered.
//!
//! In: the session's preview of the next request, the words in the field, a counter. Out: a [`Budget`] that views
//! read. Never: a request; a wait: until a count is there an estimate stands in its place and says so.

mod base;
mod budget;
mod counter;
mod gauge;
mod guard;
mod numbers;
mod receipt;
mod say;
mod terms;
mod total;
mod writing;

pub(super) use base::{Base, MARK};
use base::{Counts, Tally};
use budget::{Budget, Written};
pub use counter::Counter;
pub(super) use gauge::gauge;
pub(super) use guard::guard;
use js_sys::JsString;
use leptos::{ev, prelude::*};
pub(super) use numbers::whole;
pub(super) use receipt::receipt;
use terms::Terms;
pub(super) use total::total;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::Settings;
use crate::{
    chat::{MessageId, Role, State, Transcript},
    cost::{Total, bill},
};

/// The meter of a chat. A handle: copies are the same meter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter {
    terms: StoredValue<Terms>,
    tally: RwSignal<Tally>,
    written: RwSignal<Written>,
    /// Something is written.
    pub(super) filled: RwSignal<bool>,
    /// The next request.
    budget: Memo<Budget>,
    /// A count could not be had. Once it can, what is [written](Self::write) is to be counted anew.
    pub(super) lacking: RwSignal<bool>,
    /// What all answers took, those of other branches too: they were paid for.
    spent: RwSignal<Total>,
    /// The breakdown is shown.
    pub(super) open: RwSignal<bool>,
    /// A question was refused, because it is too long.
    pub(super) refused: RwSignal<bool>,
    works: StoredValue<Works, LocalStorage>,
}

/// The question leaves no room for an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct TooLong;

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
    /// What is written is in the budget, counted or estimated.
    settled: bool,
    /// The writing since which the count that is shown is an older text's.
    stale: Option<u32>,
}

impl Meter {
    pub(super) fn new(settings: &Settings, counter: Counter) -> Self {
        let terms = Terms::of(settings);
        let (tally, written) = (RwSignal::new(Tally::default()), RwSignal::new(Written::NOTHING));
        let works = Works {
            counter,
            counts: Counts::default(),
            base: Base::default(),
            behind: false,
            latest: None,
            lead: None,
            writings: 0,
            settled: true,
            stale: None,
        };
        Self {
            terms: StoredValue::new(terms),
            tally,
            written,
            filled: RwSignal::new(false),
            budget: Memo::new(move |_| Budget::of(&terms, &tally.get(), written.get())),
            lacking: RwSignal::new(false),
            spent: RwSignal::new(Total::default()),
            open: RwSignal::new(false),
            refused: RwSignal::new(false),
            works: StoredValue::new_local(works),
        }
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

    /// Adds up what all answers took.
    pub(super) fn sum(self, transcript: &Transcript) {
        let prices = self.terms.with_value(|terms| terms.prices);
        let mut total = Total::default();
        let entries = (0..).map_while(|id| transcript.get(MessageId(id)));
        for entry in entries.filter(|entry| entry.message.role == Role::Assistant) {
            // An answer that is open, or to which nothing came, has nothing to report.
            if entry.usage.is_some() || entry.state != State::Open && !entry.message.parts.is_empty() {
                let bill = entry.usage.zip(prices).map(|(usage, prices)| bill(&usage, &prices));
                total.add(entry.usage.as_ref(), bill.as_ref());
            }
        }
        self.spent.set(total);
    }

    fn has_counter(self) -> bool {
        self.works.with_value(|works| works.counter.is_there())
    }

    /// How many tokens the answer to a text may have that is about to be sent, where that is less than usual.
    ///
    /// # Errors
    ///
    /// [`TooLong`], when no answer has room.
    pub(super) fn room_for(self, text: &str) -> Result<Option<u32>, TooLong> {
        let budget = self.budget_for(text);
        if budget.refuses() {
            return Err(TooLong);
        }
        Ok(budget.is_tight.then(|| u32::try_from(budget.room).unwrap_or(u32::MAX)))
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
        let terms = self.terms.get_value();
        let mut missing = Vec::new();
        let added = self.works.try_with_value(|works| {
            (works.base.tally(&terms, &works.counts, &mut missing), works.counter.clone())
        });
        let Some((tally, counter)) = added else { return };
        if self.tally.get_untracked() != tally {
            self.tally.set(tally);
        }
        if !ask || missing.is_empty() || !counter.is_there() {
            return;
        }
        missing.sort_unstable();
        missing.dedup();
        leptos::task::spawn_local(async move {
            let counts = counter.count(&missing).await;
            if self.lacking.try_get_untracked() != Some(counts.is_none()) {
                self.lacking.try_set(counts.is_none());
            }
            self.works.try_update_value(|works| {
                for (text, count) in missing.iter().zip(counts.unwrap_or_default()) {
                    works.counts.insert(text, u64::from(count));
                }
            });
            self.add_up(false);
        });
    }
}

/// Whether a focus came by keyboard, and so asks to be told what is there.
fn is_by_keyboard(event: &ev::FocusEvent) -> bool {
    let element = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| element.matches(":focus-visible").unwrap_or(false))
}
