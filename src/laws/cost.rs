//! What is always true of money: lines add up, bounds hold, more costs no less, and nothing panics.

use proptest::{
    prelude::{Just, Strategy, any},
    prop_assert, prop_assert_eq, prop_oneof,
    test_runner::TestCaseError,
};

use super::{Law, Trial};
use crate::{
    chat::Usage,
    cost::{Bill, CACHE_UNIT, Nano, Total, bill, forecast},
    models::Prices,
};

pub(super) const LAWS: &[Law] = &[
    Law { name: "cost: the lines of any bill add up to its total", check: lines_add_up },
    Law { name: "cost: the lowest is at most the highest", check: lowest_is_lowest },
    Law { name: "cost: a usage within a forecast costs within it", check: usage_within },
    Law { name: "cost: more tokens or a longer known beginning move the bounds one way", check: monotone },
    Law { name: "cost: a conversation costs what its answers cost", check: totals },
];

fn lines_add_up(trial: Trial) -> super::Report {
    trial.of(&(usage(), prices()), |(usage, prices)| {
        let bill = bill(&usage, &prices);
        prop_assert_eq!(bill.total, bill.lines.iter().map(|line| line.cost).sum::<Nano>());
        let tokens = bill.lines.iter().fold(0_u64, |sum, line| sum.saturating_add(line.tokens));
        prop_assert_eq!(tokens, usage.input.saturating_add(usage.output));
        let shown = bill.total.to_string();
        prop_assert_eq!(shown == "$0", bill.total == Nano::ZERO, "{}", shown);
        Ok(())
    })
}

fn lowest_is_lowest(trial: Trial) -> super::Report {
    trial.of(&(prices(), peak(), tokens(), tokens(), tokens()), |(prices, peak, input, prefix, output)| {
        let forecast = forecast(&prices, peak.as_ref(), input, prefix, output);
        prop_assert!(forecast.lowest <= forecast.highest, "{:?}", forecast);
        prop_assert!(forecast.cached_at_most <= input.min(prefix), "{:?}", forecast);
        prop_assert_eq!(forecast.cached_at_most % CACHE_UNIT, 0);
        prop_assert_eq!(forecast.cache_priced, prices.cached_input.is_some());
        Ok(())
    })
}

fn usage_within(trial: Trial) -> super::Report {
    let inside = (any::<u64>(), any::<u64>(), any::<u64>());
    let asked = (prices(), peak(), tokens(), tokens(), tokens());
    trial.of(&(asked, inside), |((prices, peak, input, prefix, output_at_most), inside)| {
        let forecast = forecast(&prices, peak.as_ref(), input, prefix, output_at_most);
        let output = up_to(inside.0, output_at_most);
        let cached_input = up_to(inside.1, forecast.cached_at_most);
        let usage = Usage { input, cached_input, output, reasoning: up_to(inside.2, output) };
        for rate in [Some(prices), peak].into_iter().flatten() {
            let cost = bill(&usage, &rate).total;
            prop_assert!(forecast.lowest <= cost && cost <= forecast.highest, "{:?} {:?}", cost, forecast);
        }
        Ok(())
    })
}

fn monotone(trial: Trial) -> super::Report {
    let step = (0..200_u64, 0..200_u64, 0..200_u64);
    trial.of(&((prices(), peak(), tokens(), tokens(), tokens()), step), |(asked, step)| {
        let (prices, peak, input, prefix, output) = asked;
        let at = |input, prefix, output| forecast(&prices, peak.as_ref(), input, prefix, output);
        let base = at(input, prefix, output);
        let longer = at(input, prefix, output.saturating_add(step.0));
        prop_assert!(longer.highest >= base.highest && longer.lowest == base.lowest);
        let known = at(input, prefix.saturating_add(step.1), output);
        prop_assert!(known.lowest <= base.lowest && known.cached_at_most >= base.cached_at_most);
        let more = at(input.saturating_add(step.2), prefix.min(input), output);
        let same = at(input, prefix.min(input), output);
        prop_assert!(more.highest >= same.highest && more.lowest >= same.lowest, "{:?} {:?}", more, same);
        Ok(())
    })
}

fn totals(trial: Trial) -> super::Report {
    let answer = (proptest::option::of(usage()), proptest::option::of(prices()));
    trial.of(&proptest::collection::vec(answer, 0..6), |answers| check_totals(&answers))
}

fn check_totals(answers: &[(Option<Usage>, Option<Prices>)]) -> Result<(), TestCaseError> {
    let mut total = Total::default();
    let mut cost = Nano::ZERO;
    let mut priced = 0;
    for (usage, prices) in answers {
        let one: Option<Bill> =
            usage.as_ref().zip(prices.as_ref()).map(|(usage, prices)| bill(usage, prices));
        total.add(usage.as_ref(), one.as_ref());
        priced += u64::from(one.is_some());
        cost = cost.plus(one.map(|bill| bill.total).unwrap_or_default());
    }
    prop_assert_eq!(total.cost, cost);
    prop_assert_eq!(total.answers, answers.len() as u64);
    prop_assert_eq!(total.answers - total.unpriced, priced);
    prop_assert!(total.usage.cached_input <= total.usage.input || total.usage.input == u64::MAX);
    Ok(())
}

/// Numbers of tokens: of real prompts, around the cache's unit, and of no prompt at all.
fn tokens() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..200_000_u64, 3 => 0..200_u64, 1 => any::<u64>(), 1 => Just(u64::MAX)]
}

/// A usage that is sound, as `wire` gives it.
fn usage() -> impl Strategy<Value = Usage> {
    (tokens(), any::<u64>(), tokens(), any::<u64>()).prop_map(|(input, cached, output, reasoning)| Usage {
        input,
        cached_input: up_to(cached, input),
        output,
        reasoning: up_to(reasoning, output),
    })
}

fn price() -> impl Strategy<Value = u64> {
    prop_oneof![6 => 0..5_000_u64, 1 => 0..=1_000_000_000_u64]
}

fn prices() -> impl Strategy<Value = Prices> {
    (price(), proptest::option::of(price()), price()).prop_map(|(input, cached_input, output)| Prices {
        input,
        cached_input,
        output,
    })
}

fn peak() -> impl Strategy<Value = Option<Prices>> {
    proptest::option::of(prices())
}

/// Some number of `0..=most`.
const fn up_to(any: u64, most: u64) -> u64 {
    match most.checked_add(1) {
        Some(numbers) => any % numbers,
        None => any,
    }
}
