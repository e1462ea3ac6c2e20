//! The language that somebody writes in, as far as the simulator can answer in kind.
//!
//! In: a question. Out: one of a few languages, by its script and its commonest words. Never: a guess that costs
//! more than one look at each letter.

use super::question::Question;

/// A language that the simulator answers in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Tongue {
    English,
    Italian,
    Chinese,
    Arabic,
}

/// Words that are frequent in Italian and rare in the other languages that people may try.
const ITALIAN: &str = "ciao buongiorno buonasera salve grazie che cos cosa come perché quanto quale dove sono sei puoi fare il della di una mi";
/// Of these, the ones that other languages have too count only in company.
const SHARED: &str = "come cos il di una mi sei che fare";

impl Tongue {
    /// The language of a question; English where nothing speaks for another.
    pub(super) fn of(question: &Question) -> Self {
        let count = |is: fn(char) -> bool| question.text.chars().filter(|letter| is(*letter)).count();
        let chinese = count(|letter| matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}'));
        let arabic = count(|letter| matches!(letter, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}'));
        let latin = count(|letter| letter.is_alphabetic() && letter < '\u{250}');
        // A Chinese character says about as much as three Latin letters, and Arabic writes no short vowels.
        if chinese.saturating_mul(3) > latin.max(arabic) {
            Self::Chinese
        } else if arabic.saturating_mul(2) > latin {
            Self::Arabic
        } else if question.shares(ITALIAN) > question.shares(SHARED).min(1) {
            Self::Italian
        } else {
            Self::English
        }
    }

    /// Words that greet, in lower case, with spaces between; a Chinese or Arabic greeting is looked for in the text.
    pub(super) const fn greetings(self) -> &'static str {
        match self {
            Self::English => "hello hi hey hallo hola bonjour greetings morning evening",
            Self::Italian => "ciao buongiorno buonasera salve",
            Self::Chinese => "你好 您好 早上好 晚上好 哈喽 嗨",
            Self::Arabic => "مرحبا مرحباً أهلا أهلاً السلام سلام صباح مساء",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_is_known_by_how_it_is_written() {
        let of = |text| Tongue::of(&Question::new(text));
        for text in
            ["", "hello", "What does 你好 mean in English?", "Come here", "Che Guevara", "😀", "Ça va ?"]
        {
            assert_eq!(of(text), Tongue::English, "{text}");
        }
        for text in [
            "Ciao!",
            "Che cos'è Hadal?",
            "Quanto costa una domanda?",
            "Come funziona il ragionamento di Hadal?",
        ] {
            assert_eq!(of(text), Tongue::Italian, "{text}");
        }
        for text in ["你好", "Hadal 是什么？", "请介绍一下 DeepSeek 的稀疏注意力"] {
            assert_eq!(of(text), Tongue::Chinese, "{text}");
        }
        for text in ["مرحبا", "ما هو Hadal؟", "كيف حالك اليوم"] {
            assert_eq!(of(text), Tongue::Arabic, "{text}");
        }
    }
}
