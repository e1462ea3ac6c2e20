//! The words of a conversation, which every other room speaks: who said what, what it used, why it ended.
//!
//! In: nothing. Out: plain values that can be saved and compared. Never: I/O, clocks, providers, prices.

mod message;
mod options;
mod time;
mod transcript;
mod usage;

pub use message::{Message, Part, Role, ToolCall, is_blank};
pub use options::{ResponseFormat, Thinking, Tool, ToolChoice};
pub use time::Millis;
pub use transcript::{Entry, MessageId, State, Transcript, UnknownMessage};
pub use usage::{StopReason, Usage};
