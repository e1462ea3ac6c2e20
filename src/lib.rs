#![doc = include_str!("../README.md")]
//!
//! # A tour, in reading order
//!
//! [`chat`] has the words: messages, the transcript, usage. [`models`] has what is known of models and providers, as
//! data. [`stream`] turns bytes into frames, and [`wire`] frames into what a reply says, in either dialect.
//! [`session`] is the conversation itself: a state machine that takes bytes, intents and time in, and gives requests
//! and events out. [`simulator`] is a provider to talk to when there is none. [`tokens`] counts exactly what a prompt will be,
//! and [`cost`] says what it will cost.
//!
//! All of that is pure. `platform` meets a JavaScript runtime, and `ui`, `edge` and `js` are the doors; each artifact
//! of `wasm-pack.toml` takes the features it needs, and `entry` holds one file for each.

#[cfg(any(
    all(feature = "csr", feature = "ssr"),
    all(feature = "csr", feature = "hydrate"),
    all(feature = "hydrate", feature = "ssr")
))]
compile_error!(
    "`csr`, `hydrate` and `ssr` exclude one another: each is an artifact of its own, see wasm-pack.toml"
);

pub mod chat;
pub mod cost;
pub mod models;
pub mod session;
pub mod simulator;
pub mod stream;
pub mod tokens;
pub mod wire;

#[cfg(feature = "laws")]
pub mod laws;

#[cfg(feature = "__web")]
pub mod platform;

#[cfg(feature = "edge")]
pub mod edge;
#[cfg(feature = "js")]
pub mod js;
#[cfg(any(feature = "csr", feature = "hydrate", feature = "ssr"))]
pub mod ui;

#[cfg(any(feature = "__web", feature = "laws", feature = "tally", feature = "tokens"))]
pub mod entry;
