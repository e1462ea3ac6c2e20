//! The real vocabulary, as `cargo xtask vocabulary` packs it: both packs are read.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use hadal::tokens::{Merges, Tokenizer, unpack};

fn read(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/vocabulary").join(name);
    fs::read(path).unwrap_or_else(|_| panic!("{name} is missing: run `cargo xtask vocabulary` first"))
}

fn merges(name: &str) -> Merges {
    unpack(&read(name)).unwrap()
}

#[test]
fn the_ids_pack_holds_every_merge() {
    let ids = merges("ids.pack");
    assert!(ids.ids);
    assert_eq!((ids.left.len(), ids.right.len()), (127_741, 127_741));
}

/// The bytes of every token, by its number; nothing for the special ones.
fn spell(merges: &Merges) -> Vec<Vec<u8>> {
    let printed = |byte: &u8| matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..);
    let (first, rest): (Vec<u8>, Vec<u8>) = (0..=u8::MAX).partition(printed);
    let mut tokens = vec![Vec::new(); 3];
    tokens.extend(first.into_iter().chain(rest).map(|byte| vec![byte]));
    for (left, right) in merges.left.iter().zip(&merges.right) {
        let joined = [tokens[*left as usize].as_slice(), tokens[*right as usize].as_slice()].concat();
        tokens.push(joined);
    }
    tokens
}

/// Merges of one part in a row, all on the same side: `(which side, the other part)`. Their order means nothing.
type Turn = BTreeSet<(u8, Vec<u8>)>;

/// For each part, its turns by rank.
fn turns(merges: &Merges) -> BTreeMap<Vec<u8>, Vec<Turn>> {
    let tokens = spell(merges);
    let mut all: BTreeMap<Vec<u8>, Vec<Turn>> = BTreeMap::new();
    for (left, right) in merges.left.iter().zip(&merges.right) {
        let (left, right) = (&tokens[*left as usize], &tokens[*right as usize]);
        let mut push = |part: &Vec<u8>, side: u8, other: &Vec<u8>| {
            let turns = all.entry(part.clone()).or_default();
            let same = turns.last().and_then(BTreeSet::first).is_some_and(|(last, _)| *last == side);
            if !same {
                turns.push(Turn::new());
            }
            turns.last_mut().unwrap().insert((side, other.clone()));
        };
        if left == right {
            push(left, 2, right);
        } else {
            push(left, 0, right);
            push(right, 1, left);
        }
    }
    all
}

/// What decides where a text is cut: the same merges, and the same turns of each part.
#[test]
fn the_count_pack_cuts_every_text_as_the_ids_pack_does() {
    let (ids, counts) = (merges("ids.pack"), merges("counts.pack"));
    assert!(!counts.ids);
    assert_ne!(ids.left, counts.left, "another order, or the pack holds more than it need");
    assert!(turns(&ids) == turns(&counts));
}

#[test]
fn both_packs_count_alike() {
    let mut exact = Tokenizer::new(&read("ids.pack")).unwrap();
    let mut counts = Tokenizer::new(&read("counts.pack")).unwrap();
    for path in
        ["README.md", "ARCHITECTURE.md", "Cargo.lock", "src/simulator/topic.rs", "src/tokens/pieces.rs"]
    {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
        assert_eq!(exact.count(&text), exact.encode(&text).unwrap().len(), "{path}");
        assert_eq!(exact.count(&text), counts.count(&text), "{path}");
    }
    assert!(counts.encode("Hadal").is_err(), "no ids in it");
}
