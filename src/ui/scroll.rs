//! Following text that grows: the view stays at the end until the reader looks up, and returns when asked.
//!
//! In: a scroller and its content. Out: whether it follows, whether the end is far. Never: a fight with the reader:
//! the first move upwards lets go at once, and only reaching the end, or asking, takes hold again.

use std::{cell::Cell, rc::Rc};

use leptos::{ev, html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlElement, ResizeObserver, ScrollBehavior, ScrollToOptions};

use super::browser;

/// A scroller that follows its content.
#[derive(Clone, Copy, Debug)]
pub(super) struct Follow {
    /// The element that scrolls.
    pub(super) scroller: NodeRef<html::Div>,
    /// The element that grows inside.
    pub(super) content: NodeRef<html::Div>,
    /// The end is far enough away to offer the way back.
    pub(super) far: RwSignal<bool>,
    pinned: StoredValue<bool>,
}

/// The end counts as reached within so many pixels.
const NEAR: i32 = 24;
/// The way back is offered from so far on ...
const FAR: i32 = 200;
/// ... until it is so near again.
const NEARLY: i32 = 60;

impl Follow {
    /// Follows from the start, or once [`pin`](Self::pin) is called. Goes into a view by [`Follow::scroller`] and
    /// [`Follow::content`].
    pub(super) fn new(pinned: bool) -> Self {
        let follow = Self {
            scroller: NodeRef::new(),
            content: NodeRef::new(),
            far: RwSignal::new(false),
            pinned: StoredValue::new(pinned),
        };
        Effect::new(move |_| {
            if let (Some(scroller), Some(content)) = (follow.scroller.get(), follow.content.get()) {
                follow.watch(&scroller, &content);
            }
        });
        follow
    }

    /// Takes hold again, at once.
    pub(super) fn pin(self) {
        self.pinned.set_value(true);
        if let Some(scroller) = self.scroller.get_untracked() {
            self.settle(&scroller);
        }
    }

    /// Goes back to the end, smoothly where motion is welcome.
    pub(super) fn back(self) {
        let Some(scroller) = self.scroller.get_untracked() else { return };
        self.pinned.set_value(true);
        self.far.set(false);
        if browser::is_still() {
            self.settle(&scroller);
        } else {
            let options = ScrollToOptions::new();
            options.set_top(f64::from(scroller.scroll_height()));
            options.set_behavior(ScrollBehavior::Smooth);
            scroller.scroll_to_with_scroll_to_options(&options);
        }
    }

    /// Lets go.
    pub(super) fn let_go(self) {
        self.pinned.set_value(false);
    }

    fn settle(self, scroller: &HtmlElement) {
        if self.pinned.get_value() {
            scroller.set_scroll_top(scroller.scroll_height());
        }
        self.measure(scroller);
    }

    fn measure(self, scroller: &HtmlElement) {
        let below = below(scroller);
        // Seen by the stylesheet, which fades what lies above.
        let _ = scroller.toggle_attribute_with_force("data-above", scroller.scroll_top() > 0);
        let far = !self.pinned.get_value() && (below > FAR || self.far.get_untracked() && below > NEARLY);
        if far != self.far.get_untracked() {
            self.far.set(far);
        }
    }

    /// Watches the content grow and the reader's hands, until the view goes.
    fn watch(self, scroller: &HtmlElement, content: &HtmlElement) {
        let element = scroller.clone();
        let grown = Closure::<dyn FnMut()>::new(move || self.settle(&element));
        if let Ok(observer) = ResizeObserver::new(grown.as_ref().unchecked_ref()) {
            observer.observe(content);
            observer.observe(scroller);
            let kept = StoredValue::new_local((observer, grown));
            on_cleanup(move || {
                kept.with_value(|(observer, _)| observer.disconnect());
            });
        }

        let element = scroller.clone();
        let last = Rc::new(Cell::new((0, 0)));
        listen(scroller, "scroll", move |_| {
            let (top, height) = last.replace((element.scroll_top(), element.scroll_height()));
            let risen = element.scroll_top() < top && element.scroll_height() >= height;
            let sunk = element.scroll_top() > top && below(&element) <= NEAR;
            if risen {
                self.let_go();
            } else if sunk {
                self.pinned.set_value(true);
            }
            self.measure(&element);
        });
        listen(scroller, "wheel", move |event| {
            if event.dyn_into::<ev::WheelEvent>().is_ok_and(|wheel| wheel.delta_y() < 0.0) {
                self.let_go();
            }
        });
        listen(scroller, "keydown", move |event| {
            let up = |key: ev::KeyboardEvent| matches!(key.key().as_str(), "ArrowUp" | "PageUp" | "Home");
            if event.dyn_into().is_ok_and(up) {
                self.let_go();
            }
        });
        let finger = Rc::new(Cell::new(i32::MAX));
        let begun = Rc::clone(&finger);
        listen(scroller, "touchstart", move |_| begun.set(i32::MAX));
        listen(scroller, "touchmove", move |event| {
            let touch = event.dyn_into::<ev::TouchEvent>().ok().and_then(|event| event.touches().get(0));
            // A finger that moves down pulls earlier text into view.
            if let Some(at) = touch.map(|touch| touch.client_y())
                && finger.replace(at) < at
            {
                self.let_go();
            }
        });
    }
}

/// How much is below the visible part.
fn below(scroller: &HtmlElement) -> i32 {
    scroller.scroll_height() - scroller.client_height() - scroller.scroll_top()
}

/// Listens without standing in the way of scrolling, until the view goes.
fn listen(element: &HtmlElement, name: &'static str, then: impl FnMut(web_sys::Event) + 'static) {
    let then = Closure::<dyn FnMut(web_sys::Event)>::new(then);
    let options = web_sys::AddEventListenerOptions::new();
    options.set_passive(true);
    let function = then.as_ref().unchecked_ref();
    let _ = element.add_event_listener_with_callback_and_add_event_listener_options(name, function, &options);
    let kept = StoredValue::new_local((element.clone(), then));
    on_cleanup(move || {
        kept.with_value(|(element, then)| {
            let _ = element.remove_event_listener_with_callback(name, then.as_ref().unchecked_ref());
        });
    });
}
