//! Who answers: a provider over the network, or the simulator with real waits. The same to whoever asks.
//!
//! In: a request as a value. Out: a [`Head`], then chunks. Dropping what is under way closes the connection at once.
//! Never: a retry, a decision about an answer, a redirect followed.

use wasm_bindgen::JsValue;
use web_sys::AbortController;

use crate::{
    chat::Millis,
    platform::{Fetch, Reply, sleep},
    simulator::{Play, Recording, Simulator, Step},
    wire::{Dialect, Request},
};

/// Who answers.
#[derive(Debug)]
pub(super) enum Source {
    Remote(Fetch),
    Simulated(Box<Simulator>),
}

/// The head of a response, and its body to be read.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) retry_after: Option<Millis>,
    pub(super) body: Body,
}

/// A body that is under way.
#[derive(Debug)]
pub(super) enum Body {
    Remote(Reply, Leash),
    Simulated(Box<Play>),
}

/// The connection broke.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broken;

/// Aborts a fetch that is dropped before it is over, whether or not its head has arrived.
#[derive(Debug)]
pub(super) struct Leash {
    controller: AbortController,
    over: bool,
}

impl Drop for Leash {
    fn drop(&mut self) {
        if !self.over {
            self.controller.abort();
        }
    }
}

impl Source {
    /// Sends a request and waits for the head.
    pub(super) async fn ask(&self, dialect: Dialect, request: &Request) -> Result<Head, Broken> {
        match self {
            Self::Remote(fetch) => {
                let controller = AbortController::new().map_err(|_: JsValue| Broken)?;
                let leash = Leash { controller, over: false };
                let signal = leash.controller.signal();
                let reply = fetch.send(request, Some(&signal)).await.map_err(|_| Broken)?;
                let retry_after = reply.retry_after();
                Ok(Head { status: reply.status, retry_after, body: Body::Remote(reply, leash) })
            }
            Self::Simulated(simulator) => {
                let path = match dialect {
                    Dialect::Messages => "/v1/messages",
                    Dialect::Completions => "/v1/chat/completions",
                };
                let play = simulator.answer(path, request.body.as_bytes());
                let (status, retry_after) = (play.status, retry_after(&play));
                let mut body = Body::Simulated(Box::new(play));
                if status == 0 {
                    // No head ever comes: the steps tell how.
                    while let Some(Ok(_)) = body.chunk().await {}
                    return Err(Broken);
                }
                Ok(Head { status, retry_after, body })
            }
        }
    }
}

impl Body {
    /// The next chunk; `None` when the body is over.
    pub(super) async fn chunk(&mut self) -> Option<Result<Vec<u8>, Broken>> {
        match self {
            Self::Remote(reply, leash) => {
                let chunk = reply.chunk().await;
                leash.over = !matches!(chunk, Some(Ok(_)));
                Some(chunk?.map(|bytes| bytes.to_vec()).map_err(|_| Broken))
            }
            Self::Simulated(play) => loop {
                match play.next_step()? {
                    Step::Wait(span) => sleep(span).await,
                    Step::Bytes(bytes) => return Some(Ok(bytes)),
                    Step::Reset => return Some(Err(Broken)),
                    Step::Hang => std::future::pending().await,
                }
            },
        }
    }
}

/// A recorded body, whose dialect is told by a word that only one of them has.
pub(super) fn recording(body: &[u8]) -> Recording {
    const MESSAGES: [&[u8]; 2] = [br#""type":"message"#, br#""type": "message"#];
    let head = body.get(..body.len().min(4096)).unwrap_or(body);
    let is_messages = MESSAGES.iter().any(|word| head.windows(word.len()).any(|part| part == *word));
    let dialect = if is_messages { Dialect::Messages } else { Dialect::Completions };
    Recording { dialect, status: 200, body: body.to_vec() }
}

fn retry_after(play: &Play) -> Option<Millis> {
    let (_, value) = play.headers.iter().find(|(name, _)| *name == "retry-after")?;
    value.parse().ok().map(Millis::seconds)
}
