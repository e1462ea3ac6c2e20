//! The closing of unfinished JSON, to show a tool call's arguments while they arrive.
//!
//! In: the beginning of a JSON text. Out: the same beginning, closed, so that any parser reads it. Never: recursion, a
//! second look at a byte, or a value that the whole text will contradict, but for a number, which may still grow.

use std::borrow::Cow;

use super::scan::{Scan, scalar, string};

/// Closes the beginning of a JSON text: what is open is closed, what has no value yet is left out, and a word that can
/// end in one way only is ended. A text that is whole comes back as it is.
///
/// `None` when there is nothing to show yet, when no end would make it JSON, or when it is nested more than
/// 127 deep, which [`serde_json`] would not read. Linear in the text: meant for each time something is painted, not for
/// each token.
///
/// ```
/// use hadal::stream::close_json;
/// assert_eq!(close_json(r#"{"city": "Par"#).as_deref(), Some(r#"{"city": "Par"}"#));
/// assert_eq!(close_json(r#"{"days": [1, 2], "unit": "#).as_deref(), Some(r#"{"days": [1, 2]}"#));
/// assert_eq!(close_json(r#"{"metric": t"#).as_deref(), Some(r#"{"metric": true}"#));
/// assert_eq!(close_json(r#"{"city" "Paris"#), None);
/// ```
#[must_use]
pub fn close_json(prefix: &str) -> Option<Cow<'_, str>> {
    let mut nest = Nest::default();
    let (sound, ending) = read(prefix.as_bytes(), &mut nest)?;
    if nest.depth == 0 && ending.is_empty() {
        // A number may be cut behind its last digit; otherwise the text is whole, white space behind it included.
        let kept = prefix.get(..sound)?;
        let whole = prefix.get(sound..)?.trim_end_matches(SPACES).is_empty();
        return Some(Cow::Borrowed(if whole { prefix } else { kept }));
    }
    let mut closed = String::with_capacity(sound + ending.len() + MOST_DEEP);
    closed.push_str(prefix.get(..sound)?);
    closed.push_str(ending);
    while let Some(is_object) = nest.innermost() {
        closed.push(if is_object { '}' } else { ']' });
        nest.close(is_object)?;
    }
    Some(Cow::Owned(closed))
}

/// What may come next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Expect {
    Value,
    /// A value, or the end of an empty array.
    FirstItem,
    Key,
    /// A key, or the end of an empty object.
    FirstKey,
    Colon,
    /// A comma, or the end of what is open.
    Next,
}

/// Reads all of `text` and leaves in `nest` what is open. Gives how much of the text is sound (JSON as soon as what is
/// open is closed) and what ends the scalar that was cut there.
fn read(text: &[u8], nest: &mut Nest) -> Option<(usize, &'static str)> {
    let mut expect = Expect::Value;
    let mut sound = None;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let byte = *rest.first()?;
        match (byte, expect) {
            (b' ' | b'\t' | b'\n' | b'\r', _) => at += 1,
            (b'{' | b'[', Expect::Value | Expect::FirstItem) => {
                at += 1;
                sound = Some(at);
                nest.open(byte == b'{')?;
                expect = if byte == b'{' { Expect::FirstKey } else { Expect::FirstItem };
            }
            (b'}', Expect::FirstKey | Expect::Next) | (b']', Expect::FirstItem | Expect::Next) => {
                at += 1;
                sound = Some(at);
                nest.close(byte == b'}')?;
                expect = Expect::Next;
            }
            (b',', Expect::Next) => {
                at += 1;
                expect = if nest.innermost()? { Expect::Key } else { Expect::Value };
            }
            (b':', Expect::Colon) => {
                at += 1;
                expect = Expect::Value;
            }
            (b'"', Expect::Key | Expect::FirstKey) => match string(rest)? {
                Scan::Whole(length) => {
                    at += length;
                    expect = Expect::Colon;
                }
                Scan::Cut { .. } => break,
            },
            (_, Expect::Value | Expect::FirstItem) => match scalar(rest)? {
                Scan::Whole(length) => {
                    at += length;
                    sound = Some(at);
                    expect = Expect::Next;
                }
                Scan::Cut { keep: 0, .. } => break,
                Scan::Cut { keep, ending } => return Some((at + keep, ending)),
            },
            _ => return None,
        }
    }
    Some((sound?, ""))
}

const SPACES: [char; 4] = [' ', '\t', '\n', '\r'];

/// As deep as `serde_json` reads.
const MOST_DEEP: usize = 127;

/// The arrays and objects that are open, a bit each: set for an object, the innermost lowest.
#[derive(Clone, Copy, Debug, Default)]
struct Nest {
    depth: usize,
    objects: u128,
}

impl Nest {
    fn open(&mut self, is_object: bool) -> Option<()> {
        if self.depth == MOST_DEEP {
            return None;
        }
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(is_object);
        Some(())
    }

    /// `None` when another kind is open, or nothing.
    fn close(&mut self, is_object: bool) -> Option<()> {
        if self.innermost()? != is_object {
            return None;
        }
        self.depth -= 1;
        self.objects >>= 1;
        Some(())
    }

    /// Whether the innermost is an object. `None` when nothing is open.
    fn innermost(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.objects & 1 == 1)
    }
}
