//! Facts: what the transport, the tools and the clock tell a session, each taken in or ignored by the table.
//!
//! In: [`Input`]s in any order. Out: the next phase and its outputs. Never: a refusal. What belongs to an older
//! turn is recognised by its id and dropped.

use super::{
    Config, Event, Fault, Input, Lost, Output, Phase, Session, Wait,
    attempt::{REFUSAL_LIMIT, Refusal},
    backoff,
    phase::Step,
};
use crate::{
    chat::Millis,
    wire::{self, Reading, ReplyDecoder},
};

impl Session {
    pub(super) fn take(&mut self, now: Millis, input: Input<'_>) {
        match input {
            Input::Head { turn, status, retry_after } if turn == self.turn => {
                self.head(now, status, retry_after);
            }
            Input::Body { turn, bytes } if turn == self.turn => self.body(now, bytes),
            Input::End { turn } if turn == self.turn => self.ended(now),
            Input::Lost { turn, why } if turn == self.turn => self.lost(now, why),
            Input::ToolResult { turn, id, result } if turn == self.turn => {
                self.tool_returned(now, id, result);
            }
            Input::Timeout => self.timeout(now),
            _ => {}
        }
    }

    fn head(&mut self, now: Millis, status: u16, retry_after: Option<Millis>) {
        let step = if (200..300).contains(&status) { Step::Accepted } else { Step::Refused };
        let Some(phase) = self.phase.after(step) else { return };
        self.phase = phase;
        self.attempt.alive = now;
        if step == Step::Refused {
            self.attempt.refusal = Refusal { status, retry_after, body: Vec::new() };
            return;
        }
        self.storm = false;
        let Config { endpoint, record_limit, reply_limit, .. } = &self.config;
        self.attempt.decoder = Some(ReplyDecoder::new(Reading::of(endpoint, *record_limit, *reply_limit)));
    }

    fn body(&mut self, now: Millis, bytes: &[u8]) {
        match self.phase {
            Phase::Streaming => {
                if let Some(decoder) = &mut self.attempt.decoder {
                    decoder.push(bytes);
                    if decoder.payloads() > self.attempt.payloads {
                        self.attempt.payloads = decoder.payloads();
                        self.attempt.alive = now;
                    }
                }
                self.read(now);
            }
            Phase::Refused => {
                let refusal = &mut self.attempt.refusal;
                let room = REFUSAL_LIMIT.saturating_sub(refusal.body.len());
                refusal.body.extend(bytes.iter().take(room));
                if room < bytes.len() {
                    self.refused(now);
                }
            }
            _ => {}
        }
    }

    fn ended(&mut self, now: Millis) {
        self.attempt.connected = false;
        match self.phase {
            Phase::Streaming => {
                if let Some(decoder) = &mut self.attempt.decoder {
                    decoder.finish();
                }
                self.read(now);
            }
            Phase::Refused => self.refused(now),
            // A body cannot end before its head: the transport lost the response.
            Phase::Waiting => self.broken(now, Fault::Lost(Lost::Network)),
            _ => {}
        }
    }

    fn lost(&mut self, now: Millis, why: Lost) {
        self.attempt.connected = false;
        match self.phase {
            // What came of the error's text still says more than that the rest of it was lost.
            Phase::Refused => self.refused(now),
            Phase::Waiting | Phase::Streaming => self.broken(now, Fault::Lost(why)),
            _ => {}
        }
    }

    fn refused(&mut self, now: Millis) {
        let Refusal { status, retry_after, body } = std::mem::take(&mut self.attempt.refusal);
        self.broken(now, Fault::Api(wire::read_error(status, retry_after, &body)));
    }

    fn timeout(&mut self, now: Millis) {
        let Some((at, wait)) = self.attempt.deadline(self.phase, &self.config.timeouts) else { return };
        if now < at {
            return;
        }
        match self.phase {
            Phase::Backoff => self.fetch(now, Step::Due),
            // Half an error's text, and then silence: it is still an error.
            Phase::Refused if wait == Wait::Idle => self.refused(now),
            _ => self.fail(now, Fault::Silent(wait)),
        }
    }

    /// Tries again if that can help and nothing was shown, else ends the answer.
    pub(super) fn broken(&mut self, now: Millis, fault: Fault) {
        let retries = if self.storm { 0 } else { self.config.retries };
        let can_wait = fault.retry_after().is_none_or(|wait| wait <= self.config.longest_wait);
        if !fault.is_retryable() || self.attempt.shown || !can_wait {
            return self.fail(now, fault);
        }
        if self.attempt.tries >= retries {
            self.storm = true;
            return self.fail(now, fault);
        }
        let Some(phase) = self.phase.after(Step::Again) else { return self.fail(now, fault) };
        if std::mem::take(&mut self.attempt.connected) {
            self.out.push_back(Output::Cancel { turn: self.turn });
        }
        let own = backoff::jitter(&mut self.seed, self.attempt.tries);
        let until = now.plus(fault.retry_after().unwrap_or(own));
        self.phase = phase;
        self.attempt.tries = self.attempt.tries.saturating_add(1);
        self.attempt.due = until;
        self.event(Event::Waiting { until, fault });
    }
}
