//! What a conversation cost: answers of one model or of several, and those that could not be priced.

use super::{Bill, Nano};
use crate::chat::Usage;

/// The sum of a conversation.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Total {
    /// What the priced answers cost.
    pub cost: Nano,
    /// What all answers used that reported it.
    pub usage: Usage,
    /// How many answers were added.
    pub answers: u64,
    /// How many of them have no price or reported nothing, so that `cost` is too low.
    pub unpriced: u64,
}

impl Total {
    /// Adds an answer: what it used, where that was reported, and its bill, where its model has a price.
    pub fn add(&mut self, usage: Option<&Usage>, bill: Option<&Bill>) {
        self.answers = self.answers.saturating_add(1);
        if let Some(used) = usage {
            let Usage { input, cached_input, output, reasoning } = &mut self.usage;
            *input = input.saturating_add(used.input);
            *cached_input = cached_input.saturating_add(used.cached_input);
            *output = output.saturating_add(used.output);
            *reasoning = reasoning.saturating_add(used.reasoning);
        }
        match bill {
            Some(bill) if usage.is_some() => self.cost = self.cost.plus(bill.total),
            _ => self.unpriced = self.unpriced.saturating_add(1),
        }
    }
}
