//! The laws of `tokens` over the real vocabulary, which `cargo xtask build` makes.

use std::path::Path;

use hadal::{
    laws,
    tokens::{Family, Merges, Tokenizer, unpack},
};

#[test]
fn every_law_holds_over_the_real_vocabulary() {
    let reports = laws::tokens::over(&merges("ids"), 0, 256);
    let broken: Vec<_> = reports.iter().filter(|report| report.failure.is_some()).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn both_vocabularies_count_alike() {
    let [mut ids, mut counts] =
        ["ids", "counts"].map(|pack| Tokenizer::from_merges(merges(pack), Family::V31).unwrap());
    assert!(ids.has_ids() && !counts.has_ids());
    for text in [
        include_str!("../README.md"),
        include_str!("../src/simulator/tongue.rs"),
        include_str!("../src/laws/tokens.rs"),
    ] {
        let count = ids.count(text);
        assert_eq!(counts.count(text), count);
        assert_eq!(ids.encode(text).unwrap().len(), count);
    }
    assert!(counts.encode("a").is_err() && counts.decode(&[3]).is_err());
}

fn merges(pack: &str) -> Merges {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("target/vocabulary/{pack}.pack"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}. The vocabulary is made by `cargo xtask build`.", path.display())
    });
    unpack(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
