//! The laws of `tokens`: counting, ids and the meter.
//!
//! Texts are of fragments that mean something to the tokenizer: kinds of white space, scripts, numbers, special tokens and
//! beginnings of them, long runs. What merging is, is told a second time here, rank by rank, without a thought of
//! speed. The laws hold for every vocabulary; as laws have no files, theirs is trained on a few lines, and
//! [`over`] tries them on another.

use std::{cell::RefCell, collections::BTreeMap, iter, ops::Range, rc::Rc};

use proptest::{collection::vec, prelude::*, sample::select, test_runner::TestCaseError};

use super::{Law, Report, Trial};
use crate::tokens::{
    DecodeError, Draft, Family, Merges, Meter, OutOfRange, PackError, Parts, Tokenizer, Units,
};

pub(super) const LAWS: &[Law] = &[
    Law { name: METER, check: |trial| the_meter_is_the_whole_count(trial, &trained()) },
    Law { name: DRAFT, check: |trial| the_draft_is_the_whole_count(trial, &trained()) },
    Law { name: BYTES, check: |trial| ids_are_the_text(trial, &trained()) },
    Law { name: RANKS, check: |trial| merging_goes_by_rank(trial, &trained()) },
    Law { name: SUMS, check: |trial| counts_add_up(trial, &trained()) },
    Law { name: WORK, check: |trial| work_is_linear(trial, &trained()) },
    Law { name: HALVES, check: |trial| halves_are_no_more_work(trial, &trained()) },
    Law { name: UNKNOWN, check: |trial| unknown_ids_are_named(trial, &trained()) },
    Law { name: "tokens: any merges are refused or work", check: any_merges_are_refused_or_work },
];

const METER: &str = "tokens: the meter is the whole count after any change";
const DRAFT: &str = "tokens: the draft is the whole count after any edits, whatever the steps";
const BYTES: &str = "tokens: ids are the text again, and as many as counted";
const RANKS: &str = "tokens: merging goes by rank, however long the piece";
const SUMS: &str = "tokens: counts add up across white space and special tokens";
const WORK: &str = "tokens: work is linear in the bytes, whatever they are";
const HALVES: &str = "tokens: characters that come by halves are no more work";
const UNKNOWN: &str = "tokens: unknown ids are named";

/// The laws that are about a vocabulary, over this one.
#[must_use]
pub fn over(merges: &Merges, seed: u64, cases: u32) -> Vec<Report> {
    let trial = |law| Trial { law, seed, cases };
    vec![
        the_meter_is_the_whole_count(trial(METER), merges),
        the_draft_is_the_whole_count(trial(DRAFT), merges),
        ids_are_the_text(trial(BYTES), merges),
        merging_goes_by_rank(trial(RANKS), merges),
        counts_add_up(trial(SUMS), merges),
        work_is_linear(trial(WORK), merges),
        halves_are_no_more_work(trial(HALVES), merges),
        unknown_ids_are_named(trial(UNKNOWN), merges),
    ]
}

fn the_meter_is_the_whole_count(trial: Trial, merges: &Merges) -> Report {
    let tokenizers = tokenizers(merges);
    trial.of(&(select(tokenizers), vec(change(), 1..12)), |(tokenizer, changes)| {
        let mut tokenizer = tokenizer.borrow_mut();
        let mut meter = Meter::new();
        let mut text = String::new();
        for (place, new) in changes {
            match place.map(|(from, to)| cut(&text, from)..cut(&text, to)) {
                None => {
                    meter.append(&mut tokenizer, &new);
                    text.push_str(&new);
                }
                Some(Range { start, end }) if start <= end => {
                    prop_assert_eq!(meter.replace(&mut tokenizer, start..end, &new), Ok(()));
                    text.replace_range(start..end, &new);
                }
                Some(backwards) => {
                    prop_assert_eq!(meter.replace(&mut tokenizer, backwards, &new), Err(OutOfRange));
                }
            }
            prop_assert_eq!(meter.text(), &text);
            prop_assert_eq!(meter.count(), tokenizer.count(&text), "{:?}", text);
        }
        Ok(())
    })
}

fn the_draft_is_the_whole_count(trial: Trial, merges: &Merges) -> Report {
    let tokenizers = tokenizers(merges);
    let edits = vec((edit(), 1..3_usize, 1..4000_usize), 1..12);
    trial.of(&(select(tokenizers), edits), |(tokenizer, edits)| {
        let mut tokenizer = tokenizer.borrow_mut();
        let (mut draft, mut meter, mut units) = (Draft::new(), Meter::new(), Units::default());
        let mut text = String::new();
        for (((from, to), new), steps, bytes) in edits {
            let Range { start, end } = cut(&text, from)..cut(&text, to);
            let before = |end: usize| {
                text.chars()
                    .scan(0, |at, char| {
                        *at += char.len_utf8();
                        (*at <= end).then(|| char.len_utf16())
                    })
                    .sum::<usize>()
            };
            let at = before(start)..before(end);
            let place = units.range(Parts(&text, ""), at.clone());
            if start > end {
                prop_assert_eq!((draft.revise(&mut tokenizer, at, &new), place), (Err(OutOfRange), None));
                continue;
            }
            prop_assert_eq!(&place, &Some(start..end));
            let beyond = before(text.len()) + 1;
            prop_assert_eq!(draft.revise(&mut tokenizer, at.start..beyond, &new), Err(OutOfRange));
            prop_assert_eq!(draft.revise(&mut tokenizer, at, &new), Ok(()));
            prop_assert_eq!(meter.replace(&mut tokenizer, start..end, &new), Ok(()));
            text.replace_range(start..end, &new);
            units.replace(Parts(&text, ""), start..end, new.len());
            // What is not counted yet is edited as well.
            if (0..steps).any(|_| draft.step(&mut tokenizer, bytes)) {
                prop_assert_eq!(draft.count(), tokenizer.count(&text), "{:?}", text);
            }
            prop_assert_eq!(meter.count(), tokenizer.count(&text), "{:?}", text);
        }
        while !draft.step(&mut tokenizer, 1000) {}
        prop_assert_eq!(draft.count(), tokenizer.count(&text), "{:?}", text);
        Ok(())
    })
}

fn ids_are_the_text(trial: Trial, merges: &Merges) -> Report {
    let tokenizers = tokenizers(merges);
    trial.of(&(select(tokenizers), text()), |(tokenizer, text)| {
        let mut tokenizer = tokenizer.borrow_mut();
        let ids = tokenizer.encode(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(ids.len(), tokenizer.count(&text));
        prop_assert_eq!(tokenizer.decode(&ids), Ok(text.into_bytes()));
        Ok(())
    })
}

fn merging_goes_by_rank(trial: Trial, merges: &Merges) -> Report {
    let tokenizer = tokenizer(merges, Family::V31);
    let joins = joins(merges);
    trial.of(&piece(), |piece| {
        let mut tokenizer = tokenizer.borrow_mut();
        let ids = merged(&joins, tokens_of(piece.as_bytes()));
        prop_assert_eq!(tokenizer.count(&piece), ids.len());
        prop_assert_eq!(tokenizer.encode(&piece), Ok(ids));
        Ok(())
    })
}

fn counts_add_up(trial: Trial, merges: &Merges) -> Report {
    let tokenizer = tokenizer(merges, Family::V31);
    trial.of(&(text(), text(), select(vec![" ", "\t", "\u{3000}"])), |(a, b, space)| {
        let mut tokenizer = tokenizer.borrow_mut();
        let (a, b) = (format!("{a}a"), format!("{space}{b}"));
        let (left, right) = (tokenizer.count(&a), tokenizer.count(&b));
        prop_assert_eq!(tokenizer.count(&format!("{a}{b}")), left + right);
        prop_assert_eq!(tokenizer.count(&format!("{a}<｜User｜>{b}")), left + 1 + right);
        Ok(())
    })
}

/// A byte meets the neighbours of each token it becomes a part of; no chain of right parts is longer than eight.
const MOST: u64 = 64;

fn work_is_linear(trial: Trial, merges: &Merges) -> Report {
    let tokenizer = tokenizer(merges, Family::V31);
    trial.of(&(run(), 1..9_usize), |(piece, times)| {
        let mut tokenizer = tokenizer.borrow_mut();
        let piece = piece.repeat(times);
        let bytes = piece.len() as u64;
        let start = tokenizer.looks();
        let whole = tokenizer.count(&piece);
        let looks = tokenizer.looks() - start;
        prop_assert!(looks <= MOST * bytes, "{} looks for {} bytes at once", looks, bytes);

        let start = tokenizer.looks();
        let mut meter = Meter::new();
        for character in piece.chars() {
            meter.append(&mut tokenizer, character.encode_utf8(&mut [0; 4]));
        }
        prop_assert_eq!(meter.count(), whole);
        let looks = tokenizer.looks() - start + meter.looks();
        // White space is counted both as one piece and as two.
        prop_assert!(looks <= 2 * MOST * bytes, "{} looks for {} bytes one by one", looks, bytes);
        Ok(())
    })
}

/// JavaScript may cut a string within a character; its first half is U+FFFD until the other comes.
fn halves_are_no_more_work(trial: Trial, merges: &Merges) -> Report {
    let tokenizer = tokenizer(merges, Family::V31);
    let piece = vec(select(&["🐚", "🙂", "𠀀", "\u{FFFD}", "."][..]), 1..400);
    trial.of(&(piece, 1..9_usize), |(piece, times)| {
        let mut tokenizer = tokenizer.borrow_mut();
        let piece = piece.concat().repeat(times);
        let (mut meter, mut text) = (Meter::new(), String::new());
        let mut counted = 0;
        for character in piece.chars() {
            let start = tokenizer.looks();
            if character.len_utf16() == 2 {
                meter.append(&mut tokenizer, "\u{FFFD}");
                meter.take_back();
            }
            meter.append(&mut tokenizer, character.encode_utf8(&mut [0; 4]));
            counted += tokenizer.looks() - start;
            text.push(character);
            if text.len() < 300 || text.len() == piece.len() {
                prop_assert_eq!(meter.count(), tokenizer.count(&text), "{:?}", text);
                meter.append(&mut tokenizer, "\u{FFFD}");
                prop_assert_eq!(meter.count(), tokenizer.count(&format!("{text}\u{FFFD}")));
                meter.take_back();
            }
        }
        let (looks, bytes) = (counted + meter.looks(), piece.len() as u64);
        prop_assert!(looks <= 4 * MOST * bytes, "{} looks for {} bytes by halves", looks, bytes);
        Ok(())
    })
}

fn unknown_ids_are_named(trial: Trial, merges: &Merges) -> Report {
    let tokenizer = tokenizer(merges, Family::V31);
    let last = 259 + merges.left.len();
    let id = prop_oneof![0..300_u32, 127_900..129_400_u32, any::<u32>()];
    trial.of(&vec(id, 0..8), |ids| {
        let tokenizer = tokenizer.borrow();
        let known = |id: u32| (id as usize) < last || (128_000..128_815).contains(&id);
        match ids.iter().copied().find(|id| !known(*id)) {
            Some(id) => prop_assert_eq!(tokenizer.decode(&ids), Err(DecodeError::Unknown(id))),
            None => prop_assert!(tokenizer.decode(&ids).is_ok()),
        }
        Ok(())
    })
}

fn any_merges_are_refused_or_work(trial: Trial) -> Report {
    let merges = vec((0..300_u32, 0..300_u32), 0..60);
    trial.of(&(merges, piece(), text()), |(pairs, piece, text)| {
        let merges = whole(pairs.iter().copied());
        let sound = (0..)
            .zip(&pairs)
            .all(|(rank, (left, right))| (3..259 + rank).contains(left) && (3..259 + rank).contains(right));
        match Tokenizer::from_merges(merges, Family::V4) {
            Err(error) => prop_assert_eq!((error, sound), (PackError::Corrupt, false)),
            Ok(mut tokenizer) => {
                prop_assert!(sound);
                for text in [piece, text] {
                    let ids = tokenizer.encode(&text).unwrap_or_default();
                    prop_assert_eq!(tokenizer.decode(&ids), Ok(text.clone().into_bytes()));
                    let mut meter = Meter::new();
                    meter.append(&mut tokenizer, &text);
                    prop_assert_eq!(meter.text(), text);
                }
            }
        }
        Ok(())
    })
}

/// What replaces a part of the text, in thousandths; or is appended.
fn change() -> impl Strategy<Value = (Option<(u16, u16)>, String)> {
    let place = prop::option::weighted(0.4, (0..1001_u16, 0..1001_u16));
    let near = |(from, to): (u16, u16)| if from % 2 == 0 { (from, from) } else { (from, to) };
    (place.prop_map(move |place| place.map(near)), text())
}

/// What replaces a part of the text, in thousandths; sometimes a long one.
fn edit() -> impl Strategy<Value = ((u16, u16), String)> {
    let place = prop_oneof![
        3 => (0..1001_u16).prop_map(|at| (at, at)),
        2 => (0..1001_u16, 0..20_u16).prop_map(|(at, more)| (at, (at + more).min(1000))),
        1 => (0..1001_u16, 0..1001_u16),
        2 => Just((1000, 1000)),
    ];
    let long = (select(PARTS), 500..3000_usize).prop_map(|(part, times)| part.repeat(times));
    (place, prop_oneof![9 => text(), 1 => long])
}

fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        8 => select(PARTS).prop_map(str::to_owned),
        2 => any::<char>().prop_map(String::from),
        1 => (select(PARTS), 1..120_usize).prop_map(|(part, times)| part.repeat(times)),
    ];
    vec(part, 0..10).prop_map(|parts| parts.concat())
}

/// Few pieces, most of them long.
fn run() -> impl Strategy<Value = String> {
    let others = |of: &'static [&'static str]| vec(select(of), 1..400).prop_map(|others| others.concat());
    prop_oneof![
        4 => piece(),
        1 => others(&[" "]),
        1 => others(&[" ", "\t", "\n"]),
        1 => others(&["=", ".", "-", ">"]),
        1 => others(&["\0", "\u{E000}"]),
        1 => others(&["0", "1"]),
        1 => others(&["a", "<"]),
    ]
}

/// One piece of up to a few hundred letters.
fn piece() -> impl Strategy<Value = String> {
    let letters = |of: &'static [&'static str]| vec(select(of), 1..400).prop_map(|letters| letters.concat());
    prop_oneof![
        letters(&["a"]),
        letters(&["a", "b"]),
        letters(&["t", "h", "e", "i", "n", "g", "s", "E"]),
        letters(&["的", "是", "不", "一", "中", "国", "深", "海"]),
        letters(&["é", "ß", "п", "р", "и", "ก", "า"]),
    ]
}

const PARTS: &[&str] = &[
    " ",
    "  ",
    "\n",
    "\r\n",
    "\t",
    "\u{A0}",
    "\u{3000}",
    "a",
    "b",
    "the",
    " the",
    "ing",
    "aa",
    "Z",
    "é",
    "e\u{301}",
    "ß",
    "привет",
    "ไทย",
    "한국",
    "的",
    "中国",
    "深海",
    "かな",
    "カ",
    "ー",
    "・",
    "。",
    "，",
    "1",
    "23",
    "٣",
    "½",
    "'s",
    "'",
    ".",
    "..",
    "->",
    "=",
    "_",
    "€",
    "🙂",
    "\u{200D}",
    "\0",
    "\u{301}",
    "\u{E000}",
    "<",
    "</",
    "<think>",
    "<thin",
    "</think>",
    "<｜",
    "｜",
    "<｜User｜>",
    "<｜tool▁sep｜>",
    "<｜place▁holder▁no▁7｜>",
    "｜DSML｜",
    "<｜/table>｜",
    "<|EOT|>",
];

/// The beginning of a character at or before so many thousandths of the text.
fn cut(text: &str, thousandths: u16) -> usize {
    text.floor_char_boundary(text.len() * usize::from(thousandths) / 1000)
}

fn tokenizers(merges: &Merges) -> Vec<Rc<RefCell<Tokenizer>>> {
    [Family::V3, Family::V31, Family::V4].map(|family| Rc::new(tokenizer(merges, family))).into()
}

/// Merges that are refused break the first law asked, with none.
fn tokenizer(merges: &Merges, family: Family) -> RefCell<Tokenizer> {
    let made = Tokenizer::from_merges(merges.clone(), family);
    #[expect(
        clippy::expect_used,
        reason = "the laws' own vocabulary; over another, the caller's test stops here"
    )]
    RefCell::new(made.expect("the vocabulary is sound"))
}

/// What two tokens join to.
type Joins = BTreeMap<(u32, u32), u32>;

fn joins(merges: &Merges) -> Joins {
    iter::zip(iter::zip(merges.left.iter().copied(), merges.right.iter().copied()), 259..).collect()
}

/// Bytes as tokens: those with a printed sign in Latin-1 come first.
fn tokens_of(bytes: &[u8]) -> Vec<u32> {
    let printed = |byte: u8| matches!(byte, 0x21..=0x7E | 0xA1..=0xAC | 0xAE..);
    let before = |byte: u8, kind: bool| (0..byte).filter(|other| printed(*other) == kind).count();
    let place = |byte: u8| if printed(byte) { before(byte, true) } else { before(byte, false) + 188 };
    bytes.iter().map(|byte| 3 + u32::try_from(place(*byte)).unwrap_or_default()).collect()
}

/// Merging as it is defined: the pair of the lowest rank, everywhere from left to right, until none joins.
fn merged(joins: &Joins, mut tokens: Vec<u32>) -> Vec<u32> {
    let join = |pair: &[u32]| match pair {
        [left, right] => joins.get(&(*left, *right)).copied(),
        _ => None,
    };
    while let Some(best) = tokens.windows(2).filter_map(join).min() {
        let mut rest = tokens.as_slice();
        let mut next = Vec::with_capacity(rest.len());
        while let [first, behind @ ..] = rest {
            let joined = rest.get(..2).and_then(join).filter(|joined| *joined == best);
            next.push(joined.unwrap_or(*first));
            rest = if joined.is_some() { behind.get(1..).unwrap_or_default() } else { behind };
        }
        tokens = next;
    }
    tokens
}

/// A vocabulary trained on a few lines: again and again, the commonest pair of neighbours becomes a token.
fn trained() -> Merges {
    const LINES: &str = "the things there then thinking ing the he in aaaa aaaaaaaaa abab bbaa tests teaching singing \
        中国 的 是不是 不是 一国 中国的 深海 深海的 一中 привет при каникулы ไทยกา กากา éß ße é ß かな カー \
        ......  ==== ->  <think> <｜User｜>    \n\n\n  \n\t\t\t   the E The";
    let mut words: Vec<Vec<u32>> =
        LINES.split_inclusive(' ').map(|word| tokens_of(word.as_bytes())).collect();
    let mut pairs = Vec::new();
    while pairs.len() < 200 {
        let mut counts: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        for pair in words.iter().flat_map(|word| word.windows(2)) {
            if let [left, right] = pair {
                *counts.entry((*left, *right)).or_default() += 1;
            }
        }
        let Some((pair, _)) =
            counts.into_iter().max_by_key(|(pair, count)| (*count, std::cmp::Reverse(*pair)))
        else {
            break;
        };
        pairs.push(pair);
        let joins = joins(&whole(pairs.iter().copied()));
        words = words.into_iter().map(|word| merged(&joins, word)).collect();
    }
    whole(pairs)
}

fn whole(pairs: impl IntoIterator<Item = (u32, u32)>) -> Merges {
    let (left, right) = pairs.into_iter().unzip();
    Merges { left, right, ids: true }
}
