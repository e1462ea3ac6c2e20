//! How long to wait before a request is sent again: full jitter, from a seeded generator.

use crate::chat::Millis;

/// The span within which the first retry falls; each further one doubles it.
const FIRST: u64 = 500;
/// No span is longer.
const MOST: u64 = 8_000;

/// A wait before retry number `tries` (from 0), anywhere within its span.
pub(super) fn jitter(seed: &mut u64, tries: u32) -> Millis {
    let span = FIRST.saturating_mul(1 << tries.min(16)).min(MOST);
    Millis(next(seed) % (span + 1))
}

/// `SplitMix64` (Steele, Lea and Flood 2014): small, and any seed will do.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut x = *seed;
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_fill_their_span_and_never_pass_it() {
        for (tries, span) in
            [(0, 500), (1, 1_000), (2, 2_000), (4, 8_000), (5, 8_000), (63, 8_000), (64, 8_000)]
        {
            let waits: Vec<u64> = (0..200).map(|seed: u64| jitter(&mut { seed }, tries).0).collect();
            assert!(waits.iter().all(|wait| *wait <= span), "{tries}");
            assert!(
                waits.iter().any(|wait| *wait < span / 4) && waits.iter().any(|wait| *wait > span / 4 * 3)
            );
        }
    }
}
