//! The list of models, as `GET /v1/models` gives it.
use super::Dialect;

/// The JSON body that lists `ids`.
#[must_use]
pub fn write_models(_dialect: Dialect, _ids: &[&str], _created: u64) -> String {
    String::new()
}
