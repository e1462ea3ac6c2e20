//! What the provider says, written into the transcript as it arrives and told to the reader.
//!
//! In: reply events of the decoder. Out: events, and the answer's entry. The entry always holds at least what was
//! shown, so nothing is lost whenever it stops.

use super::{Event, Fault, Session, phase::Step};
use crate::{
    chat::{Entry, Millis, Part, ResponseFormat, State, StopReason, ToolCall},
    wire::{ApiError, ErrorCode, ReplyDecoder, ReplyEvent},
};

impl Session {
    /// Takes everything that the decoder has ready.
    pub(super) fn read(&mut self, now: Millis) {
        while let Some(event) = self.attempt.decoder.as_mut().and_then(ReplyDecoder::next_event) {
            self.said(now, event);
        }
    }

    fn said(&mut self, now: Millis, event: ReplyEvent) {
        let begun = std::mem::replace(&mut self.attempt.begun, true);
        match event {
            ReplyEvent::Started { model, .. } => {
                if !model.is_empty()
                    && let Some(entry) = self.answer()
                {
                    entry.model = Some(model);
                }
            }
            ReplyEvent::KeepAlive => {
                if !begun {
                    self.event(Event::Queued);
                }
            }
            ReplyEvent::Reasoning(delta) => {
                self.shown(now);
                self.attempt.thinking_since.get_or_insert(now);
                if let Some(entry) = self.answer() {
                    entry.message.think(&delta);
                }
                self.event(Event::Reasoning(delta));
            }
            ReplyEvent::Signature(seal) => {
                if let Some(entry) = self.answer() {
                    entry.message.seal(seal);
                }
            }
            ReplyEvent::Text(delta) => {
                self.shown(now);
                self.thought(now);
                if let Some(entry) = self.answer() {
                    entry.message.say(&delta);
                }
                self.event(Event::Text(delta));
            }
            ReplyEvent::ToolCallDelta { index, id, name, delta } => {
                self.shown(now);
                self.thought(now);
                self.event(Event::ToolCallDelta { index, id, name, delta });
            }
            ReplyEvent::ToolCall { index, id, name, arguments } => {
                self.shown(now);
                self.thought(now);
                let call = ToolCall { id, name, arguments };
                if let Some(entry) = self.answer() {
                    entry.message.parts.push(Part::ToolCall(call.clone()));
                }
                self.attempt.calls.push((call.clone(), None));
                self.event(Event::ToolCall { index, call });
            }
            ReplyEvent::Usage(usage) => {
                if let Some(entry) = self.answer() {
                    entry.usage = Some(usage);
                }
                self.event(Event::Usage(usage));
            }
            ReplyEvent::Done(reason) => self.complete(now, reason),
            ReplyEvent::Failed(error) => self.broke_off(now, error),
        }
    }

    fn complete(&mut self, now: Millis, reason: StopReason) {
        // A known quirk of JSON mode: the answer is empty. It was not shown, so it can be asked for again.
        let json = self.config.response_format == ResponseFormat::JsonObject;
        let empty = self.answer().is_some_and(|entry| entry.message.text().trim().is_empty());
        if json && empty && reason == StopReason::Stop && self.attempt.calls.is_empty() {
            return self.broken(now, Fault::Empty);
        }
        if self.runs_calls() {
            return self.call_tools(now, reason);
        }
        self.end(now, Step::Complete, State::Done(reason.clone()), Event::Done(reason));
    }

    fn broke_off(&mut self, now: Millis, error: ApiError) {
        let fault = Fault::Api(error);
        // A reply without an end may have been paid for: whether to ask again is the reader's choice.
        if fault.code() == ErrorCode::Truncated.as_str() {
            return self.fail(now, fault);
        }
        self.broken(now, fault);
    }

    /// Closes the answer's entry.
    pub(super) fn close(&mut self, now: Millis, state: State) {
        self.thought(now);
        let elapsed = now.since(self.attempt.asked);
        if let Some(entry) = self.answer() {
            entry.state = state;
            entry.elapsed = Some(elapsed);
        }
        self.attempt.decoder = None;
        self.attempt.request = None;
    }

    /// Something becomes visible: from here on no second try.
    fn shown(&mut self, now: Millis) {
        if std::mem::replace(&mut self.attempt.shown, true) {
            return;
        }
        let waited = now.since(self.attempt.asked);
        if let Some(entry) = self.answer() {
            entry.first_token = Some(waited);
        }
    }

    /// The thinking, if there was some, is over.
    fn thought(&mut self, now: Millis) {
        let Some(since) = self.attempt.thinking_since.take() else { return };
        let span = now.since(since);
        if let Some(entry) = self.answer() {
            let before = entry.thought.unwrap_or_default();
            entry.thought = Some(before.plus(span));
        }
        self.event(Event::Thought(span));
    }

    fn answer(&mut self) -> Option<&mut Entry> {
        self.transcript.get_mut(self.attempt.answer)
    }
}
