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
/// A count that is nearly one refuses nothing until it is so many percent of what fits ...
const NEARLY: u64 = 110;
/// ... and an estimate nothing that is less than so many.
const FAR_OVER: u64 = 150;
/// An estimate from so many percent on may be one of a request that does not fit.
const FAR_UNDER: u64 = 50;

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
    /// The last answer is still being written, and will be in the prompt.
    Open,
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

/// What a request lacks that leaves no room for an answer. All numbers are tokens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::ui) struct Lack {
    /// How much too long the prompt is, its answer's least room included.
    pub(super) excess: u64,
    /// What the model takes.
    pub(super) context: u64,
    /// They are counted, not estimated.
    pub(super) is_exact: bool,
}

/// The next request. All numbers are tokens.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Budget {
    /// All of the prompt; nothing while there is nothing to ask about.
    pub(super) prompt: u64,
    /// What is typed.
    pub(super) message: u64,
    /// The texts that are held beside the field.
    pub(super) documents: u64,
    /// How much of the question is which of the two is counted, not estimated.
    pub(super) is_divided: bool,
    pub(super) history: u64,
    pub(super) tools: u64,
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
    /// `documents` is the beginning of what is `written`.
    pub(super) fn of(terms: &Terms, tally: &Tally, written: Written, documents: Written) -> Self {
        let is_idle = written.is_empty && tally.history == 0;
        let new = if written.is_empty { 0 } else { written.tokens.saturating_sub(tally.lead) };
        // Where the two are counted apart, a token may lie across: it is the message's, so that the parts add up.
        let documents = Written { tokens: documents.tokens.min(new), ..documents };
        let message =
            if written.is_empty { 0 } else { tally.question.saturating_add(new - documents.tokens) };
        let question = message.saturating_add(documents.tokens);
        let (tools, around) = if is_idle { (0, 0) } else { (tally.tools, tally.around) };
        let prompt = if is_idle {
            0
        } else {
            question.saturating_add(tally.history).saturating_add(tools).saturating_add(around)
        };
        let wanted = terms.room(tally.room, tally.thinking);
        let left = terms.context.map_or(u64::MAX, |context| context.saturating_sub(prompt));
        let least = if tally.thinking { LEAST_ROOM.1 } else { LEAST_ROOM.0 }.min(wanted);
        let basis = match tally.exactness {
            _ if is_idle => Basis::Exact,
            _ if tally.is_open => Basis::Open,
            _ if !written.is_exact => Basis::Uncounted,
            Exactness::Estimate(Why::NoVocabulary) => Basis::Uncounted,
            Exactness::Estimate(why) => Basis::Template(why),
            _ if terms.preamble.is_some() => Basis::Preamble,
            _ => Basis::Exact,
        };
        // Where the prompt is a guess, what it may be longer is not given away.
        let doubt = if basis == Basis::Exact { 0 } else { prompt / 10 };
        // A guess that leaves no room may be wrong: then the provider decides, and is not asked for an answer of one token.
        let floor = if basis == Basis::Exact { least.min(left) } else { least };
        let room = wanted.min(left.saturating_sub(doubt).max(floor));
        let excess = prompt.saturating_add(least).saturating_sub(terms.context.unwrap_or(u64::MAX));
        let forecast = terms
            .prices()
            .filter(|_| !written.is_empty && excess == 0)
            .map(|prices| cost::forecast(&prices, terms.peak().as_ref(), prompt, tally.prefix, room));
        Self {
            prompt,
            message,
            documents: documents.tokens,
            is_divided: documents.is_exact,
            history: tally.history,
            tools,
            around,
            room,
            is_tight: room < wanted,
            context: terms.context,
            level: level(prompt, excess, terms.context),
            excess,
            basis,
            forecast,
        }
    }

    /// What it lacks.
    pub(super) fn lack(&self) -> Lack {
        let is_exact = self.basis == Basis::Exact;
        Lack { excess: self.excess, context: self.context.unwrap_or_default(), is_exact }
    }

    /// Whether it is an estimate by which the request may or may not fit.
    pub(super) fn is_doubtful(&self) -> bool {
        let may_fill = |context: u64| self.prompt.saturating_mul(100) >= context.saturating_mul(FAR_UNDER);
        self.basis == Basis::Uncounted && self.context.is_some_and(may_fill) && !self.refuses()
    }

    /// Whether the request cannot be answered, as far as the numbers can be trusted.
    pub(super) fn refuses(&self) -> bool {
        let trusted = match self.basis {
            Basis::Exact => 100,
            Basis::Preamble | Basis::Template(_) => NEARLY,
            Basis::Open | Basis::Uncounted => FAR_OVER,
        };
        let far = |context: u64| self.prompt.saturating_mul(100) > context.saturating_mul(trusted);
        self.level == Level::Over && (trusted == 100 || self.context.is_some_and(far))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cost::Nano, ui::Settings};

    fn terms() -> Terms {
        Terms::of(&Settings { endpoint: "demo:".into(), ..Settings::default() })
    }

    fn thinking(history: u64) -> Tally {
        Tally { around: 3, history, question: 1, room: Some(32_768), thinking: true, ..Tally::default() }
    }

    #[test]
    fn what_is_shown_adds_up_and_costs_what_it_says() {
        let budget = Budget::of(
            &terms(),
            &Tally { prefix: 130, ..thinking(1_000) },
            Written::counted(20),
            Written::NOTHING,
        );
        assert_eq!((budget.prompt, budget.message, budget.history, budget.around), (1_024, 21, 1_000, 3));
        assert_eq!((budget.room, budget.is_tight, budget.basis), (32_768, false, Basis::Exact));
        let forecast = budget.forecast.unwrap();
        assert_eq!(forecast.lowest, Nano(128 * 28 + 896 * 280));
        assert_eq!(forecast.highest, Nano(1_024 * 280 + 32_768 * 420));
    }

    #[test]
    fn while_there_is_nothing_to_ask_there_is_nothing_to_show() {
        let idle = Budget::of(&terms(), &thinking(0), Written::NOTHING, Written::NOTHING);
        assert_eq!((idle.prompt, idle.around, idle.forecast), (0, 0, None));
        let between = Budget::of(&terms(), &thinking(100), Written::NOTHING, Written::NOTHING);
        assert_eq!((between.prompt, between.forecast), (103, None));
    }

    #[test]
    fn words_joined_to_others_are_counted_once() {
        let tally = Tally { lead: 3, ..thinking(3) };
        let budget = Budget::of(&terms(), &tally, Written::counted(10), Written::NOTHING);
        assert_eq!((budget.prompt, budget.message, budget.history), (3 + 1 + 10, 8, 3));
    }

    #[test]
    fn documents_are_a_part_of_the_question_and_the_parts_add_up() {
        let tally = Tally { lead: 3, tools: 7, ..thinking(3) };
        let of = |documents| Budget::of(&terms(), &tally, Written::counted(110), documents);
        let parts =
            |budget: Budget| (budget.message, budget.documents, budget.history, budget.tools, budget.around);
        for (documents, message, shown) in
            [(Written::NOTHING, 108, 0), (Written::counted(100), 8, 100), (Written::counted(999), 1, 107)]
        {
            let budget = of(documents);
            assert_eq!(parts(budget), (message, shown, 3, 7, 3));
            assert_eq!((budget.prompt, budget.is_divided), (message + shown + 3 + 7 + 3, true));
        }
        assert!(!of(Written::about("deep and dark")).is_divided);
        let gone = Budget::of(&terms(), &tally, Written::NOTHING, Written::counted(100));
        assert_eq!(parts(gone), (0, 0, 3, 7, 3));
    }

    #[test]
    fn the_context_fills_up_by_steps() {
        let at =
            |prompt: u64| Budget::of(&terms(), &thinking(0), Written::counted(prompt - 4), Written::NOTHING);
        let levels = [85_196, 85_197, 111_411, 111_412, 129_024, 129_025].map(|prompt| at(prompt).level);
        let [normal, warning, nearly, critical, full, over] = levels;
        assert_eq!((normal, warning), (Level::Normal, Level::Warning), "65 % are 85,196.8");
        assert_eq!((nearly, critical), (Level::Warning, Level::Critical), "85 % are 111,411.2");
        assert_eq!((full, over), (Level::Critical, Level::Over), "2,048 are left for thinking and answer");
        assert_eq!((at(129_025).excess, at(140_000).excess), (1, 10_976));
        assert!(at(120_000).is_tight);
        assert_eq!(at(120_000).room, 11_072);
    }

    #[test]
    fn a_guess_refuses_only_what_is_far_too_long() {
        let guess = |tokens| {
            let written = Written { is_exact: false, ..Written::counted(tokens) };
            Budget::of(&terms(), &thinking(0), written, Written::NOTHING)
        };
        assert!(Budget::of(&terms(), &thinking(0), Written::counted(131_072), Written::NOTHING).refuses());
        assert_eq!((guess(140_000).level, guess(140_000).refuses()), (Level::Over, false));
        assert!(guess(250_000).refuses());
        // It may be wrong, so an answer is asked for that is worth reading.
        assert_eq!(guess(140_000).room, LEAST_ROOM.1);
        assert_eq!(guess(5).basis, Basis::Uncounted);
        // Between the two it is worth a count.
        let doubtful =
            [5, 60_000, 70_000, 140_000, 190_000, 250_000].map(|tokens| guess(tokens).is_doubtful());
        assert_eq!(doubtful, [false, false, true, true, true, false]);
    }

    #[test]
    fn an_answer_that_is_being_written_makes_an_estimate() {
        let tally = Tally { is_open: true, ..thinking(100) };
        for written in [Written::NOTHING, Written::counted(5), Written::about("deep")] {
            assert_eq!(Budget::of(&terms(), &tally, written, Written::NOTHING).basis, Basis::Open);
        }
    }

    #[test]
    fn instructions_that_are_not_shown_make_an_estimate() {
        let mut terms = terms();
        terms.preamble = Some(200);
        let budget = Budget::of(&terms, &thinking(0), Written::counted(5), Written::NOTHING);
        assert_eq!(budget.basis, Basis::Preamble);
    }
}
