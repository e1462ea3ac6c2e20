//! A tokenizer that is being made, for callers who must not block: the pack is read, and the tables are filled, some merges at a time.

use std::fmt;

use super::{Family, Merges, PackError, Tokenizer, bpe::Making, pack::Unpacking, special::Added};

/// How many merges are taken in at once.
const FEW: usize = 4096;

/// A tokenizer that is being made.
pub struct Opening {
    stage: Stage,
    added: Added,
}

enum Stage {
    Unpacking(Unpacking),
    Making(Box<Making>),
}

impl Opening {
    /// Begins with a pack of either kind.
    ///
    /// # Errors
    ///
    /// When the bytes are no pack, are damaged, or are of another version.
    pub fn of(pack: &[u8], family: Family) -> Result<Self, PackError> {
        Ok(Self { stage: Stage::Unpacking(Unpacking::new(pack)?), added: family.added() })
    }

    /// Begins with a pack for counting, by a program that reads no other.
    ///
    /// # Errors
    ///
    /// As [`Opening::of`], and when the pack is one of ids.
    pub fn of_counts(pack: &[u8], family: Family) -> Result<Self, PackError> {
        Ok(Self { stage: Stage::Unpacking(Unpacking::counts(pack)?), added: family.added() })
    }

    /// Begins with merges that are unpacked already.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::from_merges`].
    pub fn new(merges: Merges, family: Family) -> Result<Self, PackError> {
        Ok(Self { stage: Stage::Making(Box::new(Making::new(merges)?)), added: family.added() })
    }

    /// Takes in about that many merges more, each of which comes by some times; whether there are no more.
    ///
    /// # Errors
    ///
    /// [`PackError::Corrupt`] when what was read contradicts itself.
    pub fn step(&mut self, mut merges: usize) -> Result<bool, PackError> {
        loop {
            // By a few thousand: an engine that has found better code for a loop takes it up when the loop is begun anew.
            let few = merges.min(FEW);
            merges -= few;
            match &mut self.stage {
                Stage::Making(making) => {
                    if making.step(few) {
                        return Ok(true);
                    }
                }
                Stage::Unpacking(unpacking) => {
                    if let Some(merges) = unpacking.step(few)? {
                        self.stage = Stage::Making(Box::new(Making::new(merges)?));
                    }
                }
            }
            if merges == 0 {
                return Ok(false);
            }
        }
    }

    /// The tokenizer, after whatever steps are left.
    ///
    /// # Errors
    ///
    /// As [`Opening::step`].
    pub fn finish(mut self) -> Result<Tokenizer, PackError> {
        while !self.step(usize::MAX)? {}
        self.done().ok_or(PackError::Corrupt)
    }

    /// The tokenizer, once the last step was taken.
    #[must_use]
    pub fn done(self) -> Option<Tokenizer> {
        match self.stage {
            Stage::Making(making) => Some(Tokenizer { bpe: making.done()?, added: self.added }),
            Stage::Unpacking(_) => None,
        }
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").finish_non_exhaustive()
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
                opening.step(size).unwrap();
            }
            assert_eq!(encoded(opening.finish().unwrap()), whole, "after three steps of {size}");
            let mut opening = Opening::new(merges(), Family::default()).unwrap();
            while !opening.step(size).unwrap() {}
            assert_eq!(encoded(opening.finish().unwrap()), whole, "all of {size}");
        }
    }
}
