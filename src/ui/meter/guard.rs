//! The notice over the composer when a question is too long to be sent, or a conversation to be gone on with: what is
//! wrong, and what helps.
//!
//! In: a refusal and the budget. Out: words and a button. Never: the question, which stays in the field; a notice that
//! is no longer true: it goes when the question fits, or the conversation is another.

use leptos::{ev, html, prelude::*};

use super::{Budget, Lack, Refused, numbers::tokens};
use crate::ui::chat::Chat;

/// The notice, nothing while nothing was refused.
pub(in crate::ui) fn guard(chat: Chat) -> impl IntoView {
    let meter = chat.meter();
    let shown = Memo::new(move |_| match meter.refused.get() {
        None => false,
        Some(Refused::Written) => meter.budget.with(Budget::refuses),
        Some(Refused::Repeated(_)) => true,
    });
    // What fits was not refused any more.
    Effect::new(move |before: Option<bool>| {
        if before == Some(true) && !shown.get() {
            meter.refused.set(None);
        }
        shown.get()
    });
    move || shown.get().then(|| notice(chat))
}

fn notice(chat: Chat) -> impl IntoView {
    let meter = chat.meter();
    let repeated = Memo::new(move |_| matches!(meter.refused.get(), Some(Refused::Repeated(_))));
    let lack = Memo::new(move |_| match meter.refused.get() {
        Some(Refused::Repeated(lack)) => lack,
        _ => meter.budget.with(Budget::lack),
    });
    let has_history = Memo::new(move |_| repeated.get() || meter.budget.with(|budget| budget.history > 0));
    html::div().class("notice").attr("role", "alert").attr("data-code", "context_length").child((
        html::div().class("words").child((
            html::strong().child("Too long for the model."),
            move || {
                if repeated.get() { " For another answer this is too much by " } else { " Shorten it by " }
            },
            html::span().class("num").attr("aria-live", "off").child(move || {
                let Lack { excess, is_exact, .. } = lack.get();
                format!("{}{}", if is_exact { "" } else { "about " }, tokens(excess))
            }),
            move || match (repeated.get(), has_history.get()) {
                (true, _) => ". Edit an earlier question to ask less there, or begin a new conversation. ",
                (false, true) => ", edit an earlier question to ask it there, or begin a new conversation. ",
                (false, false) => ". ",
            },
            "The model takes ",
            move || tokens(lack.get().context),
            " in all, its answer included.",
            move || if repeated.get() { " Nothing was sent." } else { " What you wrote stays here." },
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
