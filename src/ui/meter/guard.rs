//! The notice over the composer when a question is too long to be sent: what is wrong, and what helps.
//!
//! In: a refusal and the budget. Out: words and a button. Never: the question, which stays in the field; a notice that
//! is no longer true: it goes when the question fits.

use leptos::{ev, html, prelude::*};

use super::{Budget, numbers::tokens};
use crate::ui::chat::Chat;

/// The notice, nothing while nothing was refused.
pub(in crate::ui) fn guard(chat: Chat) -> impl IntoView {
    let meter = chat.meter();
    let shown = Memo::new(move |_| meter.refused.get() && meter.budget.with(Budget::refuses));
    // What fits was not refused any more.
    Effect::new(move |before: Option<bool>| {
        if before == Some(true) && !shown.get() {
            meter.refused.set(false);
        }
        shown.get()
    });
    move || shown.get().then(|| notice(chat))
}

fn notice(chat: Chat) -> impl IntoView {
    let budget = chat.meter().budget;
    let has_history = Memo::new(move |_| budget.with(|budget| budget.history > 0));
    html::div().class("notice").attr("role", "alert").attr("data-code", "context_length").child((
        html::div().class("words").child((
            html::strong().child("Too long for the model."),
            " Shorten it by ",
            html::span()
                .class("num")
                .attr("aria-live", "off")
                .child(move || budget.with(|budget| tokens(budget.excess))),
            move || {
                if has_history.get() {
                    ", edit an earlier question to ask it there, or begin a new conversation. "
                } else {
                    ". "
                }
            },
            "The model takes ",
            move || budget.with(|budget| tokens(budget.context.unwrap_or_default())),
            " in all, its answer included. What you wrote stays here.",
        )),
        move || {
            has_history.get().then(|| {
                html::button()
                    .r#type("button")
                    .class("remedy")
                    .on(ev::click, move |_| chat.renew())
                    .child("New conversation")
            })
        },
    ))
}
