//! The turns of all parts: which merges, with the part on one side, come before which with it on the other.
//!
//! In: the columns, the parts and the merges. Out: turns to be opened and finished. Never: which is opened when.

use std::ops::Range;

use super::{
    column::{Columns, bit},
    parts::{Join, Kind, Part},
};

/// No use, no part, no turn.
pub(super) const NONE: u32 = u32::MAX;

/// The turns, one part's after the other's.
///
/// A *use* is one side of a merge: twice the merge's number, one more for the right side.
#[derive(Debug)]
pub(super) struct Turns(Vec<Turn>);

#[derive(Clone, Copy, Debug)]
struct Turn {
    /// The first of its uses.
    first: u32,
    /// How many of its merges are not done.
    left: u32,
    /// Whether another turn of the same part follows.
    follows: bool,
}

/// The turns while they are put together.
#[derive(Debug)]
pub(super) struct TurnsOf {
    low: Vec<u8>,
    high: Vec<u8>,
    turns: Turns,
    /// How many merges have their turns.
    done: usize,
}

impl TurnsOf {
    /// Begins: finds where the turns of each part are told, and numbers them.
    pub(super) fn new(columns: Columns, parts: &mut [Part]) -> Option<Self> {
        let Columns { turns_low: low, turns_high: high, right_first, .. } = columns;
        let mut new = Self { low, high, turns: Turns(Vec::new()), done: 0 };
        new.place(parts, &right_first)?;
        new.turns.0.reserve(parts.iter().map(|part| part.turn as usize).sum());
        for part in parts {
            let first = u32::try_from(new.turns.0.len()).ok()?;
            let turns = part.turn;
            part.turn = if turns == 0 { NONE } else { first };
            new.turns.0.extend((1..=turns).map(|turn| Turn { first: NONE, left: 0, follows: turn < turns }));
        }
        Some(new)
    }

    /// Takes in that many merges more; whether that was all.
    pub(super) fn step(&mut self, parts: &mut [Part], joins: &mut [Join], merges: usize) -> Option<bool> {
        for join in joins.iter_mut().skip(self.done).take(merges) {
            let [left, right] = &mut join.links;
            *left = self.turn(parts.get_mut(usize::from(join.left))?, false)?;
            self.turns.add(self.done, false, left)?;
            // A merge of a part with itself has one turn, which is told twice.
            let turn = self.turn(parts.get_mut(usize::from(join.right))?, true)?;
            join.waits = 1;
            if join.left != join.right {
                *right = turn;
                self.turns.add(self.done, true, right)?;
                join.waits = 2;
            }
            self.done += 1;
        }
        Some(self.done == joins.len())
    }

    /// All of them.
    pub(super) fn finish(self) -> Turns {
        self.turns
    }

    /// The turn of a part's next merge on a side.
    #[inline]
    fn turn(&self, part: &mut Part, is_right: bool) -> Option<u32> {
        if part.kind == Kind::OneSide {
            return Some(part.turn);
        }
        let at = if is_right { &mut part.right } else { &mut part.left };
        let turn = part.kind.turn(self.told(*at as usize)?, is_right);
        *at += 1;
        Some(part.turn + turn)
    }

    /// Finds where each part's turns are told, and how many they are.
    fn place(&mut self, parts: &mut [Part], right_first: &[u8]) -> Option<()> {
        // The parts with the fewest merges on their rarer side come first: a list for each such number.
        let rarer = |part: &Part| part.left.min(part.right) as usize;
        let most = parts.iter().map(rarer).max().unwrap_or(0);
        let (mut firsts, mut next) = (vec![NONE; most + 1], vec![NONE; parts.len()]);
        for (number, (part, next)) in parts.iter().zip(&mut next).enumerate().rev() {
            *next = std::mem::replace(firsts.get_mut(rarer(part))?, u32::try_from(number).ok()?);
        }
        let (mut at, mut told) = (0, 0);
        for (rarer, mut number) in firsts.into_iter().enumerate() {
            while let Some(part) = parts.get_mut(number as usize) {
                let (left, right) = (at + part.left, at + part.left + part.right);
                number = *next.get(number as usize)?;
                if rarer == 0 {
                    part.turn = u32::from(part.left + part.right > 0);
                    continue;
                }
                if part.kind != Kind::Itself {
                    part.kind = if bit(right_first, told)? { Kind::RightFirst } else { Kind::LeftFirst };
                }
                told += 1;
                part.turn = self.most(part.kind, false, at..left)?.max(self.most(part.kind, true, left..right)?) + 1;
                // Each turn has a merge.
                if part.turn > right - at {
                    return None;
                }
                (part.left, part.right, at) = (at, left, right);
            }
        }
        (at as usize == self.low.len()).then_some(())
    }

    /// The last turn of those that are told there.
    fn most(&self, kind: Kind, is_right: bool, at: Range<u32>) -> Option<u32> {
        at.map(|at| Some(kind.turn(self.told(at as usize)?, is_right))).try_fold(0, |most, turn| Some(turn?.max(most)))
    }

    #[inline]
    fn told(&self, at: usize) -> Option<u32> {
        Some(u32::from(u16::from_le_bytes([*self.low.get(at)?, *self.high.get(at)?])))
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
    /// One side of a merge waits for a turn; what is told there becomes the link.
    #[inline]
    fn add(&mut self, merge: usize, is_right: bool, link: &mut u32) -> Option<()> {
        let turn = self.0.get_mut(*link as usize)?;
        *link = std::mem::replace(&mut turn.first, u32::try_from(2 * merge + usize::from(is_right)).ok()?);
        turn.left += 1;
        Some(())
    }

    /// Opens a turn: merges that waited for nothing else are ready.
    pub(super) fn open(&self, turn: u32, joins: &mut [Join], ready: &mut Vec<u32>) -> Option<()> {
        let mut next = self.0.get(turn as usize)?.first;
        while next != NONE {
            let join = joins.get_mut(next as usize / 2)?;
            join.waits -= 1;
            if join.waits == 0 {
                ready.push(next / 2);
            }
            let [left, right] = &mut join.links;
            next = std::mem::replace(if next & 1 == 0 { left } else { right }, turn);
        }
        Some(())
    }

    /// One merge of a turn is done; the part's next turn, if it was the last.
    #[inline]
    pub(super) fn finish(&mut self, turn: u32) -> Option<u32> {
        // The right side of a merge of a part with itself is in none.
        let one = self.0.get_mut(turn as usize)?;
        one.left -= 1;
        (one.left == 0 && one.follows).then_some(turn + 1)
    }
}
