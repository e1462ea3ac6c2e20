//! The payload of the ids pack: the pairs in the model's own rank order.
//!
//! In: the payload. Out: merges, or nothing when it does not add up. Never: tokens as text; a pair says what a token is.
//!
//! Few tokens are ever parts of others, so a pair is two places in two short lists. The payload is a bit map of the tokens that are left parts and one
//! of those that are right parts, one bit a token, lowest bit first; then the high bytes of all places of left parts, their low bytes, and the same of
//! the right parts: bytes of one kind side by side, as compressors like them.

use super::{END, Merges};

/// Bytes of a bit map.
const MAP: usize = END as usize / 8;

/// Reads as many merges as the head tells.
pub(super) fn read(count: usize, payload: &[u8]) -> Option<Merges> {
    let (left_map, rest) = payload.split_at_checked(MAP)?;
    let (right_map, rest) = rest.split_at_checked(MAP)?;
    let (left, right) = rest.split_at_checked(2 * count)?;
    Some(Merges { left: column(left_map, left, count)?, right: column(right_map, right, count)?, ids: true })
}

/// One side of all pairs; `planes` must hold two bytes each.
fn column(map: &[u8], planes: &[u8], count: usize) -> Option<Vec<u32>> {
    if planes.len() != 2 * count {
        return None;
    }
    let tokens = members(map);
    let (high, low) = planes.split_at_checked(count)?;
    let place = |(&high, &low): (&u8, &u8)| usize::from(u16::from_be_bytes([high, low]));
    high.iter().zip(low).map(|bytes| tokens.get(place(bytes)).copied()).collect()
}

/// The tokens whose bits are set.
fn members(map: &[u8]) -> Vec<u32> {
    let mut tokens = Vec::new();
    for (&byte, first) in map.iter().zip((0..).step_by(8)) {
        let mut bits = byte;
        while bits != 0 {
            tokens.push(first + bits.trailing_zeros());
            bits &= bits - 1;
        }
    }
    tokens
}
