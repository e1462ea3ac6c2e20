//! An order of the merges that cuts every text as the model's own order does.
//!
//! In: the parts, whose turns come first. Out: the merges in such an order. Never: the model's order.
//!
//! Each part opens its turns one after the other: the first when the part itself is made, the next when all merges of the one before are done. A
//! merge is done when its turn is open at both of its parts.

use super::{
    parts::{MadeBy, Parts},
    turns::{NONE, State, Turns},
};

/// The order while it comes about.
#[derive(Debug)]
pub(super) struct Ordering {
    turns: Turns,
    order: Vec<u32>,
    /// How many of them are done.
    done: usize,
}

impl Ordering {
    /// Begins: the bytes are there.
    pub(super) fn new(turns: Turns, parts: &Parts) -> Option<Self> {
        let mut new = Self { turns, order: Vec::with_capacity(parts.left.len()), done: 0 };
        for (part, made_by) in (0..).zip(&parts.made_by) {
            if let MadeBy::Byte(_) = made_by {
                new.open(part)?;
            }
        }
        Some(new)
    }

    /// Does that many merges more; whether none can follow.
    pub(super) fn step(&mut self, merges: usize) -> Option<bool> {
        for _ in 0..merges {
            let Some(&merge) = self.order.get(self.done) else { return Some(true) };
            self.done += 1;
            let State { makes, turns, .. } = *self.turns.states.get(merge as usize)?;
            if makes != NONE {
                self.open(makes)?;
            }
            for turn in turns {
                if turn != NONE {
                    self.turns.finish(turn, &mut self.order)?;
                }
            }
        }
        Some(false)
    }

    /// The order; none when the turns contradict each other.
    pub(super) fn finish(self, count: usize) -> Option<Vec<u32>> {
        (self.order.len() == count).then_some(self.order)
    }

    /// A part is made: its first turn begins, where it has one.
    fn open(&mut self, part: u32) -> Option<()> {
        match *self.turns.first.get(part as usize)? {
            NONE => Some(()),
            turn => self.turns.open(turn, &mut self.order),
        }
    }
}
