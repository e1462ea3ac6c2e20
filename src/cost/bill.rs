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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models;

    const USED: Usage = Usage { input: 1_000, cached_input: 640, output: 300, reasoning: 100 };

    #[test]
    fn every_kind_of_token_has_its_line() {
        let model = models::find(Some("deepseek"), "deepseek-v3.2-exp").unwrap();
        let bill = bill(&USED, &model.prices);
        let lines: Vec<_> =
            bill.lines.iter().map(|line| (line.what.as_str(), line.tokens, line.cost.0)).collect();
        assert_eq!(
            lines,
            [
                ("input", 360, 360 * 280),
                ("cached_input", 640, 640 * 28),
                ("reasoning", 100, 100 * 420),
                ("answer", 200, 200 * 420)
            ]
        );
        assert_eq!(bill.total, Nano(360 * 280 + 640 * 28 + 300 * 420));
        assert_eq!(bill.total.to_string(), "$0.0002");
    }

    #[test]
    fn where_no_price_is_listed_cached_input_costs_what_input_costs() {
        let model = models::find(Some("cometapi"), "deepseek-v3.2-exp").unwrap();
        assert_eq!(bill(&USED, &model.prices).total, Nano(1_000 * 220 + 300 * 350));
    }

    #[test]
    fn a_usage_that_contradicts_itself_is_billed_all_the_same() {
        let model = models::find(Some("deepseek"), "deepseek-v3.2-exp").unwrap();
        let broken = Usage { input: 1, cached_input: u64::MAX, output: 2, reasoning: u64::MAX };
        assert_eq!(bill(&broken, &model.prices).total, Nano(28 + 2 * 420));
    }
}
