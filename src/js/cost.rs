//! What a question may cost and what an answer did, as plain objects.
//!
//! In: settings, messages or usage. Out: tokens as numbers, nano-dollars as `BigInt`. Never: arithmetic, which is the room `cost`'s.

use js_sys::{Array, Function, Object};
use wasm_bindgen::prelude::*;

use super::{
    prompt::{Asked, Counter, tokens_to_number, why},
    request::object,
    settings::Settings,
};
use crate::{
    chat::Role,
    cost,
    models::Model,
    tokens::prompt::{common_prefix, segments, sent},
    wire::repair,
};

/// Forecasts a question; `count` is the caller's function from text to count.
///
/// # Errors
///
/// A plain object with a code: the settings cannot be read, or no price is known; what `count` throws.
#[wasm_bindgen]
pub fn forecast(settings: &str, count: &Function) -> Result<Object, JsValue> {
    let mut settings = Settings::read(settings)?;
    let (prices, listed) = settings.prices()?;
    let previous = settings.take_previous();
    let asked = Asked::new(settings).mended();
    let mut counter = Counter::new(count);
    let tally = asked.count(&mut counter);
    // What was sent before, mended as it was then, and the answer to it where the messages end in one: the provider's cache may hold both.
    let (answer, before) = match previous.split_last() {
        Some((last, before)) if last.role == Role::Assistant => (Some(last), before),
        _ => (None, previous.as_slice()),
    };
    let prefix = if previous.is_empty() {
        0
    } else {
        let template = asked.template();
        let before = repair(before);
        let before = sent(template, &asked.ask(&before), answer);
        let now = segments(template, &asked.ask(asked.messages()));
        common_prefix(&before, &now, &mut |text| counter.count(text))
    };
    counter.finish()?;
    let peak = listed.and_then(|model| model.peak.as_ref());
    let forecast = cost::forecast(&prices, peak, tally.total, prefix, asked.room(tally.total));
    Ok(object([
        ("input", tokens_to_number(forecast.input).into()),
        ("cachedAtMost", tokens_to_number(forecast.cached_at_most).into()),
        ("outputAtMost", tokens_to_number(forecast.output_at_most).into()),
        ("lowest", forecast.lowest.0.into()),
        ("highest", forecast.highest.0.into()),
        ("cachePriced", forecast.cache_priced.into()),
        ("exact", tally.exactness.is_exact().into()),
        ("why", why(tally.exactness)),
        ("priceDate", date(listed)),
    ]))
}

/// Prices what an answer used.
///
/// # Errors
///
/// A plain object with a code: the settings cannot be read, or no price is known.
#[wasm_bindgen(js_name = estimateCost)]
pub fn estimate_cost(settings: &str) -> Result<Object, JsValue> {
    let settings = Settings::read(settings)?;
    let (prices, listed) = settings.prices()?;
    let prices = listed.map_or(prices, |model| model.prices_at(settings.at()));
    let bill = cost::bill(&settings.usage(), &prices);
    let lines = bill.lines.iter().map(|line| {
        object([
            ("what", line.what.as_str().into()),
            ("tokens", tokens_to_number(line.tokens).into()),
            ("nanoUsd", line.cost.0.into()),
        ])
    });
    Ok(object([
        ("usd", bill.total.dollars().into()),
        ("nanoUsd", bill.total.0.into()),
        ("lines", lines.collect::<Array>().into()),
        ("priceDate", date(listed)),
    ]))
}

/// When the prices of the table were last checked; `undefined` for prices that were given.
fn date(listed: Option<&Model>) -> JsValue {
    listed.map_or(JsValue::UNDEFINED, |model| model.date.into())
}
