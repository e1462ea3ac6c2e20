//! What was asked, and the ways to ask it otherwise.
//!
//! Of a long question the document holds no more than its beginning and its last words, until all of it is asked for.

use std::sync::Arc;

use leptos::{ev, html, prelude::*};

use super::{branches::branches, chat::Chat, icons, meter::whole, model::Question};

/// What has more characters is shown by its beginning ...
const LONG: usize = 2_000;
/// ... of at most so many characters ...
const START: usize = 600;
/// ... and so many lines.
const LINES: usize = 12;

/// A question's turn.
pub(super) fn question(chat: Chat, question: &Question) -> impl IntoView + use<> {
    let (id, text) = (question.key.1, Arc::clone(&question.text));
    let name = format!("hadal-asked-{}", question.key.0);
    let open = RwSignal::new(false);
    let start = beginning(&text);
    let more = start.is_some().then(|| more(chat, open, &text, name.clone()));
    let shown = {
        let (text, start) = (Arc::clone(&text), start.unwrap_or_else(|| Arc::clone(&text)));
        move || Arc::clone(if open.get() { &text } else { &start })
    };
    html::article().class("turn ask").attr("aria-label", "You").child((
        html::div().class("bubble").attr("dir", "auto").child((html::span().id(name).child(shown), more)),
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

/// The button that shows all of a long question, or its beginning again.
fn more(chat: Chat, open: RwSignal<bool>, text: &str, name: String) -> impl IntoView + use<> {
    let all = format!("Show all ({} characters)", whole(text.chars().count() as u64));
    html::button()
        .r#type("button")
        .class("more")
        .attr("aria-expanded", move || if open.get() { "true" } else { "false" })
        .attr("aria-controls", name)
        .on(ev::click, move |_| {
            // It is read from its beginning, where it is now.
            chat.follow.let_go();
            open.update(|open| *open = !*open);
        })
        .child(move || if open.get() { "Show less".to_owned() } else { all.clone() })
}

/// The beginning of a text that is too long to be shown whole; with its last paragraph, which is what was asked where
/// the rest was pasted.
fn beginning(text: &str) -> Option<Arc<str>> {
    text.char_indices().nth(LONG)?;
    let end = text.char_indices().nth(START).map_or(text.len(), |(at, _)| at);
    let end = text.match_indices('\n').nth(LINES - 1).map_or(end, |(at, _)| end.min(at));
    let (start, rest) = text.split_at_checked(end)?;
    let start = start.trim_end();
    let is_short = |text: &&str| text.chars().nth(START).is_none() && text.lines().count() <= LINES;
    let last = rest.rsplit_once("\n\n").map(|(_, last)| last.trim()).filter(is_short);
    Some(match last {
        Some(last) if !last.is_empty() => format!("{start}…\n\n{last}").into(),
        _ => format!("{start}…").into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_long_text_is_cut_and_never_inside_a_character() {
        assert_eq!(beginning(&"深".repeat(LONG)), None);
        assert_eq!(beginning(&"深".repeat(LONG + 1)).as_deref(), Some(&*format!("{}…", "深".repeat(START))));
        let asked = format!("{}\n\nWhy?", "深".repeat(LONG));
        assert_eq!(beginning(&asked).as_deref(), Some(&*format!("{}…\n\nWhy?", "深".repeat(START))));
        assert_eq!(beginning(&"a\n".repeat(LONG)).map(|start| start.lines().count()), Some(LINES));
    }
}
