//! What went wrong, said by the provider or seen in its bytes, in one vocabulary.

use crate::chat::Millis;

/// An error of the provider's making.
///
/// `message` is at most 300 bytes, has secrets removed and is never a page of HTML.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ApiError {
    /// What it is, in a stable word.
    pub code: ErrorCode,
    /// The HTTP status, if there was one.
    pub status: Option<u16>,
    /// The provider's words, for the operator and, where harmless, the reader.
    pub message: String,
    /// Asking again later may help.
    pub retryable: bool,
    /// How long the provider asks to wait.
    pub retry_after: Option<Millis>,
}

impl ApiError {
    /// An error of our own finding, retryable as its code is.
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let retryable = code.is_retryable();
        Self { code, status: None, message: message.into(), retryable, retry_after: None }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.as_str())?;
        if let Some(status) = self.status {
            write!(f, " ({status})")?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

/// The kinds of error, in the order in which a request meets them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorCode {
    /// The request is wrong and stays so.
    InvalidRequest,
    /// The conversation is longer than the model's context.
    ContextLength,
    /// The body is larger than the server takes.
    TooLarge,
    /// The key is missing or wrong.
    Authentication,
    /// The account has no money left.
    Billing,
    /// The key may not do this.
    Permission,
    /// There is nothing at this address.
    NotFound,
    /// The model is not served here.
    ModelNotFound,
    /// Too many requests.
    RateLimit,
    /// The provider is busy.
    Overloaded,
    /// The provider gave up in the middle (`insufficient_system_resource`).
    Interrupted,
    /// The provider's filter refused.
    ContentFilter,
    /// The provider took too long.
    Timeout,
    /// The provider broke.
    Server,
    /// The stream ended before the provider said why it stopped.
    Truncated,
    /// The answer is a web page or something else that is no reply.
    NotSse,
    /// The stream holds what cannot be read.
    BadUpstream,
    /// A record or the reply exceeds the memory it is given.
    TooLong,
}

impl ErrorCode {
    /// Every code, for tables that must cover all.
    pub const ALL: [Self; 18] = [
        Self::InvalidRequest,
        Self::ContextLength,
        Self::TooLarge,
        Self::Authentication,
        Self::Billing,
        Self::Permission,
        Self::NotFound,
        Self::ModelNotFound,
        Self::RateLimit,
        Self::Overloaded,
        Self::Interrupted,
        Self::ContentFilter,
        Self::Timeout,
        Self::Server,
        Self::Truncated,
        Self::NotSse,
        Self::BadUpstream,
        Self::TooLong,
    ];

    /// The stable word for it, as JavaScript, logs and the page see it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::ContextLength => "context_length",
            Self::TooLarge => "too_large",
            Self::Authentication => "authentication",
            Self::Billing => "billing",
            Self::Permission => "permission",
            Self::NotFound => "not_found",
            Self::ModelNotFound => "model_not_found",
            Self::RateLimit => "rate_limit",
            Self::Overloaded => "overloaded",
            Self::Interrupted => "interrupted",
            Self::ContentFilter => "content_filter",
            Self::Timeout => "timeout",
            Self::Server => "server_error",
            Self::Truncated => "truncated",
            Self::NotSse => "not_sse",
            Self::BadUpstream => "bad_upstream",
            Self::TooLong => "too_long",
        }
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::RateLimit
                | Self::Overloaded
                | Self::Interrupted
                | Self::Timeout
                | Self::Server
                | Self::Truncated
                | Self::BadUpstream
        )
    }
}
