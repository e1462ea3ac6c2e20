//! The chat as a whole: bar, log, composer, and the region that a screen reader listens to.

use leptos::{ev, html, prelude::*};

use super::{
    bar::bar, chat::Chat, composer::composer, meter::desk, model::Stage, settings::Setup,
    transcript::transcript,
};

/// The chat. The same view on the server, over the server's, and in the browser alone.
#[must_use]
pub fn app(setup: Setup) -> impl IntoView {
    let chat = Chat::new(setup);
    html::main()
        .class("chat")
        .on(ev::keydown, move |event| {
            let leaves = event.key() == "Escape" && !event.is_composing() && event.key_code() != 229;
            if leaves && chat.meter().open.get_untracked() {
                chat.meter().open.set(false);
            } else if leaves && chat.model.stage.with_untracked(Stage::is_running) {
                chat.stop();
            }
        })
        .child((
            bar(chat),
            transcript(chat),
            move || {
                chat.broken.get().map(|why| {
                    html::div()
                        .class("notice")
                        .attr("role", "alert")
                        .child(html::div().class("words").child(why))
                })
            },
            composer(chat),
            desk(chat),
            html::div()
                .class("unseen")
                .attr("role", "status")
                .attr("aria-live", "polite")
                .child(move || chat.model.news.get()),
        ))
}
