//! Long texts that were pasted: held beside the field, a chip above it for each.
//!
//! In: pastes. Out: chips, and the question that they make together with what is typed. Never: a long text in the
//! document unasked: a megabyte in a field takes a browser seconds to lay out.

use std::sync::Arc;

use js_sys::JsString;
use leptos::{ev, html, prelude::*};

use super::{chat::Chat, icons, meter::whole};

/// What has more characters is held as a chip.
const LONG: usize = 10_000;
/// So many characters of it are shown, to tell one from another.
const GLIMPSE: usize = 120;

/// The texts that are held, oldest first. A handle: copies are the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pile {
    texts: RwSignal<Vec<Pasted>>,
    /// How many there ever were.
    births: StoredValue<u32>,
    /// All of them as one text, once it was asked for: it is as long as they are, and asked for at each key.
    joined: StoredValue<Option<JsString>, LocalStorage>,
}

/// A text that is held.
#[derive(Clone, Debug)]
pub(super) struct Pasted {
    key: u32,
    text: Arc<str>,
}

impl Pile {
    pub(super) fn new() -> Self {
        Self {
            texts: RwSignal::new(Vec::new()),
            births: StoredValue::new(0),
            joined: StoredValue::new_local(None),
        }
    }

    /// Holds a text if it is long; whether it does.
    pub(super) fn take(self, text: &str) -> bool {
        if text.chars().nth(LONG).is_none() {
            return false;
        }
        let key = self.births.get_value();
        self.births.set_value(key.wrapping_add(1));
        // As a field would have it.
        let text = if text.contains('\r') {
            text.replace("\r\n", "\n").replace('\r', "\n").into()
        } else {
            text.into()
        };
        self.change(|texts| texts.push(Pasted { key, text }));
        true
    }

    /// What is held, with nothing held from now on but `texts`.
    pub(super) fn swap(self, texts: Vec<Pasted>) -> Vec<Pasted> {
        let before = self.texts.get_untracked();
        if !before.is_empty() || !texts.is_empty() {
            self.change(|held| *held = texts);
        }
        before
    }

    /// The question: what is held, then what is typed, so that typing changes the end of it. Blank lines are between.
    pub(super) fn join(self, typed: String) -> String {
        self.texts.with_untracked(|texts| {
            if texts.is_empty() {
                return typed;
            }
            let length = texts.iter().map(|held| held.text.len() + 2).sum::<usize>();
            let mut joined = String::with_capacity(length + typed.len());
            for text in texts.iter().map(|held| &*held.text).chain(Some(&*typed)) {
                if !joined.is_empty() && !text.is_empty() {
                    joined.push_str("\n\n");
                }
                joined.push_str(text);
            }
            joined
        })
    }

    /// Has an effect run again when something else is held.
    pub(super) fn track(self) {
        self.texts.track();
    }

    /// What is held, for JavaScript.
    pub(super) fn held(self) -> JsString {
        if self.texts.with_untracked(Vec::is_empty) {
            return JsString::from("");
        }
        self.joined.get_value().unwrap_or_else(|| {
            let joined = JsString::from(self.join(String::new()));
            self.joined.set_value(Some(joined.clone()));
            joined
        })
    }

    /// Lets go of a text.
    fn remove(self, key: u32) -> Option<Pasted> {
        let at = self.texts.with_untracked(|texts| texts.iter().position(|held| held.key == key))?;
        self.change(|texts| texts.remove(at))
    }

    /// Lets go of the last text; whether there was one.
    fn pop(self) -> bool {
        let some = self.texts.with_untracked(|texts| !texts.is_empty());
        some && self.change(Vec::pop).flatten().is_some()
    }

    fn change<T>(self, change: impl FnOnce(&mut Vec<Pasted>) -> T) -> Option<T> {
        self.joined.try_set_value(None);
        self.texts.try_update(change)
    }
}

/// Takes a long text before the field does.
pub(super) fn on_paste(chat: Chat, event: &ev::ClipboardEvent) {
    let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok());
    if text.is_some_and(|text| chat.pile().take(&text)) {
        event.prevent_default();
        changed(chat, "Pasted text added");
    }
}

/// Backspace with nothing before it takes the last text away; not while it is held down to empty the field.
pub(super) fn on_backspace(chat: Chat, event: &ev::KeyboardEvent) {
    let is_empty = chat.field.get_untracked().is_some_and(|field| field.value().is_empty());
    if is_empty && !event.repeat() && chat.pile().pop() {
        event.prevent_default();
        changed(chat, "Pasted text removed");
    }
}

/// The chips.
pub(super) fn pasted(chat: Chat) -> impl IntoView {
    let texts = chat.pile().texts;
    let chips = For(ForProps::builder()
        .each(move || texts.get())
        .key(|held| held.key)
        .children(move |held| chip(chat, &held))
        .build());
    html::ul()
        .class("pasted")
        .attr("aria-label", "Pasted texts")
        .attr("hidden", move || texts.with(Vec::is_empty))
        .child(chips)
}

fn chip(chat: Chat, held: &Pasted) -> impl IntoView + use<> {
    let key = held.key;
    let id = format!("hadal-pasted-{key}");
    let words = format!("Pasted text, {} characters", whole(held.text.chars().count() as u64));
    let glimpse: String = held.text.trim_start().chars().take(GLIMPSE).collect();
    html::li().child((
        html::span().class("held").child((
            html::span().class("num").id(id.clone()).child(words),
            html::span().class("glimpse").attr("dir", "auto").child(glimpse),
        )),
        html::button()
            .r#type("button")
            .class("remedy")
            .attr("aria-describedby", id.clone())
            .on(ev::click, move |_| keep(chat, key))
            .child("Keep as text"),
        html::button()
            .r#type("button")
            .class("quiet")
            .attr("aria-label", "Remove")
            .attr("aria-describedby", id)
            .attr("title", "Remove")
            .on(ev::click, move |_| {
                if chat.pile().remove(key).is_some() {
                    changed(chat, "Pasted text removed");
                }
            })
            .child(icons::close()),
    ))
}

/// Puts a text into the field after all, where the caret is.
fn keep(chat: Chat, key: u32) {
    let Some(field) = chat.field.get_untracked() else { return };
    let Some(held) = chat.pile().remove(key) else { return };
    let start = field.selection_start().ok().flatten().unwrap_or_default();
    let end = field.selection_end().ok().flatten().unwrap_or(start);
    if field.set_range_text_with_start_and_end_and_mode(&held.text, start, end, "end").is_err() {
        field.set_value(&(field.value() + &held.text));
    }
    changed(chat, "Pasted text put into the field");
}

fn changed(chat: Chat, news: &'static str) {
    chat.write_again();
    chat.model.news.set(news);
    chat.focus();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_held_and_comes_before_what_is_typed() {
        let owner = Owner::new();
        owner.with(|| {
            let pile = Pile::new();
            assert!(!pile.take(&"深".repeat(LONG)));
            assert_eq!(pile.join(" why? ".into()), " why? ");
            let (first, second) = ("深".repeat(LONG + 1), "a\r\nb\rc".repeat(LONG));
            assert!(pile.take(&first) && pile.take(&second));
            let second = "a\nb\nc".repeat(LONG);
            assert_eq!(pile.join("why?".into()), format!("{first}\n\n{second}\n\nwhy?"));
            assert_eq!(pile.join(String::new()), format!("{first}\n\n{second}"));
            assert_eq!(pile.remove(0).map(|held| held.text.len()), Some(first.len()));
            assert!(pile.remove(0).is_none() && pile.pop() && !pile.pop());
        });
    }
}
