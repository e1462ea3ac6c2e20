//! The turns of all parts: which merges, with the part on one side, come before which with it on the other.
//!
//! In: the columns, the parts and the merges. Out: turns to be opened and finished. Never: which is opened when.

use super::{
    column::{Columns, bit},
    parts::{Join, Kind, Part},
};

/// No part, no turn.
pub(super) const NONE: u32 = u32::MAX;

/// The turns, one part's side by side.
#[derive(Debug)]
pub(super) struct Turns {
    all: Vec<Turn>,
    /// The merges of all turns, turn by turn. One of a part with itself is there twice.
    merges: Vec<u32>,
    /// How many sides of each merge wait for their turn.
    waits: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Turn {
    /// Where its merges end; while they are put there, where the next one goes.
    end: u32,
    /// How many of them are not done.
    left: u32,
    /// Whether another turn of the same part comes then.
    follows: bool,
}

/// The turns while they are put together.
#[derive(Debug)]
pub(super) struct TurnsOf {
    low: Vec<u8>,
    high: Vec<u8>,
    turns: Turns,
    /// How many merges are where they belong.
    done: usize,
}

impl TurnsOf {
    /// Begins: finds where the turns of each part are told, and how long they are.
    pub(super) fn new(columns: Columns, parts: &mut [Part], merges: usize) -> Option<Self> {
        let Columns { turns_low: low, turns_high: high, right_first, .. } = columns;
        let turns = Turns {
            all: Vec::with_capacity(2 * parts.len()),
            merges: vec![0; 2 * merges],
            waits: vec![2; merges],
        };
        let mut new = Self { low, high, turns, done: 0 };
        new.place(parts, &right_first)?;
        Some(new)
    }

    /// Takes in that many merges more; whether that was all.
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
    #[inline]
    fn put(&mut self, merge: u32, part: &mut Part, is_right: bool) -> Option<u32> {
        let mut turn = part.turn;
        if part.kind != Kind::OneSide {
            let at = if is_right { &mut part.right } else { &mut part.left };
            turn += part.kind.turn(self.told(*at)?, is_right);
            *at += 1;
        }
        let place = self.turns.all.get_mut(turn as usize)?;
        *self.turns.merges.get_mut(place.end as usize)? = merge;
        place.end += 1;
        Some(if part.kind == Kind::OneSide { NONE } else { turn })
    }

    /// Finds where each part's turns are told, and how long they are.
    fn place(&mut self, parts: &mut [Part], right_first: &[u8]) -> Option<()> {
        // The parts with the fewest merges on their rarer side come first: a list for each such number.
        let rarer = |part: &Part| part.left.min(part.right) as usize;
        let most = parts.iter().map(rarer).max().unwrap_or(0);
        let (mut firsts, mut next) = (vec![NONE; most + 1], vec![NONE; parts.len()]);
        for (number, (part, next)) in parts.iter().zip(&mut next).enumerate().rev() {
            *next = std::mem::replace(firsts.get_mut(rarer(part))?, u32::try_from(number).ok()?);
        }
        let (mut at, mut told, mut end) = (0, 0, 0);
        for (rarer, mut number) in firsts.into_iter().enumerate() {
            while let Some(part) = parts.get_mut(number as usize) {
                number = *next.get(number as usize)?;
                let merges = part.left + part.right;
                if merges == 0 {
                    continue;
                }
                part.turn = u32::try_from(self.turns.all.len()).ok()?;
                if rarer == 0 {
                    self.turns.all.push(Turn { end, left: merges, follows: false });
                    end += merges;
                    continue;
                }
                if part.kind != Kind::Itself {
                    part.kind = if bit(right_first, told)? { Kind::RightFirst } else { Kind::LeftFirst };
                }
                told += 1;
                (part.left, part.right) = (at, at + part.left);
                self.measure(part, at + merges)?;
                for turn in self.turns.all.get_mut(part.turn as usize..)? {
                    turn.end = end;
                    end += turn.left;
                }
                at += merges;
            }
        }
        (at as usize == self.low.len() && at as usize == self.high.len()).then_some(())
    }

    /// Adds the turns of a part, as they are told up to `end`. All of them have a merge, or the pack is wrong.
    fn measure(&mut self, part: &Part, end: u32) -> Option<()> {
        let first = part.turn as usize;
        for at in part.left..end {
            let turn = part.kind.turn(self.told(at)?, at >= part.right);
            let missing = turn.checked_sub(u32::try_from(self.turns.all.len() - first).ok()?);
            if let Some(missing) = missing {
                if turn >= end - part.left {
                    return None;
                }
                let new = Turn { end: 0, left: 0, follows: true };
                self.turns.all.extend((0..=missing).map(|_| new));
            }
            self.turns.all.get_mut(first + turn as usize)?.left += 1;
        }
        self.turns.all.last_mut()?.follows = false;
        Some(())
    }

    #[inline]
    fn told(&self, at: u32) -> Option<u32> {
        Some(u32::from(u16::from_le_bytes([*self.low.get(at as usize)?, *self.high.get(at as usize)?])))
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
    pub(super) fn open(&mut self, turn: u32, ready: &mut Vec<u32>) -> Option<()> {
        let Turn { end, left, .. } = *self.all.get(turn as usize)?;
        for &merge in self.merges.get((end - left) as usize..end as usize)? {
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
        let Some(one) = self.all.get_mut(turn as usize) else { return Some(()) };
        one.left -= 1;
        if one.left == 0 && one.follows { self.open(turn + 1, ready) } else { Some(()) }
    }
}
