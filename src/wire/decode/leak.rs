//! A model's own markup for tool calls, which hosts that fail to parse it let through into the answer.
//!
//! In: the text of an answer, cut anywhere. Out: the text before such markup; it ends an answer, so what follows is
//! hidden. Never: anything done unless asked for, since an answer may be about this markup; more than a marker's
//! beginning held back.

/// What the markup begins with: up to V3.2-Exp, and from V3.2 on. The bars are U+FF5C, the low lines U+2581.
const MARKERS: [&str; 2] = ["<｜tool▁call", "<｜DSML｜"];

#[derive(Debug, Default)]
pub(super) enum Filter {
    /// Everything is shown.
    #[default]
    Off,
    /// What may be the beginning of a marker is held back.
    On(String),
    /// A marker came.
    Hiding,
}

impl Filter {
    /// Takes in more of the text.
    pub(super) fn push(&mut self, more: &str, mut show: impl FnMut(&str)) {
        let held = match self {
            Self::Off => return show(more),
            Self::Hiding => return,
            Self::On(held) => held,
        };
        held.push_str(more);
        if let Some(at) = MARKERS.iter().filter_map(|marker| held.find(marker)).min() {
            show(held.get(..at).unwrap_or_default());
            *self = Self::Hiding;
            return;
        }
        // A marker's beginning is at most its last `<` and what follows.
        let begins = |at: &usize| {
            held.get(*at..).is_some_and(|tail| MARKERS.iter().any(|marker| marker.starts_with(tail)))
        };
        let at = held.rfind('<').filter(begins).unwrap_or(held.len());
        let rest = held.split_off(at);
        show(held);
        *held = rest;
    }

    /// The text is over, or interrupted: what was held back was no marker.
    pub(super) fn finish(&mut self, mut show: impl FnMut(&str)) {
        if let Self::On(held) = self {
            show(held);
            held.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(filter: Filter, pieces: &[&str]) -> String {
        let (mut filter, mut text) = (filter, String::new());
        for piece in pieces {
            filter.push(piece, |more| text.push_str(more));
        }
        filter.finish(|more| text.push_str(more));
        text
    }

    #[test]
    fn markup_is_hidden_at_every_cut_and_only_where_asked() {
        for (whole, visible) in [
            ("Well.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{}", "Well."),
            ("Well.\n<｜DSML｜function_calls>", "Well.\n"),
            ("a < b, <b>, <｜tool", "a < b, <b>, <｜tool"),
            ("<<｜｜tool▁call", "<<｜｜tool▁call"),
            ("<", "<"),
        ] {
            assert_eq!(shown(Filter::Off, &[whole]), whole);
            for at in (0..=whole.len()).filter(|at| whole.is_char_boundary(*at)) {
                let (first, second) = whole.split_at(at);
                assert_eq!(shown(Filter::On(String::new()), &[first, second]), visible, "{first}|{second}");
            }
            let single: Vec<String> = whole.chars().map(String::from).collect();
            let single: Vec<&str> = single.iter().map(String::as_str).collect();
            assert_eq!(shown(Filter::On(String::new()), &single), visible);
        }
    }
}
