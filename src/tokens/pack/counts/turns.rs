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
#[derive(Debug)]
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
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// The part that it makes.
    pub(super) makes: u32,
    /// The turns that it helps to end. Where a part has one turn only, nothing waits for that.
    pub(super) turns: [u32; 2],
    /// How many of its parts have not opened its turn yet.
    waits: u8,
}

#[derive(Debug)]
struct Turn {
    part: u32,
    /// Its merges end here; they begin where the turn before ends.
    end: u32,
    /// Merges that are not done.
    left: u32,
}

/// A part's merge as one number, so that one sort serves all: its turn, the merge itself, and whether the part is at its right.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Use(u64);

impl Use {
    fn new(turn: u32, merge: u32, is_right: bool) -> Self {
        Self(u64::from(turn) << 33 | u64::from(merge) << 1 | u64::from(is_right))
    }

    fn turn(self) -> u64 {
        self.0 >> 33
    }

    fn merge(self) -> u32 {
        // Cut on purpose: the turn is above.
        (self.0 >> 1 & u64::from(u32::MAX)).try_into().unwrap_or(u32::MAX)
    }

    fn is_right(self) -> bool {
        self.0 & 1 == 1
    }
}

/// The turns while they are put together.
#[derive(Debug)]
pub(super) struct TurnsOf {
    sides: [Rows; 2],
    told: Told,
    /// For each part that is both a left and a right one, where its turns begin, and whether merges with it at the right come first.
    places: Vec<Option<(usize, bool)>>,
    turns: Turns,
    /// The next part.
    part: usize,
    /// Its merges, each a [`Use`].
    uses: Vec<u64>,
}

impl TurnsOf {
    /// Begins.
    pub(super) fn new(told: Told, parts: &Parts) -> Option<Self> {
        let count = parts.made_by.len();
        let sides = [Rows::new(&parts.left, count)?, Rows::new(&parts.right, count)?];
        Some(Self {
            places: told.places(&sides, count)?,
            sides,
            told,
            turns: Turns {
                all: Vec::new(),
                merges: Vec::with_capacity(2 * parts.left.len()),
                first: vec![NONE; count],
                states: vec![State { makes: NONE, turns: [NONE; 2], waits: 0 }; parts.left.len()],
            },
            part: 0,
            uses: Vec::new(),
        })
    }

    /// Takes in about that many merges more; whether that was all.
    pub(super) fn step(&mut self, parts: &Parts, merges: usize) -> Option<bool> {
        let enough = self.turns.merges.len().saturating_add(merges);
        while self.turns.merges.len() < enough {
            let Some(made_by) = parts.made_by.get(self.part) else { return Some(true) };
            let part = u32::try_from(self.part).ok()?;
            if let MadeBy::Merge(merge) = made_by {
                self.turns.states.get_mut(*merge as usize)?.makes = part;
            }
            self.gather(parts)?;
            self.turns.add(part, &self.uses)?;
            self.part += 1;
        }
        Some(false)
    }

    /// All of them.
    pub(super) fn finish(self) -> Turns {
        self.turns
    }

    /// Gathers the next part's merges, by turn.
    fn gather(&mut self, parts: &Parts) -> Option<()> {
        let Self { sides: [left, right], told, places, part, uses, .. } = self;
        uses.clear();
        let (left, right) = (left.row(*part)?, right.row(*part)?);
        let Some(&Some((at, right_first))) = places.get(*part) else {
            uses.extend(left.iter().map(|merge| Use::new(0, *merge, false).0));
            uses.extend(right.iter().map(|merge| Use::new(0, *merge, true).0));
            return Some(());
        };
        let other = |side: &[u32], merge: u32| side.get(merge as usize).map(|other| *other as usize);
        // Only a merge with itself is in both rows.
        let itself = left.iter().find(|merge| other(&parts.right, **merge) == Some(*part));
        let turns = told.turns.get(at..at + left.len() + right.len())?;
        let sides = left.iter().map(|merge| (*merge, false)).chain(right.iter().map(|merge| (*merge, true)));
        for ((merge, is_right), &told) in sides.zip(turns) {
            let told = u32::from(told);
            let turn = if itself.is_some() { told } else { 2 * told + u32::from(is_right != right_first) };
            if !(is_right && Some(&merge) == itself) {
                uses.push(Use::new(turn, merge, is_right).0);
            }
        }
        uses.sort_unstable();
        Some(())
    }
}

impl Turns {
    /// Adds one part's turns; `uses` are in their order.
    fn add(&mut self, part: u32, uses: &[u64]) -> Option<()> {
        let is_only = uses.first().map(|one| Use(*one).turn()) == uses.last().map(|one| Use(*one).turn());
        for turn in uses.chunk_by(|one, next| Use(*one).turn() == Use(*next).turn()) {
            let number = u32::try_from(self.all.len()).ok()?;
            let first = self.first.get_mut(part as usize)?;
            *first = (*first).min(number);
            for one in turn.iter().map(|one| Use(*one)) {
                let merge = one.merge();
                let state = self.states.get_mut(merge as usize)?;
                state.waits += 1;
                if !is_only {
                    let [left, right] = &mut state.turns;
                    *if one.is_right() { right } else { left } = number;
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

/// What the pack tells of parts that are both left and right ones: the last three columns.
#[derive(Debug)]
pub(super) struct Told {
    turns: Vec<u16>,
    right_first: Vec<bool>,
}

impl Told {
    pub(super) fn read(columns: &Columns<'_>) -> Option<Self> {
        Some(Self { turns: columns.turns()?, right_first: bits(columns.right_first).collect() })
    }

    fn places(&self, [left, right]: &[Rows; 2], parts: usize) -> Option<Vec<Option<(usize, bool)>>> {
        let counts = |part: u32| Some([left.row(part as usize)?.len(), right.row(part as usize)?.len()]);
        let rarer =
            |part: u32| counts(part).and_then(|counts| counts.into_iter().min()).filter(|rarer| *rarer > 0);
        // The ones with the fewest merges on their rarer side first: as numbers, of which one sort is in the code already.
        let both = (0..u32::try_from(parts).ok()?)
            .filter_map(|part| Some(Use::new(u32::try_from(rarer(part)?).ok()?, part, false)));
        let mut both = both.map(|one| one.0).collect::<Vec<_>>();
        both.sort_unstable();
        let mut places = vec![None; parts];
        let mut at = 0;
        for (number, one) in both.into_iter().enumerate() {
            let part = Use(one).merge();
            *places.get_mut(part as usize)? = Some((at, *self.right_first.get(number)?));
            at += counts(part)?.into_iter().sum::<usize>();
        }
        (at == self.turns.len()).then_some(places)
    }
}

/// The merges that have each part on one side.
#[derive(Debug)]
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
