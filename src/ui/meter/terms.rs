//! What is known beforehand of whom a chat asks: limits and prices, the operator's words before the table's.
//!
//! In: settings. Out: [`Terms`]. Never: a price of another provider: who is not known has none.

use crate::{
    models::{self, CAUTIOUS, Model, Prices, Template},
    ui::Settings,
};

/// The terms of a chat. All numbers are tokens, but for the prices.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
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
    pub(super) prices: Option<Prices>,
    pub(super) peak: Option<Prices>,
    /// Whose prices they are, for a reader.
    pub(super) source: Source,
    /// Who serves the model is known, and so is that its prompts are written as the model's own are.
    pub(super) is_known: bool,
}

/// Whose prices count.
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
        let set = settings.prices;
        Self {
            context: model.map(|model| u64::from(model.context)),
            answer: model.map_or(CAUTIOUS, usual),
            most: settings.most,
            preamble: settings.preamble,
            template: model.map_or(Template::Unknown, |model| model.template),
            prices: set.or(here.map(|model| model.prices)),
            peak: here.filter(|_| set.is_none()).and_then(|model| model.peak),
            source: match (set, here) {
                (Some(_), _) => Source::Set,
                (None, Some(model)) => Source::Listed { provider: provider(model), date: model.date },
                (None, None) => Source::Unknown,
            },
            is_known: here.is_some(),
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
        assert_eq!(comet.prices.map(|prices| (prices.input, prices.cached_input)), Some((220, None)));
        assert!(matches!(comet.source, Source::Listed { provider: "CometAPI", .. }));
        let demo = terms(|settings| settings.endpoint = "demo:".into());
        assert_eq!(demo.prices.map(|prices| prices.cached_input), Some(Some(28)));
    }

    #[test]
    fn who_is_not_known_has_no_price_and_still_its_models_limits() {
        let gateway = terms(|_| {});
        assert_eq!((gateway.prices, gateway.source), (None, Source::Unknown));
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
        assert_eq!((terms.prices, terms.peak, terms.source), (set, None, Source::Set));
        assert_eq!((terms.room(None, false), terms.room(Some(32_768), true)), (100, 200));
    }
}
