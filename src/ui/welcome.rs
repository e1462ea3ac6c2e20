//! The page before the first question: what this is, and a few questions that show what it can do.

use leptos::{ev, html, prelude::*};

use super::{chat::Chat, icons};

/// Questions to begin with, and what each shows.
type Openings = [(&'static str, &'static str); 4];

/// For a model.
const OPENINGS: Openings = [
    ("Why is the deep sea dark?", "Watch the model think before it answers"),
    ("Write a token bucket in Rust", "Code, and the reasons behind it"),
    ("Compare three ways to cache", "A table instead of an essay"),
    ("Explain sparse attention simply", "Hard things in plain words"),
];

/// For the simulator, which knows about Hadal.
const SIMULATED: Openings = [
    ("What is Hadal?", "What answers here, and how"),
    ("How does sparse attention work?", "Watch it think before it answers"),
    ("Show me code and a table", "Markdown, as a model writes it"),
    ("/faults", "Every way a connection can break, to try"),
];

/// The welcome.
pub(super) fn welcome(chat: Chat) -> impl IntoView {
    let openings = if chat.is_simulated() { SIMULATED } else { OPENINGS };
    html::section().class("welcome").child((
        icons::mark(),
        html::h2().child("What would you like to get to the bottom of?"),
        html::p().class("lead").child((
            html::b().child("Hadal"),
            " is a chat with ",
            html::span().class("name").child(chat.model_name()),
            ". Watch it think, then answer. Stop it, go on, ask again: what you have seen stays.",
        )),
        html::ul().class("openings").attr("aria-label", "Questions to begin with").child(
            openings.into_iter().map(|(question, shows)| opening(chat, question, shows)).collect::<Vec<_>>(),
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
                chat.ask(question, None);
                chat.focus();
            })
            .child((html::b().child(question), html::span().child(shows))),
    )
}
