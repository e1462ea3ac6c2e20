//! Numbers as a reader takes them in: whole with their thousands apart, or short where a glance must do.
//!
//! In: counts. Out: English text. Never: a rounding that says nothing is left where something is.

/// `131072` as "131,072".
pub(in crate::ui) fn whole(count: u64) -> String {
    let digits = count.to_string();
    let mut said = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said
}

/// `1204` as "1.2K", `131072` as "131K", `1048576` as "1M": thousands and millions, as tokens are counted by.
pub(super) fn short(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..999_500 => scaled(count, 1_000, 'K'),
        _ => scaled(count, 1_000_000, 'M'),
    }
}

/// One place behind the point below ten, none where it is zero.
fn scaled(count: u64, unit: u64, name: char) -> String {
    let tenths = count.saturating_add(unit / 20) / (unit / 10);
    match (tenths / 10, tenths % 10) {
        (ones @ 0..10, tenth @ 1..) => format!("{ones}.{tenth}{name}"),
        (ones @ 0..10, 0) => format!("{ones}{name}"),
        _ => format!("{}{name}", whole(count.saturating_add(unit / 2) / unit)),
    }
}

/// How much of `all` `part` is, in percent. What is something is no less than 1, what is not all no more than 99.
pub(super) const fn percent(part: u64, all: u64) -> u64 {
    if all == 0 || part == 0 {
        return 0;
    }
    let percent = part.saturating_mul(100) / all;
    match percent {
        0 => 1,
        percent => percent,
    }
}

/// A noun in the number that the count asks for: "1 token", "1,204 tokens".
pub(super) fn tokens(count: u64) -> String {
    format!("{} token{}", whole(count), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let said = [0, 12, 999, 1_000, 131_072, 1_048_576].map(whole);
        assert_eq!(said, ["0", "12", "999", "1,000", "131,072", "1,048,576"]);
        assert_eq!(tokens(1), "1 token");
        assert_eq!(tokens(1_204), "1,204 tokens");
    }

    #[test]
    fn a_glance_takes_in_three_digits() {
        let said =
            [0, 999, 1_000, 1_204, 9_949, 9_950, 12_345, 131_072, 999_499, 999_500, 1_048_576].map(short);
        assert_eq!(said, ["0", "999", "1K", "1.2K", "9.9K", "10K", "12K", "131K", "999K", "1M", "1M"]);
        assert_eq!(short(2_500_000), "2.5M");
        assert_eq!(short(u64::MAX), "18,446,744,073,709M");
    }

    #[test]
    fn a_percentage_never_hides_what_is_there() {
        assert_eq!(
            [(0, 9), (1, 131_072), (9, 0), (65, 100), (200, 100)].map(|(a, b)| percent(a, b)),
            [0, 1, 0, 65, 200]
        );
    }
}
