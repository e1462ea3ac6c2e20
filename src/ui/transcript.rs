//! The conversation: a log that follows its end, and the way back to it.
//!
//! In: the model's turns. Out: one node a turn, kept as long as the turn is. Never: an announcement: a log that a
//! screen reader hears growing is noise, so its news has a region of its own.

use leptos::{either::Either, ev, html, prelude::*};

use super::{
    answer::answer,
    chat::Chat,
    icons,
    model::{Stage, Turn},
    question::question,
    welcome::welcome,
};

/// The log, the pill, and the welcome while there is nothing to show.
pub(super) fn transcript(chat: Chat) -> impl IntoView {
    let empty = Memo::new(move |_| chat.model.turns.with(Vec::is_empty));
    let turns = For(ForProps::builder()
        .each(move || chat.model.turns.get())
        .key(Turn::key)
        .children(move |turn| match turn {
            Turn::Question(asked) => Either::Left(question(chat, &asked)),
            Turn::Answer(given) => Either::Right(answer(chat, &given)),
        })
        .build());
    html::div().class("sea").child((
        html::div()
            .class("log")
            .attr("role", "log")
            .attr("aria-label", "Conversation")
            .attr("aria-live", "off")
            .attr("tabindex", "0")
            .node_ref(chat.follow.scroller)
            .child(
                html::div()
                    .class("turns")
                    .node_ref(chat.follow.content)
                    .child((move || empty.get().then(|| welcome(chat)), turns)),
            ),
        pill(chat),
    ))
}

fn pill(chat: Chat) -> impl IntoView {
    move || {
        chat.follow.far.get().then(|| {
            html::button()
                .r#type("button")
                .class("pill")
                .attr("data-news", move || chat.model.stage.with(Stage::is_running))
                .on(ev::click, move |_| {
                    chat.follow.back();
                    chat.focus();
                })
                .child((icons::down(), html::span().child("To the latest")))
        })
    }
}
