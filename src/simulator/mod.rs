//! The embedded provider: both dialects, deterministic, with faults on request.
//!
//! In: a request's path and body, a seed, a counter. Out: a status, headers and timed chunks of bytes. Never:
//! clocks, sockets, randomness; the same simulator asked the same things gives the same bytes.
//!
//! A server performs a [`Play`]: it sends the head (unless the status is 0, which means that none ever comes), then
//! does each [`Step`] until there is none. What can go wrong is asked for by the last message: `/fault NAME`, with a
//! name from [`FAULTS`].

mod asked;
mod attempts;
mod chance;
mod fault;
mod framing;
mod head;
mod limit;
mod long;
mod mishap;
mod pieces;
mod play;
mod question;
mod reply;
mod schema;
mod score;
mod script;
mod thoughts;
mod tongue;
mod tool;
mod topic;
mod usage;
mod voice;

pub use fault::FAULTS;
pub use play::{Play, Step};

use std::sync::{Mutex, PoisonError};

use attempts::Attempts;
use score::{Score, Stage};

use crate::{
    stream::Records,
    wire::{ApiError, Dialect, ErrorCode, write_models},
};

/// The models that the list of models names. Any other id is answered too.
const MODELS: &[&str] = &["deepseek-v3.2-exp", "DeepSeek-V3.2-Exp-nothinking", "DeepSeek-V3.2-Exp-thinking"];
/// When every answer was made: the day of V3.2-Exp, since the simulator has no clock.
const CREATED: u64 = 1_759_104_000;
/// Most bytes of a request.
const MOST: usize = 16 << 20;

/// An embedded provider. It may be shared; all that changes in it is a short memory of failed attempts, or the place in
/// the recordings.
#[derive(Debug)]
pub struct Simulator(Source);

#[derive(Debug)]
enum Source {
    Script { seed: u64, count: fn(&str) -> u64, attempts: Mutex<Attempts> },
    Recordings { all: Vec<Recording>, next: Mutex<usize> },
}

/// A recorded response, to be served again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Recording {
    /// The dialect it is in; it answers requests of this dialect.
    pub dialect: Dialect,
    /// Its HTTP status.
    pub status: u16,
    /// Its body, byte for byte.
    pub body: Vec<u8>,
}

impl Simulator {
    /// A provider whose every choice follows from `seed` and the request, and which counts tokens by `count`; where there
    /// is no tokenizer, [`estimate`].
    #[must_use]
    pub fn new(seed: u64, count: fn(&str) -> u64) -> Self {
        Self(Source::Script { seed, count, attempts: Mutex::default() })
    }

    /// A provider that serves recorded responses in order, and from the start again when there are no more.
    #[must_use]
    pub fn replay(recordings: Vec<Recording>) -> Self {
        Self(Source::Recordings { all: recordings, next: Mutex::default() })
    }

    /// Answers one request. The path decides the dialect; a query, and what stands before `/v1`, are ignored.
    #[must_use]
    pub fn answer(&self, path: &str, body: &[u8]) -> Play {
        let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        let dialect = if path.ends_with("/chat/completions") {
            Dialect::Completions
        } else if path.ends_with("/messages") {
            Dialect::Messages
        } else if path.ends_with("/models") {
            let dialect = if path.contains("/anthropic/") { Dialect::Messages } else { Dialect::Completions };
            return Play::json(200, write_models(dialect, MODELS, CREATED));
        } else {
            return refused(Dialect::Completions, ErrorCode::NotFound, 404, "There is nothing at this path.");
        };
        if body.len() > MOST {
            return refused(dialect, ErrorCode::TooLarge, 413, "The request is larger than 16 MiB.");
        }
        match &self.0 {
            Source::Script { seed, count, attempts } => reply::to(dialect, body, *seed, *count, attempts),
            Source::Recordings { all, next } => replayed(dialect, all, next),
        }
    }
}

/// About how many tokens a text has, by the vendor's rule of thumb: 0.3 a letter, 0.6 a Chinese character.
#[must_use]
pub fn estimate(text: &str) -> u64 {
    let tenths: u64 = text.chars().map(|letter| if letter >= '\u{2e80}' { 6 } else { 3 }).sum();
    tenths.div_ceil(10)
}

/// The next recording in the dialect.
fn replayed(dialect: Dialect, all: &[Recording], next: &Mutex<usize>) -> Play {
    let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
    let found =
        all.iter().enumerate().cycle().skip(*next).take(all.len()).find(|(_, one)| one.dialect == dialect);
    let Some((at, Recording { status, body, .. })) = found else {
        return refused(dialect, ErrorCode::NotFound, 404, "No recording is in this dialect.");
    };
    *next = (at + 1) % all.len().max(1);
    let is_stream = !body.trim_ascii_start().starts_with(b"{");
    let kind = if is_stream { "text/event-stream; charset=utf-8" } else { "application/json" };
    let mut records = Records::new(body.len());
    let stage = match records.push(body) {
        Ok(()) if is_stream => Stage::Replay(Box::new(records)),
        _ => Stage::Bytes(body.clone()),
    };
    Play::new(*status, vec![("content-type", kind.to_owned())], Score::from([stage]))
}

fn refused(dialect: Dialect, code: ErrorCode, status: u16, message: &str) -> Play {
    let error = ApiError {
        code,
        status: Some(status),
        message: message.to_owned(),
        retryable: false,
        retry_after: None,
    };
    Play::refused(dialect, &error)
}
