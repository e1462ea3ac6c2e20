//! What a question may cost, before it is sent.

use super::Nano;
use crate::models::Prices;

/// Tokens that a provider's cache takes together: a beginning shorter than that is never cached.
/// Source: every one of 984 recorded replies reports a multiple of it.
pub const CACHE_UNIT: u64 = 64;

/// What a question may cost.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Forecast {
    /// Tokens of the prompt.
    pub input: u64,
    /// How many of them the cache may answer, at most.
    pub cached_at_most: u64,
    /// How many the answer may have, at most.
    pub output_at_most: u64,
    /// The least that it costs: all that may be cached is, and there is no answer.
    pub lowest: Nano,
    /// The most that it costs: nothing is cached, the answer is as long as it may be, and it is a peak hour.
    pub highest: Nano,
    /// Whether the provider lists a price for cached input; where it does not, cached input costs what input costs.
    pub cache_priced: bool,
}

/// Forecasts a question of `input` tokens that begins with `prefix` tokens which were sent before.
#[must_use]
pub fn forecast(
    prices: &Prices,
    peak: Option<&Prices>,
    input: u64,
    prefix: u64,
    output_at_most: u64,
) -> Forecast {
    let shared = prefix.min(input);
    let cached_at_most = shared - shared % CACHE_UNIT;
    let rates = || [Some(prices), peak].into_iter().flatten();
    // Whatever a provider may list: a cache that costs more than none, a peak that costs less.
    let cheapest = |rate: &Prices| {
        let cached = rate.cached_input.unwrap_or(rate.input).min(rate.input);
        Nano::of(cached_at_most, cached).plus(Nano::of(input - cached_at_most, rate.input))
    };
    let dearest = |rate: &Prices| {
        let cached = rate.cached_input.unwrap_or(rate.input).max(rate.input);
        let prompt = Nano::of(cached_at_most, cached).plus(Nano::of(input - cached_at_most, rate.input));
        prompt.plus(Nano::of(output_at_most, rate.output))
    };
    Forecast {
        input,
        cached_at_most,
        output_at_most,
        lowest: rates().map(cheapest).min().unwrap_or_default(),
        highest: rates().map(dearest).max().unwrap_or_default(),
        cache_priced: prices.cached_input.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models;

    #[test]
    fn a_question_costs_what_can_be_reckoned_by_hand() {
        let model = models::find(Some("deepseek"), "deepseek-v3.2-exp").unwrap();
        let forecast = forecast(&model.prices, model.peak.as_ref(), 1_000, 700, 4_096);
        // Ten units of 64 from the cache; 0.028, 0.28 and 0.42 dollars a million.
        assert_eq!((forecast.input, forecast.cached_at_most, forecast.output_at_most), (1_000, 640, 4_096));
        assert_eq!(forecast.lowest, Nano(640 * 28 + 360 * 280));
        assert_eq!(forecast.highest, Nano(1_000 * 280 + 4_096 * 420));
        assert!(forecast.cache_priced);
    }

    #[test]
    fn without_a_price_for_the_cache_it_saves_nothing_and_that_is_said() {
        let model = models::find(Some("cometapi"), "deepseek-v3.2-exp").unwrap();
        let forecast = forecast(&model.prices, None, 1_000, 1_000, 100);
        assert_eq!((forecast.cached_at_most, forecast.cache_priced), (960, false));
        assert_eq!((forecast.lowest, forecast.highest), (Nano(220_000), Nano(220_000 + 35_000)));
    }

    #[test]
    fn a_peak_makes_the_highest_higher() {
        let model = models::find(Some("deepseek"), "deepseek-flash").unwrap();
        let forecast = forecast(&model.prices, model.peak.as_ref(), 63, 63, 10);
        assert_eq!(
            (forecast.cached_at_most, forecast.lowest),
            (0, Nano(63 * 150)),
            "too short for the cache"
        );
        assert_eq!(forecast.highest, Nano(63 * 300 + 10 * 1_200));
    }
}
