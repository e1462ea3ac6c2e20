//! Choices that look like chance and follow from a seed.
//!
//! In: a seed and the bytes of a request. Out: the same numbers for the same input, on every machine. Never: secrecy.

/// A row of numbers that follows from where it began.
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    /// The row for these bytes under this seed.
    pub(super) fn new(seed: u64, bytes: &[u8]) -> Self {
        Self(seed ^ fingerprint(bytes))
    }

    /// The next number (`SplitMix64`: every seed gives a full period).
    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number of `low..=high`; `low` when the range is empty.
    pub(super) const fn between(&mut self, low: u64, high: u64) -> u64 {
        match high.saturating_sub(low).checked_add(1) {
            Some(span) => low.saturating_add(self.next() % span),
            None => self.next(),
        }
    }

    /// One of these, or nothing said when there are none.
    pub(super) fn pick(&mut self, of: &[&'static str]) -> &'static str {
        let at = self.between(0, (of.len() as u64).saturating_sub(1));
        usize::try_from(at).ok().and_then(|at| of.get(at)).copied().unwrap_or_default()
    }

    /// So many letters and digits.
    pub(super) fn letters(&mut self, count: usize) -> String {
        std::iter::repeat_with(|| char::from_digit(u32::try_from(self.next() % 36).unwrap_or(0), 36))
            .flatten()
            .take(count)
            .collect()
    }
}

/// A number that stands for these bytes (FNV-1a, 64 bits).
pub(super) fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors_come_out() {
        // FNV-1a of "a", and SplitMix64 from 1234567: the vectors given with both algorithms.
        assert_eq!(fingerprint(b"a"), 0xaf63_dc4c_8601_ec8c);
        let mut chance = Chance(1_234_567);
        assert_eq!([chance.next(), chance.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn a_range_is_kept_even_when_it_is_empty_or_everything() {
        let mut chance = Chance::new(1, b"");
        assert!((0..1000).all(|_| (15..=25).contains(&chance.between(15, 25))));
        assert_eq!(chance.between(9, 3), 9);
        chance.between(0, u64::MAX);
        assert_eq!(chance.pick(&[]), "");
    }
}
