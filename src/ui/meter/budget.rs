//! The next request in tokens and money, before it is sent: what its prompt is made of, how much room is left, what it
//! may cost.
//!
//! In: a [`Tally`], what is being written, the terms of model and provider. Out: a [`Budget`]. Never: the DOM, a
//! signal, a guess that does not say so.

use super::{base::Tally, terms::Terms};
use crate::{
    cost::{self, Forecast},
    tokens::{
        prompt::{Exactness, Why},
        rough,
    },
};

/// From so many percent of the context on the reader is warned ...
const WARNING: u64 = 65;
/// ... and from so many on once more.
const CRITICAL: u64 = 85;
/// The least room for an answer that is worth a question, without and with thinking.
const LEAST_ROOM: (u64, u64) = (512, 2_048);
/// An estimate refuses nothing until it is so many percent of what fits.
const FAR_OVER: u64 = 150;

/// The words that are being written, in tokens, with what they are joined to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Written {
    pub(super) tokens: u64,
    pub(super) is_exact: bool,
    pub(super) is_empty: bool,
}

impl Written {
    /// Nothing is written.
    pub(super) const NOTHING: Self = Self { tokens: 0, is_exact: true, is_empty: true };

    /// It comes to so many tokens.
    pub(super) const fn counted(tokens: u64) -> Self {
        Self { tokens, is_exact: true, is_empty: false }
    }

    /// What a text comes to, about.
    pub(super) fn about(text: &str) -> Self {
        Self { tokens: rough(text) as u64, is_exact: false, is_empty: false }
    }
}

/// What the numbers rest on.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Basis {
    /// They are what the provider will report.
    #[default]
    Exact,
    /// Not all texts are counted.
    Uncounted,
    /// The endpoint adds instructions that are not shown.
    Preamble,
    /// Not everything is known of how the model's prompts are written.
    Template(Why),
}

/// How full the context is.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Level {
    #[default]
    Normal,
    Warning,
    Critical,
    /// There is no room for an answer.
    Over,
}

/// The next request. All numbers are tokens.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Budget {
    /// All of the prompt; nothing while there is nothing to ask about.
    pub(super) prompt: u64,
    pub(super) message: u64,
    pub(super) history: u64,
    pub(super) around: u64,
    /// What is left for the answer, or what the request allows it, whichever is less.
    pub(super) room: u64,
    /// The room is less than what such a request asks for by itself.
    pub(super) is_tight: bool,
    /// What the model takes, prompt and answer together, where that is known.
    pub(super) context: Option<u64>,
    pub(super) level: Level,
    /// How much too long the prompt is.
    pub(super) excess: u64,
    pub(super) basis: Basis,
    /// What it may cost, where there is something to ask and prices are known.
    pub(super) forecast: Option<Forecast>,
}

impl Budget {
    pub(super) fn of(terms: &Terms, tally: &Tally, written: Written) -> Self {
        let is_idle = written.is_empty && tally.history == 0;
        let message = if written.is_empty {
            0
        } else {
            tally.question.saturating_add(written.tokens.saturating_sub(tally.lead))
        };
        let prompt =
            if is_idle { 0 } else { message.saturating_add(tally.history).saturating_add(tally.around) };
        let wanted = terms.room(tally.room, tally.thinking);
        let left = terms.context.map_or(u64::MAX, |context| context.saturating_sub(prompt));
        let least = if tally.thinking { LEAST_ROOM.1 } else { LEAST_ROOM.0 }.min(wanted);
        let room = wanted.min(left);
        let basis = match tally.exactness {
            _ if is_idle => Basis::Exact,
            _ if !written.is_exact => Basis::Uncounted,
            Exactness::Estimate(Why::NoVocabulary) => Basis::Uncounted,
            Exactness::Estimate(why) => Basis::Template(why),
            _ if terms.preamble.is_some() => Basis::Preamble,
            _ => Basis::Exact,
        };
        let forecast = terms
            .prices
            .filter(|_| !written.is_empty)
            .map(|prices| cost::forecast(&prices, terms.peak.as_ref(), prompt, tally.prefix, room));
        let excess = prompt.saturating_add(least).saturating_sub(terms.context.unwrap_or(u64::MAX));
        Self {
            prompt,
            message,
            history: tally.history,
            around: if is_idle { 0 } else { tally.around },
            room,
            is_tight: room < wanted,
            context: terms.context,
            level: level(prompt, excess, terms.context),
            excess,
            basis,
            forecast,
        }
    }

    /// Whether the request cannot be answered, as far as the numbers can be trusted.
    pub(super) fn refuses(&self) -> bool {
        let far = self.context.is_some_and(|context| self.prompt > context.saturating_mul(FAR_OVER) / 100);
        self.level == Level::Over && (self.basis == Basis::Exact || far)
    }
}

fn level(prompt: u64, excess: u64, context: Option<u64>) -> Level {
    let reaches = |percent: u64| {
        context.is_some_and(|context| prompt.saturating_mul(100) >= context.saturating_mul(percent))
    };
    if excess > 0 {
        Level::Over
    } else if reaches(CRITICAL) {
        Level::Critical
    } else if reaches(WARNING) {
        Level::Warning
    } else {
        Level::Normal
    }
}
