//! The unpackers: whole packs, damaged ones, and bytes that are none.

use proptest::prelude::*;

use crate::tokens::Tokenizer;

use super::{COUNTS, END, GIVEN, IDS, MAGIC, PackError, Unpacking, VERSION, sum::sum, unpack};

/// A whole pack around a payload.
fn pack(kind: u8, merges: u32, payload: &[u8]) -> Vec<u8> {
    let mut rest = merges.to_le_bytes().to_vec();
    rest.extend(u32::try_from(payload.len()).unwrap().to_le_bytes());
    rest.extend(payload);
    let mut bytes = MAGIC.to_vec();
    bytes.extend([VERSION, kind, 0, 0]);
    bytes.extend(sum(kind, &rest).to_le_bytes());
    bytes.extend(rest);
    bytes
}

/// An ids pack of these pairs; the parts of a pair may be in any order.
fn ids_pack(pairs: &[(u32, u32)]) -> Vec<u8> {
    let mut payload = Vec::new();
    let sides =
        [pairs.iter().map(|pair| pair.0).collect::<Vec<_>>(), pairs.iter().map(|pair| pair.1).collect()];
    let parts = sides
        .clone()
        .map(|side| std::collections::BTreeSet::from_iter(side).into_iter().collect::<Vec<u32>>());
    for parts in &parts {
        let mut map = vec![0_u8; END as usize / 8];
        for token in parts {
            map[*token as usize / 8] |= 1 << (token % 8);
        }
        payload.extend(map);
    }
    for (side, parts) in sides.iter().zip(&parts) {
        let places = side
            .iter()
            .map(|token| u16::try_from(parts.binary_search(token).unwrap()).unwrap().to_be_bytes());
        let places = places.collect::<Vec<_>>();
        payload.extend(places.iter().map(|place| place[0]));
        payload.extend(places.iter().map(|place| place[1]));
    }
    pack(IDS, u32::try_from(pairs.len()).unwrap(), &payload)
}

#[test]
fn pairs_come_back_in_their_order() {
    let merges = unpack(&ids_pack(&[(70, 71), (259, 3), (3, 260), (259, 261)])).unwrap();
    assert_eq!(merges.left, [70, 259, 3, 259]);
    assert_eq!(merges.right, [71, 3, 260, 261]);
    assert!(merges.ids);
    assert!(unpack(&ids_pack(&[])).unwrap().left.is_empty());
}

#[test]
fn a_merge_of_what_is_not_made_yet_is_refused() {
    for pair in [(259, 3), (3, 260), (2, 3), (3, 0), (END - 1, 3)] {
        let pack = ids_pack(&[pair]);
        assert_eq!(unpack(&pack), Err(PackError::Corrupt), "{pair:?}");
        assert_eq!(Tokenizer::new(&pack).unwrap_err(), PackError::Corrupt, "{pair:?}");
    }
}

#[test]
fn each_wrong_is_told_apart() {
    let good = ids_pack(&[(70, 71)]);
    assert_eq!(unpack(b""), Err(PackError::Foreign));
    assert_eq!(unpack(b"<!doctype html>"), Err(PackError::Foreign));
    assert_eq!(unpack(MAGIC), Err(PackError::Corrupt));
    let mut other = good.clone();
    other[4] = VERSION + 1;
    assert_eq!(unpack(&other), Err(PackError::Version(VERSION + 1)));
    let mut longer = good.clone();
    longer.push(0);
    assert_eq!(unpack(&longer), Err(PackError::Corrupt));
    assert_eq!(unpack(&pack(b'?', 0, &[])), Err(PackError::Corrupt));
    assert_eq!(unpack(&pack(IDS, END - GIVEN + 1, &vec![0; 600_000])), Err(PackError::Corrupt));
    assert_eq!(unpack(&pack(IDS, u32::MAX, &[])), Err(PackError::Corrupt));
}

#[test]
fn a_pack_that_ends_early_is_refused() {
    let good = ids_pack(&[(70, 71), (259, 3)]);
    for end in (0..40).chain([good.len() / 2, good.len() - 1]) {
        assert!(unpack(&good[..end]).is_err(), "{end}");
    }
}

/// The packer's tests hold the same numbers.
#[test]
fn the_sum_is_that_of_the_packer() {
    assert_eq!(sum(b'i', b""), 0x581a_f399_7c65_0151);
    assert_eq!(sum(b'i', b"a pack of tokens"), 0xc046_675d_4a91_f873);
    assert_eq!(sum(b'c', b"a pack of many tokens"), 0xffcb_ec03_74b1_d42b);
}

proptest! {
    #[test]
    fn a_changed_byte_is_found(at in any::<proptest::sample::Index>(), change in 1_u8..) {
        let good = ids_pack(&[(70, 71), (259, 3)]);
        let mut bad = good.clone();
        bad[at.index(good.len())] ^= change;
        prop_assert!(unpack(&bad).is_err());
    }

    #[test]
    fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(unpack(&bytes), Err(PackError::Foreign));
    }

    /// As if a packer had made them: the checksum holds, the rest is chance.
    #[test]
    fn no_payload_does_harm(merges in 0_u32..40, payload in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = unpack(&pack(IDS, merges, &payload));
        let mut long = vec![0; 32_000];
        long.extend(&payload);
        let _ = unpack(&pack(IDS, merges, &long));
    }

    #[test]
    fn no_columns_do_harm(merges in 0_u32..40, columns in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 9)) {
        let column = |column: &Vec<u8>| [u32::try_from(column.len()).unwrap().to_le_bytes().as_slice(), column].concat();
        let payload = columns.iter().flat_map(column).collect::<Vec<_>>();
        let _ = unpack(&pack(COUNTS, merges, &payload));
    }
}

proptest! {
    // Each case unpacks the whole vocabulary.
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A few bytes of the real one changed, and the checksum with them.
    #[test]
    fn no_forged_count_pack_does_harm(changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4)) {
        let real = real_counts();
        let mut payload = real[24..].to_vec();
        for (at, byte) in changes {
            payload[at.index(real.len() - 24)] = byte;
        }
        if let Ok(merges) = unpack(&pack(COUNTS, END - GIVEN, &payload)) {
            prop_assert_eq!(merges.left.len(), (END - GIVEN) as usize);
        }
    }
}

/// As `cargo xtask vocabulary` leaves it.
fn real_counts() -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/vocabulary/counts.pack");
    std::fs::read(path)
        .unwrap_or_else(|_| panic!("counts.pack is missing: run `cargo xtask vocabulary` first"))
}

/// Merges "ab" and "abb": the columns by hand.
#[test]
fn a_count_pack_is_read_by_its_columns() {
    let mut left_counts = vec![0_u8; 257];
    let mut right_counts = vec![0_u8; 257];
    right_counts[usize::from(b'b')] = 1;
    left_counts[256] = 1;
    let bytes = std::array::from_fn::<u8, 256, _>(|byte| u8::try_from(byte).unwrap());
    let columns: [&[u8]; 9] =
        [&bytes, &left_counts, &right_counts, b"b", b"a", &[0b01], &[0b1], &[0, 1, 0], &[0, 0, 0]];
    let payload =
        columns.map(|column| [&u32::try_from(column.len()).unwrap().to_le_bytes(), column].concat()).concat();
    let merges = unpack(&pack(COUNTS, 2, &payload));
    // `b` is the right part twice, never the left one, and `ab` a left part only: there are no turns to tell.
    assert_eq!(merges, Err(PackError::Corrupt));
    let columns: [&[u8]; 9] = [&bytes, &left_counts, &right_counts, b"b", b"a", &[0b01], &[], &[], &[]];
    let payload =
        columns.map(|column| [&u32::try_from(column.len()).unwrap().to_le_bytes(), column].concat()).concat();
    let merges = unpack(&pack(COUNTS, 2, &payload)).unwrap();
    let token = |byte: u8| u32::from(byte) - 0x21 + 3;
    assert_eq!(merges.left, [token(b'a'), 259]);
    assert_eq!(merges.right, [token(b'b'), token(b'b')]);
    assert!(!merges.ids);
}

#[test]
fn whatever_the_steps_the_count_pack_is_the_same() {
    let real = real_counts();
    let whole = unpack(&real).unwrap();
    for size in [1_000, 77_777] {
        let mut unpacking = Unpacking::new(&real).unwrap();
        let merges = loop {
            if let Some(merges) = unpacking.step(size).unwrap() {
                break merges;
            }
        };
        assert!(merges == whole, "steps of {size}");
    }
}
