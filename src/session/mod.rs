//! The conversation as a sans-IO state machine.
//!
//! In: intents ([`Session::send`], [`Session::stop`], ...), facts ([`Input`]) and the time. Out: [`Output`]s from
//! [`Session::poll`]. Never: a clock, a socket, a timer, a random source, a panic.
//!
//! The contract of a driver:
//! 1. Change the session once: an intent, or one [`Session::handle`].
//! 2. Drain [`Session::poll`] until `None`, doing what each output asks.
//! 3. Arm one timer for [`Session::deadline`]; when it passes, hand in [`Input::Timeout`].

mod config;
mod fault;
mod port;

pub use config::{Config, Offer, Timeouts};
pub use fault::{Fault, Lost, Misuse, Wait};
pub use port::{Draft, Event, Input, Output, TurnId};
