//! The laws, run natively. The same functions run as wasm from the artifact `laws`.
//!
//! `HADAL_CASES` and `HADAL_SEED` ask for more cases or others.

#![allow(clippy::print_stdout, reason = "the counts are what the run is for")]

use hadal::laws;

#[test]
fn every_law_holds() {
    let cases = number("HADAL_CASES").unwrap_or(256);
    let seed = number("HADAL_SEED").unwrap_or(0);
    let mut broken = Vec::new();
    for law in laws::all() {
        let report = law.check(seed.into(), cases);
        println!("{:>8} cases  {}", report.cases, report.law);
        match report.failure {
            Some(failure) => broken.push(format!("{}: {failure}", report.law)),
            None => assert_eq!(report.cases, cases, "{} was tried on every case", report.law),
        }
    }
    assert!(broken.is_empty(), "seed {seed}\n{}", broken.join("\n"));
}

#[test]
fn no_two_laws_share_a_name() {
    let mut names: Vec<_> = laws::all().map(|law| law.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    assert_eq!(laws::run(7, 16), laws::run(7, 16));
}

fn number(name: &str) -> Option<u32> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is no number: {value}")))
}
