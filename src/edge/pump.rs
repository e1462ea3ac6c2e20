//! One question from the first request upstream to the last byte to the caller: time, retries, leaving.
//!
//! In: a question that the gate let through. Out: a response, as soon as its status is certain or ten seconds have
//! passed. Never: a byte of two attempts, an upstream that works for a caller who left, a wait that the caller's own
//! slowness is blamed for.
//!
//! Until the upstream's first record the head is held back, so that whatever goes wrong has its own status and the
//! upstream can be asked again. Then the head and the record leave together, or after the ten seconds the head and
//! comments, and what goes wrong afterwards is told in the stream.

use std::{pin::Pin, rc::Rc};

use wasm_bindgen_futures::spawn_local;

use super::{
    Edge, answer,
    pipe::Sink,
    race::{First, Flag, race},
    relay::{Plan, Relay, write_failure},
    retry,
    upstream::{Body, Broken, Head},
};
use crate::{
    chat::Millis,
    platform::{now, sleep},
    stream,
    wire::{ApiError, ErrorCode, Request, read_error},
};

/// How long the head is held back for the upstream's status.
const HOLD: Millis = Millis::seconds(10);
/// How long a stream is silent before a comment shows that it is alive: proxies cut what is quiet for longer.
const QUIET: Millis = Millis::seconds(15);
/// How long the last word is awaited of an upstream that has told how its answer ended, and the end of a body that
/// has had its last word, so that the connection can be used again.
const PARTING: Millis = Millis(250);
/// Most bytes of an upstream's refusal.
const REFUSAL_LIMIT: usize = 64 << 10;

/// A question on its way.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) edge: Rc<Edge>,
    pub(super) plan: Plan,
    pub(super) request: Request,
    /// When it arrived.
    pub(super) since: Millis,
}

/// How a question is answered.
pub(super) enum Answered {
    /// The stream has begun, or the ten seconds are over.
    Stream(Job),
    /// One body, and its status.
    Body(u16, String),
    /// Nothing but this.
    Failed(ApiError),
    /// The caller left.
    Gone,
}

/// A stream that can be poured.
pub(super) struct Job {
    question: Question,
    live: Pending<Result<Live, ApiError>>,
    /// The head is sent before anything is known.
    is_late: bool,
}

type Pending<T> = Pin<Box<dyn Future<Output = T>>>;
type Chunk = Option<Result<Vec<u8>, Broken>>;

/// Asks, and waits until the status is certain.
pub(super) async fn ask(question: Question, gone: &Flag) -> Answered {
    let mut live: Pending<_> = Box::pin(begin(question.clone()));
    if question.plan.stream {
        match race(race(&mut live, sleep(HOLD)), gone.raised()).await {
            First::Left(First::Left(Ok(begun))) => {
                Answered::Stream(Job { question, live: Box::pin(async { Ok(begun) }), is_late: false })
            }
            First::Left(First::Left(Err(error))) => Answered::Failed(error),
            First::Left(First::Right(())) => Answered::Stream(Job { question, live, is_late: true }),
            First::Right(()) => Answered::Gone,
        }
    } else {
        match race(live, gone.raised()).await {
            First::Left(Ok(live)) => match live.relay.into_body() {
                Ok((status, body)) => Answered::Body(status, body),
                Err(error) => Answered::Failed(error),
            },
            First::Left(Err(error)) => Answered::Failed(error),
            First::Right(()) => Answered::Gone,
        }
    }
}

impl Job {
    /// Pours the stream until it ends or the caller leaves; `kept` is held until then.
    pub(super) fn pour(self, sink: Sink, gone: Flag, kept: impl Sized + 'static) {
        spawn_local(async move {
            if let First::Left(Some(live)) = race(pour(self, sink), gone.raised()).await {
                live.part().await;
            }
            drop(kept);
        });
    }
}

async fn pour(job: Job, sink: Sink) -> Option<Live> {
    let Job { question, mut live, is_late } = job;
    let mut out = Vec::new();
    let mut quiet = if is_late { Millis::ZERO } else { QUIET };
    let begun = loop {
        match race(&mut live, sleep(quiet)).await {
            First::Left(begun) => break begun,
            First::Right(()) => {
                stream::comment("keep-alive", &mut out);
                sink.send(&out).await;
                out.clear();
                quiet = QUIET;
            }
        }
    };
    let key = question.key();
    let mut live = match begun {
        Ok(live) => live,
        Err(error) => {
            write_failure(question.plan.caller, error, key, &mut out);
            sink.send(&out).await;
            return None;
        }
    };
    out.append(&mut live.held);
    while live.relay.outcome().is_none() {
        sink.send(&out).await;
        out.clear();
        if live.step(QUIET, &mut out).await.is_quiet() {
            stream::comment("keep-alive", &mut out);
        }
    }
    live.relay.close(key, &mut out);
    sink.send(&out).await;
    Some(live)
}

/// Asks until an attempt begins to answer, as often as the rules of retrying allow.
async fn begin(question: Question) -> Result<Live, ApiError> {
    let mut asked_again = 0;
    loop {
        let (error, began) = match attempt(&question).await {
            Ok(live) => return Ok(live),
            Err(failure) => failure,
        };
        // Whoever has waited for this long is not made to wait again.
        let patient = now().since(question.since) < question.edge.settings.timeouts.headers;
        match retry::wait(asked_again, &error, js_sys::Math::random()) {
            Some(span) if patient && !began => sleep(span).await,
            _ => return Err(error),
        }
        asked_again += 1;
    }
}

/// One request: until its first record for a stream, to its end for one body. An error tells with it whether the
/// upstream had begun to work.
async fn attempt(question: &Question) -> Result<Live, (ApiError, bool)> {
    let timeouts = question.edge.settings.timeouts;
    let asking = question.edge.source.ask(question.plan.reading.dialect, &question.request);
    let head = match race(asking, sleep(timeouts.headers)).await {
        First::Left(Ok(head)) => head,
        First::Left(Err(Broken)) => return Err((answer::lost(), false)),
        First::Right(()) => return Err((answer::late(), false)),
    };
    if !(200..300).contains(&head.status) {
        return Err((refusal(head).await, false));
    }
    let mut live = Live::new(question, head.body);
    let streams = |relay: &Relay| question.plan.stream && relay.began();
    while live.relay.outcome().is_none() && !streams(&live.relay) {
        let mut out = std::mem::take(&mut live.held);
        live.step(timeouts.total, &mut out).await;
        // Signs of life are ours to give while nothing was said: held back, they could pile up.
        if live.relay.outcome().is_none() && !live.relay.began() {
            out.clear();
        }
        live.held = out;
    }
    match live.relay.outcome() {
        Some(Err(error)) if !streams(&live.relay) => Err((error.clone(), live.relay.began())),
        _ => Ok(live),
    }
}

/// What an upstream that refused has to say, as far as it says it in time.
async fn refusal(head: Head) -> ApiError {
    let Head { status, retry_after, mut body } = head;
    let mut bytes = Vec::new();
    let reading = async {
        while let Some(Ok(chunk)) = body.chunk().await {
            let room = REFUSAL_LIMIT.saturating_sub(bytes.len());
            bytes.extend(chunk.into_iter().take(room));
            if bytes.len() == REFUSAL_LIMIT {
                break;
            }
        }
    };
    race(reading, sleep(HOLD)).await;
    read_error(status, retry_after, &bytes)
}

impl Question {
    fn key(&self) -> Option<&crate::wire::Secret> {
        self.edge.settings.upstream.endpoint().key.as_ref()
    }
}

/// A reply that is under way, and how long it has been silent.
struct Live {
    relay: Relay,
    next: Next,
    /// What the caller may have already.
    held: Vec<u8>,
    /// How long was waited since the last payload.
    silent: Millis,
    /// When the whole must be over.
    last: Millis,
    timeouts: super::config::Timeouts,
}

/// The body, or the future that has it while it waits for a chunk: a chunk must not be lost with a wait that ends.
enum Next {
    Chunk(Pending<(Body, Chunk)>),
    Over,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stepped {
    /// Something happened.
    Moved,
    /// Nothing did for as long as the step was to last.
    Quiet,
}

impl Stepped {
    fn is_quiet(self) -> bool {
        self == Self::Quiet
    }
}

impl Live {
    fn new(question: &Question, body: Body) -> Self {
        let timeouts = question.edge.settings.timeouts;
        Self {
            relay: Relay::new(&question.plan),
            next: Next::await_chunk(body),
            held: Vec::new(),
            silent: Millis::ZERO,
            last: question.since.plus(timeouts.total),
            timeouts,
        }
    }

    /// Takes in one chunk, or waits for `patience`, or gives up.
    async fn step(&mut self, patience: Millis, out: &mut Vec<u8>) -> Stepped {
        let Next::Chunk(next) = &mut self.next else {
            self.relay.finish(out);
            return Stepped::Moved;
        };
        let started = now();
        let payloads = self.relay.payloads();
        let limit = if self.relay.is_complete() {
            PARTING
        } else if payloads == 0 {
            self.timeouts.first
        } else {
            self.timeouts.idle
        };
        let left = limit.since(self.silent).min(self.last.since(started));
        match race(next, sleep(left.min(patience))).await {
            First::Left((body, Some(Ok(chunk)))) => {
                self.next = Next::await_chunk(body);
                self.relay.push(&chunk, out);
            }
            First::Left((_, end)) => {
                self.next = Next::Over;
                if end.is_none() {
                    self.relay.finish(out);
                } else {
                    self.relay.fail(broken_off(payloads), out);
                }
            }
            First::Right(()) if patience < left => {
                self.silent = self.silent.plus(patience);
                return Stepped::Quiet;
            }
            First::Right(()) => {
                self.next = Next::Over;
                self.relay.fail(answer::late(), out);
            }
        }
        let heard = self.relay.payloads() > payloads;
        self.silent = if heard { Millis::ZERO } else { self.silent.plus(now().since(started)) };
        Stepped::Moved
    }

    /// Lets the body come to its end, so that its connection can be used again, but not for long.
    async fn part(self) {
        let Next::Chunk(next) = self.next else { return };
        let reading = async {
            let (mut body, mut chunk) = next.await;
            while let Some(Ok(_)) = chunk {
                chunk = body.chunk().await;
            }
        };
        race(reading, sleep(PARTING)).await;
    }
}

impl Next {
    fn await_chunk(mut body: Body) -> Self {
        Self::Chunk(Box::pin(async move {
            let chunk = body.chunk().await;
            (body, chunk)
        }))
    }
}

fn broken_off(payloads: u64) -> ApiError {
    if payloads == 0 {
        return answer::lost();
    }
    ApiError { retryable: true, ..answer::ours(ErrorCode::Interrupted, 502, "") }
}
