//! The words that are being written: counted while they are, and the budget never without a number for them.
//!
//! In: the texts that are held, and what is typed, as JavaScript has them. Out: a count, or an estimate that says so.
//! Never: the text over the border, but for an estimate; a number that flickers.

use std::time::Duration;

use js_sys::JsString;
use leptos::prelude::*;

use super::{Budget, Meter, budget::Written, counter::Drafted};

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
            works.latest = (!is_empty).then(|| (before.clone(), typed.clone()));
            (works.writings, works.counter.clone(), before)
        });
        let Some((writing, counter, before)) = begun else { return };
        if is_empty {
            self.works.update_value(|works| works.stale = None);
            return self.written.set(Written::NOTHING);
        }
        if counter.is_there() && !self.lacking.get_untracked() {
            leptos::task::spawn_local(async move {
                match counter.draft(&typed, &before).await {
                    Drafted::Exactly(tokens) => self.settle(writing, Written::counted(tokens)),
                    Drafted::Superseded => {}
                    Drafted::Failed => {
                        self.lacking.try_set(true);
                    }
                }
            });
        }
        if self.written.with_untracked(|written| written.is_exact && !written.is_empty) {
            self.bear_with(writing);
        } else {
            request_animation_frame(move || {
                if self.works.try_with_value(|works| works.writings == writing) == Some(true) {
                    self.estimate();
                }
            });
        }
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
            }
            current
        });
        if current == Some(true) {
            self.written.set(written);
        }
    }
}

/// Whether a text is nothing but white space.
fn is_blank(text: &JsString) -> bool {
    text.trim().length() == 0
}
