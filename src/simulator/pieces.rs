//! A text in pieces of about a token, as a model would say it.
//!
//! In: any text. Out: its pieces, which joined are the text again. Never: a piece that cuts a character.

/// The longest piece of a word, in characters: rare words are several tokens.
const LONGEST: usize = 10;

/// The piece that `text` begins with: white space and then a stretch of a word, a run of one sign, or one character
/// of a script that has no spaces. Empty only when `text` is.
pub(super) fn first(text: &str) -> &str {
    let word = text.trim_start_matches(char::is_whitespace);
    let space = text.len() - word.len();
    let Some(start) = word.chars().next() else { return text };
    let belongs = |at: usize, letter: char| {
        if is_ideograph(start) {
            at == 0
        } else if start.is_alphanumeric() {
            at < LONGEST && letter.is_alphanumeric() && !is_ideograph(letter)
        } else {
            at < LONGEST && letter == start
        }
    };
    let length: usize = word
        .chars()
        .enumerate()
        .take_while(|(at, letter)| belongs(*at, *letter))
        .map(|(_, letter)| letter.len_utf8())
        .sum();
    text.get(..space + length).unwrap_or(text)
}

/// Chinese and Japanese characters: a token each, more or less.
fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces(mut text: &str) -> Vec<&str> {
        let mut pieces = Vec::new();
        while !text.is_empty() {
            let piece = first(text);
            assert!(!piece.is_empty());
            pieces.push(piece);
            text = text.split_at(piece.len()).1;
        }
        pieces
    }

    #[test]
    fn words_signs_and_characters_are_pieces() {
        assert_eq!(pieces("Hi there, **you**"), ["Hi", " there", ",", " **", "you", "**"]);
        assert_eq!(pieces("你好！海 x"), ["你", "好", "！", "海", " x"]);
        assert_eq!(pieces("a\n\n| - |  "), ["a", "\n\n|", " -", " |", "  "]);
        assert_eq!(pieces("incomprehensibly"), ["incomprehe", "nsibly"]);
    }

    proptest! {
        #[test]
        fn joined_they_are_the_text(text in "\\PC*|(?s).{0,80}") {
            prop_assert_eq!(pieces(&text).concat(), text);
        }
    }
}
