//! What the model thinks: open and followed while it runs, then folded once, and from then on the reader's.
//!
//! In: an answer's reasoning and how far it is. Out: a disclosure. Never: a fold that the reader did by hand undone.

use leptos::{html, prelude::*};

use super::{
    icons,
    model::{Answer, Thinking},
    prose::prose,
    scroll::Follow,
    seconds,
};

/// The panel of an answer, nothing where there is no thinking.
pub(super) fn thought(answer: &Answer) -> impl IntoView + use<> {
    let thinking = answer.thinking.clone();
    let there = Memo::new(move |_| thinking.get() != Thinking::None);
    let answer = answer.clone();
    move || there.get().then(|| panel(&answer))
}

fn panel(answer: &Answer) -> impl IntoView + use<> {
    let id = format!("thought-{}", answer.key.0);
    let by_hand = RwSignal::new(None::<bool>);
    let thinking = answer.thinking.clone();
    let running = Memo::new(move |_| matches!(thinking.get(), Thinking::Running(_)));
    // What was cut off before an answer is all there is to read, so it stays open.
    let thinking = answer.thinking.clone();
    let by_itself = Memo::new(move |_| matches!(thinking.get(), Thinking::Running(_) | Thinking::Cut(_)));
    let open = move || by_hand.get().unwrap_or_else(|| by_itself.get());
    let follow = Follow::new(true);

    html::section().class("thought").attr("data-running", move || running.get()).child((
        html::button()
            .r#type("button")
            .class("fold")
            .attr("aria-expanded", move || if open() { "true" } else { "false" })
            .attr("aria-controls", id.clone())
            .on(leptos::ev::click, move |_| by_hand.set(Some(!open())))
            .child((icons::chevron(), label(answer, running))),
        html::div().id(id).class("drawer").attr("data-open", open).child(
            html::div().class("depth").child(
                html::div()
                    .class("window")
                    .node_ref(follow.scroller)
                    .child(html::div().node_ref(follow.content).child(prose(answer.reasoning.clone()))),
            ),
        ),
    ))
}

/// "Thinking 5 s" with the seconds apart, so that a screen reader hears the button's name and not a clock.
fn label(answer: &Answer, running: Memo<bool>) -> impl IntoView + use<> {
    let now = seconds::ticking(move || running.get());
    let thinking = answer.thinking.clone();
    let elapsed = Memo::new(move |_| match thinking.get() {
        Thinking::Running(since) => now.get().since(since).0 / 1000,
        _ => 0,
    });
    let thinking = answer.thinking.clone();
    (
        html::span().class("label").child(move || words(thinking.get())),
        html::span().class("clock").attr("aria-hidden", "true").child(move || match elapsed.get() {
            0 => String::new(),
            elapsed => seconds::span(elapsed),
        }),
    )
}

fn words(thinking: Thinking) -> String {
    let took = |span: crate::chat::Millis| match span.0.saturating_add(500) / 1000 {
        0 => "a moment".to_owned(),
        whole => seconds::span(whole),
    };
    match thinking {
        Thinking::None => String::new(),
        Thinking::Running(_) => "Thinking".to_owned(),
        Thinking::Over(Some(span)) => format!("Thought for {}", took(span)),
        Thinking::Over(None) => "Thoughts".to_owned(),
        Thinking::Cut(Some(span)) => format!("Thought for {}, then stopped", took(span)),
        Thinking::Cut(None) => "Thoughts, cut short".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Millis;

    #[test]
    fn the_label_tells_how_long() {
        assert_eq!(words(Thinking::Running(Millis(9))), "Thinking");
        assert_eq!(words(Thinking::Over(Some(Millis(7_400)))), "Thought for 7 s");
        assert_eq!(words(Thinking::Over(Some(Millis(7_500)))), "Thought for 8 s");
        assert_eq!(words(Thinking::Over(Some(Millis(499)))), "Thought for a moment");
        assert_eq!(words(Thinking::Cut(Some(Millis(3_000)))), "Thought for 3 s, then stopped");
    }
}
