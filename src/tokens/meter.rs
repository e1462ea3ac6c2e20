//! The count of a text that grows and changes, exact at every moment.

use std::ops::Range;

use super::{OutOfRange, Tokenizer};

/// A text and its count. All calls of one meter are given the same tokenizer.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    text: String,
    count: usize,
}

impl Meter {
    /// Of no text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts text behind the text. Costs what was appended and the word still open, however long the text is.
    pub fn append(&mut self, tokenizer: &mut Tokenizer, text: &str) {
        self.text.push_str(text);
        self.count = tokenizer.count(&self.text);
    }

    /// Puts text in the place of a range of bytes. Costs what is put in and taken out, and the words around.
    ///
    /// # Errors
    ///
    /// When the range is none of whole characters in the text.
    pub fn replace(
        &mut self,
        tokenizer: &mut Tokenizer,
        at: Range<usize>,
        text: &str,
    ) -> Result<(), OutOfRange> {
        self.text.get(at.clone()).ok_or(OutOfRange)?;
        self.text.replace_range(at, text);
        self.count = tokenizer.count(&self.text);
        Ok(())
    }

    /// How many tokens the text is.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}
