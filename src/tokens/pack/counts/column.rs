//! The columns of a count pack: numbers of varying length, bits, bytes.
//!
//! In: the payload. Out: its nine columns, each its own, so that what is read can be forgotten. Never: what they mean.

use std::vec;

/// The columns. Those that are read once, from the front, are iterators.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) bytes: Vec<u8>,
    /// Of the left rows, then of the right ones.
    pub(super) counts: [vec::IntoIter<u8>; 2],
    pub(super) gaps: [vec::IntoIter<u8>; 2],
    pub(super) makes_part: Vec<u8>,
    pub(super) right_first: Vec<u8>,
    pub(super) turns_low: Vec<u8>,
    pub(super) turns_high: Vec<u8>,
}

impl Columns {
    /// Cuts the payload; it must hold the nine and nothing else.
    pub(super) fn read(mut payload: &[u8]) -> Option<Self> {
        // First all, then each: less code, since there is one place where reading may end early.
        let mut columns: [&[u8]; 9] = [&[]; 9];
        for column in &mut columns {
            let (&length, rest) = payload.split_first_chunk::<4>()?;
            (*column, payload) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(length)).ok()?)?;
        }
        if !payload.is_empty() {
            return None;
        }
        let columns = columns.map(<[u8]>::to_vec);
        let [bytes, left, right, left_gaps, right_gaps, makes_part, right_first, turns_low, turns_high] =
            columns;
        Some(Self {
            bytes,
            counts: [left.into_iter(), right.into_iter()],
            gaps: [left_gaps.into_iter(), right_gaps.into_iter()],
            makes_part,
            right_first,
            turns_low,
            turns_high,
        })
    }
}

/// The next number: seven bits a byte, low ones first; the eighth bit says that more follow. None is of more than 28 bits.
#[inline]
pub(super) fn varint(bytes: &mut vec::IntoIter<u8>) -> Option<u32> {
    let first = u32::from(bytes.next()?);
    if first < 0x80 {
        return Some(first);
    }
    let mut number = first & 0x7f;
    for shift in [7, 14, 21] {
        let byte = u32::from(bytes.next()?);
        number |= (byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// A bit, lowest of each byte first.
#[inline]
pub(super) fn bit(bytes: &[u8], place: usize) -> Option<bool> {
    bytes.get(place / 8).map(|byte| byte >> (place % 8) & 1 == 1)
}
