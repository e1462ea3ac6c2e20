//! A text that grows and changes, and its count.
//!
//! In: texts, by JavaScript's offsets. Out: counts. Never: half a surrogate pair: it comes as U+FFFD, and whoever calls
//! remembers which it was.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::{Tokens, refusal};
use crate::tokens::{self, OutOfRange, Parts, Place, Units};

/// A growing text's count, exact at every moment.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Meter {
    meter: tokens::Meter,
    units: Units,
}

#[wasm_bindgen]
impl Meter {
    /// A meter of no text yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds to the end of the text. `mends` takes a U+FFFD back first: the first half of the pair that `text` begins with.
    pub fn append(&mut self, tokens: &mut Tokens, text: &str, mends: bool) {
        if mends {
            let before = self.meter.text().len();
            self.meter.take_back();
            self.units.replace(Parts(self.meter.text(), ""), self.meter.text().len()..before, 0);
        }
        self.meter.append(&mut tokens.0, text);
        self.units.push(text);
    }

    /// Puts a text in the place of what is between two offsets.
    ///
    /// # Errors
    ///
    /// An `Error` whose `code` is `range_outside_text`, when the offsets are none of the text or cut a character.
    pub fn replace(
        &mut self,
        tokens: &mut Tokens,
        start: usize,
        end: usize,
        text: &str,
    ) -> Result<(), JsValue> {
        let at = self.units.range(self.parts(), start..end).ok_or(OutOfRange).map_err(refuse_range)?;
        self.meter.replace(&mut tokens.0, at.clone(), text).map_err(refuse_range)?;
        self.units.replace(Parts(self.meter.text(), ""), at, text.len());
        Ok(())
    }

    /// The character that an offset cuts, as its code point; 0 where it cuts none.
    #[wasm_bindgen(js_name = cutAt)]
    #[must_use]
    pub fn cut_at(&self, offset: usize) -> u32 {
        match self.units.find(self.parts(), offset) {
            Place::Within(character) => character.into(),
            Place::At(_) | Place::Outside => 0,
        }
    }

    /// How many tokens the text so far is.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn count(&self) -> usize {
        self.meter.count()
    }
}

impl Meter {
    fn parts(&self) -> Parts<'_> {
        Parts(self.meter.text(), "")
    }
}

/// What is wrong with a range, with its code.
#[allow(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn refuse_range(why: OutOfRange) -> JsValue {
    refusal::error(why.code(), why.message())
}
