//! A response as it is performed: a head, then steps in time.
//!
//! In: a score. Out: steps, each made when it is asked for. Never: more memory than the score's texts, whatever is
//! performed, and never an end to what is said to go on for ever.

use super::{
    framing::Framing,
    score::{Score, Stage},
    voice::Voice,
};
use crate::{
    chat::Millis,
    wire::{ApiError, Dialect, Header, write_error},
};

/// The wait before each recorded record.
const REPLAYED: Millis = Millis(10);
/// The byte order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// One thing that a server does with an open response.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// Do nothing for so long.
    Wait(Millis),
    /// Send these bytes.
    Bytes(Vec<u8>),
    /// Break the connection.
    Reset,
    /// Keep the connection open and never say anything more.
    Hang,
}

/// A response to be performed, step by step.
#[derive(Debug)]
pub struct Play {
    /// The HTTP status, or 0 when no head ever comes and only the steps tell what happens instead.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<Header>,
    score: Score,
    /// Who says the events of the score; a score of bytes needs nobody.
    voice: Option<Voice>,
    framing: Framing,
    /// Some bytes were sent.
    begun: bool,
    /// Bytes that go out one by one, the next one last.
    crumbs: Vec<u8>,
}

impl Play {
    pub(super) fn new(status: u16, headers: Vec<Header>, score: Score) -> Self {
        Self {
            status,
            headers,
            score,
            voice: None,
            framing: Framing::Plain,
            begun: false,
            crumbs: Vec::new(),
        }
    }

    /// One body of JSON.
    pub(super) fn json(status: u16, body: String) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self::new(status, headers, Score::from([Stage::Bytes(body.into_bytes())]))
    }

    /// A refusal in a dialect, with its `retry-after` in whole seconds.
    pub(super) fn refused(dialect: Dialect, error: &ApiError) -> Self {
        let (status, body) = write_error(dialect, error);
        let mut play = Self::json(status, body);
        if let Some(wait) = error.retry_after {
            play.headers.push(("retry-after", wait.0.div_ceil(1000).to_string()));
        }
        play
    }

    /// No response, only what happens instead.
    pub(super) fn without_head(score: Score) -> Self {
        Self::new(0, Vec::new(), score)
    }

    /// The same, its events said by a voice.
    pub(super) fn said_by(self, voice: Voice) -> Self {
        Self { voice: Some(voice), ..self }
    }

    /// The same, its bytes in another dress.
    pub(super) fn dressed(self, framing: Framing) -> Self {
        Self { framing, ..self }
    }

    /// What to do next; `None` when the body ends. Nothing comes after [`Step::Reset`] and [`Step::Hang`].
    pub fn next_step(&mut self) -> Option<Step> {
        loop {
            if let Some(crumb) = self.crumbs.pop() {
                return Some(Step::Bytes(vec![crumb]));
            }
            match self.score.pop_front()? {
                Stage::Wait(Millis::ZERO) | Stage::Again { times: 0, .. } => {}
                Stage::Wait(span) => return Some(Step::Wait(span)),
                Stage::Reset => return Some(self.last(Step::Reset)),
                Stage::Hang => return Some(self.last(Step::Hang)),
                Stage::Bytes(bytes) if bytes.is_empty() => {}
                Stage::Bytes(bytes) => match self.framing {
                    Framing::OneByte => self.crumbs = bytes.into_iter().rev().collect(),
                    Framing::Bom if !self.begun => {
                        self.begun = true;
                        return Some(Step::Bytes([MARK, &bytes].concat()));
                    }
                    _ => return Some(Step::Bytes(bytes)),
                },
                Stage::Again { bytes, every, times } => {
                    let times = if times == u64::MAX { times } else { times - 1 };
                    self.then([
                        Stage::Wait(every),
                        Stage::Bytes(bytes.clone()),
                        Stage::Again { bytes, every, times },
                    ]);
                }
                Stage::Replay(mut records) => match records.next_record().map(<[u8]>::to_vec) {
                    Some(record) => {
                        self.then([Stage::Wait(REPLAYED), Stage::Bytes(record), Stage::Replay(records)]);
                    }
                    None => self.then([Stage::Bytes(records.rest().to_vec())]),
                },
                spoken => {
                    let stages = self.voice.as_mut().map(|voice| voice.say(spoken));
                    self.then(stages.unwrap_or_default());
                }
            }
        }
    }

    /// Puts stages before the rest of the score.
    fn then(&mut self, stages: impl IntoIterator<Item = Stage, IntoIter: DoubleEndedIterator>) {
        for stage in stages.into_iter().rev() {
            self.score.push_front(stage);
        }
    }

    fn last(&mut self, step: Step) -> Step {
        self.score.clear();
        step
    }
}
