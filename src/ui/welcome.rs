//! The page before the first question: what this is, and a few questions that show what it can do.

use leptos::{ev, html, prelude::*};

use super::{chat::Chat, icons};

/// A question to begin with, and what it shows.
const OPENINGS: [(&str, &str); 4] = [
    ("What is Hadal?", "Who is answering here, and how"),
    ("Show me code and a table", "How an answer may look"),
    ("Why is the deep sea dark blue?", "Watch the model think first"),
    ("/faults", "Every way a connection can break, to try"),
];

/// The welcome.
pub(super) fn welcome(chat: Chat) -> impl IntoView {
    let demo = chat.is_demo();
    html::section().class("welcome").child((
        icons::mark(),
        html::h2().child("What would you like to get to the bottom of?"),
        html::p().class("lead").child((
            html::b().child("Hadal"),
            " is a chat with ",
            chat.model_name(),
            ". You see what the model thinks, then what it answers. Stop it, continue it, ask again: nothing that you saw is lost.",
        )),
        html::ul().class("openings").attr("aria-label", "Questions to begin with").child(
            OPENINGS
                .into_iter()
                .filter(|(question, _)| demo || !question.starts_with('/'))
                .map(|(question, shows)| opening(chat, question, shows))
                .collect::<Vec<_>>(),
        ),
        move || {
            chat.before.with(Option::is_some).then(|| {
                html::button()
                    .r#type("button")
                    .class("remedy")
                    .on(ev::click, move |_| chat.reopen())
                    .child("Back to the conversation before")
            })
        },
    ))
}

fn opening(chat: Chat, question: &'static str, shows: &'static str) -> impl IntoView {
    html::li().child(
        html::button()
            .r#type("button")
            .on(ev::click, move |_| {
                chat.ask(question);
                chat.focus();
            })
            .child((html::b().child(question), html::span().child(shows))),
    )
}
