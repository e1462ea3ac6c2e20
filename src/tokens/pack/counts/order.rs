//! An order of the merges that cuts every text as the model's own order does.
//!
//! In: the parts, the merges, whose turns come first. Out: the merges in such an order, as pairs of tokens. Never: the model's order.
//!
//! Each part opens its turns one after the other: the first when the part itself is made, the next when all merges of the one before are done. A
//! merge is done when its turn is open at both of its parts.

use super::{
    parts::{BYTES, Join, Part},
    turns::{ALONE, Turns},
};
use crate::tokens::{
    bpe,
    pack::{GIVEN, Merges},
};

/// The order while it comes about.
#[derive(Debug)]
pub(super) struct Ordering {
    /// Of those that are made, the token is at [`Part::left`].
    parts: Vec<Part>,
    joins: Vec<Join>,
    turns: Turns,
    /// Merges whose turns are open. The last is done first, as its parts were just used.
    ready: Vec<u32>,
    merges: Merges,
}

impl Ordering {
    /// Begins: the bytes are there, in this order.
    pub(super) fn new(bytes: &[u8], mut parts: Vec<Part>, joins: Vec<Join>, turns: Turns) -> Option<Self> {
        let side = || Vec::with_capacity(joins.len());
        let merges = Merges { left: side(), right: side(), ids: false };
        for part in &mut parts {
            part.left = 0;
        }
        let tokens = bpe::tokens_of_bytes(|number| number);
        for (byte, part) in bytes.iter().zip(&mut parts) {
            part.left = *tokens.get(usize::from(*byte))?;
        }
        let mut new = Self { parts, joins, turns, ready: Vec::new(), merges };
        for byte in new.parts.iter().take(usize::from(BYTES)) {
            new.turns.open(byte.turn, &mut new.ready)?;
        }
        (bytes.len() == usize::from(BYTES)).then_some(new)
    }

    /// Does that many merges more; whether none can follow.
    #[inline(never)]
    pub(super) fn step(&mut self, merges: usize) -> Option<bool> {
        for _ in 0..merges {
            let Some(merge) = self.ready.pop() else { return Some(true) };
            let Join { left, right, makes, turns } = *self.joins.get(merge as usize)?;
            let sides = [*self.parts.get(usize::from(left))?, *self.parts.get(usize::from(right))?];
            let [left, right] = sides;
            self.merges.left.push(left.left);
            self.merges.right.push(right.left);
            if makes > 0 {
                let made = self.parts.get_mut(usize::from(makes))?;
                made.left = GIVEN - 1 + u32::try_from(self.merges.left.len()).ok()?;
                self.turns.open(made.turn, &mut self.ready)?;
            }
            for (part, turn) in sides.iter().zip(turns) {
                if turn != ALONE {
                    self.turns.finish(part.turn + u32::from(turn), &mut self.ready)?;
                }
            }
        }
        Some(false)
    }

    /// The order; none when the turns contradict each other.
    pub(super) fn finish(self) -> Option<Merges> {
        (self.merges.left.len() == self.joins.len()).then_some(self.merges)
    }
}
