//! "‹ 2/3 ›": the way between the versions of a message.
//!
//! In: a message's place among its siblings. Out: two buttons and a number, nothing where there is one version.

use leptos::{ev, html, prelude::*};

use super::{chat::Chat, icons, model::Place};

/// The switch between versions.
pub(super) fn branches(chat: Chat, place: ArcRwSignal<Place>) -> impl IntoView {
    let seen = place.clone();
    let several = Memo::new(move |_| seen.with(|place| place.siblings.len() > 1));
    move || several.get().then(|| switch(chat, &place))
}

fn switch(chat: Chat, place: &ArcRwSignal<Place>) -> impl IntoView + use<> {
    let number = place.clone();
    html::span().class("branches").attr("role", "group").attr("aria-label", "Versions").child((
        step(chat, place.clone(), "Previous version", icons::back(), |at| at.checked_sub(1)),
        html::span()
            .class("num")
            .child(move || number.with(|place| format!("{}/{}", place.at + 1, place.siblings.len()))),
        step(chat, place.clone(), "Next version", icons::chevron(), |at| at.checked_add(1)),
    ))
}

fn step(
    chat: Chat,
    place: ArcRwSignal<Place>,
    label: &'static str,
    icon: impl IntoView,
    to: fn(usize) -> Option<usize>,
) -> impl IntoView {
    let there = move || place.with(|place| place.siblings.get(to(place.at)?).copied());
    let target = there.clone();
    html::button()
        .r#type("button")
        .attr("aria-label", label)
        .attr("disabled", move || there().is_none() || chat.model.stage.with(super::model::Stage::is_running))
        .on(ev::click, move |_| {
            if let Some(id) = target() {
                chat.select(id);
            }
        })
        .child(icon)
}
