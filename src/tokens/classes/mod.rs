//! What kind of character: the five classes the pre-tokenizer tells apart, and which of its first two splits takes it.
//!
//! In: a character. Out: its class. Never: any other property of it. The classes are those of Unicode 16.0, which the
//! reference has; a newer table differs on some characters, and so would the counts.

#![expect(
    clippy::indexing_slicing,
    reason = "the hot path. A page is below 0x1100 as no character is above 0x10FFFF, and `pages` has as many; each \
              names 256 cells of `cells`, which are there since the page was named. Bytes are read from a `str`, so a \
              leading byte has its continuation bytes behind it"
)]

mod runs;

/// Neither letter, mark, number, punctuation, symbol nor white space: controls, formats, the unassigned.
pub(super) const OTHER: u8 = 0;
/// Letters and marks, which no rule tells apart.
pub(super) const LETTER: u8 = 1;
/// Punctuation and symbols, which no rule tells apart.
pub(super) const SYMBOL: u8 = 4;
/// White space but CR and LF.
pub(super) const SPACE: u8 = 5;
/// CR and LF.
pub(super) const NEWLINE: u8 = 6;
/// The class without the split.
pub(super) const CLASS: u8 = 7;
/// Taken by the second split: the Han, Hiragana and Katakana the models' authors named.
pub(super) const CJK: u8 = 8;
/// Taken by the first split. Numbers have no class beside this.
pub(super) const NUMBER: u8 = 16;
/// The split without the class. Rules of the third split never look across a change of it.
pub(super) const SPLIT: u8 = CJK | NUMBER;

/// The pages that are one class throughout come first, so that such a page's number is its class.
const UNIFORM: u16 = 8;

/// The table, spread out for reading: 256 characters a page, pages that are alike shared.
#[derive(Clone)]
pub(super) struct Classes {
    ascii: [u8; 128],
    pages: Vec<u16>,
    cells: Vec<u8>,
}

impl Classes {
    /// Spreads the generated runs out.
    pub(super) fn new() -> Self {
        let mut classes =
            Self { ascii: [OTHER; 128], pages: vec![0; 0x1100], cells: Vec::with_capacity(64 * 1024) };
        for class in 0..UNIFORM {
            classes.cells.extend_from_slice(&[cell(class); 256]);
        }
        let mut from = 0;
        for (class, length) in runs() {
            classes.fill(from, from + length, class);
            from += length;
        }
        for newline in [0x0A, 0x0D] {
            classes.change(newline, newline + 1, 0, NEWLINE);
        }
        for (from, to) in [(0x3040, 0x3100), (0x4E00, 0x9FA6)] {
            classes.change(from, to, u8::MAX, CJK);
        }
        classes.ascii.copy_from_slice(&classes.cells[usize::from(classes.pages[0]) * 256..][..128]);
        classes
    }

    /// The class and the length in bytes of the character at `i`.
    #[inline]
    pub(super) fn at(&self, text: &[u8], i: usize) -> (u8, usize) {
        let byte = text[i];
        if byte < 0x80 { (self.ascii[usize::from(byte)], 1) } else { self.wide(text, i) }
    }

    /// Whether a letter of the second split is at `i`, which may be the end. Each has three bytes.
    #[inline]
    pub(super) fn is_cjk_letter(&self, text: &[u8], i: usize) -> bool {
        match text.get(i) {
            // U+5000 to U+8FFF, without a look at the rest.
            Some(0xE5..=0xE8) => true,
            Some(0xE3..=0xE9) => self.wide(text, i).0 == LETTER | CJK,
            _ => false,
        }
    }

    /// The class and the beginning of the character that ends at `end`, which is not 0.
    pub(super) fn before(&self, text: &[u8], end: usize) -> (u8, usize) {
        let mut i = end - 1;
        while i > 0 && text[i] & 0xC0 == 0x80 {
            i -= 1;
        }
        (self.at(text, i).0, i)
    }

    fn wide(&self, text: &[u8], i: usize) -> (u8, usize) {
        let tail = |k: usize| u32::from(text[i + k] & 0x3F);
        let lead = u32::from(text[i]);
        if lead < 0xE0 {
            (self.class((lead & 0x1F) << 6 | tail(1)), 2)
        } else if lead < 0xF0 {
            (self.class((lead & 0x0F) << 12 | tail(1) << 6 | tail(2)), 3)
        } else {
            (self.class((lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3)), 4)
        }
    }

    fn class(&self, character: u32) -> u8 {
        let page = usize::from(self.pages[(character >> 8) as usize]);
        self.cells[page << 8 | (character & 0xFF) as usize]
    }

    fn fill(&mut self, mut from: usize, to: usize, class: u16) {
        while from < to {
            let end = to.min(((from >> 8) + 1) << 8);
            if from.is_multiple_of(256) && end.is_multiple_of(256) {
                self.pages[from >> 8] = class;
            } else {
                self.change(from, end, 0, cell(class));
            }
            from = end;
        }
    }

    /// Changes the cells of some characters: some bits are kept, some set.
    #[inline(never)]
    fn change(&mut self, mut from: usize, to: usize, kept: u8, set: u8) {
        while from < to {
            let end = to.min(((from >> 8) + 1) << 8);
            let start = self.own(from >> 8);
            for cell in &mut self.cells[start + (from & 0xFF)..=start + ((end - 1) & 0xFF)] {
                *cell = *cell & kept | set;
            }
            from = end;
        }
    }

    /// Where the cells of a page are that nothing else shares.
    fn own(&mut self, page: usize) -> usize {
        if self.pages[page] < UNIFORM {
            let shared = usize::from(self.pages[page]) << 8;
            self.pages[page] = u16::try_from(self.cells.len() >> 8).unwrap_or(0);
            self.cells.extend_from_within(shared..shared + 256);
        }
        usize::from(self.pages[page]) << 8
    }
}

/// The runs of the generated table: a class as written there, and how many characters. Three bits of class, four of
/// length less one, then groups of seven while the high bit says so.
fn runs() -> impl Iterator<Item = (u16, usize)> {
    let mut bytes = runs::RUNS.iter().copied();
    std::iter::from_fn(move || {
        let first = bytes.next()?;
        let (mut length, mut shift, mut more) = (usize::from(first >> 3 & 15), 4, first & 0x80 != 0);
        while more {
            let byte = bytes.next()?;
            length |= usize::from(byte & 0x7F) << shift;
            shift += 7;
            more = byte & 0x80 != 0;
        }
        Some((u16::from(first & 7), length + 1))
    })
}

/// The cell of a class as written in the generated table.
fn cell(class: u16) -> u8 {
    match class {
        1 => LETTER,
        3 => NUMBER,
        4 => SYMBOL,
        5 => SPACE,
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests;
