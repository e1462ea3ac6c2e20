//! The events of a stream: the one being told, and those that are whole and wait to be taken.
//!
//! In: fields. Out: frames that borrow their text. Never: an allocation a frame: all texts lie in one buffer, in the
//! order in which they are taken.

use std::{collections::VecDeque, str};

/// One event of a stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Frame<'a> {
    /// Its name; `message` when the stream gave none.
    pub event: &'a str,
    /// Its data, lines joined by LF.
    pub data: &'a str,
    /// The last id that the stream gave, with this event or before it.
    pub id: &'a str,
    /// The time to wait before asking again, in milliseconds, if the stream named one since the frame before.
    pub retry: Option<u64>,
}

/// Builds events and hands them out.
#[derive(Clone, Debug, Default)]
pub(super) struct Frames {
    /// The texts of whole events, then the data of the one being told. `taken <= open <= text.len()`, all of them on
    /// borders of characters.
    text: String,
    /// The texts before this were handed out.
    taken: usize,
    /// Where the data of the event being told begins.
    open: usize,
    /// That event has a data field, empty or not.
    has_data: bool,
    /// Its name so far.
    event: String,
    /// Its id, if it names one.
    id: String,
    names_id: bool,
    /// The waiting time named since the last whole event.
    retry: Option<u64>,
    ready: VecDeque<Ready>,
    /// The id as of the event handed out last.
    last_id: String,
}

/// A whole event: how long its texts are, in the order in which they lie.
#[derive(Clone, Copy, Debug)]
struct Ready {
    /// `None` for an event without data: it is not shown, but its id counts.
    data: Option<usize>,
    event: usize,
    id: Option<usize>,
    retry: Option<u64>,
    /// Comment lines of the stream up to its end.
    comments: u64,
}

impl Frames {
    /// Adds a line of data.
    pub(super) fn add_data(&mut self, value: &[u8]) {
        if self.has_data {
            self.text.push('\n');
        }
        self.has_data = true;
        push_lossy(&mut self.text, value);
    }

    /// Names the event.
    pub(super) fn set_event(&mut self, value: &[u8]) {
        self.event.clear();
        push_lossy(&mut self.event, value);
    }

    /// Sets the id from this event on.
    pub(super) fn set_id(&mut self, value: &[u8]) {
        self.id.clear();
        self.names_id = true;
        push_lossy(&mut self.id, value);
    }

    /// Sets the waiting time.
    pub(super) const fn set_retry(&mut self, milliseconds: u64) {
        self.retry = Some(milliseconds);
    }

    /// Ends the event, after so many comment lines: from here on it can be taken, if it has data.
    pub(super) fn end(&mut self, comments: u64) {
        let data = self.has_data.then_some(self.text.len().saturating_sub(self.open));
        let event = if self.has_data { self.event.len() } else { 0 };
        let id = self.names_id.then_some(self.id.len());
        if event > 0 {
            self.text.push_str(&self.event);
        }
        if self.names_id {
            self.text.push_str(&self.id);
        }
        if data.is_some() || id.is_some() {
            let retry = data.and_then(|_| self.retry.take());
            self.ready.push_back(Ready { data, event, id, retry, comments });
        }
        self.open = self.text.len();
        self.reset();
    }

    /// The comment lines up to the end of the next whole event, if there is one.
    pub(super) fn comments(&self) -> Option<u64> {
        self.ready.iter().find(|ready| ready.data.is_some()).map(|ready| ready.comments)
    }

    /// The next whole event.
    pub(super) fn next(&mut self) -> Option<Frame<'_>> {
        loop {
            let ready = self.ready.pop_front()?;
            let data = self.taken..self.taken + ready.data.unwrap_or(0);
            let event = data.end..data.end + ready.event;
            self.taken = event.end;
            if let Some(length) = ready.id {
                self.taken += length;
                self.last_id.clear();
                self.last_id.push_str(self.text.get(event.end..self.taken)?);
            }
            if ready.data.is_some() {
                return Some(Frame {
                    event: if event.is_empty() { "message" } else { self.text.get(event)? },
                    data: self.text.get(data)?,
                    id: &self.last_id,
                    retry: ready.retry,
                });
            }
        }
    }

    /// Frees the texts that were handed out. They are dropped when they are at least half of all, so that no byte is
    /// moved more often than it was read, however the caller takes and pushes. How many bytes were moved.
    pub(super) fn sweep(&mut self) -> usize {
        let left = self.text.len().saturating_sub(self.taken);
        if self.taken < left || self.taken == 0 {
            return 0;
        }
        self.text.drain(..self.taken);
        self.open = self.open.saturating_sub(self.taken);
        self.taken = 0;
        left
    }

    /// Forgets the event being told.
    pub(super) fn abandon(&mut self) {
        self.text.truncate(self.open);
        self.reset();
    }

    /// Bytes kept for the event being told.
    pub(super) fn held(&self) -> usize {
        self.text.len().saturating_sub(self.open) + self.event.len() + self.id.len()
    }

    /// Bytes allocated.
    pub(super) fn footprint(&self) -> usize {
        let texts = [&self.text, &self.event, &self.id, &self.last_id];
        texts.iter().map(|text| text.capacity()).sum::<usize>() + self.ready.capacity() * size_of::<Ready>()
    }

    /// The id as of the event handed out last.
    pub(super) fn last_id(&self) -> &str {
        &self.last_id
    }

    fn reset(&mut self) {
        self.has_data = false;
        self.event.clear();
        self.id.clear();
        self.names_id = false;
    }
}

/// Appends text, with U+FFFD for what is no UTF-8. A line is whole here, so no character is cut by a chunk's border;
/// and no character reaches over a line's end, so reading by lines gives what reading the whole stream gives.
fn push_lossy(text: &mut String, bytes: &[u8]) {
    if let Ok(valid) = str::from_utf8(bytes) {
        text.push_str(valid);
        return;
    }
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
}
