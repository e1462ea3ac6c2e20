//! The columns of a count pack: numbers of varying length, bits, bytes.
//!
//! In: the payload. Out: its nine columns. Never: what they mean.

/// The columns, as they lie in the payload.
#[derive(Debug)]
pub(super) struct Columns {
    payload: Vec<u8>,
    /// Where each begins and ends.
    places: [(usize, usize); 9],
}

/// Which column holds what.
pub(super) const BYTES: usize = 0;
/// Of the left rows; behind it that of the right ones.
pub(super) const COUNTS: usize = 1;
/// The same.
pub(super) const GAPS: usize = 3;
pub(super) const MAKES_PART: usize = 5;
pub(super) const RIGHT_FIRST: usize = 6;
pub(super) const TURNS_LOW: usize = 7;
pub(super) const TURNS_HIGH: usize = 8;

impl Columns {
    /// Finds the columns; the payload must hold the nine and nothing else.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let (mut places, mut end) = ([(0, 0); 9], 0);
        for place in &mut places {
            let length = u32::from_le_bytes(*payload.get(end..)?.first_chunk()?);
            let start = end + size_of::<u32>();
            end = start.checked_add(usize::try_from(length).ok()?)?;
            *place = (start, end);
        }
        (end == payload.len()).then(|| Self { payload: payload.to_vec(), places })
    }

    /// A column.
    pub(super) fn column(&self, which: usize) -> &[u8] {
        let place = self.places.get(which).and_then(|&(start, end)| self.payload.get(start..end));
        place.unwrap_or_default()
    }

    /// Where a column begins, and where it ends: for who reads its numbers one after the other.
    pub(super) fn place(&self, which: usize) -> (usize, usize) {
        self.places.get(which).copied().unwrap_or_default()
    }

    /// The number at a place, which moves behind it: seven bits a byte, low ones first; the eighth bit says that more follow. None is of more
    /// than 28 bits. That it is in the same column is asked at the end, of the place.
    #[inline]
    pub(super) fn varint(&self, at: &mut usize) -> Option<u32> {
        let mut number = 0;
        for shift in [0, 7, 14, 21] {
            let byte = u32::from(*self.payload.get(*at)?);
            *at += 1;
            number |= (byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}

/// A bit, lowest of each byte first.
#[inline]
pub(super) fn bit(bytes: &[u8], place: usize) -> Option<bool> {
    bytes.get(place / 8).map(|byte| byte >> (place % 8) & 1 == 1)
}
