//! A tokenizer that is being made, for callers who must not block: the tables are filled some merges at a time.

use std::fmt;

use super::{Family, Merges, PackError, Tokenizer, bpe::Making};

/// A tokenizer that is being made.
pub struct Opening {
    making: Making,
    family: Family,
}

impl Opening {
    /// Begins.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::from_merges`].
    pub fn new(merges: Merges, family: Family) -> Result<Self, PackError> {
        Ok(Self { making: Making::new(merges)?, family })
    }

    /// Takes in that many merges more, each of which comes by twice; whether there are no more.
    pub fn step(&mut self, merges: usize) -> bool {
        self.making.step(merges)
    }

    /// The tokenizer, after whatever steps are left.
    #[must_use]
    pub fn finish(self) -> Tokenizer {
        Tokenizer { bpe: self.making.finish(), family: self.family }
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").field("family", &self.family).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_steps_it_is_the_same_tokenizer() {
        // "ab", "abc", "bc", "abcabc" of bytes and what was merged before.
        let [a, b, c] = [67, 68, 69];
        let merges = || Merges { left: vec![a, 259, b, 260], right: vec![b, c, c, 260], ids: true };
        let text = "abcabc bcab cab é海 abcabcabc";
        let encoded = |mut tokenizer: Tokenizer| tokenizer.encode(text).unwrap();
        let whole = encoded(Tokenizer::from_merges(merges(), Family::default()).unwrap());
        assert!(whole.contains(&262) && whole.contains(&261));
        for size in [1, 2, 3, 4, 5, usize::MAX] {
            let mut opening = Opening::new(merges(), Family::default()).unwrap();
            for _ in 0..3 {
                opening.step(size);
            }
            assert_eq!(encoded(opening.finish()), whole, "after three steps of {size}");
            let mut opening = Opening::new(merges(), Family::default()).unwrap();
            while !opening.step(size) {}
            assert_eq!(encoded(opening.finish()), whole, "all of {size}");
        }
    }
}
