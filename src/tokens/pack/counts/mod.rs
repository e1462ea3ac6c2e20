//! The payload of the count pack: the same tokens as the ids pack, in an order that merges alike.
//!
//! In: the payload. Out: merges whose boundaries and counts are the model's, though their tokens are not its ids. Never: the model's ranks.
//!
//! What a text is cut into depends on the ranks in two ways only: a merge comes after what makes its parts; and where a token is the right part of some
//! merges and the left part of others, it depends on which of them come first. Any order that keeps both gives the same boundaries, so a pack
//! need not hold the 2 million bits of the one true order.
//!
//! Tokens that are parts of others are *parts*. They are numbered by length, then by bytes: the 256 bytes first. The payload is eight columns, each
//! with its length before it:
//!
//! | column | holds |
//! | --- | --- |
//! | 0, 1 | for each part, how many merges join it with a part of no higher number at its right; of a lower one at its left (varints) |
//! | 2, 3 | those other parts, ascending: each less the one before it, less one (varints) |
//! | 4 | for each merge, in the order of these rows, whether it makes a part (bits) |
//! | 5 | for each part that is both a left and a right one, whether merges with it at the right come first (bits) |
//! | 6, 7 | the low and the high bytes of the turn of each such merge; the parts with the fewest merges on their rarer side first |
//!
//! A part's merges take turns: some with it at the left, then some with it at the right, and so on. Left and right turns are counted apart. Only where a
//! part is joined with itself are they counted together.

mod column;
mod order;
mod parts;
mod turns;

use column::Columns;
use order::Ordering;
use parts::{MadeBy, Numbering, Parts};
use turns::{Told, TurnsOf};

use super::{FIRST_BYTE, GIVEN, Merges, PackError};
use crate::tokens::bpe::BYTES;

/// A payload that is being read. All at once it is longer than a page may be without its thread.
#[derive(Debug)]
pub(in crate::tokens) struct Reading {
    count: usize,
    told: Option<Told>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Parts(Box<Numbering>),
    Turns(Parts, Box<TurnsOf>),
    Order(Parts, Box<Ordering>),
    Tokens(Parts, Vec<u32>),
    Done(Merges),
    Over,
}

impl Reading {
    /// Begins.
    pub(super) fn new(count: usize, payload: &[u8]) -> Option<Self> {
        let columns = Columns::read(payload)?;
        let stage = Stage::Parts(Box::new(Numbering::new(&columns, count)?));
        Some(Self { count, told: Some(Told::read(&columns)?), stage })
    }

    /// Takes in about that many merges more, each of which comes by four times; the merges, once all are there.
    pub(super) fn step(&mut self, merges: usize) -> Result<Option<Merges>, PackError> {
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        match self.after(stage, merges).ok_or(PackError::Corrupt)? {
            Stage::Done(merges) => Ok(Some(merges)),
            stage => {
                self.stage = stage;
                Ok(None)
            }
        }
    }

    /// Where a step leads; nothing when the payload does not add up.
    fn after(&mut self, stage: Stage, merges: usize) -> Option<Stage> {
        Some(match stage {
            Stage::Parts(mut numbering) => {
                if !numbering.step(merges)? {
                    return Some(Stage::Parts(numbering));
                }
                let parts = numbering.finish()?;
                let turns = TurnsOf::new(self.told.take()?, &parts)?;
                Stage::Turns(parts, Box::new(turns))
            }
            Stage::Turns(parts, mut turns) => {
                if !turns.step(&parts, merges)? {
                    return Some(Stage::Turns(parts, turns));
                }
                let ordering = Ordering::new(turns.finish(), &parts)?;
                Stage::Order(parts, Box::new(ordering))
            }
            Stage::Order(parts, mut ordering) => {
                if !ordering.step(merges)? {
                    return Some(Stage::Order(parts, ordering));
                }
                Stage::Tokens(parts, ordering.finish(self.count)?)
            }
            Stage::Tokens(parts, order) => Stage::Done(tokens(&parts, &order)?),
            Stage::Done(_) | Stage::Over => return None,
        })
    }
}

/// Parts and an order as pairs of tokens.
fn tokens(parts: &Parts, order: &[u32]) -> Option<Merges> {
    let mut token_of = vec![0; order.len()];
    for (token, &merge) in (GIVEN..).zip(order) {
        *token_of.get_mut(merge as usize)? = token;
    }
    let token = |made_by: &MadeBy| match made_by {
        MadeBy::Byte(byte) => (FIRST_BYTE..).zip(BYTES).find(|(_, own)| own == byte).map(|(token, _)| token),
        MadeBy::Merge(merge) => token_of.get(*merge as usize).copied(),
    };
    let tokens = parts.made_by.iter().map(token).collect::<Option<Vec<u32>>>()?;
    let side = |parts: &[u32]| {
        let token = |merge: &u32| tokens.get(*parts.get(*merge as usize)? as usize).copied();
        order.iter().map(token).collect::<Option<Vec<u32>>>()
    };
    Some(Merges { left: side(&parts.left)?, right: side(&parts.right)?, ids: false })
}
