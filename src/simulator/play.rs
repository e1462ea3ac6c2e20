//! A response as it is performed: a head, then steps in time.

use crate::{chat::Millis, wire::Header};

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
    body: Option<Vec<u8>>,
}

impl Play {
    pub(super) fn refusal(status: u16, body: String) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: Some(body.into()),
        }
    }

    /// What to do next; `None` when the body ends.
    pub fn next_step(&mut self) -> Option<Step> {
        self.body.take().map(Step::Bytes)
    }
}
