//! The tokenizer of the DeepSeek V3 line: text to counts and ids, ids to bytes.

use std::fmt;

use super::{
    DecodeError, Family, Merges, NoIds, Opening, PackError,
    bpe::Bpe,
    special::{Added, Special},
};

/// An exact tokenizer over one vocabulary. Tables and caches are its own; methods take it mutably for the caches.
pub struct Tokenizer {
    pub(super) bpe: Bpe,
    pub(super) added: Added,
}

impl Tokenizer {
    /// From either pack, with the added tokens of [`Family::default`].
    ///
    /// # Errors
    ///
    /// When the bytes are no sound pack.
    pub fn new(pack: &[u8]) -> Result<Self, PackError> {
        Self::of(pack, Family::default())
    }

    /// From either pack, with the added tokens of a family.
    ///
    /// # Errors
    ///
    /// When the bytes are no sound pack.
    pub fn of(pack: &[u8], family: Family) -> Result<Self, PackError> {
        Opening::of(pack, family)?.finish()
    }

    /// From merges that are unpacked already.
    ///
    /// Exact when no two tokens have the same bytes and each is what its own bytes are merged to, as in every trained vocabulary.
    ///
    /// # Errors
    ///
    /// [`PackError::Corrupt`] when a merge joins what is not there before it, there are more than 130,813 merges, or a
    /// token is of more than 255 bytes.
    pub fn from_merges(merges: Merges, family: Family) -> Result<Self, PackError> {
        Opening::new(merges, family)?.finish()
    }

    /// Whether tokens are the model's ids, so that [`Tokenizer::encode`] and [`Tokenizer::decode`] work.
    #[must_use]
    pub fn has_ids(&self) -> bool {
        self.bpe.has_ids()
    }

    /// How many tokens the text is, exactly. Special tokens written in it are recognised, as the reference does.
    pub fn count(&mut self, text: &str) -> usize {
        let mut count = 0;
        self.parts(text, |bpe, part| {
            count += match part {
                Part::Plain(text) => bpe.count(text),
                Part::Special(_) => 1,
            }
        });
        count
    }

    /// The text's ids.
    ///
    /// # Errors
    ///
    /// When the vocabulary is one for counting.
    pub fn encode(&mut self, text: &str) -> Result<Vec<u32>, NoIds> {
        if !self.has_ids() {
            return Err(NoIds);
        }
        let mut ids = Vec::with_capacity(text.len() / 4 + 1);
        self.parts(text, |bpe, part| match part {
            Part::Plain(text) => bpe.encode(text, &mut ids),
            Part::Special(id) => ids.push(id),
        });
        Ok(ids)
    }

    /// The bytes that ids stand for. Bytes, since a cut between tokens can fall inside a character.
    ///
    /// # Errors
    ///
    /// When the vocabulary is one for counting, or no token has one of the ids.
    pub fn decode(&self, ids: &[u32]) -> Result<Vec<u8>, DecodeError> {
        if !self.has_ids() {
            return Err(DecodeError::NoIds);
        }
        let mut bytes = Vec::with_capacity(ids.len().saturating_mul(4));
        for &id in ids {
            if !self.bpe.spell(id, &mut bytes) && !self.added.spell(id, &mut bytes) {
                return Err(DecodeError::Unknown(id));
            }
        }
        Ok(bytes)
    }

    /// How many pairs of tokens long pieces made it look at, ever: a measure of its work without a clock.
    #[must_use]
    pub fn looks(&self) -> u64 {
        self.bpe.looks()
    }

    fn parts(&mut self, text: &str, mut part: impl FnMut(&mut Bpe, Part<'_>)) {
        let mut from = 0;
        while let Special::At(start, end, id) = self.added.find(text, from) {
            part(&mut self.bpe, Part::Plain(text.get(from..start).unwrap_or_default()));
            part(&mut self.bpe, Part::Special(id));
            from = end;
        }
        part(&mut self.bpe, Part::Plain(text.get(from..).unwrap_or_default()));
    }
}

/// A text between special tokens, or one of them.
enum Part<'a> {
    Plain(&'a str),
    Special(u32),
}

impl fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokenizer").field("ids", &self.has_ids()).finish_non_exhaustive()
    }
}
