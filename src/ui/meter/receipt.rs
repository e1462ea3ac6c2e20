//! What an answer took, as its provider reported it: a quiet line under the answer, with its bill behind it.
//!
//! In: an answer's figures and what its tokens cost. Out: a button in the foot, and the bill that it opens. Never: a
//! forecast in the place of a report: what was not reported is said to be so.

use leptos::{ev, html, prelude::*};

use super::{
    numbers::{percent, tokens, whole},
    terms::Rate,
};
use crate::{
    chat::{Millis, Usage},
    cost::{What, bill},
    models::Prices,
    ui::{
        chat::Chat,
        model::{Answer, Figures},
    },
};

/// The line, and apart from it the bill, which stands under the whole foot.
pub(in crate::ui) fn receipt(chat: Chat, answer: &Answer) -> (impl IntoView + use<>, impl IntoView + use<>) {
    let meter = chat.meter();
    let (open, own) = (RwSignal::new(false), RwSignal::new(None));
    let asked = answer.key.1;
    // What was not reported is counted here, when somebody looks.
    let (reasoning, text) = (answer.reasoning.clone(), answer.text.clone());
    let look = move |reported: bool| {
        open.update(|open| *open = !*open);
        if !reported && own.get_untracked().is_none() {
            meter.count(vec![reasoning.get_untracked(), text.get_untracked()], own);
        }
    };
    let id = format!("bill-{}", answer.key.0);
    let figures = answer.figures.clone();
    let line = {
        let (figures, id) = (figures.clone(), id.clone());
        move || {
            let figures = figures.get();
            let line = line(&figures, meter.rate(asked).as_ref())?;
            let (look, is_reported) = (look.clone(), figures.usage.is_some());
            let button = html::button()
                .r#type("button")
                .class("quiet receipt num")
                .attr("aria-expanded", move || if open.get() { "true" } else { "false" })
                .attr("aria-controls", id.clone())
                .attr("title", "What this answer took")
                .on(ev::click, move |_| look(is_reported))
                .child((
                    html::span().class("wide").child(line.counts),
                    html::span().child(line.short),
                    html::span().class("wide").child(line.pace),
                ));
            Some(button)
        }
    };
    let sheet = html::div().class("bill").id(id).attr("hidden", move || !open.get()).child(move || {
        let rows = open.get().then(|| rows(&figures.get(), meter.rate(asked).as_ref(), own.get()));
        let draw = |(name, said): (&'static str, String)| {
            html::div().child((html::span().child(name), html::span().class("num").child(said)))
        };
        rows.map(|rows| rows.into_iter().map(draw).collect::<Vec<_>>())
    });
    (line, sheet)
}

/// What the line says.
struct Line {
    /// Where there is space.
    counts: String,
    /// Always.
    short: String,
    /// Where there is space.
    pace: String,
}

fn line(figures: &Figures, rate: Option<&Rate>) -> Option<Line> {
    let Some(usage) = figures.usage else {
        let short = figures.whole.map(|_| "Tokens not reported".to_owned())?;
        return Some(Line { counts: String::new(), short, pace: pace(figures, None) });
    };
    let counts = format!("{} in, {} out", whole(usage.input), whole(usage.output));
    let mut cached = String::new();
    if usage.cached_input > 0 {
        cached = format!("· {} % from cache ", percent(usage.cached_input, usage.input));
    }
    let pace = cached + &pace(figures, Some(&usage));
    Some(match rate {
        Some(rate) => Line {
            counts: format!("{counts} ·"),
            short: format!("{}{}", least(rate), bill(&usage, &rate.prices).total),
            pace,
        },
        None => Line { counts: String::new(), short: counts, pace },
    })
}

/// "· 0.4 s, 61 tokens/s".
fn pace(figures: &Figures, usage: Option<&Usage>) -> String {
    let Some(first) = figures.first else { return String::new() };
    let speed = usage.and_then(|usage| speed(figures, usage));
    let speed = speed.map(|speed| format!(", {speed} tokens/s")).unwrap_or_default();
    format!("· {}{speed}", seconds(first))
}

/// What goes before a cost that may have been more.
const fn least(rate: &Rate) -> &'static str {
    if rate.is_least { "at least " } else { "" }
}

fn rows(figures: &Figures, rate: Option<&Rate>, own: Option<u64>) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    if let Some(usage) = figures.usage {
        let free = Prices { input: 0, cached_input: None, output: 0 };
        let bill = bill(&usage, rate.map_or(&free, |rate| &rate.prices));
        for line in &bill.lines {
            let count = tokens(line.tokens);
            let said = if rate.is_some() { format!("{count} · {}", line.cost) } else { count };
            rows.push((name(line.what), said));
        }
        let total = rate.map(|rate| format!("{}{}", least(rate), bill.total));
        rows.push(("Cost, by the reported tokens", total.unwrap_or_else(|| "no price known".to_owned())));
        if let Some(is_peak) = rate.and_then(|rate| rate.is_peak) {
            let hours =
                if is_peak { "those of peak hours, holidays aside" } else { "those outside peak hours" };
            rows.push(("Prices", hours.to_owned()));
        }
    } else {
        rows.push(("Tokens", "not reported by the provider".to_owned()));
        if let Some(own) = own {
            rows.push(("Answer, by our own count", tokens(own)));
        }
    }
    if let Some(first) = figures.first {
        rows.push(("First sign after", seconds(first)));
    }
    if let Some(speed) = figures.usage.and_then(|usage| speed(figures, &usage)) {
        rows.push(("Speed", format!("{speed} tokens/s")));
    }
    if let Some(all) = figures.whole {
        rows.push(("In all", seconds(all)));
    }
    rows
}

const fn name(what: What) -> &'static str {
    match what {
        What::Input => "Prompt, new",
        What::CachedInput => "Prompt, cached",
        What::Reasoning => "Thinking",
        What::Answer => "Answer",
    }
}

/// Tokens a second, from the first sign to the end.
fn speed(figures: &Figures, usage: &Usage) -> Option<String> {
    let span = figures.whole?.since(figures.first?).0;
    let rate = usage.output.saturating_mul(1000).checked_div(span)?;
    (usage.output > 0 && rate > 0).then(|| whole(rate))
}

/// "0.4 s", "12 s".
fn seconds(span: Millis) -> String {
    let tenths = span.0.saturating_add(50) / 100;
    if tenths < 100 {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else {
        format!("{} s", whole(tenths / 10))
    }
}
