//! The parts and the merges that join them, in the order in which the pack tells of them.
//!
//! In: the columns. Out: for each merge its two parts, for each part what makes it. Never: an order among merges.

use super::column::{Columns, Varints, bits};

/// What all parts together may weigh; the real ones are a fifth of it. A pack could double a token with each merge.
const MAX_BYTES: usize = 2 << 20;
/// The longest part.
const MAX_LENGTH: usize = 1 << 10;

/// Parts by number, and merges in the pack's order.
#[derive(Debug)]
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

/// A part that has no number yet.
#[derive(Clone, Copy)]
struct Made {
    by: MadeBy,
    /// Its bytes, as a place in the bytes of all.
    at: usize,
    length: usize,
}

impl Parts {
    /// Reads the first five columns.
    pub(super) fn read(columns: &Columns<'_>, count: usize) -> Option<Self> {
        let mut numbering = Numbering::new();
        let mut parts = Self { made_by: Vec::new(), left: Vec::new(), right: Vec::new() };
        let mut makes_part = bits(columns.makes_part);
        let mut sides = [
            (Varints(columns.left_counts), Varints(columns.left_gaps)),
            (Varints(columns.right_counts), Varints(columns.right_gaps)),
        ];
        let mut length = 1;
        // What a merge makes is longer than what it joins, so all parts of a length are known when their turn comes.
        while let Some(same_length) = numbering.of_length(length) {
            for made in same_length {
                let this = u32::try_from(parts.made_by.len()).ok()?;
                parts.made_by.push(made.by);
                numbering.numbered.push(made);
                for (is_right, (counts, gaps)) in sides.iter_mut().enumerate() {
                    let mut next = 0;
                    for _ in 0..counts.next()? {
                        let other = gaps.next()?.checked_add(next)?;
                        next = other + 1;
                        // Joined with itself it is the left part.
                        let (left, right) = if is_right == 0 { (this, other) } else { (other, this) };
                        if other > this || (is_right == 1 && other == this) || parts.left.len() == count {
                            return None;
                        }
                        let merge = u32::try_from(parts.left.len()).ok()?;
                        parts.left.push(left);
                        parts.right.push(right);
                        if makes_part.next()? {
                            numbering.join(merge, left, right)?;
                        }
                    }
                }
            }
            length += 1;
        }
        let is_read = sides.iter().all(|(counts, gaps)| counts.0.is_empty() && gaps.0.is_empty());
        (is_read && parts.left.len() == count).then_some(parts)
    }
}

/// The numbering of parts: by length, then by bytes.
struct Numbering {
    bytes: Vec<u8>,
    numbered: Vec<Made>,
    waiting: Vec<Vec<Made>>,
}

impl Numbering {
    fn new() -> Self {
        let one = |byte: u8| Made { by: MadeBy::Byte(byte), at: usize::from(byte), length: 1 };
        let mut waiting = vec![Vec::new(); MAX_LENGTH + 1];
        if let Some(bytes) = waiting.get_mut(1) {
            bytes.extend((0..=u8::MAX).map(one));
        }
        Self { bytes: (0..=u8::MAX).collect(), numbered: Vec::new(), waiting }
    }

    /// The parts of that length in order; none beyond the longest.
    fn of_length(&mut self, length: usize) -> Option<Vec<Made>> {
        let mut made = std::mem::take(self.waiting.get_mut(length)?);
        made.sort_unstable_by_key(|made| self.bytes.get(made.at..made.at + made.length));
        Some(made)
    }

    /// What a merge of two numbered parts makes waits for its number.
    fn join(&mut self, merge: u32, left: u32, right: u32) -> Option<()> {
        let left = *self.numbered.get(left as usize)?;
        let right = *self.numbered.get(right as usize)?;
        let made =
            Made { by: MadeBy::Merge(merge), at: self.bytes.len(), length: left.length + right.length };
        if made.at + made.length > MAX_BYTES {
            return None;
        }
        self.bytes.extend_from_within(left.at..left.at + left.length);
        self.bytes.extend_from_within(right.at..right.at + right.length);
        self.waiting.get_mut(made.length)?.push(made);
        Some(())
    }
}
