//! What was asked, as the simulator reads it: its words, names, numbers and quotations.
//!
//! In: the last user message. Out: parts of it, in order. Never: understanding; and never more than the first
//! [`READ`] bytes, so that a pasted book costs no more than a question.

/// How much of a message is read.
const READ: usize = 4096;
/// How much of it is repeated, in characters.
const ECHO: usize = 100;

/// A question's text and its words.
#[derive(Clone, Debug, Default)]
pub(super) struct Question {
    /// As it was written, without what surrounds it.
    pub(super) text: String,
    /// In lower case, in order.
    words: Vec<String>,
}

impl Question {
    pub(super) fn new(text: &str) -> Self {
        let text = text.trim();
        let text = text.get(..text.floor_char_boundary(READ)).unwrap_or_default();
        let words = words(text).map(str::to_lowercase).collect();
        Self { text: text.to_owned(), words }
    }

    /// Whether the word (in lower case) is among its words.
    pub(super) fn has(&self, word: &str) -> bool {
        self.words.iter().any(|own| own == word)
    }

    /// How many of these words, given with spaces between, are among its words.
    pub(super) fn shares(&self, words: &str) -> usize {
        words.split(' ').filter(|word| self.has(word)).count()
    }

    /// How many words it has.
    pub(super) fn length(&self) -> usize {
        self.words.len()
    }

    /// Its start, on one line and without signs that Markdown would read as its own.
    pub(super) fn echo(&self) -> String {
        let plain = |letter: char| !letter.is_control() && !"*_`[]<>#|\\~&$".contains(letter);
        let clean: String =
            self.text.chars().map(|letter| if plain(letter) { letter } else { ' ' }).collect();
        let line = clean.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(ECHO) {
            Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
            None => line,
        }
    }

    /// Names in it: words in capitals after the first word, neighbours joined ("New York").
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let mut open = false;
        for (at, word) in self.text.split_whitespace().enumerate() {
            let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric());
            let capital = bare.chars().next().is_some_and(char::is_uppercase) && bare != "I";
            let is_name = capital && at > 0;
            match names.last_mut().filter(|_| is_name && open) {
                Some(name) => {
                    name.push(' ');
                    name.push_str(bare);
                }
                None if is_name => names.push(bare.to_owned()),
                None => {}
            }
            open = is_name && word.ends_with(char::is_alphanumeric);
        }
        names
    }

    /// The numbers in it.
    pub(super) fn numbers(&self) -> Vec<f64> {
        self.text
            .split(|letter: char| letter.is_whitespace() || ";:()+*/=?!×".contains(letter))
            .map(|word| word.trim_matches(|letter: char| !letter.is_ascii_digit() && letter != '-'))
            .filter_map(|word| word.replace(',', "").parse().ok())
            .filter(|number: &f64| number.is_finite())
            .collect()
    }

    /// What stands between quotation marks or backticks in it.
    pub(super) fn quotations(&self) -> Vec<&str> {
        self.between('"', '"').chain(self.between('“', '”')).chain(self.between('`', '`')).collect()
    }

    /// What stands between backticks and could be a name in a program.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let plain = |key: &&str| key.chars().all(|letter| letter.is_alphanumeric() || "_-".contains(letter));
        self.between('`', '`').filter(plain)
    }

    fn between(&self, open: char, close: char) -> impl Iterator<Item = &str> {
        let mut rest = self.text.as_str();
        std::iter::from_fn(move || {
            let (quoted, after) = rest.split_once(open)?.1.split_once(close)?;
            rest = after;
            Some(quoted.trim())
        })
        .filter(|quoted| !quoted.is_empty())
    }
}

/// The words of a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_numbers_and_quotations_are_found() {
        let question = Question::new("What is the weather in New York, Rome and São Paulo?");
        assert_eq!(question.names(), ["New York", "Rome", "São Paulo"]);
        let question = Question::new("Add 3, -4.5 and 1,000: `x`, \"the sea\" and “ice”");
        assert_eq!(question.numbers(), [3.0, -4.5, 1000.0]);
        assert_eq!(question.quotations(), ["the sea", "ice", "x"]);
        assert_eq!(question.keys().collect::<Vec<_>>(), ["x"]);
    }

    #[test]
    fn an_echo_is_one_short_line_without_markup() {
        assert_eq!(Question::new("  **What**\n# is <b>`it`</b>?").echo(), "What is b it /b ?");
        assert_eq!(Question::new(&"海".repeat(5000)).echo(), format!("{}…", "海".repeat(100)));
        assert_eq!(Question::new("").echo(), "");
    }
}
