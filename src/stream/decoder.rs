//! Server-sent events from bytes, as the WHATWG standard reads them.
//!
//! In: chunks of a response's body, cut anywhere. Out: frames, each as soon as its blank line is there. Never: an event
//! that the stream did not end, more memory than the limit, a second look at a byte.

use std::mem;

use super::{Frame, TooLong, field::Field, frames::Frames, lines::LineEnds};

/// Reads server-sent events.
///
/// Push a chunk, then take frames until there are none. Memory is a few times the limit and the largest chunk,
/// whatever comes, as long as frames are taken between pushes.
///
/// ```
/// let mut decoder = hadal::stream::Decoder::new(1 << 20);
/// decoder.push(b"event: greeting\ndata: hel")?;
/// assert_eq!(decoder.next_frame(), None);
/// decoder.push(b"lo\n\n")?;
/// let frame = decoder.next_frame().unwrap();
/// assert_eq!((frame.event, frame.data), ("greeting", "hello"));
/// # Ok::<(), hadal::stream::TooLong>(())
/// ```
#[derive(Clone, Debug)]
pub struct Decoder {
    limit: usize,
    ends: LineEnds,
    frames: Frames,
    /// The line whose end has not come, as far as it is known. Empty while that line is a comment.
    line: Vec<u8>,
    /// The unfinished line is a comment. It is counted at its end and never kept, so its length is nobody's concern.
    in_comment: bool,
    /// No line has ended yet: the first may begin with a byte order mark.
    at_start: bool,
    retry: Option<u64>,
    comments: u64,
    copied: u64,
    failed: bool,
}

impl Decoder {
    /// A decoder for one stream, whose events are at most `limit` bytes long.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            ends: LineEnds::default(),
            frames: Frames::default(),
            line: Vec::new(),
            in_comment: false,
            at_start: true,
            retry: None,
            comments: 0,
            copied: 0,
            failed: false,
        }
    }

    /// Reads a chunk.
    ///
    /// # Errors
    ///
    /// [`TooLong`] when an event, as far as it is known, is over the limit; and from then on always. Events that were
    /// whole before it can still be taken. Whether a stream is too long does not depend on how it is cut.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.failed {
            return Err(self.too_long());
        }
        let moved = self.frames.sweep();
        self.copied = self.copied.saturating_add(moved as u64);
        let mut rest = bytes;
        while let Some(line) = self.ends.take(&mut rest) {
            self.end_line(line)?;
        }
        self.keep(rest)
    }

    /// The next whole event. What it lends lasts until the decoder is used again.
    #[must_use]
    pub fn next_frame(&mut self) -> Option<Frame<'_>> {
        self.frames.next()
    }

    /// Comment lines read so far: a peer that has nothing to say yet sends them as signs of life.
    #[must_use]
    pub const fn comments(&self) -> u64 {
        self.comments
    }

    /// The comment lines before the end of the frame that comes next; all of them where none does. Unlike
    /// [`comments`](Self::comments) it tells where in the stream they stand, however the stream is cut.
    #[must_use]
    pub fn comments_ahead(&self) -> u64 {
        self.frames.comments().unwrap_or(self.comments)
    }

    /// The last id that the stream gave with an event that ended, once all frames are taken; what `Last-Event-ID`
    /// would say.
    #[must_use]
    pub fn last_id(&self) -> &str {
        self.frames.last_id()
    }

    /// The time to wait before asking again, in milliseconds, if the stream named one.
    #[must_use]
    pub const fn retry(&self) -> Option<u64> {
        self.retry
    }

    /// Bytes kept for the event that has not ended. Never more than the limit.
    #[must_use]
    pub fn held(&self) -> usize {
        self.line.len() + self.frames.held()
    }

    /// Bytes allocated.
    #[must_use]
    pub fn footprint(&self) -> usize {
        self.line.capacity() + self.frames.footprint()
    }

    /// Bytes searched or copied so far: the measure of work by which a test can tell linear from quadratic.
    #[must_use]
    pub const fn work(&self) -> u64 {
        self.ends.searched().saturating_add(self.copied)
    }

    /// Ends the line of which `tail` is all, or what the chunks before did not have.
    fn end_line(&mut self, tail: &[u8]) -> Result<(), TooLong> {
        let first = mem::take(&mut self.at_start);
        if mem::take(&mut self.in_comment) {
            self.comments = self.comments.saturating_add(1);
            return Ok(());
        }
        if self.line.is_empty() {
            return self.read(tail, first);
        }
        self.copy(tail);
        let mut line = mem::take(&mut self.line);
        let read = self.read(&line, first);
        line.clear();
        self.line = line;
        read
    }

    /// Reads a whole line.
    fn read(&mut self, line: &[u8], first: bool) -> Result<(), TooLong> {
        if line.first() != Some(&b':') && line.len() + self.frames.held() > self.limit {
            return Err(self.fail());
        }
        let line = if first { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line) } else { line };
        match Field::of(line) {
            Field::End => self.frames.end(self.comments),
            Field::Comment => self.comments = self.comments.saturating_add(1),
            Field::Data(value) => self.frames.add_data(value),
            Field::Event(value) => self.frames.set_event(value),
            Field::Id(value) => self.frames.set_id(value),
            Field::Retry(milliseconds) => {
                self.retry = Some(milliseconds);
                self.frames.set_retry(milliseconds);
            }
            Field::Unknown => {}
        }
        self.copied = self.copied.saturating_add(line.len() as u64);
        // What is no UTF-8 grows when it is replaced.
        if self.frames.held() > self.limit { Err(self.fail()) } else { Ok(()) }
    }

    /// Keeps the beginning, or more, of a line that has not ended.
    fn keep(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.in_comment || bytes.is_empty() {
            return Ok(());
        }
        if self.line.is_empty() && bytes.first() == Some(&b':') {
            self.in_comment = true;
            return Ok(());
        }
        if self.held() + bytes.len() > self.limit {
            return Err(self.fail());
        }
        self.copy(bytes);
        Ok(())
    }

    fn copy(&mut self, bytes: &[u8]) {
        self.copied = self.copied.saturating_add(bytes.len() as u64);
        self.line.extend_from_slice(bytes);
    }

    fn fail(&mut self) -> TooLong {
        self.failed = true;
        self.line.clear();
        self.frames.abandon();
        self.too_long()
    }

    const fn too_long(&self) -> TooLong {
        TooLong { limit: self.limit }
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
