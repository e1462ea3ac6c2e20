//! The records of an event stream as they came, for a relay that passes them on untouched.
//!
//! In: chunks, cut anywhere. Out: each block of lines with the blank line that ends it, byte for byte, comments
//! included, as soon as that line is there. Never: a changed, lost or added byte, more memory than the limit.

use std::collections::VecDeque;

use super::{TooLong, lines::LineEnds};

/// Cuts an event stream into its records.
///
/// All records in order, then [`rest`](Self::rest), are the stream. An LF that comes after the CR of a blank line was
/// already passed on is a record of its own: nothing waits for it.
#[derive(Clone, Debug)]
pub struct Records {
    limit: usize,
    ends: LineEnds,
    /// Whole records, then the unfinished one. `taken <= open <= bytes.len()`.
    bytes: Vec<u8>,
    /// The records before this were handed out.
    taken: usize,
    /// Where the unfinished record begins.
    open: usize,
    /// The unfinished line has bytes, so its end will not make it blank.
    in_line: bool,
    /// Lengths of the whole records.
    ready: VecDeque<usize>,
    copied: u64,
    failed: bool,
}

impl Records {
    /// For one stream, whose records are at most `limit` bytes long.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            ends: LineEnds::default(),
            bytes: Vec::new(),
            taken: 0,
            open: 0,
            in_line: false,
            ready: VecDeque::new(),
            copied: 0,
            failed: false,
        }
    }

    /// Reads a chunk.
    ///
    /// # Errors
    ///
    /// [`TooLong`] when a record, as far as it is known, is over the limit; and from then on always. Records that were
    /// whole before it can still be taken, and the rest is gone.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.failed {
            return Err(TooLong { limit: self.limit });
        }
        self.sweep();
        let between = self.open == self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.copied = self.copied.saturating_add(bytes.len() as u64);
        let mut rest = bytes;
        if self.ends.settle(&mut rest) && between {
            self.end_record(rest.len());
        }
        while let Some(line) = self.ends.take(&mut rest) {
            let blank = line.is_empty() && !self.in_line;
            self.in_line = false;
            if blank {
                // Measured before the LF of a CR LF, which may as well come later.
                self.measure(rest.len())?;
                self.ends.settle(&mut rest);
                self.end_record(rest.len());
            }
        }
        self.in_line |= !rest.is_empty();
        self.measure(0)
    }

    /// The next whole record.
    #[must_use]
    pub fn next_record(&mut self) -> Option<&[u8]> {
        let from = self.taken;
        self.taken += self.ready.pop_front()?;
        self.bytes.get(from..self.taken)
    }

    /// The record that has not ended, as far as it is known.
    #[must_use]
    pub fn rest(&self) -> &[u8] {
        self.bytes.get(self.open..).unwrap_or_default()
    }

    /// Bytes allocated.
    #[must_use]
    pub fn footprint(&self) -> usize {
        self.bytes.capacity() + self.ready.capacity() * size_of::<usize>()
    }

    /// Bytes searched or copied so far: the measure of work by which a test can tell linear from quadratic.
    #[must_use]
    pub const fn work(&self) -> u64 {
        self.ends.searched().saturating_add(self.copied)
    }

    /// Ends the record before the last `after` bytes.
    fn end_record(&mut self, after: usize) {
        let end = self.bytes.len().saturating_sub(after);
        self.ready.push_back(end.saturating_sub(self.open));
        self.open = end;
    }

    /// Refuses an unfinished record that is too long without the last `after` bytes.
    fn measure(&mut self, after: usize) -> Result<(), TooLong> {
        if self.rest().len().saturating_sub(after) <= self.limit {
            return Ok(());
        }
        self.failed = true;
        self.bytes.truncate(self.open);
        Err(TooLong { limit: self.limit })
    }

    /// Frees what was handed out, when it is at least half of all: so no byte is moved more often than it was read.
    fn sweep(&mut self) {
        let left = self.bytes.len().saturating_sub(self.taken);
        if self.taken < left || self.taken == 0 {
            return;
        }
        self.bytes.drain(..self.taken);
        self.open = self.open.saturating_sub(self.taken);
        self.taken = 0;
        self.copied = self.copied.saturating_add(left as u64);
    }
}
