//! A message's content: a string, or typed parts of which only text can be sent on.

use std::fmt::Display;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::field::{bad, parse, record, required};
use crate::wire::ApiError;

/// A typed part, so far as every kind has it.
#[derive(Deserialize)]
struct Typed<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow, default)]
    text: Option<&'a RawValue>,
    #[serde(borrow, default)]
    refusal: Option<&'a RawValue>,
}

/// A content's parts with their paths; a string is `None`.
pub(super) fn parts<'a>(
    raw: &'a RawValue,
    path: &str,
) -> Result<Option<Vec<(String, &'a RawValue)>>, ApiError> {
    match raw.get().as_bytes().first() {
        Some(b'"') => Ok(None),
        Some(b'[') => {
            let parts: Vec<&RawValue> = parse(raw, path)?;
            Ok(Some(
                parts.into_iter().enumerate().map(|(at, part)| (format!("{path}[{at}]"), part)).collect(),
            ))
        }
        _ => Err(bad(path, "must be a string or an array of parts")),
    }
}

/// A part's type.
pub(super) fn kind(part: &RawValue, path: &str) -> Result<String, ApiError> {
    let typed: Typed<'_> = record(part, path)?;
    required(typed.kind, &*format!("{path}.type"))
}

/// The text of a content, its parts concatenated with `between`, as providers do.
pub(super) fn text(raw: &RawValue, path: &str, between: &str) -> Result<String, ApiError> {
    let Some(parts) = parts(raw, path)? else { return parse(raw, path) };
    let mut text = String::new();
    for (at, (path, part)) in parts.iter().enumerate() {
        if at > 0 {
            text.push_str(between);
        }
        text.push_str(&part_text(part, path)?);
    }
    Ok(text)
}

/// The text of a part, if it is one of text.
pub(super) fn part_text(part: &RawValue, path: &str) -> Result<String, ApiError> {
    let typed: Typed<'_> = record(part, path)?;
    match kind(part, path)?.as_str() {
        "text" | "input_text" | "output_text" => required(typed.text, &*format!("{path}.text")),
        "refusal" => required(typed.refusal, &*format!("{path}.refusal")),
        other => Err(unsupported(path, other)),
    }
}

/// A part that the model cannot be given.
pub(super) fn unsupported(path: impl Display, kind: &str) -> ApiError {
    bad(path, format_args!("parts of type {kind:?} are not supported, the model reads text only"))
}
