//! What an answer cost, once the provider said what it used.

use super::Nano;
use crate::{chat::Usage, models::Prices};

/// What an answer cost.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Bill {
    /// All of it: the sum of the lines.
    pub total: Nano,
    /// One line of each kind, those of no tokens included, in the order of [`What`].
    pub lines: Vec<Line>,
}

/// One kind of token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Line {
    /// Which.
    pub what: What,
    /// How many.
    pub tokens: u64,
    /// What they cost together.
    pub cost: Nano,
}

/// The kinds of token that are paid for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum What {
    /// Of the prompt, read anew.
    Input,
    /// Of the prompt, answered by the provider's cache.
    CachedInput,
    /// Of the answer: thoughts.
    Reasoning,
    /// Of the answer: what it says.
    Answer,
}

impl What {
    /// The stable word, as JavaScript sees it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::CachedInput => "cached_input",
            Self::Reasoning => "reasoning",
            Self::Answer => "answer",
        }
    }
}

/// Prices what was used. `wire` has made `usage` mean the same whoever reported it: `input` holds the cached tokens and
/// `output` the thoughts; a usage that contradicts itself is billed as if its greater numbers were the smaller ones.
#[must_use]
pub fn bill(usage: &Usage, prices: &Prices) -> Bill {
    let cached = usage.cached_input.min(usage.input);
    let reasoning = usage.reasoning.min(usage.output);
    let line = |what, tokens, price| Line { what, tokens, cost: Nano::of(tokens, price) };
    let lines = vec![
        line(What::Input, usage.input - cached, prices.input),
        line(What::CachedInput, cached, prices.cached_input.unwrap_or(prices.input)),
        line(What::Reasoning, reasoning, prices.output),
        line(What::Answer, usage.output - reasoning, prices.output),
    ];
    Bill { total: lines.iter().map(|line| line.cost).sum(), lines }
}
