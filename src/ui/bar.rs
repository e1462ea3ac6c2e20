//! The head of the page: what this is, who answers, and the way to a new conversation.

use leptos::{ev, html, prelude::*};

use super::{chat::Chat, icons, meter::total, model::Turn};

/// The bar.
pub(super) fn bar(chat: Chat) -> impl IntoView {
    let title = Memo::new(move |_| {
        chat.model.turns.with(|turns| match turns.first() {
            Some(Turn::Question(question)) => Some(headline(&question.text)),
            _ => None,
        })
    });
    html::header().class("bar").child((
        html::h1().child((icons::mark(), html::span().child("Hadal"))),
        html::span().class("title").attr("dir", "auto").child(move || title.get()),
        total(chat),
        html::span().class("model").child(chat.model_name()),
        html::button()
            .r#type("button")
            .class("new")
            .attr("aria-label", "New conversation")
            .attr("title", "New conversation")
            .attr("hidden", move || title.with(Option::is_none))
            .on(ev::click, move |_| chat.renew())
            .child((icons::fresh(), html::span().child("New"))),
    ))
}

/// The first line of a question, as long as a title may be.
fn headline(text: &str) -> String {
    text.trim().lines().next().unwrap_or_default().chars().take(120).collect()
}
