//! The real vocabulary against the reference's answers: `tests/vectors/tokens.jsonl`, which `cargo xtask oracle --write-vectors` wrote.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{collections::BTreeMap, fs, path::Path};

use hadal::tokens::{Family, Meter, Tokenizer};
use serde::Deserialize;

const PACKS: [&str; 2] = ["ids.pack", "counts.pack"];
const FAMILIES: [(&str, Family); 4] =
    [("v3", Family::V3), ("r1", Family::R1), ("v31", Family::V31), ("v4", Family::V4)];

/// A text and what the reference makes of it.
#[derive(Deserialize)]
struct Vector {
    family: String,
    kind: String,
    text: String,
    ids: Vec<u32>,
}

fn vectors() -> Vec<Vector> {
    let lines = include_str!("vectors/tokens.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn tokenizers(pack: &str) -> BTreeMap<&'static str, Tokenizer> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/vocabulary").join(pack);
    let bytes =
        fs::read(&path).unwrap_or_else(|_| panic!("{pack} is missing: run `cargo xtask vocabulary` first"));
    let tokenizer = |family| Tokenizer::of(&bytes, family).unwrap();
    FAMILIES.into_iter().map(|(name, family)| (name, tokenizer(family))).collect()
}

/// Fails with all that differs, not with the first.
fn for_each(pack: &str, law: impl Fn(&mut Tokenizer, &Vector) -> bool) {
    let mut tokenizers = tokenizers(pack);
    let broken = vectors()
        .iter()
        .filter(|vector| !law(tokenizers.get_mut(vector.family.as_str()).unwrap(), vector))
        .map(|vector| format!("{} ({}): {:?}", vector.kind, vector.family, vector.text))
        .collect::<Vec<_>>();
    assert!(broken.is_empty(), "{pack}:\n{}\n", broken.join("\n"));
}

#[test]
fn there_are_vectors_of_every_kind_and_family() {
    let mut kinds = BTreeMap::<_, usize>::new();
    for vector in vectors() {
        *kinds.entry(format!("{} {}", vector.kind, vector.family)).or_default() += 1;
    }
    let expected = ["sentence", "code", "answer", "end", "unicode", "run"].map(|kind| format!("{kind} v31"));
    let added = FAMILIES.map(|(family, _)| format!("added {family}"));
    for kind in expected.iter().chain(&added) {
        assert!(kinds.get(kind).is_some_and(|number| *number > 10), "{kind}: {kinds:?}");
    }
}

#[test]
fn texts_have_the_ids_of_the_reference_and_these_stand_for_them() {
    for_each("ids.pack", |tokenizer, vector| {
        let is_text = tokenizer.decode(&vector.ids).as_deref() == Ok(vector.text.as_bytes());
        is_text && tokenizer.encode(&vector.text).as_ref() == Ok(&vector.ids)
    });
}

#[test]
fn every_pack_counts_as_many_as_the_reference_at_once_and_bit_by_bit() {
    for pack in PACKS {
        for_each(pack, |tokenizer, vector| {
            let mut meter = Meter::new();
            for character in vector.text.chars() {
                meter.append(tokenizer, character.encode_utf8(&mut [0; 4]));
            }
            [tokenizer.count(&vector.text), meter.count()] == [vector.ids.len(); 2]
        });
    }
}
