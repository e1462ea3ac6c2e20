//! The turns of all parts: which merges, with the part on one side, come before which with it on the other.
//!
//! In: the columns and the parts. Out: turns to be opened and finished. Never: which is opened when.

use super::{
    column::{Columns, bits},
    parts::{MadeBy, Parts},
};

/// What has no turn: a part that is joined with none, the second side of one that is joined with itself.
pub(super) const NONE: u32 = u32::MAX;

/// The turns, one part's after the other's.
pub(super) struct Turns {
    all: Vec<Turn>,
    /// The merges of all turns, turn by turn.
    merges: Vec<u32>,
    /// Each part's first turn.
    pub(super) first: Vec<u32>,
    /// What is known of each merge, side by side because it is needed together.
    pub(super) states: Vec<State>,
}

/// One merge on its way into the order.
#[derive(Clone, Copy)]
pub(super) struct State {
    /// The part that it makes.
    pub(super) makes: u32,
    /// The turns that it helps to end. Where a part has one turn only, nothing waits for that.
    pub(super) turns: [u32; 2],
    /// How many of its parts have not opened its turn yet.
    waits: u8,
}

struct Turn {
    part: u32,
    /// Its merges end here; they begin where the turn before ends.
    end: u32,
    /// Merges that are not done.
    left: u32,
}

/// A part's merge: its turn, the merge itself, and whether the part is at its right.
type Use = (u32, u32, bool);

impl Turns {
    /// Reads the last three columns.
    pub(super) fn read(columns: &Columns<'_>, parts: &Parts) -> Option<Self> {
        let sides =
            [Rows::new(&parts.left, parts.made_by.len())?, Rows::new(&parts.right, parts.made_by.len())?];
        let told = Told::read(columns, &sides)?;
        let mut turns = Self {
            all: Vec::new(),
            merges: Vec::with_capacity(2 * parts.left.len()),
            first: vec![NONE; parts.made_by.len()],
            states: vec![State { makes: NONE, turns: [NONE; 2], waits: 0 }; parts.left.len()],
        };
        let mut uses = Vec::new();
        for (part, made_by) in parts.made_by.iter().enumerate() {
            if let MadeBy::Merge(merge) = made_by {
                turns.states.get_mut(*merge as usize)?.makes = u32::try_from(part).ok()?;
            }
            told.uses(part, &sides, parts, &mut uses)?;
            turns.add(u32::try_from(part).ok()?, &uses)?;
        }
        Some(turns)
    }

    /// Adds one part's turns; `uses` are in their order.
    fn add(&mut self, part: u32, uses: &[Use]) -> Option<()> {
        let is_only = uses.first().map(|one| one.0) == uses.last().map(|one| one.0);
        for turn in uses.chunk_by(|one, next| one.0 == next.0) {
            let number = u32::try_from(self.all.len()).ok()?;
            let first = self.first.get_mut(part as usize)?;
            *first = (*first).min(number);
            for &(_, merge, is_right) in turn {
                let state = self.states.get_mut(merge as usize)?;
                state.waits += 1;
                if !is_only {
                    let [left, right] = &mut state.turns;
                    *if is_right { right } else { left } = number;
                }
                self.merges.push(merge);
            }
            let (end, left) = (u32::try_from(self.merges.len()).ok()?, u32::try_from(turn.len()).ok()?);
            self.all.push(Turn { part, end, left });
        }
        Some(())
    }

    /// Opens a turn: merges that waited for nothing else are in order.
    pub(super) fn open(&mut self, turn: u32, order: &mut Vec<u32>) -> Option<()> {
        let Turn { end, left, .. } = self.all.get(turn as usize)?;
        for &merge in self.merges.get((end - left) as usize..*end as usize)? {
            let state = self.states.get_mut(merge as usize)?;
            state.waits -= 1;
            if state.waits == 0 {
                order.push(merge);
            }
        }
        Some(())
    }

    /// One merge of a turn is done; after the last the part's next turn opens.
    pub(super) fn finish(&mut self, number: u32, order: &mut Vec<u32>) -> Option<()> {
        let turn = self.all.get_mut(number as usize)?;
        turn.left -= 1;
        let (part, left) = (turn.part, turn.left);
        match self.all.get(number as usize + 1) {
            Some(next) if left == 0 && next.part == part => self.open(number + 1, order),
            _ => Some(()),
        }
    }
}

/// What the pack tells of parts that are both left and right ones.
struct Told {
    turns: Vec<u32>,
    /// For each such part, where its turns begin, and whether merges with it at the right come first.
    places: Vec<Option<(usize, bool)>>,
}

impl Told {
    fn read(columns: &Columns<'_>, sides: &[Rows; 2]) -> Option<Self> {
        let [left, right] = sides;
        let parts = left.ends.len();
        // The ones with the fewest merges on their rarer side first.
        let both = (0..parts).filter_map(|part| {
            let (left, right) = (left.row(part)?.len(), right.row(part)?.len());
            (left > 0 && right > 0).then_some((left.min(right), part, left + right))
        });
        let mut both = both.collect::<Vec<_>>();
        both.sort_unstable();
        let turns = columns.turns()?.collect::<Vec<_>>();
        let mut right_first = bits(columns.right_first);
        let mut places = vec![None; parts];
        let mut at = 0;
        for (_, part, count) in both {
            *places.get_mut(part)? = Some((at, right_first.next()?));
            at += count;
        }
        (at == turns.len()).then_some(Self { turns, places })
    }

    /// Puts one part's merges into `uses`, by turn.
    fn uses(&self, part: usize, sides: &[Rows; 2], parts: &Parts, uses: &mut Vec<Use>) -> Option<()> {
        uses.clear();
        let [left, right] = sides;
        let (left, right) = (left.row(part)?, right.row(part)?);
        let Some(&Some((at, right_first))) = self.places.get(part) else {
            uses.extend(left.iter().map(|merge| (0, *merge, false)));
            uses.extend(right.iter().map(|merge| (0, *merge, true)));
            return Some(());
        };
        let other = |side: &[u32], merge: u32| side.get(merge as usize).map(|other| *other as usize);
        // Only a merge with itself is in both rows.
        let itself = left.iter().find(|merge| other(&parts.right, **merge) == Some(part));
        let turns = self.turns.get(at..at + left.len() + right.len())?;
        let sides = left.iter().map(|merge| (*merge, false)).chain(right.iter().map(|merge| (*merge, true)));
        for ((merge, is_right), &told) in sides.zip(turns) {
            let turn = if itself.is_some() { told } else { 2 * told + u32::from(is_right != right_first) };
            if !(is_right && Some(&merge) == itself) {
                uses.push((turn, merge, is_right));
            }
        }
        uses.sort_unstable();
        Some(())
    }
}

/// The merges that have each part on one side.
struct Rows {
    merges: Vec<u32>,
    /// Where each part's merges end; they begin where those of the part before end.
    ends: Vec<u32>,
}

impl Rows {
    fn new(side: &[u32], parts: usize) -> Option<Self> {
        let mut ends = vec![0; parts];
        for &part in side {
            *ends.get_mut(part as usize)? += 1;
        }
        let mut end = 0;
        for place in &mut ends {
            end += *place;
            *place = end - *place;
        }
        // Now where each row begins; filling it moves that to its end.
        let mut merges = vec![0; side.len()];
        for (merge, &part) in (0..).zip(side) {
            let place = ends.get_mut(part as usize)?;
            *merges.get_mut(*place as usize)? = merge;
            *place += 1;
        }
        Some(Self { merges, ends })
    }

    fn row(&self, part: usize) -> Option<&[u32]> {
        let from = part.checked_sub(1).map_or(Some(&0), |before| self.ends.get(before))?;
        self.merges.get(*from as usize..*self.ends.get(part)? as usize)
    }
}
