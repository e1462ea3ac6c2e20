//! An order of the merges that cuts every text as the model's own order does.
//!
//! In: the parts, the merges, whose turns come first. Out: the merges in such an order, as pairs of tokens. Never: the model's order.
//!
//! Each part opens its turns one after the other: the first when the part itself is made, the next when all merges of the one before are done. A
//! merge is done when its turn is open at both of its parts.

use super::{
    parts::{BYTES, Join, Part},
    turns::{NONE, Turns},
};
use crate::tokens::{
    bpe,
    pack::{FIRST_BYTE, GIVEN, Merges},
};

/// The order while it comes about.
#[derive(Debug)]
pub(super) struct Ordering {
    parts: Vec<Part>,
    joins: Vec<Join>,
    turns: Turns,
    /// The token of each part that is made.
    tokens: Vec<u32>,
    /// Merges whose turns are open. The last is done first, as its parts were just used.
    ready: Vec<u32>,
    merges: Merges,
}

impl Ordering {
    /// Begins: the bytes are there, in this order.
    pub(super) fn new(bytes: &[u8], parts: Vec<Part>, joins: Vec<Join>, turns: Turns) -> Option<Self> {
        let side = || Vec::with_capacity(joins.len());
        let merges = Merges { left: side(), right: side(), ids: false };
        let mut tokens = vec![0; parts.len()];
        for (byte, token) in bytes.iter().zip(&mut tokens) {
            let place = bpe::BYTES.iter().position(|own| own == byte)?;
            *token = FIRST_BYTE + u32::try_from(place).ok()?;
        }
        let mut new = Self { parts, joins, turns, tokens, ready: Vec::new(), merges };
        for part in 0..BYTES {
            new.open(usize::from(part))?;
        }
        (bytes.len() == usize::from(BYTES)).then_some(new)
    }

    /// Does that many merges more; whether none can follow.
    pub(super) fn step(&mut self, merges: usize) -> Option<bool> {
        for _ in 0..merges {
            let Some(merge) = self.ready.pop() else { return Some(true) };
            let Join { left, right, makes, turns } = *self.joins.get(merge as usize)?;
            self.merges.left.push(*self.tokens.get(usize::from(left))?);
            self.merges.right.push(*self.tokens.get(usize::from(right))?);
            if makes > 0 {
                let token = GIVEN + u32::try_from(self.merges.left.len() - 1).ok()?;
                *self.tokens.get_mut(usize::from(makes))? = token;
                self.open(usize::from(makes))?;
            }
            for turn in turns {
                self.turns.finish(turn, &mut self.ready)?;
            }
        }
        Some(false)
    }

    /// The order; none when the turns contradict each other.
    pub(super) fn finish(self) -> Option<Merges> {
        (self.merges.left.len() == self.joins.len()).then_some(self.merges)
    }

    /// A part is made: its first turn begins, where it has one.
    fn open(&mut self, part: usize) -> Option<()> {
        match self.parts.get(part)?.turn {
            NONE => Some(()),
            turn => self.turns.open(turn, &mut self.ready),
        }
    }
}
