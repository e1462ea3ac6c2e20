//! Where an answer has to end: at a stop sequence or at its most tokens.
//!
//! In: a script and what the request allows. Out: the script, shortened. Never: more than a few counts of its text.

use super::script::{Said, Script};
use crate::{chat::StopReason, wire::ChatRequest};

/// Most stop sequences that are looked for, as many as providers take.
const STOPS: usize = 16;

/// Shortens the script to what the request allows; a text that was asked for because it is long stays so.
pub(super) fn apply(request: &ChatRequest, script: &mut Script, count: fn(&str) -> u64) {
    stop_at(&request.stop, script);
    if let Some(most) = request.max_tokens.filter(|_| !script.endless) {
        cut_to(u64::from(most), script, count);
    }
}

/// Ends the answer before the first stop sequence in its text; what follows is not said.
fn stop_at(stops: &[String], script: &mut Script) {
    let mut end = None;
    for (at, said) in script.said.iter_mut().enumerate() {
        let Said::Text(text) = said else { continue };
        let found = stops.iter().filter(|stop| !stop.is_empty()).take(STOPS);
        let first =
            found.filter_map(|stop| Some((text.find(stop.as_str())?, stop))).min_by_key(|(place, _)| *place);
        if let Some((place, stop)) = first {
            text.truncate(place);
            end = Some((at, stop.clone()));
            break;
        }
    }
    if let Some((at, stop)) = end {
        script.said.truncate(at + 1);
        script.stop = StopReason::StopSequence(Some(stop));
    }
}

/// Ends the answer at so many tokens, thoughts included.
fn cut_to(most: u64, script: &mut Script, count: fn(&str) -> u64) {
    let mut left = most;
    let mut cut = None;
    for (at, said) in script.said.iter_mut().enumerate() {
        let (before, text, after) = match said {
            // The mark behind the thoughts is a token too.
            Said::Thought(text) => (0, text, 1),
            Said::Text(text) => (0, text, 0),
            Said::Call { call, .. } => (count(&call.name), &mut call.arguments, 0),
        };
        let needed = before.saturating_add(count(text)).saturating_add(after);
        if needed > left {
            text.truncate(fitting(text, left.saturating_sub(before), count));
            cut = Some(at);
            break;
        }
        left -= needed;
    }
    if let Some(at) = cut {
        script.said.truncate(at + 1);
        script.stop = StopReason::Length;
        if let Some(Said::Call { whole, .. }) = script.said.last_mut() {
            *whole = false;
        }
    }
}

/// The length of the longest start of `text` that counts at most `most`, found by halving: starts of a text count no
/// more than the text. The first guess is near, so that a small limit on a long text is cheap.
fn fitting(text: &str, most: u64, count: fn(&str) -> u64) -> usize {
    let fits = |end: usize| text.get(..end).is_some_and(|start| count(start) <= most);
    let mut high = usize::try_from(most).unwrap_or(usize::MAX).saturating_mul(4).saturating_add(16);
    while high < text.len() && fits(text.floor_char_boundary(high)) {
        high = high.saturating_mul(2);
    }
    let (mut low, mut high) = (0, text.len().min(high));
    while low < high {
        // Between the two, rounded up to a character, so that it always advances.
        let middle = text.ceil_char_boundary(low + (high - low).div_ceil(2));
        if fits(middle) {
            low = middle;
        } else {
            high = text.floor_char_boundary(low + (high - low).div_ceil(2) - 1);
        }
    }
    text.floor_char_boundary(low)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn letters(text: &str) -> u64 {
        text.chars().count() as u64
    }

    proptest! {
        #[test]
        fn the_longest_start_that_fits_is_found(text in "(?s).{0,200}", most in 0_u64..250) {
            let start: String = text.chars().take(usize::try_from(most).unwrap()).collect();
            prop_assert_eq!(text.split_at(fitting(&text, most, letters)).0, start);
        }
    }
}
