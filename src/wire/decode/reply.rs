//! The reply as far as it is known, whatever the dialect: the dialects' readers tell it what they read.
//!
//! In: words of a reply in the order in which they came. Out: events, exactly one terminal one among them. Never: more
//! than the limit kept or given.

use super::{
    calls::{Calls, Fragment, TooMany},
    leak::Filter,
    out::Out,
    stop,
    tally::Tally,
    thoughts::{Said, Splitter},
};
use crate::{
    chat::{StopReason, Usage},
    models::Style,
    wire::{ApiError, Dialect, ErrorCode, ReplyEvent},
};

#[derive(Debug)]
pub(super) struct Reply {
    pub(super) out: Out,
    dialect: Dialect,
    style: Style,
    started: bool,
    /// Bytes that may still come.
    room: usize,
    text: Splitter,
    pub(super) filter: Filter,
    calls: Calls,
    tally: Tally,
    stop: Option<Result<StopReason, ApiError>>,
}

impl Reply {
    pub(super) fn new(dialect: Dialect, style: Style, limit: usize) -> Self {
        Self {
            out: Out::default(),
            dialect,
            style,
            started: false,
            room: limit,
            text: Splitter::default(),
            filter: Filter::Off,
            calls: Calls::default(),
            tally: Tally::default(),
            stop: None,
        }
    }

    /// The provider names the reply; only the first time counts.
    pub(super) fn start(&mut self, id: &str, model: &str) {
        if !self.started {
            self.started = true;
            self.out.say(ReplyEvent::Started { id: id.to_owned(), model: model.to_owned() });
        }
    }

    pub(super) fn think(&mut self, more: &str) {
        if !more.is_empty() && self.take(more.len()) {
            self.finish_text();
            self.text.thinks_elsewhere();
            self.out.reasoning(more);
        }
    }

    pub(super) fn seal(&mut self, signature: &str) {
        if !signature.is_empty() && self.take(signature.len()) {
            self.finish_text();
            self.out.say(ReplyEvent::Signature(signature.to_owned()));
        }
    }

    pub(super) fn say(&mut self, more: &str) {
        if more.is_empty() || !self.take(more.len()) {
            return;
        }
        let Self { out, text, filter, .. } = self;
        text.push(more, |said| tell(out, filter, said));
    }

    pub(super) fn call(&mut self, fragment: Fragment<'_>) -> Result<(), TooMany> {
        let size = fragment.arguments.len() + fragment.name.len() + fragment.id.len();
        if !self.take(size) {
            return Ok(());
        }
        self.finish_text();
        self.calls.push(fragment, &mut self.out)
    }

    /// More of the arguments of the call with that index; what belongs to none, such as a server's own tool, is left.
    pub(super) fn extend_call(&mut self, index: Option<u64>, arguments: &str) -> Result<(), TooMany> {
        if index.is_some_and(|index| self.calls.has(index)) {
            self.call(Fragment { index, arguments, ..Fragment::default() })?;
        }
        Ok(())
    }

    pub(super) fn close_call(&mut self, index: u64) {
        self.calls.close(index, &mut self.out);
    }

    pub(super) fn used(&mut self, record: &Tally) {
        self.tally.merge(record);
    }

    /// The provider says why it stops. Usage may still follow, so this is not the end.
    pub(super) fn stop(&mut self, word: &str, sequence: Option<String>) {
        self.stop = Some(stop::meaning(word, sequence));
        self.finish_text();
        self.calls.close_all(&mut self.out);
    }

    /// The stream is over, with or without a reason.
    pub(super) fn end(&mut self) {
        let stop = self.stop.take().unwrap_or_else(|| {
            Err(ApiError::new(ErrorCode::Truncated, "the reply ended before the provider said why"))
        });
        self.conclude(stop);
    }

    pub(super) fn fail(&mut self, error: ApiError) {
        self.conclude(Err(error));
    }

    pub(super) fn fault(&mut self, code: ErrorCode, message: &str) {
        self.fail(ApiError::new(code, message));
    }

    pub(super) const fn is_complete(&self) -> bool {
        matches!(self.stop, Some(Ok(_)))
    }

    pub(super) fn usage(&self) -> Option<Usage> {
        self.tally.usage(self.dialect, self.style)
    }

    pub(super) fn footprint(&self) -> usize {
        self.out.footprint() + self.text.footprint() + self.calls.footprint()
    }

    fn conclude(&mut self, end: Result<StopReason, ApiError>) {
        self.finish_text();
        if let Some(usage) = self.usage() {
            self.out.say(ReplyEvent::Usage(usage));
        }
        self.out.say(end.map_or_else(ReplyEvent::Failed, ReplyEvent::Done));
    }

    /// Something else than text comes: what was held back of it is what it looks like.
    fn finish_text(&mut self) {
        let Self { out, text, filter, .. } = self;
        text.finish(|said| tell(out, filter, said));
        filter.finish(|shown| out.text(shown));
    }

    /// Takes so many bytes from what may still come; false when the reply is too long.
    fn take(&mut self, bytes: usize) -> bool {
        self.start("", "");
        if let Some(room) = self.room.checked_sub(bytes) {
            self.room = room;
        } else {
            self.fault(ErrorCode::TooLong, "the reply is longer than the memory it is given");
        }
        !self.out.is_over()
    }
}

fn tell(out: &mut Out, filter: &mut Filter, said: Said<'_>) {
    match said {
        Said::Thought(thought) => out.reasoning(thought),
        Said::Text(text) => filter.push(text, |shown| out.text(shown)),
    }
}
