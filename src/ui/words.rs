//! What a reader is told when an answer did not come, or not whole: one plain notice for each kind of fault.
//!
//! In: a fault's stable code. Out: a title, a sentence, and the action that helps. Never: the provider's own words,
//! which are for the operator, nor anything about keys, balances or addresses, which are not the visitor's business.

/// A notice's words.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Words {
    /// What happened, in a few words.
    pub title: &'static str,
    /// What it means for the reader, and what now.
    pub text: &'static str,
    /// The action that is offered.
    pub remedy: Remedy,
}

/// What may help.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Remedy {
    /// The same question again, once the provider's wait is over.
    AskAgain,
    /// A new conversation, because this one is what does not fit.
    StartAnew,
    /// Other words: the question goes back to the composer.
    Rephrase,
    /// Nothing the reader can do; the operator must.
    None,
}

/// The words for a fault's code. A code of a later version has general ones.
#[must_use]
pub fn words(code: &str) -> Words {
    use Remedy::{AskAgain, None, Rephrase, StartAnew};
    let (title, text, remedy) = match code {
        "invalid_request" => (
            "This question could not be asked.",
            "Something in it was refused. Other words may pass.",
            Rephrase,
        ),
        "context_length" => (
            "This conversation has grown too long.",
            "The model cannot read all of it at once. A new conversation starts fresh.",
            StartAnew,
        ),
        "too_large" => ("This question is too long to send.", "A shorter one will pass.", Rephrase),
        "authentication" | "permission" => (
            "This chat is not set up yet.",
            "Its operator has to let it in. Your question is kept.",
            AskAgain,
        ),
        "billing" => (
            "This chat is resting.",
            "It cannot answer for now; its operator has to look after it.",
            AskAgain,
        ),
        "not_found" => ("There is no model at this address.", "The chat's operator has to correct it.", None),
        "model_not_found" => {
            ("This model is not served here.", "The chat's operator has to choose another.", None)
        }
        "rate_limit" => ("Too many questions at once.", "Your question is kept.", AskAgain),
        "overloaded" => ("The model is busy.", "Many people are asking. Your question is kept.", AskAgain),
        "interrupted" => ("The connection broke off.", "What arrived is kept.", AskAgain),
        "content_filter" => ("The provider's filter stopped this answer.", "Other words may pass.", Rephrase),
        "timeout" => ("The answer took too long.", "Nothing more arrived. Your question is kept.", AskAgain),
        "server_error" => (
            "Something broke at the provider.",
            "It is not your question. Asking again often helps.",
            AskAgain,
        ),
        "truncated" => ("The answer broke off early.", "What arrived is kept.", AskAgain),
        "not_sse" => (
            "Something else answered.",
            "A web page came instead of the model's reply. A sign-in page of the network may be in the way.",
            AskAgain,
        ),
        "bad_upstream" => ("The reply could not be read.", "It was garbled on the way.", AskAgain),
        "too_long" => {
            ("The answer outgrew this page.", "What fitted is kept. A narrower question helps.", Rephrase)
        }
        "network" => {
            ("The server cannot be reached.", "Check the connection. Your question is kept.", AskAgain)
        }
        "empty_answer" => ("The answer came back empty.", "Asking again often helps.", AskAgain),
        "tool_rounds" => {
            ("The model kept calling tools.", "It was stopped. Asking again may go straighter.", AskAgain)
        }
        _ => UNKNOWN,
    };
    Words { title, text, remedy }
}

const UNKNOWN: (&str, &str, Remedy) =
    ("The answer did not come.", "Something went wrong. Your question is kept.", Remedy::AskAgain);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        session::{Fault, Lost, Wait},
        wire::ErrorCode,
    };

    fn codes() -> Vec<&'static str> {
        let ours = [
            Fault::Lost(Lost::Network),
            Fault::Lost(Lost::Reset),
            Fault::Silent(Wait::Headers),
            Fault::Silent(Wait::First),
            Fault::Silent(Wait::Idle),
            Fault::Silent(Wait::Total),
            Fault::Empty,
            Fault::ToolRounds,
        ];
        ErrorCode::ALL.iter().map(|code| code.as_str()).chain(ours.iter().map(Fault::code)).collect()
    }

    #[test]
    fn every_fault_has_words_of_its_own() {
        for code in codes() {
            assert_ne!(words(code).title, UNKNOWN.0, "{code}");
        }
        assert_eq!(words("a word of tomorrow").title, UNKNOWN.0);
    }

    #[test]
    fn the_words_are_sentences_and_give_nothing_away() {
        for code in codes() {
            let said = words(code);
            for sentence in [said.title, said.text] {
                assert!(sentence.ends_with('.'), "{code}: {sentence}");
                assert!(sentence.starts_with(char::is_uppercase), "{code}: {sentence}");
                let lower = sentence.to_lowercase();
                for secret in ["key", "balance", "account", "money", "http", "upstream", "token"] {
                    assert!(!lower.contains(secret), "{code}: {sentence}");
                }
            }
        }
    }
}
