//! What was asked, and the ways to ask it otherwise.

use leptos::{ev, html, prelude::*};

use super::{branches::branches, chat::Chat, icons, model::Question};

/// A question's turn.
pub(super) fn question(chat: Chat, question: &Question) -> impl IntoView + use<> {
    let (id, text) = (question.key.1, question.text.clone());
    html::article().class("turn ask").attr("aria-label", "You").child((
        html::div().class("bubble").attr("dir", "auto").child(question.text.clone()),
        html::button()
            .r#type("button")
            .class("quiet edit")
            .attr("aria-label", "Edit")
            .attr("title", "Ask in other words")
            .on(ev::click, move |_| chat.edit(id, &text))
            .child(icons::edit()),
        branches(chat, question.place.clone()),
    ))
}
