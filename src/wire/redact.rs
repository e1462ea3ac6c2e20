//! The words of strangers, made fit to be shown, logged and passed on.
//!
//! In: any text. Out: one line of at most [`MOST`] bytes without control characters, keys or HTML. `O(bytes)`.

/// Most bytes of a message.
pub(super) const MOST: usize = 300;

/// What stands in a key's place.
const HIDDEN: &str = "[redacted]";

/// One line, shortened, with what looks like a key hidden; of a page of HTML only its title.
pub(super) fn clean(text: &str) -> String {
    if is_page(text) {
        return match title(text) {
            Some(title) => line(&format!("the server answered with a web page: {title}")),
            None => "the server answered with a web page".to_owned(),
        };
    }
    line(text)
}

/// Whether this is markup rather than words.
pub(super) fn is_page(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with('<')
}

fn line(text: &str) -> String {
    let mut out = String::new();
    let mut after_bearer = false;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        hide_keys(word, after_bearer, &mut out);
        after_bearer = says_bearer(word);
        if out.len() > MOST {
            out.truncate(out.floor_char_boundary(MOST));
            break;
        }
    }
    out
}

/// Whether a key follows: `Bearer`, `"Bearer`, `{"authorization":"Bearer`.
fn says_bearer(word: &str) -> bool {
    let tail = word.len().checked_sub("bearer".len()).and_then(|at| word.get(at..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case("bearer"))
}

/// Copies a word, its keys hidden.
fn hide_keys(word: &str, after_bearer: bool, out: &mut String) {
    let is_key_part =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '+' | '/' | '=');
    let mut rest = word;
    while !rest.is_empty() && out.len() <= MOST {
        let end = rest.find(|c: char| !is_key_part(c)).unwrap_or(rest.len());
        let (run, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
        out.push_str(if is_key(run, after_bearer) { HIDDEN } else { run });
        let end = tail.find(is_key_part).unwrap_or(tail.len());
        let (between, tail) = tail.split_at_checked(end).unwrap_or((tail, ""));
        out.push_str(between);
        rest = tail;
    }
}

/// What providers' keys begin with; and any long run of letters and digits together.
fn is_key(run: &str, after_bearer: bool) -> bool {
    const STARTS: [&str; 8] = ["sk-", "pk-", "rk-", "key-", "ghp_", "eyJ", "AKIA", "AIza"];
    let has = |test: fn(&u8) -> bool| run.bytes().any(|b| test(&b));
    // `key=sk-...`: what follows the sign is the key.
    let value = run.rsplit('=').find(|value| !value.is_empty()).unwrap_or(run);
    (after_bearer && run.len() >= 8)
        || (value.len() >= 10 && STARTS.iter().any(|start| value.starts_with(start)))
        || (run.len() >= 40 && !run.contains('/') && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic))
}

/// A page's title, which gateways make their reason: `502 Bad Gateway`.
fn title(page: &str) -> Option<&str> {
    let start = page.find("<title>")?;
    let (_, rest) = page.split_at_checked(start + "<title>".len())?;
    let (title, _) = rest.split_once('<')?;
    (!title.trim().is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_hidden_wherever_they_stand() {
        for (text, shown) in [
            ("bad key sk-1234567890abcdef!", "bad key [redacted]!"),
            ("{\"authorization\":\"Bearer abcdefgh12\"}", "{\"authorization\":\"Bearer [redacted]"),
            ("Authorization: bearer 0123456789", "Authorization: bearer [redacted]"),
            ("key=sk-abcdefghijkl&x=1", "[redacted]&x=1"),
            ("token eyJhbGciOiJIUzI1NiJ9.e30.abc", "token [redacted]"),
            ("a 0123456789012345678901234567890123456789a z", "a [redacted] z"),
        ] {
            let cleaned = clean(text);
            assert!(cleaned.starts_with(shown), "{text} -> {cleaned}");
            assert!(!cleaned.contains("abcdef") && !cleaned.contains("0123456789"), "{cleaned}");
        }
    }

    #[test]
    fn harmless_words_stay_as_they_are() {
        for text in [
            "Authentication Fails, Your api key: ****-key is invalid",
            "(auth header format should be Bearer sk-...)",
            "no available channel (request id: 20251123165712345678901AbCdEfGh)",
            "余额不足",
        ] {
            assert_eq!(clean(text), text);
        }
        assert_eq!(clean(" two\n\n lines\u{0}\u{1b}[2J "), "two lines [2J");
    }

    #[test]
    fn a_message_is_short_and_whole_characters() {
        let long = clean(&"深".repeat(1000));
        assert!(long.len() <= MOST && long.len() > MOST - 3);
        let words = clean(&"word ".repeat(1000));
        assert!(words.len() <= MOST);
        // A key at the very edge is hidden, not cut in half.
        let edge = clean(&format!("{} sk-1234567890abcdef", "x ".repeat(146)));
        assert!(!edge.contains("1234"), "{edge}");
    }

    #[test]
    fn of_a_page_only_the_title_is_kept() {
        let page = "<html>\r\n<head><title>502 Bad Gateway</title></head><body>secret</body></html>";
        assert_eq!(clean(page), "the server answered with a web page: 502 Bad Gateway");
        assert_eq!(clean("\u{feff} <!DOCTYPE html>"), "the server answered with a web page");
    }
}
