//! The texts beside the field, counted by themselves, so that the budget can tell them from what is typed.
//!
//! In: the texts, joined. Out: a count, or an estimate. Never: two counts at once.

use leptos::prelude::*;

use super::{Meter, budget::Written};

impl Meter {
    /// Takes in the texts that are held beside the field, as the question begins with them: the budget tells them from
    /// what is typed. They are [written](Self::write) as well.
    pub(in crate::ui) fn hold(self, documents: String) {
        let is_empty = documents.is_empty();
        self.documents.set(if is_empty { Written::NOTHING } else { Written::about(&documents) });
        let is_lacking = self.lacking.get_untracked();
        let begun = self.works.try_update_value(|works| {
            works.holdings = works.holdings.wrapping_add(1);
            works.held = (!is_empty).then_some(documents);
            let begins = !is_empty && works.counter.is_there() && !is_lacking && !works.holds;
            works.holds |= begins;
            begins.then(|| works.counter.clone())
        });
        let Some(counter) = begun.flatten() else { return };
        leptos::task::spawn_local(async move {
            // One after the other: of those between, no count is wanted any more.
            let next = move || {
                let next = self.works.try_update_value(|works| {
                    let held = works.held.take();
                    works.holds = held.is_some();
                    Some((works.holdings, held?))
                });
                next.flatten()
            };
            while let Some((holding, documents)) = next() {
                let counts = counter.count(&[documents]).await.unwrap_or_default();
                let current = self.works.try_with_value(|works| works.holdings == holding);
                if let (Some(true), Some(&count)) = (current, counts.first()) {
                    self.documents.try_set(Written::counted(count.into()));
                }
            }
        });
    }
}
