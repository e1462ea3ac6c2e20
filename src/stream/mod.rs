//! Bytes to frames and back: server-sent events, and the closing of unfinished JSON.
//!
//! In: bytes, cut anywhere. Out: frames, or text that parses. Never: what a frame means (`wire`), sockets.
