//! What the conversation has used, in the bar.
//!
//! In: what was spent. Out: "1,412 tokens · $0.0011". Never: a sum that hides what was not reported or has no price.

use leptos::{html, prelude::*};

use super::{Spent, numbers::tokens};
use crate::{cost::Total, ui::chat::Chat};

/// The total, nothing before the first answer.
pub(in crate::ui) fn total(chat: Chat) -> impl IntoView {
    let meter = chat.meter();
    let spent = meter.spent;
    let is_priced = Memo::new(move |_| meter.terms.with(|terms| terms.prices().is_some()));
    html::span()
        .class("total num")
        .attr("hidden", move || spent.with(|spent| spent.total.answers == 0))
        .attr("title", move || spent.with(|spent| whole(&spent.total, is_priced.get())))
        .child((
            html::span().class("unseen").child("This conversation: "),
            html::span()
                .class(move || if is_priced.get() { "wide" } else { "" })
                .child(move || spent.with(|spent| used(&spent.total))),
            html::span().class("wide").child(move || if is_priced.get() { " · " } else { "" }),
            html::span().child(move || spent.with(|spent| cost(spent, is_priced.get()))),
        ))
}

fn used(total: &Total) -> String {
    let sum = total.usage.input.saturating_add(total.usage.output);
    tokens(sum)
}

/// What it cost, "at least" where answers are missing in the sum, or may have cost more.
fn cost(spent: &Spent, is_priced: bool) -> String {
    let total = &spent.total;
    match (is_priced, total.unpriced) {
        (false, _) => String::new(),
        (true, 0) if !spent.is_least => total.cost.to_string(),
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
        let mut spent = Spent::default();
        let prices = Prices::per_million(0.28, None, 0.42).unwrap();
        spent.total.add(Some(&usage), Some(&bill(&usage, &prices)));
        assert_eq!((used(&spent.total).as_str(), cost(&spent, true).as_str()), ("1,412 tokens", "$0.0005"));
        assert_eq!(cost(&Spent { is_least: true, ..spent }, true), "at least $0.0005");
        spent.total.add(None, None);
        assert_eq!(cost(&spent, true), "at least $0.0005");
        assert!(whole(&spent.total, true).ends_with("; of 1 answer it was not reported"));
        assert_eq!(cost(&spent, false), "");
    }
}
