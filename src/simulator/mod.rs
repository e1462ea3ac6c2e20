//! The embedded provider: both dialects, deterministic, with faults on request.
//!
//! In: a request's path and body, a seed, a counter. Out: a status and timed chunks of bytes. Never: clocks, sockets.
