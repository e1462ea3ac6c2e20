//! The tool loop: calls go out, results come in, and the model is asked again with them.
//!
//! In: a complete reply with tool calls; results, in any order. Out: [`Output::CallTool`]s, then a new request.
//! Never: a call whose arguments are no JSON object, or of a tool that was not offered; the model is told so instead.

use super::{Event, Fault, Misuse, Output, Phase, Session, TurnId, attempt::Outcome, phase::Step};
use crate::chat::{Message, MessageId, Millis, Part, Role, State, StopReason, ToolCall};

impl Session {
    /// Brings the results of tools that the driver does not run, after an answer that ended with
    /// [`StopReason::ToolCalls`], and asks the model to go on. A call without a result counts as cancelled.
    ///
    /// # Errors
    ///
    /// [`Misuse::Busy`] while an answer is under way, [`Misuse::NoSuchCall`] where the last answer made no such call.
    pub fn tool_results(
        &mut self,
        now: Millis,
        results: impl IntoIterator<Item = (String, Result<String, String>)>,
    ) -> Result<TurnId, Misuse> {
        self.must_be_idle()?;
        let (answer, entry) = self.transcript.path().last().ok_or(Misuse::NoSuchCall)?;
        let mut calls: Vec<(ToolCall, Option<Outcome>)> =
            entry.message.tool_calls().map(|call| (call.clone(), None)).collect();
        if calls.is_empty() {
            return Err(Misuse::NoSuchCall);
        }
        for (id, result) in results {
            let slot = calls.iter_mut().find(|(call, result)| call.id == id && result.is_none());
            slot.ok_or(Misuse::NoSuchCall)?.1 = Some(result);
        }
        let next = self.record(answer, calls).ok_or(Misuse::UnknownMessage)?;
        Ok(self.start(now, None, next))
    }

    /// Whether the reply called tools and the driver runs all of them.
    pub(super) fn runs_calls(&self) -> bool {
        let runs = |name: &str| self.config.tools.iter().all(|offer| offer.tool.name != name || offer.runs);
        let any = self.config.tools.iter().any(|offer| offer.runs);
        any && !self.attempt.calls.is_empty() && self.attempt.calls.iter().all(|(call, _)| runs(&call.name))
    }

    /// Closes the reply and has its calls run.
    pub(super) fn call_tools(&mut self, now: Millis, reason: StopReason) {
        if self.attempt.rounds >= self.config.tool_rounds {
            return self.fail(now, Fault::ToolRounds);
        }
        let whole = reason != StopReason::Length;
        let turn = self.turn;
        self.end(now, Step::Calls, State::Done(reason.clone()), Event::Done(reason));
        let offers = &self.config.tools;
        for (call, result) in &mut self.attempt.calls {
            if !whole || !is_object(&call.arguments) {
                *result = Some(Err("the arguments are not a whole JSON object".to_owned()));
            } else if !offers.iter().any(|offer| offer.tool.name == call.name) {
                *result = Some(Err(format!("there is no tool named {}", call.name)));
            } else {
                self.out.push_back(Output::CallTool { turn, call: call.clone() });
            }
        }
        self.go_on(now);
    }

    pub(super) fn tool_returned(&mut self, now: Millis, id: &str, result: Result<&str, &str>) {
        if self.phase != Phase::Calling {
            return;
        }
        let mut waiting = self.attempt.calls.iter_mut();
        if let Some((_, slot)) = waiting.find(|(call, slot)| call.id == id && slot.is_none()) {
            *slot = Some(result.map(str::to_owned).map_err(str::to_owned));
            self.go_on(now);
        }
    }

    /// Asks the model again once every call has its result.
    fn go_on(&mut self, now: Millis) {
        if self.attempt.calls.iter().any(|(_, result)| result.is_none()) {
            return;
        }
        let calls = std::mem::take(&mut self.attempt.calls);
        let rounds = self.attempt.rounds.saturating_add(1);
        let Some(next) = self.record(self.attempt.answer, calls) else { return };
        self.attempt = super::Attempt::new(next, now);
        self.attempt.rounds = rounds;
        self.begin(now, Step::Results, None);
    }

    /// Writes the results below the answer that called, and opens the next answer.
    fn record(&mut self, answer: MessageId, calls: Vec<(ToolCall, Option<Outcome>)>) -> Option<MessageId> {
        let part = |(call, result): (ToolCall, Option<Outcome>)| {
            let failed = !matches!(result, Some(Ok(_)));
            let (Ok(text) | Err(text)) = result.unwrap_or_else(|| Err("cancelled".to_owned()));
            Part::ToolResult { id: call.id, text, failed }
        };
        let results = Message { role: Role::Tool, parts: calls.into_iter().map(part).collect() };
        let told = self.transcript.add(Some(answer), results, State::Done(StopReason::Stop)).ok()?;
        self.open(Some(told)).ok()
    }
}

/// Whether `text` is one whole JSON object.
fn is_object(text: &str) -> bool {
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).is_ok()
}
