//! Where questions are written: a field that grows, whether to think, and one button that sends or stops.
//!
//! In: keys and touches. Out: intents. Never: a value held by the page: what was typed before the page came alive, or
//! while an answer streams, is the field's own.

use std::time::Duration;

use js_sys::JsString;
use leptos::{ev, html, prelude::*};

use super::{
    browser,
    chat::Chat,
    icons,
    meter::{gauge, guard},
    model::Stage,
    pasted::{on_backspace, on_paste, pasted},
};

/// The composer.
pub(super) fn composer(chat: Chat) -> impl IntoView {
    // The field may have been typed into before this ran.
    Effect::new(move |_| {
        if chat.field.get().is_some() {
            chat.write_again();
            chat.focus();
        }
    });
    Effect::new(move |_| {
        let online = window_event_listener(ev::online, move |_| {
            if chat.meter().forgive() {
                chat.write_again();
            }
        });
        on_cleanup(move || online.remove());
    });
    Effect::new(move |before: Option<bool>| {
        let lacking = chat.meter().lacking.get();
        if before == Some(true) && !lacking {
            chat.write_again();
        }
        lacking
    });
    Effect::new(move |_| {
        chat.meter().lacking.track();
        chat.pile().track();
        set_timeout(move || chat.hold(), Duration::ZERO);
    });
    let running = Memo::new(move |_| chat.model.stage.with(Stage::is_running));
    Effect::new(move |_| chat.rebase(running));
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if !is_running(chat) {
            chat.send();
        }
    };
    html::form().class("composer").on(ev::submit, send).child((
        guard(chat),
        move || chat.editing.get().map(|_| banner(chat)),
        html::div().class("box").child((pasted(chat), field(chat), tools(chat, running))),
    ))
}

fn field(chat: Chat) -> impl IntoView {
    html::textarea()
        .class("field")
        .id("hadal-field")
        .name("question")
        .rows(1)
        .dir("auto")
        .attr("aria-label", "Your question")
        .attr("placeholder", "Ask anything")
        .attr("autocomplete", "off")
        .node_ref(chat.field)
        .on(ev::input, move |_| {
            if let Some(field) = chat.field.get_untracked() {
                let text = browser::value(&field);
                // For browsers that cannot size a field by its content.
                field.set_rows(rows(&text));
                chat.write(&text);
            }
        })
        .on(ev::paste, move |event| on_paste(chat, &event))
        .on(ev::keydown, move |event| on_key(chat, &event))
}

/// How many lines a text has, up to eight.
fn rows(text: &JsString) -> u32 {
    let mut from = 0;
    let breaks = (1..8).take_while(|_| {
        from = text.index_of("\n", from) + 1;
        from > 0
    });
    breaks.last().unwrap_or(0) + 1
}

/// Enter sends, unless it is a finger's or an input method's; Escape stops, or leaves off editing.
fn on_key(chat: Chat, event: &ev::KeyboardEvent) {
    // While an input method composes, Enter and Escape are its own. Safari ends the composition before the key is
    // told, and only the code 229 gives it away.
    if event.is_composing() || event.key_code() == 229 {
        return;
    }
    match event.key().as_str() {
        "Enter" if !event.shift_key() && !browser::is_touch() => {
            event.prevent_default();
            if !is_running(chat) {
                chat.send();
            }
        }
        "Backspace" => on_backspace(chat, event),
        "Escape" if !is_running(chat) && chat.editing.get_untracked().is_some() => chat.leave_edit(),
        _ => {}
    }
}

fn tools(chat: Chat, running: Memo<bool>) -> impl IntoView {
    let filled = chat.meter().filled;
    html::div().class("tools").child((
        html::button()
            .r#type("button")
            .class("chip")
            .attr("aria-pressed", move || if chat.thinking.get() { "true" } else { "false" })
            .attr("title", "Let the model think before it answers")
            .on(ev::click, move |_| chat.thinking.update(|thinking| *thinking = !*thinking))
            .child((icons::thought(), html::span().child("Thinking"))),
        html::span()
            .class("hint")
            .attr("aria-hidden", "true")
            .attr("hidden", move || filled.get())
            .child("Enter sends, Shift + Enter breaks the line"),
        gauge(chat),
        button(chat, running),
    ))
}

/// Send and Stop are one button, so that neither the place nor the focus moves.
fn button(chat: Chat, running: Memo<bool>) -> impl IntoView {
    let filled = chat.meter().filled;
    let label = move || if running.get() { "Stop" } else { "Send" };
    html::button()
        .r#type("submit")
        .class("send")
        .attr("aria-label", label)
        .attr("title", label)
        .attr("data-running", move || running.get())
        .attr("disabled", move || !running.get() && !filled.get())
        .on(ev::click, move |event| {
            // The second click of a double click means what the first one did.
            if event.detail() > 1 {
                event.prevent_default();
            } else if is_running(chat) {
                event.prevent_default();
                chat.stop();
            }
        })
        .child(html::span().class("swap").child((icons::send(), icons::stop())))
}

fn banner(chat: Chat) -> impl IntoView {
    html::div().class("banner").child((
        html::span()
            .child((icons::edit(), "Asking this question in other words. The first stays beside it.")),
        html::button()
            .r#type("button")
            .class("remedy")
            .on(ev::click, move |_| chat.leave_edit())
            .child("Cancel"),
    ))
}

fn is_running(chat: Chat) -> bool {
    chat.model.stage.with_untracked(Stage::is_running)
}
