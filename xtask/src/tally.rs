//! How many tests passed, as the runners themselves say it.
//!
//! In: the lines of `cargo test` and `node --test`. Out: counts, and the names of what failed. Never: a guess; a line that is no summary counts nothing.

use std::ops::AddAssign;

/// Tests that passed and failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Names of tests that failed, in the order in which they were told.
    pub(crate) names: Vec<String>,
    /// Inside cargo's list of failures.
    in_failures: bool,
}

impl Tally {
    pub(crate) fn one_passed() -> Self {
        Self { passed: 1, ..Self::default() }
    }

    pub(crate) fn one_failed() -> Self {
        Self { failed: 1, ..Self::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.passed == 0 && self.failed == 0
    }

    /// Reads one line of a runner.
    pub(crate) fn read(&mut self, line: &str) {
        if let Some(result) = line.strip_prefix("test result: ") {
            self.in_failures = false;
            self.passed += count_before(result, " passed");
            self.failed += count_before(result, " failed");
        } else if line == "failures:" {
            self.in_failures = true;
        } else if let Some(count) = node_count(line, "pass") {
            self.passed += count;
        } else if let Some(count) = node_count(line, "fail").or_else(|| node_count(line, "cancelled")) {
            self.failed += count;
        } else if let Some(name) = self.failed_name(line)
            && !self.names.contains(&name)
        {
            self.names.push(name);
        }
    }

    fn failed_name(&self, line: &str) -> Option<String> {
        if let Some(name) = line.trim_start().strip_prefix("✖ ") {
            let name = name.rsplit_once(" (").map_or(name, |(name, _)| name);
            return (!name.starts_with("failing tests")).then(|| name.to_owned());
        }
        let name = line.strip_prefix("    ").filter(|_| self.in_failures)?;
        (!name.is_empty() && !name.contains(' ')).then(|| name.to_owned())
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.names.extend(other.names);
    }
}

/// The number in front of a word: 12 in "ok. 12 passed; 0 failed".
fn count_before(text: &str, word: &str) -> u64 {
    let before = text.split(word).next().filter(|before| before.len() < text.len());
    before.and_then(|before| before.rsplit(' ').next()?.parse().ok()).unwrap_or_default()
}

/// "ℹ pass 3" of the reporter `spec`, "# pass 3" of `tap`.
fn node_count(line: &str, word: &str) -> Option<u64> {
    let rest = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "))?;
    rest.strip_prefix(word)?.strip_prefix(' ')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(lines: &str) -> Tally {
        let mut tally = Tally::default();
        lines.lines().for_each(|line| tally.read(line));
        tally
    }

    #[test]
    fn cargo_counts_each_binary() {
        let read = tally(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
             \n\
             failures:\n\
             \n\
             ---- stream::a_cut_never_shows stdout ----\n\
             \n\
             failures:\n    stream::a_cut_never_shows\n\n\
             test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
        );
        assert_eq!((read.passed, read.failed), (15, 1));
        assert_eq!(read.names, ["stream::a_cut_never_shows"]);
    }

    #[test]
    fn node_counts_in_either_reporter() {
        let spec = tally(
            "✖ a key never leaves (3.2ms)\nℹ tests 4\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\n✖ failing tests:",
        );
        assert_eq!((spec.passed, spec.failed, spec.names), (3, 1, vec!["a key never leaves".to_owned()]));
        let tap = tally("# tests 2\n# pass 2\n# fail 0\n# cancelled 0");
        assert_eq!((tap.passed, tap.failed), (2, 0));
    }

    #[test]
    fn what_a_test_prints_counts_nothing() {
        assert!(tally("12 passed; 0 failed\n# passengers 3\nfail 2").is_empty());
    }
}
