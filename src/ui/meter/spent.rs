//! What a conversation took: what all of its answers report, times the prices of the hours at which they were asked for.
//!
//! In: the transcript, moments. Out: [`Spent`]. Never: an answer twice, or one that was paid for left out.

use std::collections::HashMap;

use leptos::prelude::*;

use super::{Meter, terms::Rate};
use crate::{
    chat::{MessageId, Role, State, Transcript},
    cost::{Total, bill},
};

/// When answers were asked for, in seconds since 1970: prices may depend on the hour.
pub(in crate::ui) type Dates = HashMap<MessageId, u64>;

/// What a conversation took.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spent {
    pub(super) total: Total,
    /// An answer's hour is not known, and its price depends on it: the cheaper one was taken.
    pub(super) is_least: bool,
}

impl Meter {
    /// Adds up what all answers took.
    pub(in crate::ui) fn sum(self, transcript: &Transcript) {
        let mut spent = Spent::default();
        let entries = (0..).map(MessageId).map_while(|id| Some((id, transcript.get(id)?)));
        for (id, entry) in entries.filter(|(_, entry)| entry.message.role == Role::Assistant) {
            // An answer that is open, or to which nothing came, has nothing to report.
            if entry.usage.is_some() || entry.state != State::Open && !entry.message.parts.is_empty() {
                let rate = self.rate(id);
                let bill = entry.usage.zip(rate).map(|(usage, rate)| bill(&usage, &rate.prices));
                spent.is_least |= bill.is_some() && rate.is_some_and(|rate| rate.is_least);
                spent.total.add(entry.usage.as_ref(), bill.as_ref());
            }
        }
        self.spent.set(spent);
    }

    /// Notes when an answer was asked for.
    pub(in crate::ui) fn date(self, answer: MessageId, moment: u64) {
        self.dates.update_value(|dates| {
            dates.insert(answer, moment);
        });
    }

    /// Takes up another conversation, whose answers were asked for at these times; gives those of the one before.
    pub(in crate::ui) fn swap_dates(self, dates: Dates) -> Dates {
        self.dates.try_update_value(|before| std::mem::replace(before, dates)).unwrap_or_default()
    }

    /// What the tokens of an answer cost, where that is known. Tracked.
    pub(super) fn rate(self, answer: MessageId) -> Option<Rate> {
        let moment = self.dates.with_value(|dates| dates.get(&answer).copied());
        self.terms.with(|terms| Rate::of(terms, moment))
    }
}
