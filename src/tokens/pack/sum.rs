//! The checksum of a pack: cheap, and sure to find damage within any eight bytes.
//!
//! In: bytes. Out: 64 bits. Never: a defence against a forger; the packs come from where the program comes from.

/// FNV-1a's start and prime, taken eight bytes at a time.
const START: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// The sum of a kind and of what follows. Each step is one-to-one in the state, so two inputs that differ in one step only never have the same sum;
/// the rotation lets high bits act on low ones.
#[inline(never)]
pub(super) fn sum(kind: u8, bytes: &[u8]) -> u64 {
    let step = |state: u64, word: u64| (state ^ word).wrapping_mul(PRIME).rotate_left(29);
    let (words, rest) = bytes.as_chunks::<8>();
    let start = step(step(START, u64::from(kind)), bytes.len() as u64);
    let whole = words.iter().fold(start, |state, word| step(state, u64::from_le_bytes(*word)));
    rest.iter().fold(whole, |state, byte| step(state, u64::from(*byte)))
}
