//! Whether to ask the upstream again, and after how long: decided here and nowhere else.
//!
//! In: how often it was asked, what it said, a number by chance. Out: a wait, or that it is over.
//! Never: a retry after the caller was given a byte of the answer (the pump's part), a clock, a random source.

use crate::{chat::Millis, wire::ApiError};

/// How often an upstream is asked again.
const MOST: u32 = 2;
/// The first wait is at most this, each further one at most twice the one before.
const FIRST: u64 = 500;
/// A longer `retry-after` is the caller's to wait out.
const LONGEST: Millis = Millis::seconds(10);

/// The wait before the next request; `None` when the error goes to the caller.
///
/// The wait is anywhere between nothing and its limit ("full jitter"), so that many callers who failed together do not
/// come back together. `chance` is in `0.0..1.0`.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a wait of seconds, in milliseconds, by a factor below one"
)]
pub fn wait(asked_again: u32, error: &ApiError, chance: f64) -> Option<Millis> {
    if asked_again >= MOST || !error.retryable || error.retry_after.is_some_and(|asked| asked > LONGEST) {
        return None;
    }
    let limit = FIRST << asked_again;
    let jitter = Millis((limit as f64 * chance.clamp(0.0, 1.0)) as u64);
    Some(error.retry_after.unwrap_or(Millis::ZERO).plus(jitter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::ErrorCode;

    fn error(retryable: bool, retry_after: Option<u64>) -> ApiError {
        let message = String::new();
        let retry_after = retry_after.map(Millis);
        ApiError { code: ErrorCode::Overloaded, status: Some(503), message, retryable, retry_after }
    }

    #[test]
    fn an_upstream_is_asked_twice_more_at_most() {
        assert_eq!(wait(0, &error(true, None), 1.0), Some(Millis(500)));
        assert_eq!(wait(1, &error(true, None), 1.0), Some(Millis(1000)));
        assert_eq!(wait(1, &error(true, None), 0.0), Some(Millis(0)));
        assert_eq!(wait(2, &error(true, None), 0.0), None);
    }

    #[test]
    fn what_will_not_change_is_not_asked_again() {
        assert_eq!(wait(0, &error(false, None), 0.5), None);
    }

    #[test]
    fn the_upstreams_own_wait_is_kept_or_left_to_the_caller() {
        assert_eq!(wait(0, &error(true, Some(1000)), 0.5), Some(Millis(1250)));
        assert_eq!(wait(0, &error(true, Some(10_001)), 0.5), None);
        assert_eq!(wait(0, &error(true, Some(u64::MAX)), 0.5), None);
    }

    #[test]
    fn a_broken_random_source_breaks_nothing() {
        assert_eq!(wait(0, &error(true, None), f64::NAN), Some(Millis(0)));
        assert_eq!(wait(0, &error(true, None), 1e9), Some(Millis(500)));
    }
}
