//! The payload of the ids pack, as `src/tokens/pack/ids.rs` tells it.
//!
//! In: pairs in rank order. Out: two bit maps and four planes of bytes. Never: a compressor, which the asset's own is.

use std::collections::BTreeSet;

use super::source::{END, Vocabulary};
use crate::failure::{OrFail as _, Outcome};

/// The payload.
pub(super) fn payload(vocabulary: &Vocabulary) -> Outcome<Vec<u8>> {
    let left = vocabulary.pairs.iter().map(|pair| pair.0).collect::<Vec<_>>();
    let right = vocabulary.pairs.iter().map(|pair| pair.1).collect::<Vec<_>>();
    let mut maps = Vec::new();
    let mut planes = Vec::new();
    for side in [left, right] {
        let parts = side.iter().copied().collect::<BTreeSet<_>>();
        maps.extend(map(&parts));
        planes.extend(columns(&side, &parts)?);
    }
    maps.extend(planes);
    Ok(maps)
}

/// One bit a token, lowest first.
fn map(parts: &BTreeSet<u32>) -> Vec<u8> {
    let bit = |byte: u32, bit: u32| u8::from(parts.contains(&(8 * byte + bit))) << bit;
    (0..END / 8).map(|byte| (0..8).map(|number| bit(byte, number)).sum()).collect()
}

/// Each token's place among the parts: all high bytes, then all low ones.
fn columns(side: &[u32], parts: &BTreeSet<u32>) -> Outcome<Vec<u8>> {
    let parts = parts.iter().copied().collect::<Vec<_>>();
    let mut planes = [Vec::new(), Vec::new()];
    for token in side {
        let place = parts.binary_search(token).ok().or_fail("a part is not among the parts")?;
        let place = u16::try_from(place).or_fail("there are too many parts for two bytes")?;
        for (plane, byte) in planes.iter_mut().zip(place.to_be_bytes()) {
            plane.push(byte);
        }
    }
    Ok(planes.concat())
}
