//! The real vocabulary, as `cargo xtask vocabulary` packs it: both packs are read.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{fs, path::Path};

use hadal::tokens::{Merges, unpack};

fn merges(name: &str) -> Merges {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/vocabulary").join(name);
    let bytes =
        fs::read(&path).unwrap_or_else(|_| panic!("{name} is missing: run `cargo xtask vocabulary` first"));
    unpack(&bytes).unwrap()
}

#[test]
fn the_ids_pack_holds_every_merge() {
    let ids = merges("ids.pack");
    assert!(ids.ids);
    assert_eq!((ids.left.len(), ids.right.len()), (127_741, 127_741));
}
