//! Something under way that can be called off: a request, or the tools of a turn.
//!
//! In: a call to [`Flight::cancel`]. Out: a signal for JavaScript, and the end of every wait that
//! [`Flight::during`] guards, at once, even when what is waited for ignores the signal. Never: what it was about.

use std::{cell::Cell, future::Future, pin::pin, task::Poll, task::Waker};

use wasm_bindgen::JsValue;
use web_sys::{AbortController, AbortSignal};

/// A thing under way. Cloning the `Rc` that holds it does not keep it going; cancelling is for good.
pub(super) struct Flight {
    abort: AbortController,
    over: Cell<bool>,
    waiting: Cell<Option<Waker>>,
}

impl Flight {
    /// Begins.
    ///
    /// # Errors
    ///
    /// What the runtime throws when it has no `AbortController`.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self { abort: AbortController::new()?, over: Cell::new(false), waiting: Cell::new(None) })
    }

    /// What tells JavaScript.
    pub(super) fn signal(&self) -> AbortSignal {
        self.abort.signal()
    }

    /// Calls it off. Listeners of the signal run before this returns.
    pub(super) fn cancel(&self) {
        if self.over.replace(true) {
            return;
        }
        self.abort.abort();
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }

    /// Whether it is still wanted.
    pub(super) fn is_wanted(&self) -> bool {
        !self.over.get()
    }

    /// Waits for `work`, but no longer than it is wanted; `None` when it was called off.
    pub(super) async fn during<W: Future>(&self, work: W) -> Option<W::Output> {
        let mut work = pin!(work);
        std::future::poll_fn(|context| {
            if !self.is_wanted() {
                return Poll::Ready(None);
            }
            self.waiting.set(Some(context.waker().clone()));
            work.as_mut().poll(context).map(Some)
        })
        .await
    }
}
