//! What is known about models and providers, as dated data with sources: never enum arms.
//!
//! In: a provider's address or id, a model's id. Out: ids per mode, limits, prices, the prompt's template, what to
//! do with reasoning. Never: requests, arithmetic. A model that is not listed works with cautious defaults.

mod model;
mod prices;
mod provider;
mod table;
mod template;

pub use model::{Model, Reasoning, Switch};
pub use prices::{BadPrice, MOST as MOST_A_MILLION, Prices};
pub use provider::{Provider, Style};
pub use table::{MODELS, PROVIDERS};
pub use template::{Overheads, Template, Thoughts};

/// Tokens of an answer where nothing is known of the model, without and with thinking.
pub const CAUTIOUS: (u32, u32) = (4_096, 8_192);

/// The provider that serves `url`, by its host.
#[must_use]
pub fn provider_of(url: &str) -> Option<&'static Provider> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    PROVIDERS.iter().find(|provider| provider.hosts.iter().any(|known| known.eq_ignore_ascii_case(host)))
}

/// What is known of a model id, at a provider if one is named, else wherever it was listed first.
/// Ids compare without case: providers do.
#[must_use]
pub fn find(provider: Option<&str>, id: &str) -> Option<&'static Model> {
    let here = |model: &&Model| provider.is_none_or(|provider| model.provider == provider);
    let named = |model: &&Model| model.ids.iter().any(|known| known.eq_ignore_ascii_case(id));
    MODELS.iter().filter(here).find(named)
}

/// The model of an id as a provider serves it; where that is not listed, as another does: what it is does not change with
/// who serves it, but for its prices.
#[must_use]
pub fn served(provider: Option<&str>, id: &str) -> Option<&'static Model> {
    find(provider, id).or_else(|| find(None, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_known_by_its_host_alone() {
        let name = |url| provider_of(url).map(|provider| provider.id);
        assert_eq!(name("https://api.cometapi.com"), Some("cometapi"));
        assert_eq!(name("https://API.cometapi.com:443/v1/messages?x=1"), Some("cometapi"));
        assert_eq!(name("https://api.deepseek.com/anthropic/v1/messages"), Some("deepseek"));
        assert_eq!(name("https://api.cometapi.com.evil.example/v1"), None);
        assert_eq!(name("https://evil.example/api.cometapi.com"), None);
        assert_eq!(name(""), None);
    }

    #[test]
    fn every_row_has_its_provider_and_its_source() {
        for model in MODELS {
            assert!(PROVIDERS.iter().any(|provider| provider.id == model.provider), "{}", model.name);
            assert!(!model.source.is_empty() && model.date.len() == 10, "{}", model.name);
            assert!(!model.ids.is_empty(), "{}", model.name);
            assert!(model.max_output <= model.context, "{}", model.name);
        }
    }

    #[test]
    fn comets_ids_are_one_model_in_two_modes() {
        let model = find(Some("cometapi"), "deepseek-v3.2-exp-THINKING").unwrap();
        assert_eq!(model, find(Some("cometapi"), "deepseek-v3.2-exp").unwrap());
        let Switch::ById { chat, reasoner } = model.switch else { panic!("{:?}", model.switch) };
        assert_eq!((chat, reasoner), ("DeepSeek-V3.2-Exp-nothinking", "DeepSeek-V3.2-Exp-thinking"));
        assert_eq!((model.prices.input, model.prices.output), (220, 350));
        assert_eq!(model.prices.cached_input, None);
    }
    #[test]
    fn a_peak_is_on_weekdays_between_its_hours() {
        let flash = find(Some("deepseek"), "deepseek-flash").unwrap();
        let monday = 1_795_392_000; // 2026-11-23
        for (moment, input) in [
            (monday, 150),
            (monday + 3_600, 300),
            (monday + 4 * 3_600 - 1, 300),
            (monday + 4 * 3_600, 150),
            (monday + 9 * 3_600, 300),
            (monday + 10 * 3_600, 150),
            (monday - 86_400 + 7 * 3_600, 150),
            (monday + 5 * 86_400 + 7 * 3_600, 150),
            (monday + 4 * 86_400 + 7 * 3_600, 300),
        ] {
            assert_eq!(flash.prices_at(moment).input, input, "{moment}");
        }
        let here = find(Some("cometapi"), "deepseek-v3.2-exp").unwrap();
        assert_eq!(here.prices_at(monday + 3_600), here.prices);
    }
}
