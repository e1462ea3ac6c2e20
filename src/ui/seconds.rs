//! Time that a reader watches: a clock that ticks while it is looked at, and spans in words.
//!
//! In: whether anybody looks, and moments. Out: a signal, text. Never: a timer left behind.

use std::time::Duration;

use leptos::prelude::*;

use crate::{chat::Millis, platform};

/// The moment, brought up to date four times a second while `watched`.
pub(super) fn ticking(watched: impl Fn() -> bool + 'static) -> ReadSignal<Millis> {
    let (now, set_now) = signal(Millis::ZERO);
    Effect::new(move |_| {
        if !watched() {
            return;
        }
        set_now.set(platform::now());
        let tick = move || set_now.set(platform::now());
        if let Ok(interval) = set_interval_with_handle(tick, Duration::from_millis(250)) {
            on_cleanup(move || interval.clear());
        }
    });
    now
}

/// Whole seconds from now until a moment, rounded up: zero means that it has come.
pub(super) const fn until(moment: Millis, now: Millis) -> u64 {
    moment.since(now).0.div_ceil(1000)
}

/// A span in words, as short as they get.
pub(super) fn span(seconds: u64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes @ 1..60, 0) => format!("{minutes} min"),
        (minutes @ 1..60, seconds) => format!("{minutes} min {seconds} s"),
        (minutes, _) if minutes % 60 == 0 => format!("{} h", minutes / 60),
        (minutes, _) => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_people_say_them() {
        let said = [0, 7, 60, 65, 3_599, 3_600, 5_461].map(span);
        assert_eq!(said, ["0 s", "7 s", "1 min", "1 min 5 s", "59 min 59 s", "1 h", "1 h 31 min"]);
    }

    #[test]
    fn a_countdown_ends_at_the_moment_and_not_before() {
        assert_eq!(until(Millis(5_000), Millis(4_999)), 1);
        assert_eq!(until(Millis(5_000), Millis(5_000)), 0);
        assert_eq!(until(Millis(5_000), Millis(9_000)), 0);
        assert_eq!(until(Millis(5_000), Millis(3_000)), 2);
    }
}
