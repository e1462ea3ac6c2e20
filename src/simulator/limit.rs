//! Where an answer has to end: at a stop sequence or at its most tokens.
//!
//! In: a script and what the request allows. Out: the script, shortened. Never: more than a few counts of its text.

use super::script::{Said, Script};
use crate::{chat::StopReason, wire::ChatRequest};

/// Shortens the script to what the request allows.
pub(super) fn apply(request: &ChatRequest, script: &mut Script, count: fn(&str) -> u64) {
    stop_at(&request.stop, script);
    if let Some(most) = request.max_tokens {
        cut_to(u64::from(most), script, count);
    }
}

/// Ends the answer before the first stop sequence in its text; what follows is not said.
fn stop_at(stops: &[String], script: &mut Script) {
    let mut end = None;
    for (at, said) in script.said.iter_mut().enumerate() {
        let Said::Text(text) = said else { continue };
        let found = stops.iter().filter(|stop| !stop.is_empty());
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
    let mut end = None;
    for (at, said) in script.said.iter_mut().enumerate() {
        let (text, fixed) = match said {
            // The mark after the thoughts is a token too.
            Said::Thought(text) => (text, 1),
            Said::Text(text) => (text, 0),
            Said::Call { call, .. } => {
                let name = count(&call.name);
                (&mut call.arguments, name)
            }
        };
        let needed = count(text).saturating_add(fixed);
        if needed > left {
            let room = match said {
                Said::Call { call, .. } => left.saturating_sub(count(&call.name)),
                _ => left,
            };
            shorten(said, room, count);
            end = Some(at);
            break;
        }
        left -= needed;
    }
    if let Some(at) = end {
        script.said.truncate(at + 1);
        script.stop = StopReason::Length;
    }
}

fn shorten(said: &mut Said, most: u64, count: fn(&str) -> u64) {
    let text = match said {
        Said::Thought(text) | Said::Text(text) => text,
        Said::Call { call, whole } => {
            *whole = false;
            &mut call.arguments
        }
    };
    text.truncate(fitting(text, most, count));
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
