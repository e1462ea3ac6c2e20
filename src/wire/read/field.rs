//! Fields of a request, each read by itself, so that a message can name the one that is wrong.
//!
//! In: raw JSON values and their paths. Out: values, or an [`ApiError`] that begins with the path. Never: a value of
//! the wrong type passed over in silence; unknown fields are, by the dialects' readers.

use std::fmt::Display;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::wire::{ApiError, ErrorCode, redact};

/// The caller's mistake, and where.
pub(super) fn bad(path: impl Display, what: impl Display) -> ApiError {
    let message = redact::clean(&format!("{path}: {what}"));
    ApiError { status: Some(400), ..ApiError::new(ErrorCode::InvalidRequest, message) }
}

/// Reads a value.
pub(super) fn parse<'a, T: Deserialize<'a>>(raw: &'a RawValue, path: impl Display) -> Result<T, ApiError> {
    serde_json::from_str(raw.get()).map_err(|error| bad(path, reason(&error)))
}

/// Reads an object's fields; a list is none, though serde would take it for one.
pub(super) fn record<'a, T: Deserialize<'a>>(raw: &'a RawValue, path: impl Display) -> Result<T, ApiError> {
    if raw.get().starts_with('{') { parse(raw, path) } else { Err(bad(path, "must be an object")) }
}

/// Reads a value that may be missing or null.
pub(super) fn optional<'a, T: Deserialize<'a>>(
    raw: Option<&'a RawValue>,
    path: impl Display,
) -> Result<Option<T>, ApiError> {
    raw.map(|raw| parse(raw, path)).transpose()
}

/// Reads a value that must be there.
pub(super) fn required<'a, T: Deserialize<'a>>(
    raw: Option<&'a RawValue>,
    path: impl Display + Copy,
) -> Result<T, ApiError> {
    parse(present(raw, path)?, path)
}

/// A value that must be there.
pub(super) fn present(raw: Option<&RawValue>, path: impl Display) -> Result<&RawValue, ApiError> {
    raw.ok_or_else(|| bad(path, "missing"))
}

/// Reads a count of at least one.
pub(super) fn count(raw: Option<&RawValue>, path: &str) -> Result<Option<u32>, ApiError> {
    match optional::<u32>(raw, path)? {
        Some(0) => Err(bad(path, "must be at least 1")),
        count => Ok(count),
    }
}

/// Reads one text or a list of them.
pub(super) fn texts(raw: Option<&RawValue>, path: &str) -> Result<Vec<String>, ApiError> {
    match raw {
        Some(raw) if raw.get().starts_with('"') => Ok(vec![parse(raw, path)?]),
        _ => Ok(optional(raw, path)?.unwrap_or_default()),
    }
}

/// A JSON object as it was written.
pub(super) fn object(raw: &RawValue, path: impl Display) -> Result<String, ApiError> {
    if raw.get().starts_with('{') { Ok(raw.get().to_owned()) } else { Err(bad(path, "must be an object")) }
}

/// What is wrong, without the place in a text that the caller does not see.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what).to_owned()
}
