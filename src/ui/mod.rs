//! What a reader sees: one view, rendered on the server, hydrated, or drawn in the browser alone.
//!
//! In: [`Settings`], session events, a reader's hands. Out: the document, and intents to the session. Never: markup
//! from text, a mode's `cfg`, or anything of a browser outside effects and handlers, so that all modes render alike.
//!
//! Views are written with Leptos' builders. Its `view!` draws static subtrees through `innerHTML`, which
//! `require-trusted-types-for 'script'` forbids; a builder creates nodes and nothing else.

mod answer;
mod app;
mod bar;
mod branches;
mod browser;
mod chat;
mod composer;
mod copy;
mod icons;
mod meter;
mod model;
mod notice;
mod page;
mod paragraphs;
mod pasted;
mod prose;
mod question;
mod scroll;
mod seconds;
mod settings;
mod thought;
mod transcript;
mod welcome;
mod words;

pub use app::app;
pub use meter::Counter;
pub use page::{Page, document};
pub use settings::{Settings, Setup};
pub use words::{Remedy, Words, words};
