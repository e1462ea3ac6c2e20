//! The meter's words, for the eye and for the ear.
//!
//! In: budgets, bills, terms. Out: English sentences. Never: a colour or a picture that says what no word says.

use super::{
    budget::{Basis, Budget, Level},
    numbers::{percent, short, tokens, whole},
    own::Own,
    terms::{Source, Terms},
};
use crate::cost::Forecast;

/// What the reader hears when the level has changed.
pub(super) const fn news(level: Level) -> &'static str {
    match level {
        Level::Normal => "The context has room again",
        Level::Warning => "The context is filling up",
        Level::Critical => "The context is almost full",
        Level::Over => "This is too long for the model",
    }
}

/// The same in a word or two.
pub(super) const fn level(level: Level) -> &'static str {
    match level {
        Level::Normal => "",
        Level::Warning => "Filling up",
        Level::Critical => "Almost full",
        Level::Over => "Too long",
    }
}

/// "1.2K / 131K", as much as a glance takes in.
pub(super) fn glance(budget: &Budget) -> String {
    match budget.context {
        Some(context) => format!("{} / {}", short(budget.prompt), short(context)),
        None => short(budget.prompt),
    }
}

/// The same for the ear, with the price.
pub(super) fn label(budget: &Budget) -> String {
    let about = about(budget);
    let filled = match budget.context {
        Some(context) => format!(
            "{} of {}, {} percent",
            whole(budget.prompt),
            tokens(context),
            percent(budget.prompt, context)
        ),
        None => format!("{}, of an unknown limit", tokens(budget.prompt)),
    };
    let level = match budget.level {
        Level::Normal => String::new(),
        filling => format!(", {}", level(filling).to_ascii_lowercase()),
    };
    let price = budget.forecast.map_or_else(String::new, |forecast| {
        format!(". Next answer: {about}{} to {}", forecast.lowest, forecast.highest)
    });
    format!("Context: {about}{filled}{level}{price}")
}

/// "about " where the numbers are estimates.
pub(super) const fn about(budget: &Budget) -> &'static str {
    match budget.basis {
        Basis::Exact => "",
        _ => "about ",
    }
}

/// "$0.0003 – $0.0038".
pub(super) fn range(forecast: &Forecast) -> String {
    format!("{} – {}", forecast.lowest, forecast.highest)
}

/// What the range runs between.
pub(super) fn bounds(forecast: &Forecast) -> String {
    let cached = match (forecast.cached_at_most, forecast.cache_priced) {
        (_, false) => "no price for cached tokens is listed, they cost what others cost".to_owned(),
        (0, true) => "nothing cached yet".to_owned(),
        (count, true) => format!("{} cached", tokens(count)),
    };
    format!(
        "Lowest: {cached}, no answer. Highest: nothing cached, an answer of {}. ",
        tokens(forecast.output_at_most)
    )
}

/// What the count rests on.
pub(super) fn basis(basis: Basis, is_known: bool, has_counter: bool, lacking: bool) -> String {
    match basis {
        Basis::Exact if is_known => "Counted exactly, as the provider counts.".to_owned(),
        Basis::Exact => {
            "Counted exactly by the model's own template; this provider is not known, and may use another."
                .to_owned()
        }
        Basis::Open => "Estimated: the answer is still being written.".to_owned(),
        Basis::Uncounted if !has_counter => "Estimated: this page has no vocabulary to count by.".to_owned(),
        Basis::Uncounted if lacking => "Estimated: the vocabulary could not be loaded.".to_owned(),
        Basis::Uncounted => "Estimated until the vocabulary is loaded.".to_owned(),
        Basis::Preamble => "Estimated: this chat's own instructions are counted roughly.".to_owned(),
        Basis::Template(why) => format!("Estimated: {why}."),
    }
}

/// Whose prices these are.
pub(super) fn source(terms: &Terms) -> String {
    let peak = if terms.peak().is_some() { " The highest is that of peak hours." } else { "" };
    let below = below(terms);
    // Where nothing is listed, a reader's own are all there is.
    let is_all = terms.own.is_whole() || terms.below().is_none() && terms.prices().is_some();
    match (terms.own == Own::NONE, is_all) {
        (true, _) => format!("{below}{peak}"),
        (false, true) => "Your own prices.".to_owned(),
        _ => format!("Your own prices, where you gave some. {below}{peak}"),
    }
}

/// Whose prices they are but for the reader's own.
pub(super) fn below(terms: &Terms) -> String {
    match terms.source() {
        Source::Unknown => "No prices are known for this model here.".to_owned(),
        Source::Set => "Prices as set for this chat.".to_owned(),
        Source::Listed { provider, date } => format!("Prices of {provider}, {date}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::forecast;

    #[test]
    fn the_ear_hears_what_the_eye_sees() {
        let mut budget = Budget { prompt: 1_204, context: Some(131_072), ..Budget::default() };
        assert_eq!(label(&budget), "Context: 1,204 of 131,072 tokens, 1 percent");
        assert_eq!(glance(&budget), "1.2K / 131K");
        budget.basis = Basis::Uncounted;
        budget.level = Level::Critical;
        let prices = crate::models::Prices::per_million(0.28, Some(0.028), 0.42);
        budget.forecast = prices.ok().map(|prices| forecast(&prices, None, 1_204, 0, 8_192));
        assert_eq!(
            label(&budget),
            "Context: about 1,204 of 131,072 tokens, 1 percent, almost full. Next answer: about $0.0003 to $0.0038"
        );
        assert_eq!(budget.forecast.as_ref().map(range).as_deref(), Some("$0.0003 – $0.0038"));
        let unknown = Budget { prompt: 7, ..Budget::default() };
        assert_eq!(label(&unknown), "Context: 7 tokens, of an unknown limit");
    }
}
