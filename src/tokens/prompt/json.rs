//! JSON as the template writes it: as Python's `json.dumps(json.loads(text), ensure_ascii=False)` does.
//!
//! In: JSON text. Out: the same values in the same order, with Python's separators, escapes and numbers. Never: a tree,
//! so that depth costs nothing; for that a key that stands twice in one object stays twice, where Python keeps the last.

use std::fmt::Write;

use serde::de::IgnoredAny;

/// Appends `json` as Python writes it. A text that is no JSON, which no provider takes, is appended as it is. Linear.
pub(super) fn respace(json: &str, out: &mut String) {
    if serde_json::from_str::<IgnoredAny>(json).is_err() {
        out.push_str(json);
        return;
    }
    let mut rest = json;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '"' => string_length(rest),
            '-' | '0'..='9' => rest.find(|char| !is_of_number(char)).unwrap_or(rest.len()),
            _ => next.len_utf8(),
        };
        let Some((piece, after)) = rest.split_at_checked(length) else { return };
        match next {
            '"' => string(piece, out),
            '-' | '0'..='9' => number(piece, out),
            ',' => out.push_str(", "),
            ':' => out.push_str(": "),
            ' ' | '\t' | '\n' | '\r' => {}
            // A bracket, a brace, a letter of `true`, `false` or `null`.
            _ => out.push_str(piece),
        }
        rest = after;
    }
}

const fn is_of_number(char: char) -> bool {
    matches!(char, '-' | '+' | '.' | 'e' | 'E' | '0'..='9')
}

/// The bytes of the string that `text` begins with, both quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

fn string(quoted: &str, out: &mut String) {
    if !quoted.contains('\\') {
        out.push_str(quoted);
        return;
    }
    let Ok(text) = serde_json::from_str::<String>(quoted) else {
        // Half a surrogate pair, which Python can read but nobody can send.
        out.push_str(quoted);
        return;
    };
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            _ => out.push(char),
        }
    }
    out.push('"');
}

fn number(written: &str, out: &mut String) {
    if !written.contains(['.', 'e', 'E']) {
        // An integer of any size stays what it is; Python knows no negative zero among them.
        out.push_str(if written == "-0" { "0" } else { written });
        return;
    }
    match written.parse::<f64>() {
        Ok(number) if number.is_finite() => float(number, out),
        Ok(number) => out.push_str(if number > 0.0 { "Infinity" } else { "-Infinity" }),
        Err(_) => out.push_str(written),
    }
}

/// A float as Python's `repr` writes it: the shortest digits, plain from 0.0001 up to below 10^16.
fn float(number: f64, out: &mut String) {
    let shortest = format!("{number:e}");
    let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&exponent) {
        let plain = number.to_string();
        out.push_str(&plain);
        if !plain.contains('.') {
            out.push_str(".0");
        }
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "{digits}e{sign}{:02}", exponent.unsigned_abs());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Python's `json.dumps(json.loads(text), ensure_ascii=False)` prints them.
    const PYTHON: &[(&str, &str)] = &[
        ("{}", "{}"),
        (" [ ] ", "[]"),
        (r#"{"b":1,"a":[true,false,null]}"#, r#"{"b": 1, "a": [true, false, null]}"#),
        ("{\n  \"k\" : \"v: ,\"\n}", r#"{"k": "v: ,"}"#),
        (r#""caffè 北京 \u5317 \ud83d\ude00 \/""#, r#""caffè 北京 北 😀 /""#),
        (r#""\u0000\u001F\b\f\n\r\t\"\\\u007f""#, "\"\\u0000\\u001f\\b\\f\\n\\r\\t\\\"\\\\\u{7f}\""),
        (r#"["\\","\\\"",""]"#, r#"["\\", "\\\"", ""]"#),
        ("[1.0,1e5,1E+2,1.50,-0,-0.0,0.1]", "[1.0, 100000.0, 100.0, 1.5, 0, -0.0, 0.1]"),
        ("[1e15,1e16,123456789012345680.0]", "[1000000000000000.0, 1e+16, 1.2345678901234568e+17]"),
        ("[0.0001,0.00001,1.5e-7,1e-10]", "[0.0001, 1e-05, 1.5e-07, 1e-10]"),
        (
            "[1e400,-1e400,5e-324,1.7976931348623157e308]",
            "[Infinity, -Infinity, 5e-324, 1.7976931348623157e+308]",
        ),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
    ];

    #[test]
    fn values_are_written_as_python_writes_them() {
        for (json, python) in PYTHON {
            let mut out = String::new();
            respace(json, &mut out);
            assert_eq!(out, *python);
            let mut again = String::new();
            respace(&out, &mut again);
            if !out.contains("Inf") {
                assert_eq!(again, out, "what Python wrote stays");
            }
        }
    }

    #[test]
    fn what_is_no_json_stays_as_it_is() {
        for text in ["", "{", "{'a':1}", "[1,]", "\"\\ud800\"", "01", "\u{feff}{}"] {
            let mut out = String::new();
            respace(text, &mut out);
            assert_eq!(out, text);
        }
    }

    #[test]
    fn depth_is_no_danger() {
        let deep = "[".repeat(100_000);
        let mut out = String::new();
        respace(&deep, &mut out);
        respace(&format!("{deep}{}", "]".repeat(100_000)), &mut out);
    }
}
