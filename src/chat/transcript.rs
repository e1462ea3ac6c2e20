//! The history of a conversation as a tree: an edited question and a regenerated answer are branches.
//!
//! In: messages and where they belong. Out: the branch being read, and the siblings of each message.
//! Never: what a provider may be sent (`session` repairs and selects), or when it was said by the wall clock.
//!
//! Saved as JSON by serde; a file that was tampered with is refused whole, by [`Transcript`]'s `Deserialize`.

use serde::{Deserialize, Serialize};

use super::{Message, Millis, StopReason, Usage};

/// Names a message of one transcript, for good: ids are given in order and never again.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub u32);

/// How far a message got.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// An answer is arriving. After a reload it reads as [`State::Failed`] with the code `interrupted`.
    Open,
    /// Whole: a question as sent, or an answer that the provider called ended.
    Done(StopReason),
    /// An answer that ended early; what arrived is kept. The stable code of the fault.
    Failed(String),
}

/// One message in the tree.
///
/// `first_token <= elapsed` and `thought <= elapsed` where all are known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The message before it, `None` for a first message. Always smaller than the entry's own id.
    pub parent: Option<MessageId>,
    /// What was said.
    pub message: Message,
    /// How far it got.
    pub state: State,
    /// The model that answered, as the provider names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What the answer used, if the provider said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// How long the model thought, from its first thought to its first word of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thought: Option<Millis>,
    /// From the request to the first visible output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_token: Option<Millis>,
    /// From the request to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elapsed: Option<Millis>,
    /// The branch last read below this message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chosen: Option<MessageId>,
}

/// There is no message of that id in this transcript.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnknownMessage(pub MessageId);

impl std::fmt::Display for UnknownMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no message {} in this conversation", self.0.0)
    }
}

impl std::error::Error for UnknownMessage {}

/// A conversation with all its branches.
///
/// Every parent is smaller than its child, so a walk towards the root ends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct Transcript {
    entries: Vec<Entry>,
    /// The first message of the branch being read.
    root: Option<MessageId>,
}

impl Transcript {
    /// Adds a message below `parent` and reads on from it. `None` starts a branch at the root.
    ///
    /// # Errors
    ///
    /// [`UnknownMessage`] when there is no such parent.
    pub fn add(
        &mut self,
        parent: Option<MessageId>,
        message: Message,
        state: State,
    ) -> Result<MessageId, UnknownMessage> {
        let id = MessageId(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        match parent {
            Some(parent) => self.get_mut(parent).ok_or(UnknownMessage(parent))?.chosen = Some(id),
            None => self.root = Some(id),
        }
        self.entries.push(Entry {
            parent,
            message,
            state,
            model: None,
            usage: None,
            thought: None,
            first_token: None,
            elapsed: None,
            chosen: None,
        });
        if let Some(parent) = parent {
            self.choose(parent);
        }
        Ok(id)
    }

    /// Reads the branch that holds `id`.
    ///
    /// # Errors
    ///
    /// [`UnknownMessage`] when there is none.
    pub fn select(&mut self, id: MessageId) -> Result<(), UnknownMessage> {
        self.get(id).ok_or(UnknownMessage(id))?;
        self.choose(id);
        Ok(())
    }

    /// The message of that id.
    #[must_use]
    pub fn get(&self, id: MessageId) -> Option<&Entry> {
        self.entries.get(id.0 as usize)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, id: MessageId) -> Option<&mut Entry> {
        self.entries.get_mut(id.0 as usize)
    }

    /// The branch being read, from its first message to its last. `O(length)`.
    pub fn path(&self) -> impl Iterator<Item = (MessageId, &Entry)> {
        let step = |id: Option<MessageId>| id.and_then(|id| Some((id, self.get(id)?)));
        std::iter::successors(step(self.root), move |(_, entry)| step(entry.chosen))
    }

    /// The last message of the branch being read.
    #[must_use]
    pub fn last(&self) -> Option<MessageId> {
        self.path().last().map(|(id, _)| id)
    }

    /// All messages that share `id`'s place, `id` among them, oldest first. `O(messages)`.
    pub fn siblings(&self, id: MessageId) -> impl Iterator<Item = MessageId> {
        let parent = self.get(id).map(|entry| entry.parent);
        (0..)
            .zip(&self.entries)
            .filter(move |(_, entry)| Some(entry.parent) == parent)
            .map(|(at, _)| MessageId(at))
    }

    /// Whether nothing was said yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What all answers of the conversation used, other branches included: they were paid for.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.entries.iter().filter_map(|entry| entry.usage).fold(Usage::default(), |sum, next| Usage {
            input: sum.input.saturating_add(next.input),
            cached_input: sum.cached_input.saturating_add(next.cached_input),
            output: sum.output.saturating_add(next.output),
            reasoning: sum.reasoning.saturating_add(next.reasoning),
        })
    }

    /// Makes every ancestor of `id` lead to it.
    fn choose(&mut self, id: MessageId) {
        let mut below = id;
        while let Some(parent) = self.get(below).and_then(|entry| entry.parent) {
            if let Some(entry) = self.get_mut(parent) {
                entry.chosen = Some(below);
            }
            below = parent;
        }
        self.root = Some(below);
    }
}

/// The saved form.
#[derive(Serialize, Deserialize)]
struct Saved {
    entries: Vec<Entry>,
    #[serde(default)]
    root: Option<MessageId>,
}

impl From<Transcript> for Saved {
    fn from(transcript: Transcript) -> Self {
        Self { entries: transcript.entries, root: transcript.root }
    }
}

impl TryFrom<Saved> for Transcript {
    type Error = String;

    fn try_from(mut saved: Saved) -> Result<Self, String> {
        let count = saved.entries.len();
        let parents: Vec<_> = saved.entries.iter().map(|entry| entry.parent).collect();
        let is_child = |of: Option<MessageId>, id: MessageId| parents.get(id.0 as usize) == Some(&of);
        for (at, entry) in (0..).zip(&mut saved.entries) {
            let id = MessageId(at);
            if entry.parent.is_some_and(|parent| parent >= id) {
                return Err(format!("message {at} comes before its parent"));
            }
            if entry.chosen.is_some_and(|child| !is_child(Some(id), child)) {
                return Err(format!("message {at} leads to a message that is not below it"));
            }
            if entry.state == State::Open {
                entry.state = State::Failed("interrupted".to_owned());
            }
        }
        match saved.root {
            Some(root) if !is_child(None, root) => Err("the first message is not one".to_owned()),
            None if count > 0 => Err("no first message is chosen".to_owned()),
            _ => Ok(Self { entries: saved.entries, root: saved.root }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(transcript: &Transcript) -> Vec<String> {
        transcript.path().map(|(_, entry)| entry.message.text()).collect()
    }

    fn add(transcript: &mut Transcript, parent: Option<MessageId>, text: &str) -> MessageId {
        transcript.add(parent, Message::user(text), State::Done(StopReason::Stop)).unwrap()
    }

    #[test]
    fn a_branch_is_read_from_where_it_was_left() {
        let mut t = Transcript::default();
        let q = add(&mut t, None, "q");
        let a = add(&mut t, Some(q), "a");
        add(&mut t, Some(a), "q2");
        let b = add(&mut t, Some(q), "b");
        assert_eq!(said(&t), ["q", "b"]);
        t.select(a).unwrap();
        assert_eq!(said(&t), ["q", "a", "q2"], "what was below comes back with it");
        assert_eq!(t.siblings(a).collect::<Vec<_>>(), [a, b]);
        let edited = add(&mut t, None, "Q");
        assert_eq!(said(&t), ["Q"]);
        assert_eq!(t.siblings(edited).collect::<Vec<_>>(), [q, edited]);
        assert_eq!(t.select(MessageId(99)), Err(UnknownMessage(MessageId(99))));
    }

    #[test]
    fn a_saved_conversation_comes_back_and_a_broken_one_is_refused() {
        let mut t = Transcript::default();
        let q = add(&mut t, None, "q");
        t.add(Some(q), Message::user("half"), State::Open).unwrap();
        let json = serde_json::to_string(&t).unwrap();
        let back: Transcript = serde_json::from_str(&json).unwrap();
        assert_eq!(said(&back), ["q", "half"]);
        assert_eq!(back.get(MessageId(1)).unwrap().state, State::Failed("interrupted".into()));
        for (from, to) in [
            (r#""parent":0"#, r#""parent":1"#),
            (r#""chosen":1"#, r#""chosen":0"#),
            (r#""root":0"#, r#""root":1"#),
            (r#""root":0"#, r#""root":null"#),
            (r#""chosen":1"#, r#""chosen":7"#),
        ] {
            let broken = json.replace(from, to);
            assert_ne!(broken, json);
            assert!(serde_json::from_str::<Transcript>(&broken).is_err(), "{from} -> {to}");
        }
    }
}
