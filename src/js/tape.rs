//! A batch of events as numbers and text, laid out so that JavaScript reads it from memory without a further call.
//!
//! In: numbers and strings, in the order in which `www/src/core/tape.ts` takes them off. Out: the address of
//! `[how many words in all, address of the long texts, word, word, ...]`. Never: what a word means.
//!
//! A text is its length, then its UTF-16 units, one a word, when it is short: the delta of one token mostly is, and
//! JavaScript makes a string of a few units four times faster than it decodes UTF-8. A longer text is
//! [`LONG`] and its bytes, which wait beside the words.

/// Marks the length of a text that is not on the tape itself.
const LONG: u32 = 1 << 31;
/// Most UTF-16 units of a text on the tape; from about ten on, decoding is as fast.
const SHORT: usize = 12;
/// Capacity that is kept for the next batch; more is given back.
const KEPT: usize = 1 << 20;
/// The words before the first entry.
const HEAD: [u32; 2] = [0, 0];

/// A tape being written.
#[derive(Debug, Default)]
pub(super) struct Tape {
    words: Vec<u32>,
    long: String,
}

impl Tape {
    /// An empty tape over the memory of the last one.
    pub(super) fn clear(&mut self) {
        if self.words.capacity().saturating_add(self.long.capacity()) > KEPT {
            *self = Self::default();
        }
        self.words.clear();
        self.long.clear();
        self.words.extend(HEAD);
    }

    /// Adds a number.
    pub(super) fn number(&mut self, number: u32) {
        self.words.push(number);
    }

    /// Adds a number of 64 bits, the lower half first.
    pub(super) fn wide(&mut self, number: u64) {
        #[expect(clippy::cast_possible_truncation, reason = "each half by itself")]
        self.words.extend([number as u32, (number >> 32) as u32]);
    }

    /// Adds a text.
    pub(super) fn text(&mut self, text: &str) {
        let at = self.words.len();
        self.words.push(LONG | u32::try_from(text.len()).unwrap_or(LONG - 1));
        // A unit is at most three bytes of UTF-8.
        if text.len() <= 3 * SHORT {
            self.words.extend(text.encode_utf16().map(u32::from));
            let units = self.words.len() - at - 1;
            if units <= SHORT {
                self.set(at, units);
                return;
            }
            self.words.truncate(at + 1);
        }
        self.long.push_str(text);
    }

    /// Where the tape lies, zero when nothing is on it. Good until the tape is written again.
    pub(super) fn address(&mut self) -> usize {
        if self.words.len() <= HEAD.len() {
            return 0;
        }
        self.set(0, self.words.len());
        self.set(1, self.long.as_ptr().addr());
        self.words.as_ptr().addr()
    }

    fn set(&mut self, at: usize, value: usize) {
        if let Some(word) = self.words.get_mut(at) {
            *word = u32::try_from(value).unwrap_or(u32::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taped(texts: &[&str]) -> (Vec<u32>, String) {
        let mut tape = Tape::default();
        tape.clear();
        for text in texts {
            tape.text(text);
        }
        (tape.words[2..].to_vec(), tape.long)
    }

    #[test]
    fn a_short_text_is_its_units_and_a_long_one_waits_beside() {
        assert_eq!(taped(&["", "né"]), (vec![0, 2, 0x6e, 0xe9], String::new()));
        assert_eq!(taped(&["🐚"]), (vec![2, 0xd83d, 0xdc1a], String::new()));
        let (long, unit) = ("thirteen unit", "深".repeat(12));
        assert_eq!(taped(&[long, "a"]), (vec![LONG + 13, 1, 0x61], long.to_owned()));
        assert_eq!(taped(&[&unit]).0[0], 12, "36 bytes, 12 units");
        let emoji = "🐚".repeat(7);
        assert_eq!(taped(&[&emoji]), (vec![LONG + 28], emoji), "28 bytes, 14 units");
    }

    #[test]
    fn an_empty_tape_has_no_address() {
        let mut tape = Tape::default();
        tape.clear();
        assert_eq!(tape.address(), 0);
        tape.wide((7 << 32) | 5);
        assert_ne!(tape.address(), 0);
        assert_eq!((tape.words[0], &tape.words[2..]), (4, &[5, 7][..]));
        tape.clear();
        assert_eq!(tape.address(), 0);
    }
}
