//! The parts and the merges that join them, in the order in which the pack tells of them.
//!
//! In: the columns. Out: for each merge its two parts and the one it makes, for each part how many merges it is in. Never: an order among merges.

use super::{
    column::{COUNTS, Columns, GAPS, MAKES_PART, bit},
    turns::ALONE,
};

/// The first parts are the bytes.
pub(super) const BYTES: u16 = 256;

/// A merge, all that is asked of it side by side. There are fewer than 65,536 parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Join {
    pub(super) left: u16,
    pub(super) right: u16,
    /// The part that it makes, or 0, which is a byte.
    pub(super) makes: u16,
    /// Its turn at the left part, and at the right one, among that part's.
    pub(super) turns: [u16; 2],
}

/// A part: first what is counted, then where its turns are told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// How many merges have it at their left; then where the turn of the next of them is told; then its token, or 0.
    pub(super) left: u32,
    /// The same of the right.
    pub(super) right: u32,
    /// Which of all turns is its first.
    pub(super) turn: u32,
    pub(super) kind: Kind,
}

/// How a part's turns are counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// It is always on one side: there is one turn, or none.
    OneSide,
    /// Apart for each side; merges with it at the left come first.
    LeftFirst,
    /// The same, but for the first ones.
    RightFirst,
    /// Together, as a merge joins it with itself.
    Itself,
}

/// The rows, part by part.
#[derive(Debug)]
pub(super) struct Rows {
    columns: Columns,
    count: usize,
    /// Where the next numbers are told, of left and right rows.
    counts: [usize; 2],
    gaps: [usize; 2],
    /// Those that have come to light.
    parts: Vec<Part>,
    /// In the pack's order.
    joins: Vec<Join>,
    /// The part whose rows are next.
    part: u16,
}

impl Part {
    const NEW: Self = Self { left: 0, right: 0, turn: 0, kind: Kind::OneSide };
}

impl Rows {
    /// Begins with the bytes.
    pub(super) fn new(columns: Columns, count: usize) -> Self {
        let [counts, gaps] = [COUNTS, GAPS].map(|which| [which, which + 1].map(|side| columns.place(side).0));
        // Of the real tokens a fourth are parts.
        let mut parts = Vec::with_capacity(usize::from(BYTES) + count / 3);
        for _ in 0..BYTES {
            parts.push(Part::NEW);
        }
        let joins = Vec::with_capacity(count);
        Self { columns, count, counts, gaps, parts, joins, part: 0 }
    }

    /// Takes in about that many merges more; whether that was all.
    #[inline(never)]
    pub(super) fn step(&mut self, merges: usize) -> Option<bool> {
        let enough = self.joins.len().saturating_add(merges);
        while self.joins.len() < enough {
            if usize::from(self.part) == self.parts.len() {
                return Some(true);
            }
            self.row(false)?;
            self.row(true)?;
            self.part += 1;
        }
        Some(false)
    }

    /// All of it, when it adds up.
    pub(super) fn finish(self) -> Option<(Columns, Vec<Part>, Vec<Join>)> {
        let is_read = |which: usize, ats: [usize; 2]| {
            (which..).zip(ats).all(|(which, at)| self.columns.place(which).1 == at)
        };
        let is_read = is_read(COUNTS, self.counts) && is_read(GAPS, self.gaps);
        (is_read && self.joins.len() == self.count).then_some((self.columns, self.parts, self.joins))
    }

    /// One row of the next part. A function of its own, so that an engine that compiles what is hot finds it small and called often.
    #[inline(never)]
    fn row(&mut self, is_right: bool) -> Option<()> {
        let Self { columns, counts, gaps, parts, joins, .. } = self;
        let (counts, gaps) = (counts.get_mut(usize::from(is_right))?, gaps.get_mut(usize::from(is_right))?);
        let this = self.part;
        let count = columns.varint(counts)?;
        if count as usize > self.count - joins.len() {
            return None;
        }
        let makes_part = columns.column(MAKES_PART);
        let (first, mut next) = (joins.len(), 0);
        // What is wrong in the row is found at its end; a row is never longer than what is missing.
        let mut is_sound = true;
        joins.extend((first..first + count as usize).map(|merge| {
            let other =
                columns.varint(gaps).and_then(|gap| u16::try_from(next + gap).ok()).unwrap_or(u16::MAX);
            next = u32::from(other) + 1;
            match parts.get_mut(usize::from(other)) {
                Some(part) => *if is_right { &mut part.left } else { &mut part.right } += 1,
                None => is_sound = false,
            }
            let mut makes = 0;
            if bit(makes_part, merge).unwrap_or_default() {
                makes = u16::try_from(parts.len()).unwrap_or(u16::MAX);
                is_sound &= makes < u16::MAX;
                parts.push(Part::NEW);
            }
            let (left, right) = if is_right { (other, this) } else { (this, other) };
            Join { left, right, makes, turns: [ALONE; 2] }
        }));
        // Joined with itself it is the left part.
        let most = u32::from(this) + u32::from(!is_right);
        let part = parts.get_mut(usize::from(this))?;
        if is_right {
            part.right += count;
        } else {
            part.left += count;
            if next == most {
                part.kind = Kind::Itself;
            }
        }
        (is_sound && next <= most && first + count as usize <= 8 * makes_part.len()).then_some(())
    }
}
