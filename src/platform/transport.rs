//! What carries a session's requests, as the driver sees it: something that opens a reply and yields its chunks.
//!
//! In: a request and the signal that aborts it. Out: a status, a wait, bytes, or a [`Loss`]. Never: a retry or an
//! opinion. There is one carrier, [`Fetch`]; a demonstration hands it the simulator as a function.

use std::future::Future;

use web_sys::AbortSignal;

use super::{Fetch, Loss, Reply};
use crate::{chat::Millis, wire::Request};

/// A carrier of requests.
pub trait Transport: 'static {
    /// The response, once its head has arrived. Dropping it lets go of the connection.
    type Incoming: Incoming;

    /// Sends a request and waits for the response's head.
    fn open(
        &self,
        request: &Request,
        signal: &AbortSignal,
    ) -> impl Future<Output = Result<Self::Incoming, Loss>>;
}

/// A response whose body is arriving.
pub trait Incoming {
    /// The HTTP status.
    fn status(&self) -> u16;

    /// How long the server asks to wait.
    fn retry_after(&self) -> Option<Millis>;

    /// The next bytes, cut anywhere; `None` at the end.
    fn bytes(&mut self) -> impl Future<Output = Option<Result<Vec<u8>, Loss>>>;
}

impl Transport for Fetch {
    type Incoming = Reply;

    fn open(&self, request: &Request, signal: &AbortSignal) -> impl Future<Output = Result<Reply, Loss>> {
        self.send(request, Some(signal))
    }
}

impl Incoming for Reply {
    fn status(&self) -> u16 {
        self.status
    }

    fn retry_after(&self) -> Option<Millis> {
        Self::retry_after(self)
    }

    async fn bytes(&mut self) -> Option<Result<Vec<u8>, Loss>> {
        Some(self.chunk().await?.map(|bytes| bytes.to_vec()))
    }
}
