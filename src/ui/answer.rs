//! One answer: what the model thinks, what it says, how it ended, and what can be done with it.
//!
//! In: an [`Answer`]. Out: its turn. While it runs only its own text nodes grow.

use leptos::{either::Either, ev, html, prelude::*};

use super::{
    branches::branches,
    chat::Chat,
    copy::copy,
    icons,
    meter::receipt,
    model::{Answer, Stage, Turn},
    notice::{ending, waiting},
    prose::prose,
    thought::thought,
};

/// An answer's turn.
pub(super) fn answer(chat: Chat, answer: &Answer) -> impl IntoView + use<> {
    let end = answer.end.clone();
    let over = Memo::new(move |_| end.with(Option::is_some));
    let key = answer.key;
    let last = Memo::new(move |_| chat.model.turns.with(|turns| turns.last().map(Turn::key) == Some(key)));
    let busy = move || if over.get() { "false" } else { "true" };
    html::article().class("turn answer").attr("aria-label", "Hadal").attr("aria-busy", busy).child((
        thought(answer),
        move || (!over.get()).then(|| status(chat)),
        prose(answer.text.clone()),
        ending(chat, answer, last),
        foot(chat, answer, over, last),
    ))
}

/// What there is to say before the first word.
fn status(chat: Chat) -> impl IntoView {
    let said = |words: &'static str| Some(Either::Left(html::p().class("status").child((pulse(), words))));
    move || match chat.model.stage.get() {
        Stage::Asking => said("Asking"),
        Stage::Queued => said("In the provider's queue"),
        Stage::Waiting { until, code } => Some(Either::Right(waiting(until, code))),
        _ => None,
    }
}

fn pulse() -> impl IntoView {
    html::span().class("pulse").attr("aria-hidden", "true")
}

/// What it took, copy, regenerate, versions. Only the last answer can be asked for again: what follows another hangs on it.
fn foot(chat: Chat, answer: &Answer, over: Memo<bool>, last: Memo<bool>) -> impl IntoView + use<> {
    let (text, place) = (answer.text.clone(), answer.place.clone());
    let filled = Memo::new({
        let text = text.clone();
        move |_| text.with(|text| !text.is_empty())
    });
    let (line, bill) = receipt(chat, answer);
    html::div().class("foot").attr("hidden", move || !over.get()).child((
        line,
        move || {
            let text = text.clone();
            filled.get().then(|| copy(chat, move || text.get_untracked()))
        },
        move || {
            (last.get() && filled.get()).then(|| {
                html::button()
                    .r#type("button")
                    .class("quiet")
                    .on(ev::click, move |_| chat.retry())
                    .child((icons::again(), html::span().child("Ask again")))
            })
        },
        branches(chat, place),
        bill,
    ))
}
