//! One model as one provider serves it: the columns of the table.

use super::{Prices, Template};

/// What is known of a model at a provider.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Model {
    /// Its name for a reader, such as `DeepSeek V3.2-Exp`.
    pub name: &'static str,
    /// The provider's [`id`](super::Provider::id).
    pub provider: &'static str,
    /// Every id that reaches it, the plain one first.
    pub ids: &'static [&'static str],
    /// How thinking is turned on and off.
    pub switch: Switch,
    /// Most tokens of prompt and answer together.
    pub context: u32,
    /// Most tokens of an answer without thinking, and how many when nothing is asked for.
    pub chat_output: (u32, u32),
    /// The same with thinking, thoughts included. The greater of both pairs' first is the model's most.
    pub reasoner_output: (u32, u32),
    /// The most that any mode can give.
    pub max_output: u32,
    /// What a token costs.
    pub prices: Prices,
    /// The same at peak hours, where the provider has them.
    pub peak: Option<Prices>,
    /// Those hours of UTC, from the one up to the other, on weekdays. The country's holidays are none, which is not known here.
    pub peak_hours: &'static [(u64, u64)],
    /// How messages become a prompt.
    pub template: Template,
    /// What to do with the reasoning of earlier turns.
    pub reasoning: Reasoning,
    /// Tools are served by the model without thinking, whatever was asked (V3.1 to V3.2-Exp).
    pub tools_stop_thinking: bool,
    /// No longer served; kept because saved conversations name it.
    pub retired: Option<&'static str>,
    /// When the row was last checked, `YYYY-MM-DD`.
    pub date: &'static str,
    /// Where the row's facts were found.
    pub source: &'static str,
}

impl Model {
    /// What a token costs at a moment, in seconds since 1970. On a holiday of the provider's country it may be less.
    #[must_use]
    pub fn prices_at(&self, seconds: u64) -> Prices {
        let (day, hour) = (seconds / 86_400, seconds / 3_600 % 24);
        // The first day of 1970 was a Thursday; here a week begins with Sunday.
        let is_weekday = (1..=5).contains(&((day + 4) % 7));
        let is_peak = is_weekday && self.peak_hours.iter().any(|(from, to)| (*from..*to).contains(&hour));
        self.peak.filter(|_| is_peak).unwrap_or(self.prices)
    }
}

/// How a provider turns thinking on and off for a model.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Switch {
    /// Each mode has a model id of its own.
    ById {
        /// Without thinking.
        chat: &'static str,
        /// With thinking.
        reasoner: &'static str,
    },
    /// A `thinking: { type: "enabled" | "disabled" }` parameter.
    ByParameter,
    /// It cannot be turned.
    Fixed,
}

/// What a provider wants done with the reasoning of earlier turns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reasoning {
    /// Leave it out: ignored at best, refused at worst.
    Drop,
    /// Send it with every assistant message that called a tool, even when empty; drop it elsewhere.
    WithToolCalls,
    /// Send every thinking block back as it came (Anthropic's own models).
    Echo,
}
