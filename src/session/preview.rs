//! What a question would ask for, before it is asked: the same messages, settings and room as when it is.
//!
//! In: a draft, or the wish to ask again or to go on. Out: the request as the encoder would take it, its history
//! repaired. Never: a change of the session.

use super::{CONTINUE, ChatRequest, Draft, Session};
use crate::{
    chat::{Message, MessageId, Role},
    wire,
};

impl Session {
    /// What [`send`](Self::send) would ask for this draft: its messages as the provider gets them, and in
    /// [`ChatRequest::max_tokens`] the room for the answer, where the request will name one. `O(conversation)`.
    #[must_use]
    pub fn preview(&self, draft: &Draft) -> ChatRequest {
        let parent = match draft.edits {
            None => self.transcript.last(),
            Some(edited) => self.transcript.get(edited).and_then(|entry| entry.parent),
        };
        let mut said = self.until(parent);
        said.push(Message::user(draft.text.clone()));
        let mut request = self.ask_with(said, draft.max_tokens);
        request.thinking = draft.thinking.unwrap_or(self.config.thinking);
        self.finished(request)
    }

    /// What [`retry`](Self::retry) would ask for, where no question has [narrowed](Self::allow) its room. `None` before
    /// the first question. `O(conversation)`.
    #[must_use]
    pub fn preview_retry(&self) -> Option<ChatRequest> {
        let (id, entry) = self.transcript.path().last()?;
        let question = if entry.message.role == Role::Assistant { entry.parent } else { Some(id) };
        Some(self.finished(self.ask_with(self.until(question), None)))
    }

    /// What [`resume`](Self::resume) would ask for, likewise. `None` where there is nothing to go on from.
    /// `O(conversation)`.
    #[must_use]
    pub fn preview_resume(&self) -> Option<ChatRequest> {
        let mut said = self.until(Some(self.cut_answer()?));
        said.push(Message::user(CONTINUE));
        Some(self.finished(self.ask_with(said, None)))
    }

    /// What was asked for the last answer of the branch, and the answer, as far as it came: what a provider's cache may
    /// hold. The room is that of the last question, of whatever branch. `None` before anything was answered.
    /// `O(conversation)`.
    #[must_use]
    pub fn sent(&self) -> Option<(ChatRequest, Message)> {
        let answers = self
            .transcript
            .path()
            .filter(|(_, entry)| entry.message.role == Role::Assistant && !entry.message.parts.is_empty());
        let (_, answer) = answers.last()?;
        let request = self.ask_with(self.until(answer.parent), self.room);
        Some((self.finished(request), answer.message.clone()))
    }

    /// The messages that lead to `last`, it among them.
    fn until(&self, last: Option<MessageId>) -> Vec<Message> {
        let step = |id: Option<MessageId>| self.transcript.get(id?);
        let said = std::iter::successors(step(last), |entry| step(entry.parent));
        let mut said: Vec<_> = said.map(|entry| entry.message.clone()).collect();
        said.reverse();
        said
    }

    fn finished(&self, mut request: ChatRequest) -> ChatRequest {
        request.max_tokens = wire::room(&self.config.endpoint, &request);
        request.messages = wire::repair(&request.messages);
        request
    }
}
