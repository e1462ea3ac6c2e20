//! Tool calls put together from their fragments.
//!
//! In: fragments as hosts send them. Out: deltas as soon as a call's name is known, and each call once it is whole. Never:
//! a call taken for whole because its arguments happen to parse; two calls merged into one.
//!
//! A fragment belongs to the call of its index, unless it brings an id other than that call's: then it opens a new
//! one (some hosts number every call 0). Without an index it belongs to the call of its id, else to the last one.

use std::borrow::Cow;

use super::out::Out;
use crate::wire::ReplyEvent;

/// Most calls in one reply; also the ceiling of a provider's index.
const MOST: usize = 128;
/// Most bytes of a call's id, and of its name; providers allow 64.
const NAME_LIMIT: usize = 256;

/// What a host says about a call in one record; empty where it says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fragment<'a> {
    pub(super) index: Option<u64>,
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) arguments: &'a str,
}

/// More calls than anybody makes.
#[derive(Debug)]
pub(super) struct TooMany;

#[derive(Debug, Default)]
pub(super) struct Calls {
    calls: Vec<Call>,
}

#[derive(Debug, Default)]
struct Call {
    /// The provider's index.
    index: Option<u64>,
    /// As sent before the first delta; empty where none was.
    id: String,
    name: String,
    arguments: String,
    /// How much of the arguments was given; from the first on, id and name are fixed. `told <= arguments.len()`
    told: usize,
    whole: bool,
}

impl Calls {
    /// Takes in a fragment.
    pub(super) fn push(&mut self, fragment: Fragment<'_>, out: &mut Out) -> Result<(), TooMany> {
        let at = self.place(fragment)?;
        let Some(call) = self.calls.get_mut(at) else { return Ok(()) };
        if call.told == 0 {
            // Both are said again with every delta: long ones would multiply.
            if fragment.id.len().max(call.name.len() + fragment.name.len()) > NAME_LIMIT {
                return Err(TooMany);
            }
            if call.id.is_empty() {
                fragment.id.clone_into(&mut call.id);
            }
            // A name comes whole, again with every fragment, or in pieces before the arguments.
            if call.name.is_empty() || (call.arguments.is_empty() && call.name != fragment.name) {
                call.name.push_str(fragment.name);
            }
        }
        call.arguments.push_str(fragment.arguments);
        if !call.name.is_empty() && !call.arguments.is_empty() {
            call.tell(at, out);
        }
        Ok(())
    }

    /// Whether a call of that index is open.
    pub(super) fn has(&self, index: u64) -> bool {
        self.at(index).and_then(|at| self.calls.get(at)).is_some_and(|call| !call.whole)
    }

    /// The provider closed the call of that index.
    pub(super) fn close(&mut self, index: u64, out: &mut Out) {
        if let Some(at) = self.at(index) {
            self.end(at, out);
        }
    }

    /// The reply is complete: so are all calls.
    pub(super) fn close_all(&mut self, out: &mut Out) {
        for at in 0..self.calls.len() {
            self.end(at, out);
        }
    }

    pub(super) fn footprint(&self) -> usize {
        let texts = |call: &Call| call.id.capacity() + call.name.capacity() + call.arguments.capacity();
        self.calls.iter().map(texts).sum::<usize>() + self.calls.capacity() * size_of::<Call>()
    }

    fn end(&mut self, at: usize, out: &mut Out) {
        let Some(call) = self.calls.get_mut(at).filter(|call| !call.whole) else { return };
        call.whole = true;
        if !call.arguments.is_empty() {
            call.tell(at, out);
        }
        out.say(ReplyEvent::ToolCall {
            index: number(at),
            id: call.shown_id(at).into_owned(),
            name: call.name.clone(),
            arguments: if call.arguments.is_empty() { "{}".to_owned() } else { call.arguments.clone() },
        });
    }

    /// Where a fragment belongs, opening a call if need be.
    fn place(&mut self, fragment: Fragment<'_>) -> Result<usize, TooMany> {
        if fragment.index.is_some_and(|index| index >= MOST as u64) {
            return Err(TooMany);
        }
        let by_id = || self.calls.iter().rposition(|call| !fragment.id.is_empty() && call.id == fragment.id);
        let found = match fragment.index {
            Some(index) => {
                self.at(index).filter(|at| self.calls.get(*at).is_some_and(|call| call.takes(fragment.id)))
            }
            None => by_id().or_else(|| {
                let last = self.calls.len().checked_sub(1)?;
                fragment.id.is_empty().then_some(last)
            }),
        };
        if let Some(at) = found {
            return Ok(at);
        }
        if self.calls.len() >= MOST {
            return Err(TooMany);
        }
        self.calls.push(Call { index: fragment.index, ..Call::default() });
        Ok(self.calls.len() - 1)
    }

    /// The call opened last under a provider's index.
    fn at(&self, index: u64) -> Option<usize> {
        self.calls.iter().rposition(|call| call.index == Some(index))
    }
}

impl Call {
    /// Whether a fragment with that id continues this call.
    fn takes(&self, id: &str) -> bool {
        !self.whole && (id.is_empty() || self.id.is_empty() || self.id == id)
    }

    /// Its id, made up where there is none.
    fn shown_id(&self, at: usize) -> Cow<'_, str> {
        if self.id.is_empty() { Cow::Owned(format!("call_{at}")) } else { Cow::Borrowed(&self.id) }
    }

    /// Gives the arguments that were not given yet.
    fn tell(&mut self, at: usize, out: &mut Out) {
        let more = self.arguments.get(self.told..).unwrap_or_default();
        if !more.is_empty() {
            out.arguments(number(at), &self.shown_id(at), &self.name, more);
        }
        self.told = self.arguments.len();
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(index, id, name, arguments)` fragments to whole calls.
    fn whole(fragments: &[(Option<u64>, &str, &str, &str)]) -> Vec<(u32, String, String, String)> {
        let (mut calls, mut out) = (Calls::default(), Out::default());
        for (index, id, name, arguments) in fragments {
            calls.push(Fragment { index: *index, id, name, arguments }, &mut out).unwrap();
        }
        calls.close_all(&mut out);
        calls.close_all(&mut out);
        let mut deltas = std::collections::BTreeMap::<u32, (String, String, String)>::new();
        let mut whole = Vec::new();
        while let Some(event) = out.next() {
            match event {
                ReplyEvent::ToolCallDelta { index, id, name, delta } => {
                    let entry =
                        deltas.entry(index).or_insert_with(|| (id.clone(), name.clone(), String::new()));
                    assert_eq!((&entry.0, &entry.1), (&id, &name), "a call keeps its id and name");
                    entry.2.push_str(&delta);
                }
                ReplyEvent::ToolCall { index, id, name, arguments } => {
                    if let Some(delta) = deltas.get(&index) {
                        assert_eq!(delta, &(id.clone(), name.clone(), arguments.clone()));
                    }
                    whole.push((index, id, name, arguments));
                }
                other => panic!("{other:?}"),
            }
        }
        whole
    }

    fn expect(expected: &[(u32, &str, &str, &str)]) -> Vec<(u32, String, String, String)> {
        let own = |(index, id, name, arguments): &(u32, &str, &str, &str)| {
            (*index, (*id).to_owned(), (*name).to_owned(), (*arguments).to_owned())
        };
        expected.iter().map(own).collect()
    }

    #[test]
    fn calls_are_told_apart_however_they_are_numbered() {
        let both = expect(&[(0, "a", "f", "{1}"), (1, "b", "g", "{2}")]);
        for (what, fragments) in [
            (
                "as DeepSeek does",
                vec![
                    (Some(0), "a", "f", ""),
                    (Some(0), "", "", "{1"),
                    (Some(0), "", "", "}"),
                    (Some(1), "b", "g", ""),
                    (Some(1), "", "", "{2}"),
                ],
            ),
            ("from 1", vec![(Some(1), "a", "f", "{1}"), (Some(2), "b", "g", "{2}")]),
            ("every call 0", vec![(Some(0), "a", "f", "{1}"), (Some(0), "b", "g", "{2}")]),
            ("no index", vec![(None, "a", "f", "{1"), (None, "", "", "}"), (None, "b", "g", "{2}")]),
            (
                "no index, id repeated",
                vec![
                    (None, "a", "f", "{1"),
                    (None, "b", "g", "{2"),
                    (None, "a", "", "}"),
                    (None, "b", "", "}"),
                ],
            ),
            (
                "interleaved",
                vec![
                    (Some(0), "a", "f", ""),
                    (Some(1), "b", "g", ""),
                    (Some(0), "", "", "{1}"),
                    (Some(1), "", "", "{2}"),
                ],
            ),
            (
                "name and id repeated",
                vec![
                    (Some(0), "a", "f", "{"),
                    (Some(0), "a", "f", "1}"),
                    (Some(1), "b", "g", "{2}"),
                    (Some(1), "b", "g", ""),
                ],
            ),
        ] {
            assert_eq!(whole(&fragments), both, "{what}");
        }
    }

    #[test]
    fn what_a_host_leaves_out_is_made_up() {
        assert_eq!(whole(&[(Some(0), "", "f", "")]), expect(&[(0, "call_0", "f", "{}")]));
        assert_eq!(
            whole(&[(Some(0), "", "f", "{}"), (Some(1), "", "g", "[")]),
            expect(&[(0, "call_0", "f", "{}"), (1, "call_1", "g", "[")])
        );
        // The id comes too late to be anybody's: what was told stays.
        assert_eq!(
            whole(&[(Some(0), "", "f", "{"), (Some(0), "late", "f", "}")]),
            expect(&[(0, "call_0", "f", "{}")])
        );
    }

    #[test]
    fn a_name_in_pieces_and_a_name_after_its_arguments_are_whole() {
        assert_eq!(
            whole(&[(Some(0), "a", "get_", ""), (Some(0), "", "weather", ""), (Some(0), "", "", "{}")]),
            expect(&[(0, "a", "get_weather", "{}")])
        );
        assert_eq!(
            whole(&[(Some(0), "a", "", "{"), (Some(0), "", "f", ""), (Some(0), "", "", "}")]),
            expect(&[(0, "a", "f", "{}")])
        );
    }

    #[test]
    fn the_number_of_calls_has_a_ceiling() {
        let (mut calls, mut out) = (Calls::default(), Out::default());
        let mut push =
            |index, id: &str| calls.push(Fragment { index, id, ..Fragment::default() }, &mut out).is_ok();
        assert!(!push(Some(128), "x") && !push(Some(u64::MAX), "x"));
        assert!((0..128).all(|n| push(None, &format!("id{n}"))));
        assert!(!push(None, "one more"));
    }
}
