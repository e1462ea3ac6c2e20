//! A request as a server reads it.
use super::{ApiError, ChatRequest, Dialect, ErrorCode};

/// Reads a caller's request.
///
/// # Errors
///
/// An [`ApiError`] for status 400 whose message names the field.
pub fn read_request(_dialect: Dialect, _body: &[u8]) -> Result<ChatRequest, ApiError> {
    Err(ApiError {
        code: ErrorCode::InvalidRequest,
        status: Some(400),
        message: String::new(),
        retryable: false,
        retry_after: None,
    })
}
