//! Time: a clock that never runs backwards, and waiting by it; and the date, for what is priced by the hour.
//!
//! In: nothing but the runtime. Out: [`Millis`] since some fixed start, seconds since 1970. Never: a span by the wall
//! clock, which jumps.

use gloo_timers::{callback::Timeout, future::TimeoutFuture};
use wasm_bindgen::prelude::*;

use crate::chat::Millis;

/// The moment, on the runtime's monotonic clock.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes an integer by saturating: NaN and what is before the start become zero"
)]
pub fn now() -> Millis {
    Millis(monotonic().unwrap_or_else(|_| js_sys::Date::now()) as u64)
}

/// The moment by the wall clock, in seconds since 1970.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes an integer by saturating: NaN and what is before 1970 become zero"
)]
pub fn date() -> u64 {
    (js_sys::Date::now() / 1_000.0) as u64
}

/// Waits for a span; a very long one (over 24 days) is cut to that.
pub async fn sleep(span: Millis) {
    TimeoutFuture::new(delay(span)).await;
}

/// Calls `then` after a span, unless the timer is dropped first. It may be early by as much as [`sleep`] is.
pub(super) fn after(span: Millis, then: impl FnOnce() + 'static) -> Timeout {
    Timeout::new(delay(span), then)
}

/// The span as `setTimeout` takes it: more than 31 bits would fire at once.
fn delay(span: Millis) -> u32 {
    const MOST: u32 = i32::MAX.cast_unsigned();
    u32::try_from(span.0).unwrap_or(MOST).min(MOST)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = performance, js_name = now)]
    fn monotonic() -> Result<f64, JsValue>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_without_end_does_not_fire_at_once() {
        assert_eq!(delay(Millis(0)), 0);
        assert_eq!(delay(Millis::seconds(60)), 60_000);
        assert_eq!(delay(Millis(0x7fff_ffff)), 0x7fff_ffff);
        assert_eq!(delay(Millis(0x8000_0000)), 0x7fff_ffff);
        assert_eq!(delay(Millis(u64::MAX)), 0x7fff_ffff);
    }
}
