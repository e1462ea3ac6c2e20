//! Text that grows: paragraphs whose nodes stay what they are, the last of which is appended to.
//!
//! In: a signal that only ever grows. Out: `p` elements, brought up to date once a frame. Never: a node replaced or
//! a text set twice, so that a selection survives and a long answer costs time in proportion to its length.

use std::{cell::RefCell, rc::Rc};

use leptos::{html, prelude::*};
use web_sys::{HtmlElement, Text};

use super::paragraphs::{Paragraphs, Step};

/// The paragraphs of `text`. They are made in the browser; the server leaves their place empty.
pub(super) fn prose(text: ArcRwSignal<String>) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    let painter = Rc::new(RefCell::new(Painter::default()));
    Effect::new(move |_| {
        text.track();
        let Some(place) = place.get() else { return };
        if std::mem::replace(&mut painter.borrow_mut().due, true) {
            return;
        }
        let (text, painter) = (text.clone(), Rc::clone(&painter));
        request_animation_frame(move || {
            let mut painter = painter.borrow_mut();
            painter.due = false;
            text.with_untracked(|text| painter.paint(text, &place));
        });
    });
    html::div().class("prose").node_ref(place)
}

/// How much of the text is on the page.
#[derive(Default)]
struct Painter {
    paragraphs: Paragraphs,
    /// Bytes of the text that are on the page: `taken <= text.len()`.
    taken: usize,
    /// The paragraph that still grows.
    open: Option<Text>,
    /// A frame is asked for.
    due: bool,
}

impl Painter {
    fn paint(&mut self, text: &str, place: &HtmlElement) {
        let Some(more) = text.get(self.taken..) else { return };
        self.taken = text.len();
        let open = &mut self.open;
        self.paragraphs.push(more, |step| match step {
            Step::Break => *open = None,
            Step::Grow(more) => match open {
                Some(paragraph) => {
                    let _ = paragraph.append_data(more);
                }
                None => *open = begin(place, more),
            },
        });
    }
}

/// A new paragraph at the end, its direction its own.
fn begin(place: &HtmlElement, text: &str) -> Option<Text> {
    let document = place.owner_document()?;
    let (paragraph, text) = (document.create_element("p").ok()?, document.create_text_node(text));
    paragraph.set_attribute("dir", "auto").ok()?;
    paragraph.append_child(&text).ok()?;
    place.append_child(&paragraph).ok()?;
    Some(text)
}
