//! Growing text cut into paragraphs: at each blank line one ends and the next begins.
//!
//! In: pieces of text, cut anywhere. Out: [`Step`]s that only ever append. Never: a look back, so that the whole costs
//! time in proportion to the text and a paragraph that is over never changes.

/// What a piece of text does to the paragraphs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step<'a> {
    /// The open paragraph is over; what follows belongs to a new one.
    Break,
    /// The open paragraph grows. Never empty.
    Grow(&'a str),
}

/// Where in the text the reader of it stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Paragraphs {
    /// Something of the open paragraph was given out.
    open: bool,
    /// Line ends held back: one becomes part of the paragraph once more text follows, two or more end it.
    line_ends: u8,
}

impl Paragraphs {
    /// Hands the steps of the next piece to `step`. Blanks after a line end are kept, since they indent.
    pub(crate) fn push(&mut self, piece: &str, mut step: impl FnMut(Step<'_>)) {
        // A carriage return is half of a line end, never text.
        for line in piece.split('\r').flat_map(|piece| piece.split_inclusive('\n')) {
            let said = line.strip_suffix('\n').unwrap_or(line);
            if !said.is_empty() {
                self.flush(&mut step);
                step(Step::Grow(said));
                self.open = true;
            }
            if said.len() < line.len() && self.open {
                self.line_ends = self.line_ends.saturating_add(1);
            }
        }
    }

    /// Gives out the line ends that were held back, since text follows.
    fn flush(&mut self, step: &mut impl FnMut(Step<'_>)) {
        match self.line_ends {
            0 => {}
            1 => step(Step::Grow("\n")),
            _ => step(Step::Break),
        }
        self.line_ends = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let (mut paragraphs, mut read) = (Paragraphs::default(), Vec::new());
        for piece in pieces {
            paragraphs.push(piece, |step| match step {
                Step::Break => read.push(String::new()),
                Step::Grow(said) if read.is_empty() => read.push(said.to_owned()),
                Step::Grow(said) => read.last_mut().unwrap().push_str(said),
            });
        }
        read
    }

    #[test]
    fn a_blank_line_ends_a_paragraph_and_a_line_end_does_not() {
        assert_eq!(read(["one\ntwo\n\nthree"]), ["one\ntwo", "three"]);
        assert_eq!(read(["\n\n\none\n\n\n\ntwo\n\n"]), ["one", "two"], "no paragraph is empty");
        assert_eq!(read(["a\n    b"]), ["a\n    b"], "an indent is kept");
        assert_eq!(read(["a\r\nb\r", "\n\r\nc"]), ["a\nb", "c"]);
        assert_eq!(read(["", "\n", ""]), [""; 0]);
    }

    #[test]
    fn what_is_over_never_changes() {
        let mut paragraphs = Paragraphs::default();
        let mut steps = Vec::new();
        for piece in ["on", "e\n", "\n", "two", "\n"] {
            paragraphs.push(piece, |step| steps.push(format!("{step:?}")));
        }
        assert_eq!(steps, [r#"Grow("on")"#, r#"Grow("e")"#, "Break", r#"Grow("two")"#]);
    }

    proptest! {
        #[test]
        fn a_cut_never_shows(text in "[ab é\r\n]{0,40}", cuts in prop::collection::vec(0..40_usize, 0..6)) {
            let mut at: Vec<_> = cuts.into_iter().filter(|&cut| text.is_char_boundary(cut)).collect();
            at.extend([0, text.len()]);
            at.sort_unstable();
            let pieces = at.windows(2).map(|cut| text.get(cut[0]..cut[1]).unwrap_or_default());
            prop_assert_eq!(read(pieces), read([text.as_str()]));
        }
    }
}
