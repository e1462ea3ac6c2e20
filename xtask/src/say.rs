//! What a person sees while a command works.
//!
//! In: steps with names. Out: lines on standard error, with seconds. Never: standard output, which belongs to results.

use std::time::{Duration, Instant};

use crate::failure::Outcome;

/// Says that something begins, does it, and says how long it took.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    line(&format!("{what} ..."));
    let begun = Instant::now();
    let done = work()?;
    line(&format!("{what}: {}", seconds(begun.elapsed())));
    Ok(done)
}

/// One line.
pub(crate) fn line(text: &str) {
    eprintln!("  {text}");
}

/// A time as people say it.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// A size as people say it: thousands of bytes.
pub(crate) fn kilobytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100);
    format!("{}.{} KB", tenths / 10, tenths % 10)
}
