//! The meter in the composer: what the next question may cost, how full the context is, and on demand what both are
//! made of.
//!
//! In: the budget. Out: a button that says it all in words, and a breakdown on hover, focus and tap. Never: an
//! announcement at a keystroke; crossing a threshold is told once, by the chat's polite region.

use leptos::{ev, html, prelude::*, svg};

use super::{
    Budget, Meter,
    budget::Level,
    numbers::{tokens, whole},
    say,
};
use crate::ui::chat::Chat;

/// The id of the breakdown, which describes the button.
const BREAKDOWN: &str = "hadal-budget";

/// The gauge.
pub(in crate::ui) fn gauge(chat: Chat) -> impl IntoView {
    let meter = chat.meter();
    let level = Memo::new(move |_| meter.budget.with(|budget| budget.level));
    Effect::new(move |before: Option<Level>| {
        let level = level.get();
        if before.is_some_and(|before| level > before) {
            chat.model.news.set(say::news(level));
        }
        level
    });
    // A mouse opens by pointing, and its click changes nothing.
    let pointed = StoredValue::new(false);
    let point = move |there: bool| {
        move |event: ev::PointerEvent| {
            if event.pointer_type() == "mouse" {
                pointed.set_value(there);
                meter.open.set(there);
            }
        }
    };
    html::div().class("meter").on(ev::pointerenter, point(true)).on(ev::pointerleave, point(false)).child((
        html::button()
            .r#type("button")
            .class("gauge")
            .attr("aria-label", say_all(meter, say::label))
            .attr("aria-describedby", BREAKDOWN)
            .attr("data-level", move || word(level.get()))
            .attr("data-about", say_all(meter, |budget| say::about(budget).to_owned()))
            .attr("data-priced", move || meter.budget.with(|budget| budget.forecast.is_some()))
            .on(ev::click, move |_| {
                if !pointed.get_value() {
                    meter.open.update(|open| *open = !*open);
                }
            })
            .on(ev::focus, move |event| {
                if super::is_by_keyboard(&event) {
                    meter.open.set(true);
                }
            })
            .on(ev::blur, move |_| meter.open.set(false))
            .child((
                html::span().class("price").child(say_all(meter, |budget| {
                    budget.forecast.as_ref().map(say::range).unwrap_or_default()
                })),
                html::span().class("level").child(move || say::level(level.get())),
                html::span().class("num").child(say_all(meter, say::glance)),
                ring(meter),
            )),
        breakdown(chat),
    ))
}

/// A text of the budget. One type for all of them: each type of a view's child is code of its own.
fn say_all(meter: Meter, say: fn(&Budget) -> String) -> impl Fn() -> String + Clone + Send + 'static {
    let budget = meter.budget;
    move || budget.with(say)
}

/// The level as the stylesheet knows it.
const fn word(level: Level) -> Option<&'static str> {
    match level {
        Level::Normal => None,
        Level::Warning => Some("warning"),
        Level::Critical => Some("critical"),
        Level::Over => Some("over"),
    }
}

/// A circle of a thousand parts, as many of them drawn as the context is full.
fn ring(meter: Meter) -> impl IntoView {
    let drawn = say_all(meter, |budget| match budget.context {
        Some(context) if context > 0 => {
            format!("{} 1000", (budget.prompt.saturating_mul(1000) / context).min(1000))
        }
        _ => "0 1000".to_owned(),
    });
    let circle = |class: &'static str| {
        svg::circle()
            .attr("class", class)
            .attr("cx", "10")
            .attr("cy", "10")
            .attr("r", "7.5")
            .attr("pathLength", "1000")
    };
    svg::svg()
        .attr("class", "ring")
        .attr("viewBox", "0 0 20 20")
        .attr("aria-hidden", "true")
        .child((circle("all"), circle("used").attr("stroke-dasharray", drawn)))
}

/// What the numbers are made of.
fn breakdown(chat: Chat) -> impl IntoView {
    let meter = chat.meter();
    let terms = meter.terms.get_value();
    html::div()
        .class("breakdown")
        .id(BREAKDOWN)
        .attr("role", "tooltip")
        .attr("hidden", move || !meter.open.get())
        .child((
            html::div().class("rows").child((
                row(meter, "This message", |budget| whole(budget.message)),
                row(meter, "History", |budget| whole(budget.history)),
                row(meter, "System and template", |budget| whole(budget.around)),
                row(meter, "Prompt", |budget| format!("{}{}", say::about(budget), tokens(budget.prompt))),
                row(meter, "Room for the answer", |budget| tokens(budget.room)),
                row(meter, "Next answer", |budget| {
                    budget.forecast.as_ref().map_or_else(|| "–".to_owned(), say::range)
                }),
            )),
            html::p().child((
                say_all(meter, |budget| budget.forecast.as_ref().map(say::bounds).unwrap_or_default()),
                chat.model_name(),
                ". ",
                say::source(&terms),
                " ",
                move || {
                    let basis = meter.budget.with(|budget| budget.basis);
                    say::basis(basis, meter.has_counter(), meter.lacking.get())
                },
            )),
        ))
}

fn row(meter: Meter, name: &'static str, say: fn(&Budget) -> String) -> impl IntoView {
    html::div().child((html::span().child(name), html::span().class("num").child(say_all(meter, say))))
}
