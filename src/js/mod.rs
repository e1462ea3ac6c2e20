//! What JavaScript can call, as the thin half of the npm package; `www/src/core` is the other half and holds its
//! names, types and promises.
//!
//! In: plain values, and bytes through one shared buffer. Out: plain values, and events on one shared tape, so that
//! a chunk of the network costs one call. Never: an exported `async fn`, a panic, a word of its own for an error.

mod border;
mod chat;
mod cost;
mod decoders;
mod events;
mod prompt;
mod refusal;
mod request;
mod settings;
mod tape;

pub use border::input_address;
pub use chat::Conversation;
pub use cost::{estimate_cost, forecast};
pub use decoders::{Frames, Replies};
pub use prompt::count_prompt;
pub use refusal::Refusal;
pub use request::build_request;
