//! The turns of all parts: which merges, with the part on one side, come before which with it on the other.
//!
//! In: the columns, the parts and the merges. Out: turns to be opened and finished. Never: which is opened when.

use super::{
    column::{Columns, RIGHT_FIRST, TURNS_HIGH, TURNS_LOW, bit},
    parts::{Join, Kind, Part},
};

/// The turn of a merge at a part that has one turn only, for whose end nobody waits.
pub(super) const ALONE: u16 = u16::MAX;

/// The turns, one part's side by side.
#[derive(Debug)]
pub(super) struct Turns {
    /// Where each turn's merges end, which is where the next one's begin; while they are put there, where the next one goes.
    ends: Vec<u32>,
    /// How many merges of each are not done. The last turn of a part counts one more, so that it never ends.
    left: Vec<u32>,
    /// The merges of all turns, turn by turn. One of a part with itself is there twice.
    merges: Vec<u32>,
    /// How many sides of each merge wait for their turn.
    waits: Vec<u8>,
}

/// The turns while they are put together.
#[derive(Debug)]
pub(super) struct TurnsOf {
    /// What is told, as turns of the part.
    told: Vec<u16>,
    turns: Turns,
    /// How many merges are where they belong.
    done: usize,
}

impl TurnsOf {
    /// Begins: finds where the turns of each part are told, and how long they are.
    pub(super) fn new(columns: &Columns, parts: &mut [Part], merges: usize) -> Option<Self> {
        let turns = Turns {
            ends: Vec::with_capacity(3 * parts.len()),
            left: Vec::with_capacity(3 * parts.len()),
            merges: vec![0; 2 * merges],
            waits: vec![2; merges],
        };
        let told = Vec::with_capacity(columns.column(TURNS_LOW).len());
        let mut new = Self { told, turns, done: 0 };
        new.place(parts, columns)?;
        Some(new)
    }

    /// Takes in that many merges more; whether that was all.
    #[inline(never)]
    pub(super) fn step(&mut self, parts: &mut [Part], joins: &mut [Join], merges: usize) -> Option<bool> {
        for join in joins.iter_mut().skip(self.done).take(merges) {
            let merge = u32::try_from(self.done).ok()?;
            let left = self.put(merge, parts.get_mut(usize::from(join.left))?, false)?;
            let right = self.put(merge, parts.get_mut(usize::from(join.right))?, true)?;
            join.turns = [left, right];
            self.done += 1;
        }
        Some(self.done == joins.len())
    }

    /// All of them.
    pub(super) fn finish(self) -> Turns {
        self.turns
    }

    /// Puts a part's next merge on a side into its turn, and says which that is, where others may wait for its end.
    #[inline(never)]
    fn put(&mut self, merge: u32, part: &mut Part, is_right: bool) -> Option<u16> {
        let mut turn = ALONE;
        let mut number = part.turn;
        if part.kind != Kind::OneSide {
            let at = if is_right { &mut part.right } else { &mut part.left };
            turn = *self.told.get(*at as usize)?;
            number += u32::from(turn);
            *at += 1;
        }
        let end = self.turns.ends.get_mut(number as usize)?;
        *self.turns.merges.get_mut(*end as usize)? = merge;
        *end += 1;
        Some(turn)
    }

    /// Finds where each part's turns are told, and how long they are.
    #[inline(never)]
    fn place(&mut self, parts: &mut [Part], columns: &Columns) -> Option<()> {
        let [low, high, right_first] =
            [TURNS_LOW, TURNS_HIGH, RIGHT_FIRST].map(|which| columns.column(which));
        // The parts with the fewest merges on their rarer side come first: a list for each such number.
        let rarer = |part: &Part| part.left.min(part.right) as usize;
        let most = parts.iter().map(rarer).max().unwrap_or(0);
        let (mut firsts, mut next) = (vec![u32::MAX; most + 1], vec![u32::MAX; parts.len()]);
        for (number, (part, next)) in parts.iter().zip(&mut next).enumerate().rev() {
            *next = std::mem::replace(firsts.get_mut(rarer(part))?, u32::try_from(number).ok()?);
        }
        let (mut at, mut sided, mut end) = (0, 0, 0);
        for (rarer, mut number) in firsts.into_iter().enumerate() {
            while let Some(part) = parts.get_mut(number as usize) {
                number = *next.get(number as usize)?;
                let merges = part.left + part.right;
                part.turn = u32::try_from(self.turns.left.len()).ok()?;
                if rarer == 0 {
                    self.turns.left.push(merges);
                } else {
                    if part.kind != Kind::Itself {
                        part.kind = if bit(right_first, sided)? { Kind::RightFirst } else { Kind::LeftFirst };
                    }
                    sided += 1;
                    (part.left, part.right) = (at, at + part.left);
                    let told = at as usize..(at + merges) as usize;
                    self.measure(part, low.get(told.clone())?, high.get(told)?)?;
                    at += merges;
                }
                let turns = self.turns.left.get_mut(part.turn as usize..)?;
                for turn in &*turns {
                    self.turns.ends.push(end);
                    end += turn;
                }
                *turns.last_mut()? += 1;
            }
        }
        (self.told.len() == low.len() && low.len() == high.len()).then_some(())
    }

    /// Adds the turns of a part, as they are told. There are no more of them than merges, or the pack is wrong.
    #[inline(never)]
    fn measure(&mut self, part: &Part, low: &[u8], high: &[u8]) -> Option<()> {
        let (left, first) = (&mut self.turns.left, part.turn as usize);
        let lefts = (part.right - part.left) as usize;
        for (at, (&less, &more)) in low.iter().zip(high).enumerate() {
            let turn = part.kind.turn(u32::from(u16::from_le_bytes([less, more])), at >= lefts);
            if turn as usize >= low.len() {
                return None;
            }
            self.told.push(u16::try_from(turn).ok()?);
            let place = first + turn as usize;
            while place >= left.len() {
                left.push(0);
            }
            *left.get_mut(place)? += 1;
        }
        Some(())
    }
}

impl Kind {
    /// What is told of a merge as one of all turns of a part.
    #[inline]
    fn turn(self, told: u32, is_right: bool) -> u32 {
        match self {
            Self::OneSide => 0,
            Self::Itself => told,
            Self::LeftFirst => 2 * told + u32::from(is_right),
            Self::RightFirst => 2 * told + u32::from(!is_right),
        }
    }
}

impl Turns {
    /// Opens a turn: merges that waited for nothing else are ready.
    #[inline(never)]
    pub(super) fn open(&mut self, turn: u32, ready: &mut Vec<u32>) -> Option<()> {
        let start = turn.checked_sub(1).map_or(Some(0), |before| self.ends.get(before as usize).copied())?;
        let end = *self.ends.get(turn as usize)?;
        for &merge in self.merges.get(start as usize..end as usize)? {
            let waits = self.waits.get_mut(merge as usize)?;
            *waits -= 1;
            if *waits == 0 {
                ready.push(merge);
            }
        }
        Some(())
    }

    /// One merge of a turn is done; after the last the part's next one opens.
    #[inline]
    pub(super) fn finish(&mut self, turn: u32, ready: &mut Vec<u32>) -> Option<()> {
        let left = self.left.get_mut(turn as usize)?;
        *left -= 1;
        if *left == 0 { self.open(turn + 1, ready) } else { Some(()) }
    }
}
