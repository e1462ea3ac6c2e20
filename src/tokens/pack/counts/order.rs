//! An order of the merges that cuts every text as the model's own order does.
//!
//! In: the parts, whose turns come first. Out: the merges in such an order. Never: the model's order.
//!
//! Each part opens its turns one after the other: the first when the part itself is made, the next when all merges of the one before are done. A
//! merge is done when its turn is open at both of its parts.

use super::{
    column::{Columns, bits},
    parts::{MadeBy, Parts},
};

/// What has no turn: the second side of a part joined with itself.
const NONE: u32 = u32::MAX;

/// The merges in an order; none when the turns contradict each other.
pub(super) fn order(columns: &Columns<'_>, parts: &Parts) -> Option<Vec<u32>> {
    let mut turns = Turns::new(parts, &uses(columns, parts)?)?;
    let mut order = Vec::with_capacity(parts.left.len());
    for (part, made_by) in parts.made_by.iter().enumerate() {
        if let MadeBy::Byte(_) = made_by {
            turns.open(*turns.first.get(part)?, &mut order)?;
        }
    }
    let mut makes = vec![NONE; parts.left.len()];
    for (part, made_by) in (0..).zip(&parts.made_by) {
        if let MadeBy::Merge(merge) = made_by {
            *makes.get_mut(*merge as usize)? = part;
        }
    }
    let mut done = 0;
    while let Some(&merge) = order.get(done) {
        done += 1;
        if let Some(part) = makes.get(merge as usize).filter(|part| **part != NONE) {
            turns.open(*turns.first.get(*part as usize)?, &mut order)?;
        }
        for turn in turns.of_merge.get(merge as usize).copied()? {
            if turn != NONE {
                turns.finish(turn, &mut order)?;
            }
        }
    }
    (order.len() == parts.left.len()).then_some(order)
}

/// One part's view of one merge. Sorted, they stand by part, then by turn.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
struct Use {
    part: u32,
    turn: u32,
    merge: u32,
    is_right: bool,
}

/// All uses, in order.
fn uses(columns: &Columns<'_>, parts: &Parts) -> Option<Vec<Use>> {
    let sides = [by_part(&parts.left, parts.made_by.len())?, by_part(&parts.right, parts.made_by.len())?];
    let row = |side: usize, part: usize| sides.get(side).and_then(|side| side.get(part));
    // Those that need turns: the ones with the fewest merges on their rarer side first.
    let rarer = |part: usize| Some(row(0, part)?.len().min(row(1, part)?.len()));
    let mut both = (0..parts.made_by.len()).filter(|part| rarer(*part) > Some(0)).collect::<Vec<_>>();
    both.sort_by_key(|part| rarer(*part));
    let mut uses = Vec::with_capacity(2 * parts.left.len());
    let mut turns = columns.turns()?;
    let mut right_first = bits(columns.right_first);
    let mut has_turns = vec![false; parts.made_by.len()];
    for part in both {
        *has_turns.get_mut(part)? = true;
        let late = usize::from(!right_first.next()?);
        let (left, right) = (row(0, part)?, row(1, part)?);
        let own = u32::try_from(part).ok()?;
        let is_own = |merge: u32| {
            parts.left.get(merge as usize) == Some(&own) && parts.right.get(merge as usize) == Some(&own)
        };
        let itself = left.iter().any(|merge| is_own(*merge));
        for (is_right, merges) in [(false, left), (true, right)] {
            let first = u32::from(usize::from(is_right) == late);
            for &merge in merges {
                let told = turns.next()?;
                let turn = if itself { told } else { 2 * told + first };
                if !(is_right && itself && is_own(merge)) {
                    uses.push(Use { part: own, turn, merge, is_right });
                }
            }
        }
    }
    if turns.next().is_some() {
        return None;
    }
    for (is_right, side) in [(false, &parts.left), (true, &parts.right)] {
        for (merge, &part) in (0..).zip(side) {
            if !*has_turns.get(part as usize)? {
                uses.push(Use { part, turn: 0, merge, is_right });
            }
        }
    }
    uses.sort_unstable();
    Some(uses)
}

/// The merges that have each part on one side.
fn by_part(side: &[u32], parts: usize) -> Option<Vec<Vec<u32>>> {
    let mut rows = vec![Vec::new(); parts];
    for (merge, &part) in (0..).zip(side) {
        rows.get_mut(part as usize)?.push(merge);
    }
    Some(rows)
}

/// The turns of all parts, one part's after the other's.
struct Turns {
    all: Vec<Turn>,
    /// The merges of all turns, turn by turn.
    merges: Vec<u32>,
    /// Each part's first turn.
    first: Vec<u32>,
    /// The two turns that each merge waits for.
    of_merge: Vec<[u32; 2]>,
    /// How many of them are not open yet.
    waits: Vec<u8>,
}

struct Turn {
    part: u32,
    /// Its merges end here; they begin where the turn before ends.
    end: usize,
    /// Merges that are not done.
    left: usize,
}

impl Turns {
    fn new(parts: &Parts, uses: &[Use]) -> Option<Self> {
        let mut new = Self {
            all: Vec::new(),
            merges: uses.iter().map(|one| one.merge).collect(),
            first: vec![NONE; parts.made_by.len()],
            of_merge: vec![[NONE; 2]; parts.left.len()],
            waits: vec![0; parts.left.len()],
        };
        let mut end = 0;
        for turn in uses.chunk_by(|one, next| (one.part, one.turn) == (next.part, next.turn)) {
            let number = u32::try_from(new.all.len()).ok()?;
            let part = turn.first()?.part;
            let first = new.first.get_mut(part as usize)?;
            *first = (*first).min(number);
            for one in turn {
                let [left, right] = new.of_merge.get_mut(one.merge as usize)?;
                *if one.is_right { right } else { left } = number;
                *new.waits.get_mut(one.merge as usize)? += 1;
            }
            end += turn.len();
            new.all.push(Turn { part, end, left: turn.len() });
        }
        Some(new)
    }

    /// Opens a turn: merges that waited for nothing else are in order.
    fn open(&mut self, turn: u32, order: &mut Vec<u32>) -> Option<()> {
        if turn == NONE {
            return Some(());
        }
        let Turn { end, left, .. } = self.all.get(turn as usize)?;
        for &merge in self.merges.get(end - left..*end)? {
            let waits = self.waits.get_mut(merge as usize)?;
            *waits -= 1;
            if *waits == 0 {
                order.push(merge);
            }
        }
        Some(())
    }

    /// One merge of a turn is done; after the last the part's next turn opens.
    fn finish(&mut self, number: u32, order: &mut Vec<u32>) -> Option<()> {
        let turn = self.all.get_mut(number as usize)?;
        turn.left -= 1;
        let (part, left) = (turn.part, turn.left);
        match self.all.get(number as usize + 1) {
            Some(next) if left == 0 && next.part == part => self.open(number + 1, order),
            _ => Some(()),
        }
    }
}
