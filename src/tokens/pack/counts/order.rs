//! An order of the merges that cuts every text as the model's own order does.
//!
//! In: the parts, whose turns come first. Out: the merges in such an order. Never: the model's order.
//!
//! Each part opens its turns one after the other: the first when the part itself is made, the next when all merges of the one before are done. A
//! merge is done when its turn is open at both of its parts.

use super::{
    column::Columns,
    parts::{MadeBy, Parts},
    turns::{NONE, State, Turns},
};

/// The merges in an order; none when the turns contradict each other.
pub(super) fn order(columns: &Columns<'_>, parts: &Parts) -> Option<Vec<u32>> {
    let mut turns = Turns::read(columns, parts)?;
    let mut order = Vec::with_capacity(parts.left.len());
    for (part, made_by) in (0..).zip(&parts.made_by) {
        if let MadeBy::Byte(_) = made_by {
            open(&mut turns, part, &mut order)?;
        }
    }
    let mut done = 0;
    while let Some(&merge) = order.get(done) {
        done += 1;
        let State { makes, turns: ends, .. } = *turns.states.get(merge as usize)?;
        if makes != NONE {
            open(&mut turns, makes, &mut order)?;
        }
        for turn in ends {
            if turn != NONE {
                turns.finish(turn, &mut order)?;
            }
        }
    }
    (order.len() == parts.left.len()).then_some(order)
}

/// A part is made: its first turn begins, where it has one.
fn open(turns: &mut Turns, part: u32, order: &mut Vec<u32>) -> Option<()> {
    match *turns.first.get(part as usize)? {
        NONE => Some(()),
        turn => turns.open(turn, order),
    }
}
