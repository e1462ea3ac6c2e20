//! What a decoder has to say and nobody took yet.
//!
//! In: events in their order. Out: the same, neighbours of one kind merged, so that however a stream is cut and
//! however small its records are, a reader gets few events. Never: two keep-alives in a row, or anything after the end.

use std::collections::VecDeque;

use crate::wire::ReplyEvent;

#[derive(Debug, Default)]
pub(super) struct Out {
    events: VecDeque<ReplyEvent>,
    /// The event said last, taken or not, is a keep-alive.
    idle: bool,
    over: bool,
}

impl Out {
    /// Adds an event that stands by itself.
    pub(super) fn say(&mut self, event: ReplyEvent) {
        if self.over {
            return;
        }
        self.idle = false;
        self.over = matches!(event, ReplyEvent::Done(_) | ReplyEvent::Failed(_));
        self.events.push_back(event);
    }

    pub(super) fn text(&mut self, more: &str) {
        if more.is_empty() {
            return;
        }
        if let Some(ReplyEvent::Text(text)) = self.last() {
            text.push_str(more);
        } else {
            self.say(ReplyEvent::Text(more.to_owned()));
        }
    }

    pub(super) fn reasoning(&mut self, more: &str) {
        if let Some(ReplyEvent::Reasoning(text)) = self.last() {
            text.push_str(more);
        } else {
            self.say(ReplyEvent::Reasoning(more.to_owned()));
        }
    }

    pub(super) fn arguments(&mut self, call: u32, id: &str, name: &str, more: &str) {
        match self.last() {
            Some(ReplyEvent::ToolCallDelta { index, delta, .. }) if *index == call => delta.push_str(more),
            _ => self.say(ReplyEvent::ToolCallDelta {
                index: call,
                id: id.to_owned(),
                name: name.to_owned(),
                delta: more.to_owned(),
            }),
        }
    }

    pub(super) fn keep_alive(&mut self) {
        if !self.idle {
            self.say(ReplyEvent::KeepAlive);
            self.idle = true;
        }
    }

    pub(super) fn next(&mut self) -> Option<ReplyEvent> {
        self.events.pop_front()
    }

    pub(super) const fn is_over(&self) -> bool {
        self.over
    }

    /// Bytes allocated, but for the few of an end.
    pub(super) fn footprint(&self) -> usize {
        let texts = |event: &ReplyEvent| match event {
            ReplyEvent::Text(text) | ReplyEvent::Reasoning(text) | ReplyEvent::Signature(text) => {
                text.capacity()
            }
            ReplyEvent::Started { id, model } => id.capacity() + model.capacity(),
            ReplyEvent::ToolCallDelta { id, name, delta, .. } => {
                id.capacity() + name.capacity() + delta.capacity()
            }
            ReplyEvent::ToolCall { id, name, arguments, .. } => {
                id.capacity() + name.capacity() + arguments.capacity()
            }
            _ => 0,
        };
        self.events.iter().map(texts).sum::<usize>() + self.events.capacity() * size_of::<ReplyEvent>()
    }

    fn last(&mut self) -> Option<&mut ReplyEvent> {
        if self.over { None } else { self.events.back_mut() }
    }
}
