//! Waiting for one of two things: the first of two futures, and a flag that somebody raises.
//!
//! In: futures and flags. Out: which came first; the other is dropped, and with it what it held open.
//! Never: a thread, a runtime; the two needs of this room do not ask for a library of combinators.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    pin::pin,
    rc::Rc,
    task::{Poll, Waker},
};

/// Which came first.
#[derive(Debug)]
pub(super) enum First<A, B> {
    Left(A),
    Right(B),
}

/// Waits for either future, the left one where both are ready.
pub(super) async fn race<A, B>(left: impl Future<Output = A>, right: impl Future<Output = B>) -> First<A, B> {
    let (mut left, mut right) = (pin!(left), pin!(right));
    poll_fn(|context| {
        if let Poll::Ready(value) = left.as_mut().poll(context) {
            return Poll::Ready(First::Left(value));
        }
        right.as_mut().poll(context).map(First::Right)
    })
    .await
}

/// A flag between a JavaScript callback and the one future that waits for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Flag(Rc<State>);

#[derive(Debug, Default)]
struct State {
    up: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Flag {
    pub(super) fn raise(&self) {
        self.0.up.set(true);
        let waker = self.0.waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn lower(&self) {
        self.0.up.set(false);
    }

    /// Waits until the flag is up; at once if it is.
    pub(super) async fn raised(&self) {
        poll_fn(|context| {
            if self.0.up.get() {
                return Poll::Ready(());
            }
            self.0.waker.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}
