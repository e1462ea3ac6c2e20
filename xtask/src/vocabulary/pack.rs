//! The head of a pack, as `src/tokens/pack/mod.rs` tells it.
//!
//! In: a payload. Out: a whole pack. Never: what is in the payload.

use crate::failure::{OrFail as _, Outcome};

const MAGIC: &[u8; 4] = b"HDLV";
const VERSION: u8 = 2;

/// What the payload is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Counts,
    Ids,
}

/// A payload with its head.
pub(super) fn whole(kind: Kind, merges: usize, payload: &[u8]) -> Outcome<Vec<u8>> {
    let kind = match kind {
        Kind::Counts => b'c',
        Kind::Ids => b'i',
    };
    let length = |length: usize| u32::try_from(length).or_fail("a pack is too long");
    let mut rest = length(merges)?.to_le_bytes().to_vec();
    rest.extend(length(payload.len())?.to_le_bytes());
    rest.extend(payload);
    let mut bytes = MAGIC.to_vec();
    bytes.extend([VERSION, kind, 0, 0]);
    bytes.extend(sum(kind, &rest).to_le_bytes());
    bytes.extend(rest);
    Ok(bytes)
}

/// The checksum of `src/tokens/pack/sum.rs`.
fn sum(kind: u8, bytes: &[u8]) -> u64 {
    let step = |state: u64, word: u64| (state ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29);
    let (words, rest) = bytes.as_chunks::<8>();
    let start = step(step(0xcbf2_9ce4_8422_2325, u64::from(kind)), bytes.len() as u64);
    let whole = words.iter().fold(start, |state, word| step(state, u64::from_le_bytes(*word)));
    rest.iter().fold(whole, |state, byte| step(state, u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The unpacker's tests hold the same numbers.
    #[test]
    fn the_sum_is_that_of_the_unpacker() {
        assert_eq!(sum(b'i', b""), 0x581a_f399_7c65_0151);
        assert_eq!(sum(b'i', b"a pack of tokens"), 0xc046_675d_4a91_f873);
        assert_eq!(sum(b'c', b"a pack of many tokens"), 0xffcb_ec03_74b1_d42b);
    }
}
