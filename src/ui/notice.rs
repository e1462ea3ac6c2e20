//! How an answer ended, where it was not simply whole: a card in its place, with what may help.
//!
//! In: an answer's end. Out: words, and buttons that call the chat. Never: a question sent again by itself; a
//! countdown only re-enables the button.

use leptos::{either::Either, ev, html, prelude::*};

use super::{
    chat::Chat,
    model::{Answer, End},
    seconds,
    words::{Remedy, words},
};
use crate::chat::{Millis, StopReason};

/// The card under an answer, nothing while it runs or where it is whole.
pub(super) fn ending(chat: Chat, answer: &Answer, last: Memo<bool>) -> impl IntoView + use<> {
    let answer = answer.clone();
    move || {
        let partial = answer.text.with_untracked(|text| !text.is_empty());
        let fails = |code, from, partial| Some(Either::Left(failure(chat, code, from, partial, last)));
        let ends = |text, partial| Some(Either::Right(cut(chat, text, partial, last)));
        match answer.end.get()? {
            End::Failed { code, from } => fails(&*code, from, partial),
            End::Done(StopReason::ContentFilter) => fails("content_filter", None, false),
            End::Done(StopReason::Length) => ends("The answer reached its greatest length.", partial),
            End::Done(StopReason::Stopped) => ends("Stopped.", partial),
            End::Done(StopReason::Stop) if !partial => ends("The answer is empty.", false),
            End::Done(_) => None,
        }
    }
}

/// The request is asked again by itself, in a moment.
pub(super) fn waiting(until: Millis, code: &str) -> impl IntoView + use<> {
    let now = seconds::ticking(|| true);
    let left = Memo::new(move |_| seconds::until(until, now.get()));
    html::p().class("status").child((
        html::span().class("pulse").attr("aria-hidden", "true"),
        words(code).title,
        " ",
        html::span().class("num").child(move || match left.get() {
            0 => "Asking again".to_owned(),
            left => format!("Asking again in {}", seconds::span(left)),
        }),
    ))
}

fn failure(
    chat: Chat,
    code: &str,
    from: Option<Millis>,
    partial: bool,
    last: Memo<bool>,
) -> impl IntoView + use<> {
    let said = words(code);
    let now = seconds::ticking(move || from.is_some());
    // Until the clock has run once, the wait counts as not over.
    let left = Memo::new(move |_| from.map_or(0, |from| seconds::until(from, now.get())));
    html::div().class("notice").attr("role", "alert").attr("data-code", code.to_owned()).child((
        html::div().class("words").child((html::strong().child(said.title), " ", said.text, move || {
            (left.get() > 0).then(|| {
                html::span().attr("aria-live", "off").child((
                    " It can be asked again in ",
                    html::span().class("num").child(move || format!("{}.", seconds::span(left.get()))),
                ))
            })
        })),
        move || last.get().then(|| remedies(chat, said.remedy, partial, left)),
    ))
}

/// An end that is nobody's fault.
fn cut(chat: Chat, text: &'static str, partial: bool, last: Memo<bool>) -> impl IntoView + use<> {
    html::div()
        .class("notice calm")
        .attr("role", "status")
        .child((html::div().class("words").child(text), move || {
            last.get().then(|| remedies(chat, Remedy::AskAgain, partial, Memo::new(|_| 0)))
        }))
}

/// The buttons. What was begun can be continued, and asked again by the answer's foot; else it is asked again here.
fn remedies(chat: Chat, remedy: Remedy, partial: bool, left: Memo<u64>) -> impl IntoView {
    let act = match (remedy, partial) {
        (Remedy::None, _) => return None,
        (Remedy::AskAgain, true) => ("Continue", Chat::resume as fn(Chat)),
        (Remedy::AskAgain, false) => ("Ask again", Chat::retry as fn(Chat)),
        (Remedy::StartAnew, _) => ("New conversation", Chat::renew as fn(Chat)),
        (Remedy::Rephrase, _) => ("Edit the question", Chat::rephrase as fn(Chat)),
    };
    let (label, then) = act;
    Some(
        html::button()
            .r#type("button")
            .class("remedy")
            .attr("disabled", move || left.get() > 0)
            .on(ev::click, move |_| then(chat))
            .child(label),
    )
}
