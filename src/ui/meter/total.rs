//! What the conversation has used, in the bar.
//!
//! In: the model's sum. Out: "1,412 tokens · $0.0011". Never: a sum that hides what was not reported or has no price.

use leptos::{html, prelude::*};

use super::numbers::tokens;
use crate::{cost::Total, ui::chat::Chat};

/// The total, nothing before the first answer.
pub(in crate::ui) fn total(chat: Chat) -> impl IntoView {
    let meter = chat.meter();
    let spent = meter.spent;
    let is_priced = meter.terms.with_value(|terms| terms.prices.is_some());
    html::span()
        .class("total num")
        .attr("hidden", move || spent.with(|total| total.answers == 0))
        .attr("title", move || spent.with(|total| whole(total, is_priced)))
        .child((
            html::span().class("unseen").child("This conversation: "),
            html::span().class(if is_priced { "wide" } else { "" }).child(move || spent.with(used)),
            is_priced.then(|| html::span().class("wide").child(" · ")),
            html::span().child(move || spent.with(|total| cost(total, is_priced))),
        ))
}

fn used(total: &Total) -> String {
    let sum = total.usage.input.saturating_add(total.usage.output);
    tokens(sum)
}

/// What it cost, "at least" where answers are missing in the sum.
fn cost(total: &Total, is_priced: bool) -> String {
    match (is_priced, total.unpriced) {
        (false, _) => String::new(),
        (true, 0) => total.cost.to_string(),
        (true, unpriced) if unpriced >= total.answers => "not reported".to_owned(),
        (true, _) => format!("at least {}", total.cost),
    }
}

fn whole(total: &Total, is_priced: bool) -> String {
    let usage = &total.usage;
    let lack = match (is_priced, total.unpriced) {
        (false, _) => "; no price is known for this model here".to_owned(),
        (true, 0) => String::new(),
        (true, unpriced) => format!("; of {} it was not reported", answers(unpriced)),
    };
    format!("{} in, {} out, in all versions of all answers{lack}", tokens(usage.input), tokens(usage.output))
}

fn answers(count: u64) -> String {
    if count == 1 { "1 answer".to_owned() } else { format!("{count} answers") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chat::Usage, cost::bill, models::Prices};

    #[test]
    fn a_sum_that_lacks_something_says_so() {
        let usage = Usage { input: 1_000, cached_input: 0, output: 412, reasoning: 0 };
        let mut total = Total::default();
        let prices = Prices::per_million(0.28, None, 0.42).unwrap();
        total.add(Some(&usage), Some(&bill(&usage, &prices)));
        assert_eq!((used(&total).as_str(), cost(&total, true).as_str()), ("1,412 tokens", "$0.0005"));
        total.add(None, None);
        assert_eq!(cost(&total, true), "at least $0.0005");
        assert!(whole(&total, true).ends_with("; of 1 answer it was not reported"));
        assert_eq!(cost(&total, false), "");
    }
}
