//! The payload of the count pack, as `src/tokens/pack/counts/mod.rs` tells it.
//!
//! In: tokens and pairs in rank order. Out: nine columns. Never: more of the ranks than what decides where texts are cut.

use std::cmp::Reverse;

use super::source::{FIRST_BYTE, GIVEN, Vocabulary};
use crate::failure::{OrFail as _, Outcome};

/// The payload.
pub(super) fn payload(vocabulary: &Vocabulary) -> Outcome<Vec<u8>> {
    let rows = Rows::new(vocabulary);
    let mut columns = [const { Vec::new() }; 9];
    let [bytes, left_counts, right_counts, left_gaps, right_gaps, makes_part, right_first, low, high] =
        &mut columns;
    bytes.extend(rows.tokens.iter().map_while(|token| match vocabulary.tokens[*token].as_slice() {
        [byte] => Some(*byte),
        _ => None,
    }));
    let sides = [(&rows.left, left_counts, left_gaps), (&rows.right, right_counts, right_gaps)];
    for (rows, counts, gaps) in sides {
        for row in rows {
            varint(row.len(), counts);
            let mut next = 0;
            for (other, _) in row {
                varint(other - next, gaps);
                next = other + 1;
            }
        }
    }
    let told = rows.left.iter().zip(&rows.right).flat_map(|(left, right)| left.iter().chain(right));
    let told = told.map(|(_, merge)| *merge).collect::<Vec<_>>();
    *makes_part = bits(told.iter().map(|merge| rows.is_part(GIVEN as usize + merge)));
    let mut firsts = Vec::new();
    for part in turns(vocabulary, &rows, &told) {
        firsts.push(part.right_first);
        for turn in part.turns {
            let [less, more] = u16::try_from(turn).or_fail("a part has too many turns")?.to_le_bytes();
            low.push(less);
            high.push(more);
        }
    }
    *right_first = bits(firsts.into_iter());
    let mut payload = Vec::new();
    for column in columns {
        payload.extend(u32::try_from(column.len()).or_fail("a column is too long")?.to_le_bytes());
        payload.extend(column);
    }
    Ok(payload)
}

/// Parts by number, as they come to light, and what each is joined with: `(the other's number, the merge's rank)`, ascending.
struct Rows {
    /// Each part's token.
    tokens: Vec<usize>,
    /// Each token's number as a part.
    number: Vec<Option<usize>>,
    /// Joined with a part of no higher number at the right.
    left: Vec<Vec<(usize, usize)>>,
    /// Joined with a part of a lower number at the left.
    right: Vec<Vec<(usize, usize)>>,
}

impl Rows {
    fn new(vocabulary: &Vocabulary) -> Self {
        let Vocabulary { tokens, pairs } = vocabulary;
        let mut of = vec![Vec::new(); tokens.len()];
        for (merge, (left, right)) in pairs.iter().enumerate() {
            of[*left as usize].push(merge);
            if left != right {
                of[*right as usize].push(merge);
            }
        }
        let mut rows = Self {
            tokens: (FIRST_BYTE as usize..GIVEN as usize).collect(),
            number: vec![None; tokens.len()],
            left: Vec::new(),
            right: Vec::new(),
        };
        // Those that are most often at the right first: what the rows hold is in smaller numbers then.
        let rights =
            |byte: &usize| of[*byte].iter().filter(|merge| pairs[**merge].1 as usize == *byte).count();
        rows.tokens.sort_by_key(|byte| (Reverse(rights(byte)), tokens[*byte].clone()));
        let mut part = 0;
        while let Some(&token) = rows.tokens.get(part) {
            rows.number[token] = Some(part);
            part += 1;
            let (mut left, mut right) = (Vec::new(), Vec::new());
            for &merge in &of[token] {
                let (at_left, at_right) = (pairs[merge].0 as usize, pairs[merge].1 as usize);
                // With a part that has no number yet it is a matter of that part's rows.
                match (rows.number[at_left], rows.number[at_right]) {
                    (Some(_), Some(other)) if at_left == token => left.push((other, merge)),
                    (Some(other), Some(_)) => right.push((other, merge)),
                    _ => {}
                }
            }
            left.sort_unstable();
            right.sort_unstable();
            let made = left.iter().chain(&right).map(|(_, merge)| GIVEN as usize + merge);
            rows.tokens.extend(made.filter(|token| !of[*token].is_empty()));
            rows.left.push(left);
            rows.right.push(right);
        }
        rows
    }

    fn is_part(&self, token: usize) -> bool {
        self.number[token].is_some()
    }
}

/// The turns of one part's merges: with it at the left, then with it at the right, each in the order in which the pack tells of them.
struct PartTurns {
    right_first: bool,
    turns: Vec<usize>,
}

/// For all parts that are both left and right ones, those with the fewest merges on their rarer side first.
fn turns(vocabulary: &Vocabulary, rows: &Rows, told: &[usize]) -> Vec<PartTurns> {
    let mut sides = vec![[const { Vec::new() }; 2]; rows.tokens.len()];
    for merge in told {
        let (left, right) = vocabulary.pairs[*merge];
        for (side, token) in [left, right].into_iter().enumerate() {
            if let Some(part) = rows.number[token as usize] {
                sides[part][side].push(*merge);
            }
        }
    }
    sides.retain(|[left, right]| !left.is_empty() && !right.is_empty());
    sides.sort_by_key(|[left, right]| left.len().min(right.len()));
    sides.iter().map(|[left, right]| part_turns(left, right)).collect()
}

fn part_turns(left: &[usize], right: &[usize]) -> PartTurns {
    // By rank: a merge with the part at the left, at the right, or both.
    let mut merges =
        left.iter().map(|merge| (*merge, 0)).chain(right.iter().map(|merge| (*merge, 1))).collect::<Vec<_>>();
    merges.sort_unstable();
    let itself = merges.windows(2).find(|pair| pair[0].0 == pair[1].0).map(|pair| pair[0].0);
    let mut turn = 0;
    let mut last = None;
    let mut turn_of = std::collections::HashMap::new();
    for (merge, side) in &merges {
        let kind = if Some(*merge) == itself { 2 } else { *side };
        turn += usize::from(last.is_some_and(|last| last != kind));
        last = Some(kind);
        turn_of.insert(*merge, turn);
    }
    if itself.is_some() {
        let turns = left.iter().chain(right).map(|merge| turn_of[merge]).collect();
        return PartTurns { right_first: false, turns };
    }
    // Turns alternate, so each side's own count says the same in smaller numbers.
    let right_first = merges.first().is_some_and(|(_, side)| *side == 1);
    let turns = left.iter().chain(right).map(|merge| turn_of[merge] / 2).collect();
    PartTurns { right_first, turns }
}

/// Seven bits a byte, low ones first; the eighth bit says that more follow.
fn varint(mut number: usize, out: &mut Vec<u8>) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return out.push(low & 0x7f);
        }
        out.push(low | 0x80);
    }
}

/// Eight a byte, the first lowest.
fn bits(bits: impl Iterator<Item = bool>) -> Vec<u8> {
    let bits = bits.collect::<Vec<_>>();
    bits.chunks(8).map(|eight| eight.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect()
}
