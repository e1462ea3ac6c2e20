//! The frame that one token's record shares with the next, so that it is compared rather than parsed.
//!
//! A stream repeats some 280 bytes around every few bytes of text. A record that says nothing but one string is
//! remembered as what stands before and behind that string. Where a later record begins and ends with the same bytes,
//! and what stands between is the inside of one JSON string, it parses to the same record with that string in its
//! place, and so says the same with that text. In any other case the record is parsed.

use std::borrow::Cow;

use crate::wire::lenient::Text;

/// What a string is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Text,
    Thought,
}

/// The one thing that a record says: a part of it, without escapes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Plain<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
}

/// A record with a gap. `before` ends with the quotation mark that opens the string, `behind` begins with the other.
#[derive(Debug)]
pub(super) struct Template {
    kind: Kind,
    before: String,
    behind: String,
}

impl Template {
    pub(super) const fn new() -> Self {
        Self { kind: Kind::Text, before: String::new(), behind: String::new() }
    }

    /// Remembers a record that was parsed.
    pub(super) fn learn(&mut self, record: &str, plain: Plain<'_>) {
        let Some((before, behind)) = around(record, plain.text) else { return };
        if before.ends_with('"') && behind.starts_with('"') {
            self.kind = plain.kind;
            before.clone_into(&mut self.before);
            behind.clone_into(&mut self.behind);
        }
    }

    pub(super) const fn footprint(&self) -> usize {
        self.before.capacity() + self.behind.capacity()
    }

    /// What the record says, if it is the same but for its string.
    pub(super) fn read<'a>(&self, record: &'a str) -> Option<(Kind, Cow<'a, str>)> {
        let inside = record.strip_prefix(self.before.as_str())?.strip_suffix(self.behind.as_str())?;
        if self.before.is_empty() {
            return None;
        }
        if inside.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
            return Some((self.kind, Cow::Borrowed(inside)));
        }
        // With its quotation marks it must be one whole string, nothing less and nothing more.
        let (start, end) = (self.before.len().checked_sub(1)?, record.len() - self.behind.len() + 1);
        let text: Text<'a> = serde_json::from_str(record.get(start..end)?).ok()?;
        Some((self.kind, text.0))
    }
}

/// What stands before and behind a part of a record.
fn around<'a>(record: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    let start = part.as_ptr().addr().checked_sub(record.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    Some((record.get(..start)?, record.get(end..)?)).filter(|_| record.get(start..end) == Some(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learnt(record: &str, text: &str) -> Template {
        let mut template = Template::new();
        let (_, rest) = record.split_at(record.find(text).unwrap());
        template.learn(record, Plain { kind: Kind::Text, text: rest.split_at(text.len()).0 });
        template
    }

    #[test]
    fn the_same_record_with_another_string_is_read() {
        let template = learnt(r#"{"a":1,"b":"first","c":null}"#, "first");
        for (record, text) in [
            (r#"{"a":1,"b":"深海","c":null}"#, Some("深海")),
            (r#"{"a":1,"b":"","c":null}"#, Some("")),
            (r#"{"a":1,"b":"x\n\"\u6df1","c":null}"#, Some("x\n\"深")),
            (r#"{"a":2,"b":"x","c":null}"#, None),
            (r#"{"a":1,"b":"x","c":1}"#, None),
            (r#"{"a":1,"b":null,"c":null}"#, None),
            // The gap must hold one string, however well the rest fits.
            (r#"{"a":1,"b":"x","b2":"y","c":null}"#, None),
            (r#"{"a":1,"b":"x\","c":null}"#, None),
            ("{\"a\":1,\"b\":\"x\u{1}\",\"c\":null}", None),
            // Before and behind must not share bytes.
            (r#"{"a":1,"b":","c":null}"#, None),
            ("", None),
        ] {
            let read = template.read(record);
            assert_eq!(read.as_ref().map(|(_, text)| &**text), text, "{record}");
        }
    }

    #[test]
    fn nothing_is_read_before_something_was_learnt() {
        assert_eq!(Template::new().read(r#""x""#), None);
        assert_eq!(Template::new().read(""), None);
    }

    #[test]
    fn a_string_from_elsewhere_is_not_learnt() {
        let mut template = Template::new();
        let elsewhere = String::from("first");
        template.learn(r#"{"b":"first"}"#, Plain { kind: Kind::Text, text: &elsewhere });
        assert_eq!(template.read(r#"{"b":"second"}"#), None);
    }
}
