//! What is known beforehand of whom a chat asks: limits and prices, the operator's words before the table's, and before
//! both the reader's.
//!
//! In: settings, the reader's own prices, the hour. Out: [`Terms`]. Never: a price of another provider: who is not known has none.

use super::own::Own;
use crate::{
    models::{self, CAUTIOUS, Model, Prices, Template},
    ui::Settings,
};

/// The terms of a chat. All numbers are tokens, but for the prices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Terms {
    /// What a prompt and its answer may have together.
    pub(super) context: Option<u64>,
    /// Most of an answer where the request names nothing, without and with thinking.
    answer: (u32, u32),
    /// What the operator lets an answer have, without and with thinking.
    most: Option<(u32, u32)>,
    /// What the operator's own instructions add, about.
    pub(super) preamble: Option<u64>,
    pub(super) template: Template,
    /// Prices that the operator or the embedder has set.
    set: Option<Prices>,
    /// The model where it is asked, which the table may know.
    listed: Option<&'static Model>,
    /// The reader's own prices.
    pub(super) own: Own,
    /// Who serves the model is known, and so is that its prompts are written as the model's own are.
    pub(super) is_known: bool,
}

/// What the tokens of one answer cost.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Rate {
    pub(super) prices: Prices,
    /// At peak hours or not, where there are such; `None` where the hour makes no difference, or is not known.
    pub(super) is_peak: Option<bool>,
    /// It may have been peak hours, nobody noted.
    pub(super) is_least: bool,
}

impl Rate {
    /// The rate of an answer that was asked for at that moment.
    pub(super) fn of(terms: &Terms, moment: Option<u64>) -> Option<Self> {
        let (prices, peak) = (terms.prices()?, terms.peak());
        Some(match moment.filter(|_| peak.is_some()) {
            None => Self { prices, is_peak: None, is_least: peak.is_some() },
            Some(moment) => {
                let prices = terms.prices_at(moment).unwrap_or(prices);
                Self { prices, is_peak: Some(Some(prices) == peak), is_least: false }
            }
        })
    }
}

/// Whose prices count, but for the reader's own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Source {
    /// Nobody's: the model is not known at this provider.
    Unknown,
    /// The operator's or the embedder's.
    Set,
    /// The table's, of that day.
    Listed { provider: &'static str, date: &'static str },
}

impl Terms {
    pub(super) fn of(settings: &Settings) -> Self {
        let here = settings.provider().and_then(|provider| models::find(Some(provider), &settings.model));
        let model = models::served(settings.provider(), &settings.model);
        let usual = |model: &Model| (model.chat_output.1, model.reasoner_output.1);
        Self {
            context: model.map(|model| u64::from(model.context)),
            answer: model.map_or(CAUTIOUS, usual),
            most: settings.most,
            preamble: settings.preamble,
            template: model.map_or(Template::Unknown, |model| model.template),
            set: settings.prices,
            listed: here,
            own: Own::NONE,
            is_known: here.is_some(),
        }
    }

    /// What a token costs; where there are peak hours, outside of them.
    pub(super) fn prices(&self) -> Option<Prices> {
        self.own.over(self.below())
    }

    /// The same but for the reader's own.
    pub(super) fn below(&self) -> Option<Prices> {
        self.set.or(self.listed.map(|model| model.prices))
    }

    /// The same at peak hours, where that is another.
    pub(super) fn peak(&self) -> Option<Prices> {
        let listed = self.listed.filter(|_| self.set.is_none())?;
        let peak = self.own.over(Some(listed.peak?));
        peak.filter(|peak| Some(*peak) != self.prices())
    }

    /// What a token costs when it is asked for at a moment, in seconds since 1970.
    pub(super) fn prices_at(&self, moment: u64) -> Option<Prices> {
        self.own.over(self.set.or(self.listed.map(|model| model.prices_at(moment))))
    }

    /// Whose prices they are, for a reader.
    pub(super) fn source(&self) -> Source {
        match (self.set, self.listed) {
            (Some(_), _) => Source::Set,
            (None, Some(model)) => Source::Listed { provider: provider(model), date: model.date },
            (None, None) => Source::Unknown,
        }
    }

    /// Most of an answer for a request that names so many.
    pub(super) fn room(&self, named: Option<u64>, thinking: bool) -> u64 {
        let of = |(without, with): (u32, u32)| u64::from(if thinking { with } else { without });
        let most = self.most.map_or(u64::MAX, of);
        named.unwrap_or_else(|| of(self.answer)).min(most)
    }
}

fn provider(model: &Model) -> &'static str {
    let known = models::PROVIDERS.iter().find(|provider| provider.id == model.provider);
    known.map_or(model.provider, |provider| provider.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(change: impl FnOnce(&mut Settings)) -> Terms {
        let mut settings = Settings::default();
        change(&mut settings);
        Terms::of(&settings)
    }

    #[test]
    fn prices_are_those_of_who_answers() {
        let comet = terms(|settings| settings.provider = Some("cometapi".into()));
        assert_eq!(comet.prices().map(|prices| (prices.input, prices.cached_input)), Some((220, None)));
        assert!(matches!(comet.source(), Source::Listed { provider: "CometAPI", .. }));
        let demo = terms(|settings| settings.endpoint = "demo:".into());
        assert_eq!(demo.prices().map(|prices| prices.cached_input), Some(Some(28)));
    }

    #[test]
    fn who_is_not_known_has_no_price_and_still_its_models_limits() {
        let gateway = terms(|_| {});
        assert_eq!((gateway.prices(), gateway.source()), (None, Source::Unknown));
        assert_eq!((gateway.context, gateway.template), (Some(131_072), Template::V31));
        let own = terms(|settings| settings.model = "my-own".into());
        assert_eq!((own.context, own.template, own.room(None, true)), (None, Template::Unknown, 8_192));
    }

    #[test]
    fn a_price_that_was_set_goes_before_the_tables() {
        let set = Prices::per_million(1.0, None, 2.0).ok();
        let terms = terms(|settings| {
            settings.provider = Some("cometapi".into());
            settings.prices = set;
            settings.most = Some((100, 200));
        });
        assert_eq!((terms.prices(), terms.peak(), terms.source()), (set, None, Source::Set));
        assert_eq!((terms.room(None, false), terms.room(Some(32_768), true)), (100, 200));
    }

    #[test]
    fn the_hour_of_the_question_decides_its_price() {
        let at = |terms: &Terms, moment| terms.prices_at(moment).map(|prices| prices.input);
        // Monday, 2026-11-23, at 0 and at 1 o'clock: the peak hours begin.
        let (off, on) = (1_795_392_000, 1_795_395_600);
        let mut flash = terms(|settings| {
            settings.provider = Some("deepseek".into());
            settings.model = "deepseek-flash".into();
        });
        assert_eq!((at(&flash, off), at(&flash, on)), (Some(150), Some(300)));
        assert_eq!(flash.peak().map(|prices| prices.output), Some(1_200));
        flash.own.input = Some(200);
        assert_eq!(
            (at(&flash, off), at(&flash, on)),
            (Some(200), Some(200)),
            "the reader's own has no hours"
        );
        assert_eq!(flash.prices_at(on).map(|prices| prices.output), Some(1_200), "the rest has");
        flash.own = Own { input: Some(1), cached_input: Some(1), output: Some(1) };
        assert_eq!(flash.peak(), None);
    }

    #[test]
    fn the_readers_own_price_goes_before_all_others() {
        let mut terms = terms(|settings| settings.prices = Prices::per_million(1.0, None, 2.0).ok());
        terms.own.output = Some(3_000);
        assert_eq!(terms.prices(), Prices::per_million(1.0, None, 3.0).ok());
        assert_eq!(terms.below(), Prices::per_million(1.0, None, 2.0).ok());
    }
}
