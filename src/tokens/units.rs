//! Where JavaScript's offsets are in a text: UTF-16 units to bytes.
//!
//! In: a text, in up to two parts, and what of it changes. Out: places. Never: a look at all of the text.
//!
//! The text is known by blocks, of which each change counts those anew that it touches. A place is found by adding up
//! the blocks before it, which is a thousandth of reading them, and by reading within one.

use std::{iter, ops::Range};

/// How many bytes and units each kilobyte or less of a text has.
#[derive(Clone, Debug, Default)]
pub struct Units {
    blocks: Vec<Block>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Block {
    bytes: usize,
    units: usize,
}

/// What is at an offset.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Place {
    /// The border of a character, so many bytes from the beginning.
    At(usize),
    /// The middle of this character, which is two units.
    Within(char),
    /// Nothing: the text is shorter.
    Outside,
}

/// A text in two parts, cut between characters.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a>(pub &'a str, pub &'a str);

/// Most bytes of a block that is made.
const BLOCK: usize = 1024;

impl Units {
    /// What is at so many units.
    #[must_use]
    pub fn find(&self, text: Parts<'_>, units: usize) -> Place {
        let (mut byte, mut left) = (0, units);
        for block in &self.blocks {
            if left < block.units {
                if block.units == block.bytes {
                    return Place::At(byte + left);
                }
                break;
            }
            left -= block.units;
            byte += block.bytes;
        }
        let mut characters = text.from(byte);
        while left > 0 {
            let Some(character) = characters.next() else { return Place::Outside };
            let Some(rest) = left.checked_sub(character.len_utf16()) else { return Place::Within(character) };
            left = rest;
            byte += character.len_utf8();
        }
        Place::At(byte)
    }

    /// The bytes of a range of units; `None` where it is none of whole characters.
    #[must_use]
    pub fn range(&self, text: Parts<'_>, units: Range<usize>) -> Option<Range<usize>> {
        match (self.find(text, units.start), self.find(text, units.end)) {
            (Place::At(start), Place::At(end)) if start <= end => Some(start..end),
            _ => None,
        }
    }

    /// This was put behind the text.
    pub fn push(&mut self, text: &str) {
        match self.blocks.last_mut() {
            Some(last) if last.bytes + text.len() <= BLOCK => {
                last.bytes += text.len();
                last.units += text.chars().map(char::len_utf16).sum::<usize>();
            }
            _ => self.blocks.extend(blocks(text.chars(), text.len())),
        }
    }

    /// So many bytes were put into the place of a range of bytes. The text is what it is now.
    pub fn replace(&mut self, text: Parts<'_>, at: Range<usize>, put: usize) {
        let (mut first, mut from) = (0, 0);
        for block in &self.blocks {
            if from + block.bytes >= at.start {
                break;
            }
            from += block.bytes;
            first += 1;
        }
        // So that the blocks stay few, a small one takes in the one behind it.
        let (mut last, mut bytes) = (first, 0);
        for block in self.blocks.iter().skip(first) {
            if from + bytes >= at.end && last > first && (bytes + put).saturating_sub(at.len()) >= BLOCK / 2 {
                break;
            }
            bytes += block.bytes;
            last += 1;
        }
        let bytes = (bytes + put).saturating_sub(at.len());
        // Not by `splice`, which is more code for no less work.
        let behind = self.blocks.split_off(last.min(self.blocks.len()));
        self.blocks.truncate(first);
        self.blocks.extend(blocks(text.from(from), bytes));
        self.blocks.extend(behind);
    }
}

impl<'a> Parts<'a> {
    /// The characters from this byte on.
    fn from(self, byte: usize) -> impl Iterator<Item = char> + 'a {
        let Self(first, second) = self;
        let (first, second) = match byte.checked_sub(first.len()) {
            None => (first.get(byte..), Some(second)),
            Some(byte) => (None, second.get(byte..)),
        };
        first.unwrap_or_default().chars().chain(second.unwrap_or_default().chars())
    }
}

/// The blocks of so many bytes, all about as long.
fn blocks(mut text: impl Iterator<Item = char>, bytes: usize) -> impl Iterator<Item = Block> {
    let (mut left, size) = (bytes, bytes.div_ceil(bytes.div_ceil(BLOCK).max(1)));
    iter::from_fn(move || {
        let mut block = Block::default();
        while block.bytes < size.min(left) {
            let character = text.next()?;
            block.bytes += character.len_utf8();
            block.units += character.len_utf16();
        }
        left = left.saturating_sub(block.bytes);
        (block.bytes > 0).then_some(block)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_a_place() {
        let (text, mut units) = ("aé深🐚z", Units::default());
        units.push(text);
        let found = (0..8).map(|at| units.find(Parts(text, ""), at));
        let [shell, whole] = [Place::Within('🐚'), Place::At(text.len())];
        let places = [
            Place::At(0),
            Place::At(1),
            Place::At(3),
            Place::At(6),
            shell,
            Place::At(10),
            whole,
            Place::Outside,
        ];
        assert!(found.eq(places));
        assert_eq!(units.range(Parts("aé", "深🐚z"), 1..3), Some(1..6));
        assert_eq!(units.range(Parts(text, ""), 3..4), None);
        assert_eq!(Units::default().find(Parts("", ""), 0), Place::At(0));
        assert_eq!(Units::default().find(Parts("", ""), 1), Place::Outside);
    }

    #[test]
    fn blocks_stay_few() {
        let (mut text, mut units) = ("深🐚é ".repeat(10_000), Units::default());
        units.push(&text);
        for at in 0..9_000 {
            let at = text.floor_char_boundary(at * 10);
            text.insert(at, 'x');
            units.replace(Parts(&text, ""), at..at, 1);
        }
        assert!(units.blocks.iter().all(|block| block.bytes <= BLOCK + 3));
        assert!(units.blocks.len() < 3 * text.len() / BLOCK);
        while text.len() > 100 {
            let at = text.floor_char_boundary(text.len() / 2);
            let end = text.ceil_char_boundary(text.len().min(at + 50));
            text.replace_range(at..end, "");
            units.replace(Parts(&text, ""), at..end, 0);
        }
        assert!(units.blocks.len() < 3, "{:?}", units.blocks);
    }
}
