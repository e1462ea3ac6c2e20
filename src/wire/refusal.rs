//! Errors on the wire.
use super::{ApiError, Dialect, ErrorCode};
use crate::chat::Millis;

/// What an HTTP response that is no reply says.
#[must_use]
pub fn read_error(status: u16, retry_after: Option<Millis>, _body: &[u8]) -> ApiError {
    ApiError {
        code: ErrorCode::Server,
        status: Some(status),
        message: String::new(),
        retryable: true,
        retry_after,
    }
}

/// The status and body that say `error` to a caller.
#[must_use]
pub fn write_error(_dialect: Dialect, error: &ApiError) -> (u16, String) {
    (error.status.unwrap_or(500), String::new())
}
