//! The meter in the composer: what the next question may cost, how full the context is, and on demand what both are
//! made of.
//!
//! In: the budget. Out: a button that says it all in words, and a breakdown on hover, focus and tap. Never: an
//! announcement at a keystroke; a change of the level is told once, by a polite region of its own.

use std::time::Duration;

use leptos::{ev, html, prelude::*, svg};
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};

use super::{
    Budget, Meter,
    budget::{Basis, Level},
    desk::opener,
    numbers::{tokens, whole},
    say,
};
use crate::ui::chat::Chat;

/// The id of the breakdown, which the button opens, and of the part of it that describes the button.
const BREAKDOWN: (&str, &str) = ("hadal-budget", "hadal-made-of");
/// A pointer that stays away so long has left.
const LEFT: Duration = Duration::from_millis(300);
/// A level that stays so long is told.
const SETTLED: Duration = Duration::from_millis(400);

/// The gauge.
pub(in crate::ui) fn gauge(chat: Chat) -> impl IntoView {
    let meter = chat.meter();
    let level = Memo::new(move |_| meter.budget.with(|budget| budget.level));
    tell(meter);
    // A mouse opens by pointing.
    let pointed = StoredValue::new(false);
    let point = move |there: bool| {
        move |event: ev::PointerEvent| {
            if event.pointer_type() == "mouse" {
                pointed.set_value(there);
                if there {
                    meter.open.set(true);
                    return;
                }
                // On its way to the breakdown a pointer may cross what else is in the composer.
                let element = element(event.current_target());
                let close = move || {
                    let is_read = element.as_ref().is_some_and(has_keyboard);
                    if pointed.try_get_value() == Some(false) && !is_read {
                        meter.open.try_set(false);
                    }
                };
                set_timeout(close, LEFT);
            }
        }
    };
    html::div()
        .class("meter")
        .on(ev::pointerenter, point(true))
        .on(ev::pointerleave, point(false))
        .on(ev::focusout, move |event| {
            if !pointed.get_value() && leaves(&event) {
                meter.open.set(false);
            }
        })
        .child((
            html::button()
                .r#type("button")
                .class("gauge")
                .node_ref(meter.desk.get_value().gauge)
                .attr("aria-label", say_all(meter, say::label))
                .attr("aria-expanded", move || if meter.open.get() { "true" } else { "false" })
                .attr("aria-controls", BREAKDOWN.0)
                .attr("aria-describedby", BREAKDOWN.1)
                .attr("data-level", move || word(level.get()))
                .attr("data-about", say_all(meter, |budget| say::about(budget).to_owned()))
                .attr("data-priced", move || meter.budget.with(|budget| budget.forecast.is_some()))
                .on(ev::click, move |_| {
                    // What pointing has opened, a click does not close.
                    if !(pointed.get_value() && meter.open.get_untracked()) {
                        meter.open.update(|open| *open = !*open);
                    }
                })
                .on(ev::focus, move |event| {
                    if super::is_by_keyboard(&event) {
                        meter.open.set(true);
                    }
                })
                .child((
                    html::span().class("price").child(say_all(meter, |budget| {
                        budget.forecast.as_ref().map(say::range).unwrap_or_default()
                    })),
                    html::span().class("level").child(move || say::level(level.get())),
                    html::span().class("num").child(say_all(meter, say::glance)),
                    ring(meter),
                )),
            breakdown(chat),
            html::span().class("unseen").attr("role", "status").child(move || meter.news.get()),
        ))
}

/// Tells a change of the level once it has settled. An estimate whose count is on its way is no news.
fn tell(meter: Meter) {
    let told = StoredValue::new(Level::Normal);
    let level = Memo::new(move |_| {
        let (level, basis) = meter.budget.with(|budget| (budget.level, budget.basis));
        let is_uncounted = basis == Basis::Uncounted && meter.has_counter() && !meter.lacking.get();
        let is_coming = basis == Basis::Open || is_uncounted;
        (!is_coming).then_some(level)
    });
    Effect::new(move |_| {
        let Some(settled) = level.get() else { return };
        let settle = move || {
            let lasts = level.try_get_untracked().flatten() == Some(settled);
            if lasts && told.try_get_value().is_some_and(|told| told != settled) {
                told.set_value(settled);
                meter.news.set(say::news(settled));
            }
        };
        set_timeout(settle, SETTLED);
    });
}

/// Whether the focus goes to another place than the button and its breakdown.
fn leaves(event: &ev::FocusEvent) -> bool {
    let (meter, next) = (element(event.current_target()), element(event.related_target()));
    !meter.is_some_and(|meter| meter.contains(next.as_deref()))
}

/// Whether a keyboard has brought the focus there, so that somebody may be reading it.
fn has_keyboard(element: &Element) -> bool {
    element.query_selector(":focus-visible").is_ok_and(|focused| focused.is_some())
}

fn element(target: Option<EventTarget>) -> Option<Element> {
    target.and_then(|target| target.dyn_into().ok())
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
    html::div()
        .class("breakdown")
        .id(BREAKDOWN.0)
        .attr("role", "group")
        .attr("aria-label", "Context and price")
        .attr("hidden", move || !meter.open.get())
        .child((
            html::div().id(BREAKDOWN.1).child((
                html::div().class("rows").child((
                    row(meter, "", "This message", |budget| new(budget, budget.message)),
                    row_if(meter, "Documents", |budget| budget.documents, new),
                    row(meter, "", "History", |budget| part(budget, budget.history)),
                    row_if(meter, "Tools", |budget| budget.tools, part),
                    row(meter, "", "System and template", |budget| part(budget, budget.around)),
                    row(meter, "sum", "Prompt", |budget| {
                        format!("{}{}", say::about(budget), tokens(budget.prompt))
                    }),
                    row(meter, "", "Room for the answer", |budget| tokens(budget.room)),
                    row(meter, "sum", "Next answer", |budget| {
                        budget.forecast.as_ref().map_or_else(|| "–".to_owned(), say::range)
                    }),
                )),
                html::p().child((
                    say_all(meter, |budget| budget.forecast.as_ref().map(say::bounds).unwrap_or_default()),
                    chat.model_name(),
                    ". ",
                    move || meter.terms.with(say::source),
                    " ",
                    move || {
                        let basis = meter.budget.with(|budget| budget.basis);
                        let is_known = meter.terms.with(|terms| terms.is_known);
                        say::basis(basis, is_known, meter.has_counter(), meter.lacking.get())
                    },
                )),
            )),
            opener(meter),
        ))
}

/// One part of the prompt.
fn part(budget: &Budget, tokens: u64) -> String {
    format!("{}{}", say::about(budget), whole(tokens))
}

/// One part of the question.
fn new(budget: &Budget, tokens: u64) -> String {
    if budget.is_divided { part(budget, tokens) } else { format!("about {}", whole(tokens)) }
}

fn row(meter: Meter, class: &'static str, name: &'static str, say: fn(&Budget) -> String) -> impl IntoView {
    line(class, name, say_all(meter, say))
}

/// A row that is there only where there is something to count.
fn row_if(
    meter: Meter,
    name: &'static str,
    count: fn(&Budget) -> u64,
    say: fn(&Budget, u64) -> String,
) -> impl IntoView {
    let is_there = Memo::new(move |_| meter.budget.with(|budget| count(budget) > 0));
    let said = move || meter.budget.with(|budget| say(budget, count(budget)));
    move || is_there.get().then(|| line("", name, said))
}

fn line(
    class: &'static str,
    name: &'static str,
    said: impl Fn() -> String + Clone + Send + 'static,
) -> impl IntoView {
    html::div().class(class).child((html::span().child(name), html::span().class("num").child(said)))
}
