//! The button that copies a text, and says whether it did.

use std::time::Duration;

use leptos::{ev, html, prelude::*};

use super::{browser, chat::Chat, icons};

/// Copies what `text` gives when pressed.
pub(super) fn copy(chat: Chat, text: impl Fn() -> String + 'static) -> impl IntoView {
    let told = RwSignal::new(None::<bool>);
    let tell = move |copied: bool| {
        told.set(Some(copied));
        chat.model.news.set(if copied { "Copied" } else { "Copying is not allowed here" });
        set_timeout(
            move || {
                told.try_set(None);
            },
            Duration::from_secs(2),
        );
    };
    html::button()
        .r#type("button")
        .class("quiet")
        .attr("data-done", move || told.get() == Some(true))
        .on(ev::click, move |_| {
            let text = text();
            leptos::task::spawn_local(async move { tell(browser::copy(&text).await) });
        })
        .child((
            html::span().class("swap").child((icons::copy(), icons::done())),
            html::span().child(move || match told.get() {
                None => "Copy",
                Some(true) => "Copied",
                Some(false) => "Not allowed",
            }),
        ))
}
