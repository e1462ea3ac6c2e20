//! Special tokens written in text: one token each, whatever they contain, and an end of the text on both sides.
//!
//! In: text. Out: where the next special token is, or may be once more text comes. Never: a piece.
//!
//! The reference looks for them in two passes, first for those that are not normalised, then in what is left for the others, each
//! time the leftmost and of those the longest. One pass comes to the same: none is inside another, and the only two that can
//! overlap are such that the earlier is of the first pass as well. The tests ask this of every table.

use super::Family;

/// Special tokens with ids in a row.
enum Row {
    /// By name.
    Named(u32, &'static [&'static str]),
    /// `before`, a number in so many digits at least, `after`; from the first number to the last.
    Numbered { id: u32, before: &'static str, digits: usize, numbers: (u32, u32), after: &'static str },
}

/// What is special in a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Special {
    /// A special token from one byte up to another, and its id.
    At(usize, usize, u32),
    /// From this byte to the end is the beginning of one.
    Begun(usize),
    /// Nothing.
    Nowhere,
}

/// No special token has more bytes. They hold no white space either.
pub(super) const LONGEST: usize = 48;

/// The special tokens of a family. They come with the family's name, so that a program that names one carries no other's.
#[derive(Clone, Copy)]
pub(super) struct Added {
    rows: &'static [Row],
    /// Whether one begins with a fullwidth bar.
    bars: bool,
}

impl Family {
    /// What is special to its models.
    #[inline]
    pub(super) fn added(self) -> Added {
        let rows = match self {
            Self::V3 => V3,
            Self::R1 => R1,
            Self::V31 => V31,
            Self::V4 => V4,
        };
        Added { rows, bars: matches!(self, Self::V4) }
    }
}

impl Added {
    /// The next special token at or behind `from`.
    pub(super) fn find(self, text: &str, from: usize) -> Special {
        let bytes = text.as_bytes();
        let mut at = from;
        while let Some(next) = bytes.get(at..).and_then(|rest| self.candidate(rest)) {
            at += next;
            let rest = bytes.get(at..).unwrap_or_default();
            if let Some((length, id)) = self.token_at(rest) {
                return Special::At(at, at + length, id);
            }
            if rest.len() < LONGEST && self.may_become(rest) {
                return Special::Begun(at);
            }
            at += 1;
        }
        Special::Nowhere
    }

    /// Whether a special token may reach across the end of this text, which need not be where characters end.
    pub(super) fn is_open(self, text: &[u8]) -> bool {
        let mut near = text.get(text.len().saturating_sub(LONGEST)..).unwrap_or_default();
        while let Some(next) = self.candidate(near) {
            near = near.get(next..).unwrap_or_default();
            if self.may_become(near) {
                return true;
            }
            near = near.get(1..).unwrap_or_default();
        }
        false
    }

    /// The text of a special token.
    pub(super) fn spell(self, id: u32, out: &mut Vec<u8>) -> bool {
        for row in self.rows {
            match row {
                Row::Named(first, names) => {
                    let name = id.checked_sub(*first).and_then(|place| names.get(place as usize));
                    if let Some(name) = name {
                        out.extend_from_slice(name.as_bytes());
                        return true;
                    }
                }
                Row::Numbered { id: first, before, digits, numbers, after } => {
                    let number = id.checked_sub(*first).map(|place| place.saturating_add(numbers.0));
                    if let Some(number) = number.filter(|number| *number <= numbers.1) {
                        out.extend_from_slice(before.as_bytes());
                        spell_number(number, *digits, out);
                        out.extend_from_slice(after.as_bytes());
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Where the next byte is that can begin a special token.
    fn candidate(self, bytes: &[u8]) -> Option<usize> {
        let begins = |byte: u8| byte == b'<' || byte == 0xEF && self.bars;
        // Most text has none, and is passed over eight bytes at a time.
        let (words, _) = bytes.as_chunks::<32>();
        let clear = |words: &&[u8; 32]| {
            let (words, _) = words.as_chunks::<8>();
            let found = words.iter().fold(0, |found, word| {
                let word = u64::from_le_bytes(*word);
                let bar = if self.bars { has(word, 0xEF) } else { 0 };
                found | has(word, b'<') | bar
            });
            found == 0
        };
        let passed = 32 * words.iter().take_while(clear).count();
        let place = bytes.get(passed..)?.iter().position(|byte| begins(*byte))?;
        Some(passed + place)
    }

    /// The length and the id of the special token at the beginning.
    fn token_at(self, bytes: &[u8]) -> Option<(usize, u32)> {
        if !may_begin(bytes) {
            return None;
        }
        self.rows.iter().find_map(|row| match row {
            Row::Named(first, names) => {
                let (place, name) = (0..).zip(*names).find(|(_, name)| bytes.starts_with(name.as_bytes()))?;
                Some((name.len(), first + place))
            }
            Row::Numbered { id, before, digits, numbers, after } => {
                let rest = bytes.strip_prefix(before.as_bytes())?;
                let (number, length) = number(rest);
                let rest = rest.get(length..)?;
                let inside = (numbers.0..=numbers.1).contains(&number);
                let fits =
                    inside && is_written(number, length, *digits) && rest.starts_with(after.as_bytes());
                fits.then(|| (before.len() + length + after.len(), id + number - numbers.0))
            }
        })
    }

    /// Whether more bytes may make these a special token. Says yes too often for numbers, which costs nothing but a
    /// second look.
    fn may_become(self, bytes: &[u8]) -> bool {
        self.rows.iter().any(|row| match row {
            Row::Named(_, names) => {
                names.iter().any(|name| name.len() > bytes.len() && name.as_bytes().starts_with(bytes))
            }
            Row::Numbered { before, after, .. } => match bytes.strip_prefix(before.as_bytes()) {
                Some(rest) => {
                    let (_, length) = number(rest);
                    let rest = rest.get(length..).unwrap_or_default();
                    length <= 4 && after.len() > rest.len() && after.as_bytes().starts_with(rest)
                }
                None => before.as_bytes().starts_with(bytes),
            },
        })
    }
}

/// Not 0 if the byte is in the word.
fn has(word: u64, byte: u8) -> u64 {
    const LOW: u64 = 0x0101_0101_0101_0101;
    let zero = word ^ (LOW * u64::from(byte));
    zero.wrapping_sub(LOW) & !zero & (LOW << 7)
}

/// A look at the second byte spares most text that is no special token the walk through the table.
fn may_begin(bytes: &[u8]) -> bool {
    match bytes {
        [b'<', second, ..] => matches!(second, 0xEF | b'|' | b't' | b'/' | b'd'),
        [0xEF, 0xBD, 0x9C, third, ..] => *third == b'D',
        _ => false,
    }
}

/// The number of up to four digits at the beginning, and how many.
fn number(bytes: &[u8]) -> (u32, usize) {
    let digits = bytes.iter().take(5).take_while(|byte| byte.is_ascii_digit());
    digits.fold((0, 0), |(number, length), digit| (number * 10 + u32::from(digit - b'0'), length + 1))
}

/// Whether a number is written in just as many digits as it should be.
fn is_written(number: u32, length: usize, digits: usize) -> bool {
    length == number.checked_ilog10().map_or(1, |log| log as usize + 1).max(digits)
}

fn spell_number(number: u32, digits: usize, out: &mut Vec<u8>) {
    let text = number.to_string();
    out.extend(std::iter::repeat_n(b'0', digits.saturating_sub(text.len())));
    out.extend_from_slice(text.as_bytes());
}

const FIRST: Row = Row::Named(0, &["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜▁pad▁｜>"]);

/// The placeholders up to this number.
const fn placeholders(last: u32) -> Row {
    Row::Numbered {
        id: 128_000, before: "<｜place▁holder▁no▁", digits: 1, numbers: (0, last), after: "｜>"
    }
}

const TOOLS: Row = Row::Named(
    128_800,
    &[
        "<｜fim▁hole｜>",
        "<｜fim▁begin｜>",
        "<｜fim▁end｜>",
        "<｜User｜>",
        "<｜Assistant｜>",
        "<|EOT|>",
        "<｜tool▁calls▁begin｜>",
        "<｜tool▁calls▁end｜>",
        "<｜tool▁call▁begin｜>",
        "<｜tool▁call▁end｜>",
        "<｜tool▁outputs▁begin｜>",
        "<｜tool▁outputs▁end｜>",
        "<｜tool▁output▁begin｜>",
        "<｜tool▁output▁end｜>",
        "<｜tool▁sep｜>",
    ],
);

const THINK: Row = Row::Named(128_798, &["<think>", "</think>"]);

static V3: &[Row] = &[FIRST, TOOLS, placeholders(799)];
static R1: &[Row] = &[FIRST, TOOLS, THINK, placeholders(797)];
static V31: &[Row] = &[
    FIRST,
    TOOLS,
    THINK,
    Row::Named(128_796, &["<｜search▁begin｜>", "<｜search▁end｜>"]),
    placeholders(795),
];
static V4: &[Row] = &[
    FIRST,
    TOOLS,
    Row::Named(
        128_815,
        &[
            "<｜begin▁of▁repo▁name｜>",
            "<｜end▁of▁repo▁name｜>",
            "<｜begin▁of▁file▁name｜>",
            "<｜end▁of▁file▁name｜>",
            "<｜begin▁of▁file｜>",
            "<｜end▁of▁file｜>",
            "<think>",
            "</think>",
            "<｜place▁holder▁for▁copy｜>",
            "<｜place▁holder▁for▁pointer▁replace｜>",
            "｜DSML｜",
            "<｜begin▁sys｜>",
            "<｜end▁sys｜>",
            "<｜latest_reminder｜>",
            "<｜action｜>",
            "<｜query｜>",
            "<｜authority｜>",
            "<｜domain｜>",
            "<｜task｜>",
            "<｜political｜>",
            "<｜entity｜>",
            "<｜title｜>",
            "<｜safety｜>",
            "<｜answer｜>",
            "<｜search｜>",
            "<dsml:",
            "</dsml:",
            "<｜search▁begin｜>",
            "<｜search▁end｜>",
            "<｜extracted_url｜>",
            "<｜read_url｜>",
            "<｜end_of_query｜>",
        ],
    ),
    Row::Named(
        129_262,
        &[
            "<｜rl_image_pad｜>",
            "<｜rl_image_start｜>",
            "<｜image2｜>",
            "<｜/table>｜",
            "<｜table｜>",
            "<｜/td｜>",
            "<｜td｜>",
            "<｜/tr｜>",
            "<｜tr｜>",
            "<｜/polygon｜>",
            "<｜polygon｜>",
            "<｜/point｜>",
            "<｜point｜>",
            "<｜/box｜>",
            "<｜box｜>",
            "<｜/ref｜>",
            "<｜ref｜>",
            "<｜image｜>",
        ],
    ),
    placeholders(799),
    Row::Numbered {
        id: 128_847,
        before: "<|place_holder_mm_span_",
        digits: 4,
        numbers: (21, 435),
        after: "|>",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    const FAMILIES: [Family; 4] = [Family::V3, Family::R1, Family::V31, Family::V4];

    fn all(family: Family) -> Vec<(u32, String)> {
        let text = |id| {
            let mut text = Vec::new();
            family.added().spell(id, &mut text).then(|| (id, String::from_utf8(text).unwrap()))
        };
        (0..3).chain(128_000..130_000).filter_map(text).collect()
    }

    #[test]
    fn each_family_has_as_many_as_its_model() {
        let counts = FAMILIES.map(|family| all(family).len());
        assert_eq!(counts, [818, 818, 818, 1283]);
    }

    #[test]
    fn each_is_found_where_it_is_written_and_nowhere_before() {
        for family in FAMILIES {
            for (id, name) in all(family) {
                let text = format!("a .{name}>");
                let end = text.len() - 1;
                assert_eq!(family.added().find(&text, 0), Special::At(3, end, id), "{family:?} {name}");
                for begun in (1..name.len()).filter_map(|cut| name.get(..cut)) {
                    let begun = format!(".{begun}");
                    assert_eq!(family.added().find(&begun, 0), Special::Begun(1), "{family:?} {begun}");
                    assert!(family.added().is_open(begun.as_bytes()), "{family:?} {begun}");
                }
                assert!(name.len() <= LONGEST && !name.contains(char::is_whitespace));
            }
        }
    }

    /// Why one pass is as good as two.
    #[test]
    fn none_is_in_another_and_the_only_two_that_overlap_are_of_one_pass_or_ordered() {
        for family in FAMILIES {
            let names = all(family);
            let mut overlaps = Vec::new();
            for (_, a) in &names {
                for (_, b) in names.iter().filter(|(_, b)| a != b) {
                    assert!(!a.contains(b.as_str()), "{b} is in {a}");
                    let touches = |k: usize| b.get(..k).is_some_and(|start| a.ends_with(start));
                    if (1..a.len().min(b.len())).any(touches) {
                        overlaps.push((a.as_str(), b.as_str()));
                    }
                }
            }
            // The first of these is found in the first pass, and what is left of the other is none.
            let known: &[_] = if family == Family::V4 { &[("<｜/table>｜", "｜DSML｜")] } else { &[] };
            assert_eq!(overlaps, known);
        }
    }

    #[test]
    fn numbers_are_written_as_the_model_writes_them() {
        for wrong in ["<｜place▁holder▁no▁007｜>", "<｜place▁holder▁no▁800｜>", "<｜place▁holder▁no▁｜>"]
        {
            assert_eq!(Family::V3.added().find(wrong, 0), Special::Nowhere, "{wrong}");
        }
        for wrong in ["<|place_holder_mm_span_21|>", "<|place_holder_mm_span_0436|>"] {
            assert_eq!(Family::V4.added().find(wrong, 0), Special::Nowhere, "{wrong}");
        }
    }
}
