//! The words that are being written: counted while they are, and the budget never without a number for them.
//!
//! In: the texts that are held, and what is typed, as JavaScript has them. Out: a count, or an estimate that says so.
//! Never: the text over the border, but for an estimate; a number that flickers.

use std::time::Duration;

use js_sys::JsString;
use leptos::prelude::*;

use super::{
    Budget, Meter,
    budget::Written,
    counter::{Counter, Drafted},
};
use crate::{
    chat::{self, Millis},
    platform,
};

/// How much longer or shorter a text may be for that, in UTF-16 units: what is pasted is not a few words.
const APART: u32 = 1_000;
/// How long what failed is not tried again.
const PAUSE: Millis = Millis(5_000);

/// How long an exact count of what was written before stands in for one that is under way. The two are a few words apart,
/// while an estimate, there and gone at each key, would be a flicker.
const PATIENCE: Duration = Duration::from_millis(150);

impl Meter {
    /// Takes in what is written now: the texts that are held, and what is typed. An exact count is there before the
    /// next frame where the counter is quick. Where it is not, the count before stays, for a moment; then, and where
    /// there was none, an estimate stands in.
    pub(in crate::ui) fn write(self, held: &JsString, typed: &JsString) {
        let is_empty = is_blank(held) && is_blank(typed);
        if self.filled.get_untracked() == is_empty {
            self.filled.set(!is_empty);
        }
        let typed = if held.length() == 0 || typed.length() == 0 {
            typed.clone()
        } else {
            JsString::from("\n\n").concat(typed)
        };
        let begun = self.works.try_update_value(|works| {
            works.writings = works.writings.wrapping_add(1);
            works.settled = is_empty;
            let before = works.lead.as_ref().map_or_else(|| held.clone(), |lead| lead.concat(held));
            let latest = (!is_empty).then(|| (before.clone(), typed.clone()));
            let was_empty = std::mem::replace(&mut works.latest, latest).is_none();
            works.length = before.length().saturating_add(typed.length());
            let is_near = works.length.abs_diff(works.shown) < APART;
            (works.writings, was_empty, is_near, before)
        });
        let Some((writing, was_empty, is_near, before)) = begun else { return };
        if is_empty {
            self.works.update_value(|works| works.stale = None);
            if !was_empty && let Some(counter) = self.willing() {
                // What was to be counted is not wanted any more.
                let nothing = JsString::from("");
                leptos::task::spawn_local(async move {
                    counter.draft(&nothing, &nothing).await;
                });
            }
            return self.written.set(Written::NOTHING);
        }
        if let Some(counter) = self.willing() {
            leptos::task::spawn_local(async move {
                match counter.draft(&typed, &before).await {
                    Drafted::Exactly(tokens) => {
                        self.settle(writing, Written::counted(tokens));
                        self.lack(false);
                    }
                    Drafted::Superseded => {}
                    Drafted::Failed => self.lack(true),
                }
            });
        }
        if is_near && self.written.with_untracked(|written| written.is_exact && !written.is_empty) {
            self.bear_with(writing);
        } else {
            request_animation_frame(move || {
                if self.works.try_with_value(|works| works.writings == writing) == Some(true) {
                    self.estimate();
                }
            });
        }
    }

    /// The counter, unless it failed a moment ago.
    fn willing(self) -> Option<Counter> {
        let lacking = self.lacking.get_untracked();
        self.works.with_value(|works| {
            let is_early =
                works.failed.is_some_and(|at| platform::now() < Millis(at.0.saturating_add(PAUSE.0)));
            (works.counter.is_there() && !(lacking && is_early)).then(|| works.counter.clone())
        })
    }

    /// Notes whether counts are to be had. Once they are again, what was estimated is counted.
    pub(super) fn lack(self, lacks: bool) {
        if lacks {
            self.works.try_update_value(|works| works.failed = Some(platform::now()));
        }
        if self.lacking.try_get_untracked() == Some(!lacks) {
            self.lacking.try_set(lacks);
            if !lacks {
                self.add_up(true);
            }
        }
    }

    /// Has the next count tried, whatever failed a moment ago; whether something did.
    pub(in crate::ui) fn forgive(self) -> bool {
        self.works.try_update_value(|works| works.failed = None);
        self.lacking.try_get_untracked() == Some(true)
    }

    /// Lets the count that is shown stand, for as long as [`PATIENCE`] says since it became an older text's.
    fn bear_with(self, writing: u32) {
        let begins = self.works.try_update_value(|works| {
            let begins = works.stale.is_none();
            works.stale = works.stale.or(Some(writing));
            begins
        });
        if begins == Some(true) {
            let over = move || {
                if self.works.try_with_value(|works| works.stale == Some(writing)) == Some(true) {
                    self.estimate();
                }
            };
            set_timeout(over, PATIENCE);
        }
    }

    /// Puts an estimate of what is written into the budget, unless a count is there.
    fn estimate(self) {
        let due = self.works.try_with_value(|works| {
            let (before, typed) = works.latest.as_ref().filter(|_| !works.settled)?;
            Some((works.writings, String::from(before) + &String::from(typed)))
        });
        if let Some((writing, text)) = due.flatten() {
            self.settle(writing, Written::about(&text));
        }
    }

    /// The budget for a text: exact if it has been counted, else an estimate.
    pub(super) fn budget_for(self, text: &str) -> Budget {
        let due = self.works.with_value(|works| {
            (!works.settled).then(|| (works.writings, format!("{}{text}", works.base.lead())))
        });
        if let Some((writing, whole)) = due {
            self.settle(writing, Written::about(&whole));
        }
        self.budget.get_untracked()
    }

    fn settle(self, writing: u32, written: Written) {
        let current = self.works.try_update_value(|works| {
            let current = works.writings == writing;
            works.settled |= current;
            if current {
                works.stale = None;
                works.shown = works.length;
            }
            current
        });
        if current == Some(true) {
            self.written.set(written);
        }
    }
}

/// Whether a text is blank, without taking it over the border: what JavaScript leaves of it may begin with the one
/// character that only Unicode has for white space.
fn is_blank(text: &JsString) -> bool {
    let left = text.trim();
    left.length() == 0 || left.starts_with("\u{85}", 0) && chat::is_blank(&String::from(&left))
}
