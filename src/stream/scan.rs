//! The scalars of JSON, whole or cut: how far each goes, and how a cut one ends.
//!
//! In: text that begins with a scalar. Out: its extent. Never: a value.

/// How far a scalar goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Scan {
    /// It has so many bytes, and more follow or could not follow.
    Whole(usize),
    /// The text ends in it.
    Cut {
        /// So many bytes of it mean what they will mean in the whole.
        keep: usize,
        /// What ends it behind those.
        ending: &'static str,
    },
}

/// A string, number or word. `None` when it is none.
pub(super) fn scalar(text: &[u8]) -> Option<Scan> {
    match text.first()? {
        b'"' => string(text),
        b'-' | b'0'..=b'9' => number(text),
        _ => word(text),
    }
}

/// A string, its quotes included. What a cut string keeps ends before a cut escape, and before the first half of a
/// surrogate pair whose second half may still come.
pub(super) fn string(text: &[u8]) -> Option<Scan> {
    let mut at = 1;
    let mut keep = at;
    loop {
        let cut = Scan::Cut { keep, ending: "\"" };
        let Some(byte) = text.get(at) else { return Some(cut) };
        match byte {
            b'"' => return Some(Scan::Whole(at + 1)),
            b'\\' => {
                let Some(kind) = text.get(at + 1) else { return Some(cut) };
                match kind {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => at += 2,
                    b'u' => {
                        let digits = text.get(at + 2..).unwrap_or_default();
                        let digits = digits.get(..4).unwrap_or(digits);
                        if !digits.iter().all(u8::is_ascii_hexdigit) {
                            return None;
                        }
                        if digits.len() < 4 {
                            return Some(cut);
                        }
                        at += 6;
                        if is_first_half(digits) {
                            continue;
                        }
                    }
                    _ => return None,
                }
            }
            0..=0x1F => return None,
            _ => at += 1,
        }
        keep = at;
    }
}

/// A number. What a cut one keeps is a number itself, if there is one yet.
fn number(text: &[u8]) -> Option<Scan> {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let cut = |keep: usize| Some(Scan::Cut { keep, ending: "" });
    let start = usize::from(text.first() == Some(&b'-'));
    let mut keep = match text.get(start) {
        None => return cut(0),
        Some(b'0') => start + 1,
        Some(b'1'..=b'9') => digits(start),
        Some(_) => return None,
    };
    if text.get(keep) == Some(&b'.') {
        let end = digits(keep + 1);
        if end == keep + 1 {
            return if end == text.len() { cut(keep) } else { None };
        }
        keep = end;
    }
    if let Some(b'e' | b'E') = text.get(keep) {
        let sign = usize::from(matches!(text.get(keep + 1), Some(b'+' | b'-')));
        let start = keep + 1 + sign;
        let end = digits(start);
        if end == start {
            return if end == text.len() { cut(keep) } else { None };
        }
        keep = end;
    }
    if keep == text.len() { cut(keep) } else { Some(Scan::Whole(keep)) }
}

/// `true`, `false` or `null`: the first letter decides, so a cut one can be ended.
fn word(text: &[u8]) -> Option<Scan> {
    let whole = ["true", "false", "null"].into_iter().find(|word| word.as_bytes().first() == text.first())?;
    if text.starts_with(whole.as_bytes()) {
        return Some(Scan::Whole(whole.len()));
    }
    let ending = whole.as_bytes().strip_prefix(text).and_then(|_| whole.get(text.len()..))?;
    Some(Scan::Cut { keep: text.len(), ending })
}

/// Four digits from D800 to DBFF.
fn is_first_half(digits: &[u8]) -> bool {
    matches!(digits, [b'd' | b'D', b'8' | b'9' | b'a' | b'b' | b'A' | b'B', ..])
}
