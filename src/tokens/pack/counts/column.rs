//! The columns of a count pack: numbers of varying length, bits, bytes.
//!
//! In: the payload. Out: its eight columns. Never: what they mean.

/// The columns, each as its bytes.
pub(super) struct Columns<'a> {
    pub(super) left_counts: &'a [u8],
    pub(super) right_counts: &'a [u8],
    pub(super) left_gaps: &'a [u8],
    pub(super) right_gaps: &'a [u8],
    pub(super) makes_part: &'a [u8],
    pub(super) right_first: &'a [u8],
    pub(super) turns_low: &'a [u8],
    pub(super) turns_high: &'a [u8],
}

impl<'a> Columns<'a> {
    /// Cuts the payload; it must hold the eight and nothing else.
    pub(super) fn read(mut payload: &'a [u8]) -> Option<Self> {
        let mut next = || {
            let (&length, rest) = payload.split_first_chunk::<4>()?;
            let (column, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(length)).ok()?)?;
            payload = rest;
            Some(column)
        };
        let columns = Self {
            left_counts: next()?,
            right_counts: next()?,
            left_gaps: next()?,
            right_gaps: next()?,
            makes_part: next()?,
            right_first: next()?,
            turns_low: next()?,
            turns_high: next()?,
        };
        payload.is_empty().then_some(columns)
    }

    /// The turns, low and high bytes together.
    pub(super) fn turns(&self) -> Option<Vec<u16>> {
        let pairs = self.turns_low.iter().zip(self.turns_high);
        let turn = |(&low, &high): (&u8, &u8)| u16::from_le_bytes([low, high]);
        (self.turns_low.len() == self.turns_high.len()).then(|| pairs.map(turn).collect())
    }
}

/// Numbers of seven bits a byte, low ones first; the eighth bit says that more follow. None is of more than 28 bits.
pub(super) fn varints(mut bytes: &[u8]) -> Option<std::vec::IntoIter<u32>> {
    let mut numbers = Vec::with_capacity(bytes.len());
    while !bytes.is_empty() {
        let mut number = 0;
        let mut shift = 0;
        loop {
            let (&byte, rest) = bytes.split_first()?;
            bytes = rest;
            number |= u32::from(byte & 0x7f) << shift;
            shift += 7;
            match byte {
                0x80.. if shift > 21 => return None,
                0x80.. => {}
                _ => break,
            }
        }
        numbers.push(number);
    }
    Some(numbers.into_iter())
}

/// Bits, lowest of each byte first.
pub(super) fn bits(bytes: &[u8]) -> std::vec::IntoIter<bool> {
    bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1)).collect::<Vec<_>>().into_iter()
}
