//! Thoughts that a gateway put into the answer's text: a leading `<think>…</think>`.
//!
//! In: the text of an answer, cut anywhere. Out: each stretch as thought or as text, without the tags and the line
//! ends that gateways put around them. Never: a tag in the middle of an answer taken for one, for an answer may be
//! about such tags; more than [`HELD`] bytes held back.

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";
/// The closing tag as new-api writes it.
const LINE_CLOSE: &str = "\n</think>";

/// Most bytes held back: white space before a tag that may still come.
const HELD: usize = 64;

/// What a stretch of text turned out to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Said<'a> {
    Thought(&'a str),
    Text(&'a str),
}

/// Splits an answer's text.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    place: Place,
    /// What may be the beginning of a tag.
    held: String,
}

/// Where in the text the splitter stands.
#[derive(Clone, Copy, Debug, Default)]
enum Place {
    /// Nothing came but white space, and perhaps the beginning of a tag.
    #[default]
    Start,
    /// Right behind the opening tag.
    Opened,
    /// Among the thoughts.
    Inside,
    /// Behind the closing tag, nothing came but line ends.
    Closed,
    /// In the answer: everything is text.
    Passed,
}

impl Splitter {
    /// Whether all that follows is text, so that nobody needs to ask.
    pub(super) const fn is_passed(&self) -> bool {
        matches!(self.place, Place::Passed)
    }

    /// Thoughts come in a field of their own, so a tag at the start of the text is text.
    pub(super) fn thinks_elsewhere(&mut self) {
        if matches!(self.place, Place::Start) && self.held.is_empty() {
            self.place = Place::Passed;
        }
    }

    /// Takes in more of the text.
    pub(super) fn push(&mut self, more: &str, mut tell: impl FnMut(Said<'_>)) {
        if self.is_passed() {
            return tell(Said::Text(more));
        }
        let mut text = std::mem::take(&mut self.held);
        text.push_str(more);
        let mut rest = text.as_str();
        // Each step ends in a later place or with all of the text, so there are at most five.
        while !rest.is_empty() {
            let Some(left) = self.step(rest, &mut tell) else { break };
            rest = left;
        }
        rest.clone_into(&mut self.held);
    }

    /// The text is over: what was held back is what it looks like.
    pub(super) fn finish(&mut self, mut tell: impl FnMut(Said<'_>)) {
        let held = std::mem::take(&mut self.held);
        if held.is_empty() {
            return;
        }
        tell(if matches!(self.place, Place::Inside) { Said::Thought(&held) } else { Said::Text(&held) });
    }

    pub(super) const fn footprint(&self) -> usize {
        self.held.capacity()
    }

    /// Reads on, and returns what is left to read; `None` where only more text can tell.
    fn step<'a>(&mut self, text: &'a str, tell: &mut impl FnMut(Said<'_>)) -> Option<&'a str> {
        match self.place {
            Place::Start => {
                let begun = text.trim_start();
                if let Some(rest) = begun.strip_prefix(OPEN) {
                    self.place = Place::Opened;
                    return Some(rest);
                }
                if let Some(rest) = begun.strip_prefix(CLOSE) {
                    self.place = Place::Closed;
                    return Some(rest);
                }
                if text.len() <= HELD && (OPEN.starts_with(begun) || CLOSE.starts_with(begun)) {
                    return None;
                }
                self.place = Place::Passed;
                Some(text)
            }
            Place::Opened => {
                self.place = Place::Inside;
                Some(text.strip_prefix('\n').unwrap_or(text))
            }
            Place::Inside => {
                if let Some((thought, rest)) = text.split_once(CLOSE) {
                    self.place = Place::Closed;
                    think(thought.strip_suffix('\n').unwrap_or(thought), tell);
                    return Some(rest);
                }
                let (thought, held) = text.split_at_checked(text.len() - begun(text)).unwrap_or((text, ""));
                think(thought, tell);
                if held.len() == text.len() { None } else { Some(held) }
            }
            Place::Closed => {
                let rest = text.trim_start_matches('\n');
                if !rest.is_empty() {
                    self.place = Place::Passed;
                }
                Some(rest)
            }
            Place::Passed => {
                tell(Said::Text(text));
                Some("")
            }
        }
    }
}

fn think(thought: &str, tell: &mut impl FnMut(Said<'_>)) {
    if !thought.is_empty() {
        tell(Said::Thought(thought));
    }
}

/// How many bytes at the end of `text` may be the beginning of a closing tag.
fn begun(text: &str) -> usize {
    let most = text.len().min(LINE_CLOSE.len() - 1);
    let begins = |tag: &str, length: usize| {
        text.len().checked_sub(length).and_then(|at| text.get(at..)).is_some_and(|tail| tag.starts_with(tail))
    };
    (1..=most).rev().find(|length| begins(LINE_CLOSE, *length) || begins(CLOSE, *length)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(pieces: &[&str]) -> (String, String) {
        let mut splitter = Splitter::default();
        let (mut thought, mut text) = (String::new(), String::new());
        let mut tell = |said: Said<'_>| match said {
            Said::Thought(more) => thought.push_str(more),
            Said::Text(more) => text.push_str(more),
        };
        for piece in pieces {
            splitter.push(piece, &mut tell);
            assert!(splitter.held.len() <= HELD);
        }
        splitter.finish(&mut tell);
        (thought, text)
    }

    #[test]
    fn leading_thoughts_are_told_apart_at_every_cut() {
        for (whole, thought, text) in [
            (
                "<think>\nso\n\nit is\n</think>\n\nYes <think> is a tag.",
                "so\n\nit is",
                "Yes <think> is a tag.",
            ),
            ("<think></think>ok", "", "ok"),
            (" \n<think>a</think>b", "a", "b"),
            ("</think>\nno opener", "", "no opener"),
            ("<think>cut < off", "cut < off", ""),
            ("<think>a\n</thin", "a\n</thin", ""),
            ("<think>a\n\n</think>b", "a\n", "b"),
            ("<think>a</thought></think>b", "a</thought>", "b"),
            ("\n\nplain <think>not</think>", "", "\n\nplain <think>not</think>"),
            ("<thinking>", "", "<thinking>"),
            ("<thi", "", "<thi"),
            ("  ", "", "  "),
            ("深<think>", "", "深<think>"),
            ("<think>深\n</think>海", "深", "海"),
        ] {
            let expected = (thought.to_owned(), text.to_owned());
            assert_eq!(split(&[whole]), expected, "{whole:?}");
            let cuts = |at: &usize| whole.is_char_boundary(*at);
            for at in (0..=whole.len()).filter(cuts) {
                for then in (at..=whole.len()).filter(cuts) {
                    let (first, rest) = whole.split_at(at);
                    let (second, third) = rest.split_at(then - at);
                    let pieces = [first, second, third];
                    assert_eq!(split(&pieces), expected, "{pieces:?}");
                }
            }
        }
    }

    #[test]
    fn white_space_without_end_is_not_held_back() {
        let blank = " ".repeat(1000);
        assert_eq!(split(&[blank.as_str(); 10]).1.len(), 10_000);
    }

    #[test]
    fn with_thoughts_elsewhere_a_tag_is_text() {
        let mut splitter = Splitter::default();
        splitter.thinks_elsewhere();
        assert!(splitter.is_passed());
    }
}
