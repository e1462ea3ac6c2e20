//! Bytes to frames and back: server-sent events, and the closing of unfinished JSON.
//!
//! In: bytes, cut anywhere. Out: frames, or text that parses. Never: what a frame means (`wire`), sockets.

mod close;
mod decoder;
mod encoder;
mod field;
mod frames;
mod lines;
mod records;
mod scan;
mod too_long;

pub use close::close_json;
pub use decoder::Decoder;
pub use encoder::{comment, encode};
pub use frames::Frame;
pub use records::Records;
pub use too_long::TooLong;

#[cfg(test)]
mod tests;
