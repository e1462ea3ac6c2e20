//! Money.

use std::{fmt, iter::Sum};

use serde::{Deserialize, Serialize};

/// Whole nano-dollars. Sums and products stop at the most there can be: 18 billion dollars.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nano(pub u64);

impl Nano {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// What so many tokens cost at so many nano-dollars each.
    #[must_use]
    pub const fn of(tokens: u64, price: u64) -> Self {
        Self(tokens.saturating_mul(price))
    }

    /// Both.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The same in dollars, as near as a float comes: for a border, never to be added up.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a float is what was asked for")]
    pub const fn dollars(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl Sum for Nano {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Self::plus)
    }
}

/// Four decimals below a dollar, else two: `$0.0042`, `$1.23`. What is not nothing never shows as nothing: `<$0.0001`.
impl fmt::Display for Nano {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = |unit: u64| self.0 / unit + u64::from(self.0 % unit >= unit / 2);
        match (self.0, rounded(100_000)) {
            (0, _) => f.write_str("$0"),
            (1..100_000, _) => f.write_str("<$0.0001"),
            (_, parts @ ..10_000) => write!(f, "$0.{parts:04}"),
            _ => {
                let cents = rounded(10_000_000);
                write!(f, "${}.{:02}", cents / 100, cents % 100)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_as_money_and_never_as_nothing() {
        for (nano, shown) in [
            (0, "$0"),
            (1, "<$0.0001"),
            (99_999, "<$0.0001"),
            (100_000, "$0.0001"),
            (149_999, "$0.0001"),
            (150_000, "$0.0002"),
            (4_200_000, "$0.0042"),
            (999_949_999, "$0.9999"),
            (999_950_000, "$1.00"),
            (1_234_999_999, "$1.23"),
            (1_235_000_000, "$1.24"),
            (u64::MAX, "$18446744073.71"),
        ] {
            assert_eq!(Nano(nano).to_string(), shown);
        }
    }

    #[test]
    fn too_much_is_the_most_there_can_be() {
        assert_eq!(Nano::of(u64::MAX, 2), Nano(u64::MAX));
        assert_eq!([Nano(u64::MAX), Nano(1)].into_iter().sum::<Nano>(), Nano(u64::MAX));
    }
}
