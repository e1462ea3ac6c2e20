//! What a session remembers of the request under way, and when its patience ends.

use super::{Timeouts, Wait, phase::Phase};
use crate::{
    chat::{MessageId, Millis, ToolCall},
    wire::{ReplyDecoder, Request},
};

/// One question's way to its answer: the request, how often it was tried, how far it got.
///
/// `asked <= sent <= head <= payload_at` where all are set.
#[derive(Debug)]
pub(super) struct Attempt {
    /// The request, kept to be sent again byte for byte.
    pub request: Option<Request>,
    /// The answer's entry in the transcript.
    pub answer: MessageId,
    /// How often the request was sent again.
    pub tries: u32,
    /// Rounds of tool calls that the question has caused.
    pub rounds: u32,
    /// When the question was asked: what the reader's waiting is counted from.
    pub asked: Millis,
    /// When the request was sent last.
    pub sent: Millis,
    /// When the response's head or, later, the last payload arrived.
    pub alive: Millis,
    /// The request is with the transport, which has reported no end.
    pub connected: bool,
    /// Payloads seen by the decoder when it was last asked.
    pub payloads: u64,
    /// The provider said something, or the reader was told that it has queued the request.
    pub begun: bool,
    /// Something of the answer was shown: no second try may follow.
    pub shown: bool,
    /// When the first thought came, until the thinking is over.
    pub thinking_since: Option<Millis>,
    /// Reads the reply.
    pub decoder: Option<ReplyDecoder>,
    /// The error that is arriving.
    pub refusal: Refusal,
    /// When to try again.
    pub due: Millis,
    /// The tool calls of the reply, each with its result once it is there.
    pub calls: Vec<(ToolCall, Option<Outcome>)>,
}

/// What a tool returned, or why it did not.
pub(super) type Outcome = Result<String, String>;

/// An error response in the making. `body.len() <= REFUSAL_LIMIT`.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    pub status: u16,
    pub retry_after: Option<Millis>,
    pub body: Vec<u8>,
}

/// More of an error's text than this is not read.
pub(super) const REFUSAL_LIMIT: usize = 64 << 10;

impl Attempt {
    pub(super) fn new(answer: MessageId, now: Millis) -> Self {
        Self {
            request: None,
            answer,
            tries: 0,
            rounds: 0,
            asked: now,
            sent: now,
            alive: now,
            connected: false,
            payloads: 0,
            begun: false,
            shown: false,
            thinking_since: None,
            decoder: None,
            refusal: Refusal::default(),
            due: now,
            calls: Vec::new(),
        }
    }

    /// Forgets the last response, before the request is sent (again) at `now`.
    pub(super) fn send_at(&mut self, now: Millis) {
        self.sent = now;
        self.alive = now;
        self.connected = true;
        self.payloads = 0;
        self.begun = false;
        self.decoder = None;
        self.refusal = Refusal::default();
    }

    /// When patience ends in this phase, and with what.
    pub(super) fn deadline(&self, phase: Phase, timeouts: &Timeouts) -> Option<(Millis, Wait)> {
        let (at, wait) = match phase {
            Phase::Idle | Phase::Calling => return None,
            Phase::Backoff => return Some((self.due, Wait::Total)),
            Phase::Waiting => (self.sent.plus(timeouts.headers), Wait::Headers),
            Phase::Streaming if self.payloads == 0 => (self.alive.plus(timeouts.first), Wait::First),
            Phase::Streaming | Phase::Refused => (self.alive.plus(timeouts.idle), Wait::Idle),
        };
        let total = self.sent.plus(timeouts.total);
        Some(if total < at { (total, Wait::Total) } else { (at, wait) })
    }
}
