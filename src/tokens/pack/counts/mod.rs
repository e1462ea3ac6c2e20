//! The payload of the count pack: the same tokens as the ids pack, in an order that merges alike.
//!
//! In: the payload. Out: merges whose boundaries and counts are the model's, though their tokens are not its ids. Never: the model's ranks.
//!
//! What a text is cut into depends on the ranks in two ways only: a merge comes after what makes its parts; and where a token is the right part of some
//! merges and the left part of others, it depends on which of them come first. Any order that keeps both gives the same boundaries, so a pack
//! need not hold the 2 million bits of the one true order.
//!
//! Tokens that are parts of others are *parts*. They are numbered as they come to light: the 256 bytes first, then what merges make, in the order of the
//! merges as they are told. So there is nothing to sort, and nobody need know what bytes a part has. The payload is nine columns, each with its
//! length before it:
//!
//! | column | holds |
//! | --- | --- |
//! | 0 | the bytes in the order of their numbers |
//! | 1, 2 | for each part, how many merges join it with a part of no higher number at its right; of a lower one at its left (varints) |
//! | 3, 4 | those other parts, ascending: each less the one before it, less one (varints) |
//! | 5 | for each merge, in the order of these rows, the right ones of a part behind its left ones, whether it makes a part (bits) |
//! | 6 | for each part that is both a left and a right one, whether merges with it at the right come first (bits) |
//! | 7, 8 | the low and the high bytes of the turn of each such merge; the parts with the fewest merges on their rarer side first |
//!
//! A part's merges take turns: some with it at the left, then some with it at the right, and so on. Left and right turns are counted apart. Only where a
//! part is joined with itself are they counted together.

mod column;
mod order;
mod parts;
mod turns;

use column::Columns;
use order::Ordering;
use parts::{Join, Part, Rows};
use turns::TurnsOf;

use super::{Merges, PackError};

/// A payload that is being read. All at once it is longer than a page may be without its thread.
#[derive(Debug)]
pub(in crate::tokens) struct Reading(Stage);

#[derive(Debug)]
enum Stage {
    Rows(Box<Rows>),
    Turns(Box<Columns>, Vec<Part>, Vec<Join>, Box<TurnsOf>),
    Order(Box<Ordering>),
    Done(Merges),
    Over,
}

impl Reading {
    /// Begins.
    pub(super) fn new(count: usize, payload: &[u8]) -> Option<Self> {
        let rows = Rows::new(Columns::read(payload)?, count);
        Some(Self(Stage::Rows(Box::new(rows))))
    }

    /// Takes in about that many merges more, each of which comes by three times; the merges, once all are there.
    pub(super) fn step(&mut self, merges: usize) -> Result<Option<Merges>, PackError> {
        let stage = std::mem::replace(&mut self.0, Stage::Over);
        match stage.after(merges).ok_or(PackError::Corrupt)? {
            Stage::Done(merges) => Ok(Some(merges)),
            stage => {
                self.0 = stage;
                Ok(None)
            }
        }
    }
}

impl Stage {
    /// Where a step leads; nothing when the payload does not add up.
    #[inline(never)]
    fn after(self, merges: usize) -> Option<Self> {
        Some(match self {
            Stage::Rows(mut rows) => {
                if rows.step(merges)? {
                    let (columns, mut parts, joins) = rows.finish()?;
                    let turns = TurnsOf::new(&columns, &mut parts, joins.len())?;
                    Stage::Turns(Box::new(columns), parts, joins, Box::new(turns))
                } else {
                    Stage::Rows(rows)
                }
            }
            Stage::Turns(columns, mut parts, mut joins, mut turns) => {
                if turns.step(&mut parts, &mut joins, merges)? {
                    let bytes = columns.column(column::BYTES);
                    Stage::Order(Box::new(Ordering::new(bytes, parts, joins, turns.finish())?))
                } else {
                    Stage::Turns(columns, parts, joins, turns)
                }
            }
            Stage::Order(mut ordering) => {
                if ordering.step(merges)? {
                    Stage::Done(ordering.finish()?)
                } else {
                    Stage::Order(ordering)
                }
            }
            Stage::Done(_) | Stage::Over => return None,
        })
    }
}
