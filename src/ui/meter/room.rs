//! Whether there is room for an answer, asked before anything is sent.
//!
//! In: what is written, or a whole request. Out: how many tokens the answer may have, or a refusal. Never: a refusal by a
//! guess that may be wrong.

use leptos::prelude::*;

use super::{
    Meter, Refused,
    base::Base,
    budget::{Budget, Lack, Written},
};
use crate::session::ChatRequest;

impl Meter {
    /// How many tokens the answer to a text may have that is about to be sent, where that is less than usual. `None`
    /// while an estimate may be wrong about whether there is room, and a count is to be had: then the request is to be
    /// [weighed](Self::room_of).
    ///
    /// # Errors
    ///
    /// [`Refused`], when no answer has room.
    pub(in crate::ui) fn room_for(self, text: &str) -> Option<Result<Option<u32>, Refused>> {
        let budget = self.budget_for(text);
        if budget.is_doubtful() && self.has_counter() && !self.lacking.get_untracked() {
            return None;
        }
        Some(if budget.refuses() { Err(Refused::Written) } else { Ok(room(&budget)) })
    }

    /// Whether a vocabulary is there, so that counting takes no more than the counting.
    pub(in crate::ui) fn is_ready(self) -> bool {
        self.works.try_with_value(|works| works.counts.is_there()) == Some(true)
    }

    /// The same for a request that is whole. What of it is not counted yet is counted first, where `counts` says so;
    /// what cannot be counted is estimated.
    ///
    /// # Errors
    ///
    /// What the request lacks, when no answer has room.
    pub(in crate::ui) async fn room_of(
        self,
        request: ChatRequest,
        counts: bool,
    ) -> Result<Option<u32>, Lack> {
        let base = Base { request, ..Base::default() };
        let mut missing = Vec::new();
        let mut budget = self.weigh(&base, &mut missing);
        if !missing.is_empty() && counts && self.learn(missing).await {
            budget = self.weigh(&base, &mut Vec::new());
        }
        if budget.refuses() { Err(budget.lack()) } else { Ok(room(&budget)) }
    }

    /// The budget of a request that is whole. What is `missing` is estimated.
    fn weigh(self, base: &Base, missing: &mut Vec<String>) -> Budget {
        let Some(terms) = self.terms.try_get_untracked() else { return Budget::default() };
        let tally = self.works.try_with_value(|works| base.tally(&terms, &works.counts, missing));
        Budget::of(&terms, &tally.unwrap_or_default(), Written::counted(0), Written::NOTHING)
    }
}

/// The room for an answer, where it is less than usual.
fn room(budget: &Budget) -> Option<u32> {
    budget.is_tight.then(|| u32::try_from(budget.room).unwrap_or(u32::MAX))
}
