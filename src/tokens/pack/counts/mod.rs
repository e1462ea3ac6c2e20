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
use parts::Parts;

use super::{FIRST_BYTE, GIVEN, Merges};
use crate::tokens::bpe::BYTES;

/// Reads as many merges as the head tells.
pub(super) fn read(count: usize, payload: &[u8]) -> Option<Merges> {
    let columns = Columns::read(payload)?;
    let parts = Parts::read(&columns, count)?;
    let order = order::order(&columns, &parts)?;
    let mut token_of = vec![0; count];
    for (token, &merge) in (GIVEN..).zip(&order) {
        *token_of.get_mut(merge as usize)? = token;
    }
    let tokens = parts.made_by.iter().map(|made_by| match made_by {
        parts::MadeBy::Byte(byte) => {
            (FIRST_BYTE..).zip(BYTES).find(|(_, own)| own == byte).map(|(token, _)| token)
        }
        parts::MadeBy::Merge(merge) => token_of.get(*merge as usize).copied(),
    });
    let tokens = tokens.collect::<Option<Vec<u32>>>()?;
    let side = |parts: &[u32]| {
        let token = |merge: &u32| tokens.get(*parts.get(*merge as usize)? as usize).copied();
        order.iter().map(token).collect::<Option<Vec<u32>>>()
    };
    Some(Merges { left: side(&parts.left)?, right: side(&parts.right)?, ids: false })
}
