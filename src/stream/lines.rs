//! Where lines end: at LF, at CR, and at CR LF, wherever the chunks are cut.
//!
//! In: chunks. Out: the lines in them. Never: a copy, or the unfinished line, which is the caller's to keep.
//!
//! A CR ends its line at once. That an LF behind it belongs to it is remembered, not waited for: a blank line that
//! ends in a bare CR would otherwise hold its event back until the next one begins.

use memchr::memchr2;

/// Finds line ends in a stream of chunks.
#[derive(Clone, Debug, Default)]
pub(super) struct LineEnds {
    /// The byte before was a CR, so that an LF would end no line of its own.
    after_cr: bool,
    /// Bytes looked at so far.
    searched: u64,
}

impl LineEnds {
    /// Takes one line and its end off the front of `bytes` and gives the line. `None` when no line ends in `bytes`,
    /// which then begin the next one.
    pub(super) fn take<'a>(&mut self, bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
        self.settle(bytes);
        let Some(at) = memchr2(b'\r', b'\n', bytes) else {
            self.searched = self.searched.saturating_add(bytes.len() as u64);
            return None;
        };
        self.searched = self.searched.saturating_add(at as u64 + 1);
        let (line, rest) = bytes.split_at_checked(at)?;
        let (end, rest) = rest.split_first()?;
        self.after_cr = *end == b'\r';
        *bytes = rest;
        Some(line)
    }

    /// Takes the LF of a CR LF off the front, if its CR went before. Whether there was one.
    pub(super) fn settle(&mut self, bytes: &mut &[u8]) -> bool {
        match *bytes {
            [b'\n', rest @ ..] if self.after_cr => {
                self.after_cr = false;
                self.searched = self.searched.saturating_add(1);
                *bytes = rest;
                true
            }
            [] => false,
            _ => {
                self.after_cr = false;
                false
            }
        }
    }

    /// How many bytes were looked at: at most one look for each byte that came.
    pub(super) const fn searched(&self) -> u64 {
        self.searched
    }
}
