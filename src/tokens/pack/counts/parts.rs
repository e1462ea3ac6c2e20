//! The parts and the merges that join them, in the order in which the pack tells of them.
//!
//! In: the columns. Out: for each merge its two parts, for each part what makes it. Never: an order among merges.

use std::vec;

use super::column::{Columns, bits, varints};

/// What all parts together may weigh; the real ones are a fifth of it. A pack could double a token with each merge.
const MAX_BYTES: usize = 2 << 20;
/// The longest part.
const MAX_LENGTH: usize = 1 << 10;

/// Parts by number, and merges in the pack's order.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) made_by: Vec<MadeBy>,
    /// The left part of each merge.
    pub(super) left: Vec<u32>,
    /// The right part of each merge.
    pub(super) right: Vec<u32>,
}

/// Where a part comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum MadeBy {
    Byte(u8),
    Merge(u32),
}

/// The numbering of parts, by length, then by bytes, and the merges that it brings to light.
#[derive(Debug)]
pub(super) struct Numbering {
    count: usize,
    parts: Parts,
    makes_part: vec::IntoIter<bool>,
    rows: [Rows; 2],
    /// The bytes of all parts.
    bytes: Vec<u8>,
    numbered: Vec<Made>,
    /// Parts without a number, by length.
    waiting: vec::IntoIter<Vec<Made>>,
    /// The ones whose turn it is, in order.
    next: vec::IntoIter<Made>,
}

/// How many merges each part has on one side, and with which others.
#[derive(Debug)]
struct Rows {
    counts: vec::IntoIter<u32>,
    gaps: vec::IntoIter<u32>,
}

/// A part, its bytes a place in the bytes of all.
#[derive(Clone, Copy, Debug)]
struct Made {
    by: MadeBy,
    at: usize,
    length: usize,
}

impl Numbering {
    /// Begins with the bytes; takes the first five columns.
    pub(super) fn new(columns: &Columns<'_>, count: usize) -> Option<Self> {
        let one = |byte: u8| Made { by: MadeBy::Byte(byte), at: usize::from(byte), length: 1 };
        Some(Self {
            count,
            parts: Parts::default(),
            makes_part: bits(columns.makes_part),
            rows: [
                Rows { counts: varints(columns.left_counts)?, gaps: varints(columns.left_gaps)? },
                Rows { counts: varints(columns.right_counts)?, gaps: varints(columns.right_gaps)? },
            ],
            bytes: (0..=u8::MAX).collect(),
            numbered: Vec::new(),
            // From a length of two on.
            waiting: vec![Vec::new(); MAX_LENGTH - 1].into_iter(),
            next: (0..=u8::MAX).map(one).collect::<Vec<_>>().into_iter(),
        })
    }

    /// Takes in about that many merges more; whether that was all.
    pub(super) fn step(&mut self, merges: usize) -> Option<bool> {
        let enough = self.parts.left.len().saturating_add(merges);
        while self.parts.left.len() < enough {
            if let Some(made) = self.next.next() {
                self.number(made)?;
                continue;
            }
            // What a merge makes is longer than what it joins, so all parts of a length are known when their turn comes.
            let Some(next) = self.waiting.next() else { return Some(true) };
            self.next = self.sorted(next)?.into_iter();
        }
        Some(false)
    }

    /// Parts of one length by their bytes: by the last byte first, each time keeping the order among equals. Linear, and little code.
    fn sorted(&self, mut parts: Vec<Made>) -> Option<Vec<Made>> {
        let mut other = parts.clone();
        for place in (0..parts.first().map_or(0, |made| made.length)).rev() {
            let byte = |made: &Made| self.bytes.get(made.at + place).map(|byte| usize::from(*byte));
            let mut places = [0; 257];
            for made in &parts {
                *places.get_mut(byte(made)? + 1)? += 1;
            }
            let mut sum = 0;
            for place in &mut places {
                sum += *place;
                *place = sum;
            }
            for made in &parts {
                let place = places.get_mut(byte(made)?)?;
                *other.get_mut(*place)? = *made;
                *place += 1;
            }
            std::mem::swap(&mut parts, &mut other);
        }
        Some(parts)
    }

    /// All of it, when it adds up.
    pub(super) fn finish(self) -> Option<Parts> {
        let is_read = self.rows.iter().all(|rows| rows.counts.len() == 0 && rows.gaps.len() == 0);
        (is_read && self.parts.left.len() == self.count).then_some(self.parts)
    }

    /// Gives a part its number and reads its merges.
    fn number(&mut self, made: Made) -> Option<()> {
        let this = u32::try_from(self.parts.made_by.len()).ok()?;
        self.parts.made_by.push(made.by);
        self.numbered.push(made);
        for is_right in [false, true] {
            let count = self.rows(is_right).counts.next()?;
            let mut next = 0;
            for _ in 0..count {
                let other = self.rows(is_right).gaps.next()?.checked_add(next)?;
                next = other + 1;
                // Joined with itself it is the left part.
                if other > this || (is_right && other == this) || self.parts.left.len() == self.count {
                    return None;
                }
                self.join(if is_right { (other, this) } else { (this, other) })?;
            }
        }
        Some(())
    }

    fn rows(&mut self, is_right: bool) -> &mut Rows {
        let [left, right] = &mut self.rows;
        if is_right { right } else { left }
    }

    /// One merge; what it makes, if that is a part, waits for its number.
    fn join(&mut self, (left, right): (u32, u32)) -> Option<()> {
        let merge = u32::try_from(self.parts.left.len()).ok()?;
        self.parts.left.push(left);
        self.parts.right.push(right);
        if !self.makes_part.next()? {
            return Some(());
        }
        let left = *self.numbered.get(left as usize)?;
        let right = *self.numbered.get(right as usize)?;
        let made =
            Made { by: MadeBy::Merge(merge), at: self.bytes.len(), length: left.length + right.length };
        if made.at + made.length > MAX_BYTES {
            return None;
        }
        self.bytes.extend_from_within(left.at..left.at + left.length);
        self.bytes.extend_from_within(right.at..right.at + right.length);
        // Those that wait begin with the length after the one whose turn it is.
        let current = MAX_LENGTH - self.waiting.len();
        self.waiting.as_mut_slice().get_mut(made.length.checked_sub(current + 1)?)?.push(made);
        Some(())
    }
}
