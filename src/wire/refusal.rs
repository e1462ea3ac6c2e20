//! Errors as they stand on the wire, in every shape that providers use, and as we write them.
//!
//! In: a status and a body, or an error record of a stream. Out: an [`ApiError`] and back. Never: the body itself.
//!
//! What the words mean is [`verdict`]'s to say.

use serde::{Deserialize, Serialize};

use super::{
    ApiError, Dialect, ErrorCode,
    lenient::{Count, Maybe, Shape, Text, read},
    redact, verdict,
};
use crate::chat::Millis;

/// What an HTTP response that is no reply says, by its status and body; the body may be anything.
#[must_use]
pub fn read_error(status: u16, retry_after: Option<Millis>, body: &[u8]) -> ApiError {
    // No reason needs more; what follows may be megabytes.
    let body = String::from_utf8_lossy(body.get(..64 << 10).unwrap_or(body));
    let words = Words::find(&body).unwrap_or_else(|| Words::plain(&body));
    let mut error = words.into_error(Some(status));
    error.retry_after = retry_after;
    error
}

/// The error that a record of a stream reports, if it does; `null`, `""` and `{}` are none.
pub(super) fn find_error(record: &str) -> Option<ApiError> {
    Words::find(record).map(|words| words.into_error(None))
}

/// The error that a record reports by being an error record, whatever it says.
pub(super) fn named_error(record: &str) -> ApiError {
    Words::find(record).unwrap_or_else(|| Words::plain(record)).into_error(None)
}

/// The status and body that say `error` to a caller.
#[must_use]
pub fn write_error(dialect: Dialect, error: &ApiError) -> (u16, String) {
    // The official SDKs ask again after 408, 409, 429 and 5xx, and take the status for the reason: one that says
    // otherwise than the code does is replaced.
    let honest = |status: &u16| {
        let read_as = verdict::judge(error.code.as_str(), kind_of(error.code), "", Some(*status));
        let asked_again = matches!(status, 408 | 409 | 429 | 500..);
        (400..600).contains(status) && read_as == error.code && asked_again == error.retryable
    };
    let status = error.status.filter(honest).unwrap_or_else(|| status_of(error.code));
    (status, error_body(dialect, error))
}

/// The JSON that says `error`, as a body or as the record of a stream.
pub(super) fn error_body(dialect: Dialect, error: &ApiError) -> String {
    let message = if error.message.is_empty() { error.code.as_str() } else { &error.message };
    let (kind, code) = (kind_of(error.code), error.code.as_str());
    let body = match dialect {
        Dialect::Messages => {
            serde_json::to_string(&Theirs { kind: "error", error: Named { kind, message, code } })
        }
        Dialect::Completions => {
            serde_json::to_string(&Open { error: Coded { message, kind, param: None, code } })
        }
    };
    body.unwrap_or_default()
}

#[derive(Serialize)]
struct Theirs<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    error: Named<'a>,
}

#[derive(Serialize)]
struct Named<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    message: &'a str,
    code: &'static str,
}

#[derive(Serialize)]
struct Open<'a> {
    error: Coded<'a>,
}

#[derive(Serialize)]
struct Coded<'a> {
    message: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    param: Option<&'static str>,
    code: &'static str,
}

/// The words of an error: whichever of them there are.
#[derive(Debug, Default)]
struct Words {
    message: String,
    kind: String,
    code: String,
}

/// Every envelope at once: `{"error":{…}}`, `{"error":"…"}`, `{"code","message"}`, `{"detail":"…"}`.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    error: Inner<'a>,
    #[serde(borrow, default)]
    message: Text<'a>,
    #[serde(borrow, default)]
    msg: Text<'a>,
    #[serde(borrow, default)]
    detail: Text<'a>,
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    code: Text<'a>,
}

#[derive(Default, Deserialize)]
struct Fields<'a> {
    #[serde(borrow, default)]
    message: Text<'a>,
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    code: Text<'a>,
    #[serde(default)]
    http_code: Count,
}

/// The value of `error`: an object or its message alone.
#[derive(Default)]
struct Inner<'a>(Fields<'a>);

impl<'de> Shape<'de> for Inner<'de> {
    fn from_text(text: std::borrow::Cow<'de, str>) -> Self {
        Self(Fields { message: Text(text), ..Fields::default() })
    }

    fn from_map<A: serde::de::MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        Maybe::from_map(map).map(|fields| Self(fields.0.unwrap_or_default()))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Inner<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::<Inner<'de>, D>(deserializer)
    }
}

impl Words {
    /// The error in a JSON body, if it holds one.
    fn find(body: &str) -> Option<Self> {
        let Maybe(envelope) = serde_json::from_str(body).ok()?;
        let Envelope { error: Inner(inner), message, msg, detail, kind, code } = envelope?;
        let own = |text: Text<'_>| text.0.into_owned();
        if !(inner.message.is_empty() && inner.kind.is_empty() && inner.code.is_empty()) {
            let code = inner.http_code.0.map_or_else(|| own(inner.code), |code| code.to_string());
            return Some(Self { message: own(inner.message), kind: own(inner.kind), code });
        }
        let message = [message, msg, detail].into_iter().find(|text| !text.is_empty())?;
        Some(Self { message: own(message), kind: own(kind), code: own(code) })
    }

    /// A body that is no JSON, taken as the message.
    fn plain(body: &str) -> Self {
        let is_json = body.trim_start().starts_with(['{', '[']);
        Self { message: if is_json { String::new() } else { body.to_owned() }, ..Self::default() }
    }

    fn into_error(self, status: Option<u16>) -> ApiError {
        let message = redact::clean(&self.message);
        let numeric = || self.code.parse().ok().filter(|code| (400..600).contains(code));
        let decisive = status.filter(|status| *status >= 300).or_else(numeric);
        let code = verdict::judge(&self.code, &self.kind, &message, decisive);
        ApiError { status, message, ..ApiError::new(code, "") }
    }
}

/// The status that a server gives for a code.
const fn status_of(code: ErrorCode) -> u16 {
    match code {
        ErrorCode::InvalidRequest | ErrorCode::ContextLength | ErrorCode::ContentFilter => 400,
        ErrorCode::Authentication => 401,
        ErrorCode::Billing => 402,
        ErrorCode::Permission => 403,
        ErrorCode::NotFound | ErrorCode::ModelNotFound => 404,
        ErrorCode::TooLarge => 413,
        ErrorCode::RateLimit => 429,
        ErrorCode::Server => 500,
        ErrorCode::Interrupted
        | ErrorCode::Truncated
        | ErrorCode::NotSse
        | ErrorCode::BadUpstream
        | ErrorCode::TooLong => 502,
        ErrorCode::Overloaded => 503,
        ErrorCode::Timeout => 504,
    }
}

/// The protocols' own word for a code.
const fn kind_of(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::InvalidRequest | ErrorCode::ContextLength | ErrorCode::ContentFilter => {
            "invalid_request_error"
        }
        ErrorCode::TooLarge => "request_too_large",
        ErrorCode::Authentication => "authentication_error",
        ErrorCode::Billing => "billing_error",
        ErrorCode::Permission => "permission_error",
        ErrorCode::NotFound | ErrorCode::ModelNotFound => "not_found_error",
        ErrorCode::RateLimit => "rate_limit_error",
        ErrorCode::Overloaded => "overloaded_error",
        ErrorCode::Timeout => "timeout_error",
        ErrorCode::Interrupted
        | ErrorCode::Server
        | ErrorCode::Truncated
        | ErrorCode::NotSse
        | ErrorCode::BadUpstream
        | ErrorCode::TooLong => "api_error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &[u8]) -> (ErrorCode, bool, String) {
        let error = read_error(status, None, body);
        assert_eq!(error.status, Some(status));
        (error.code, error.retryable, error.message)
    }

    #[test]
    fn every_envelope_is_opened() {
        for (status, body, code, message) in [
            (
                402,
                r#"{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}"#,
                ErrorCode::Billing,
                "Insufficient Balance",
            ),
            (
                503,
                r#"{"error":{"message":"no available channel for group default and model x (distributor) (request id: 1)","type":"comet_api_error","param":"","code":"model_not_found"}}"#,
                ErrorCode::ModelNotFound,
                "no available channel for group default and model x (distributor) (request id: 1)",
            ),
            (
                500,
                r#"{"error":{"message":"field messages is required","type":"comet_api_error","param":"","code":"invalid_request"}}"#,
                ErrorCode::InvalidRequest,
                "field messages is required",
            ),
            (
                529,
                r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}"#,
                ErrorCode::Overloaded,
                "Overloaded",
            ),
            (400, r#"{"code":400,"message":"bad tool","type":"x"}"#, ErrorCode::InvalidRequest, "bad tool"),
            (400, r#"{"error":"no such thing"}"#, ErrorCode::InvalidRequest, "no such thing"),
            (422, r#"{"detail":"field required"}"#, ErrorCode::InvalidRequest, "field required"),
            (
                429,
                r#"{"error":{"message":"slow down","code":429,"metadata":{"raw":"x"}}}"#,
                ErrorCode::RateLimit,
                "slow down",
            ),
            (
                422,
                "Failed to deserialize the JSON body: unknown variant `image_url`, expected `text`",
                ErrorCode::InvalidRequest,
                "Failed to deserialize the JSON body: unknown variant `image_url`, expected `text`",
            ),
            (
                502,
                "<html><head><title>502 Bad Gateway</title></head></html>",
                ErrorCode::Server,
                "the server answered with a web page: 502 Bad Gateway",
            ),
            (524, "", ErrorCode::Timeout, ""),
            (500, r#"{"error":null}"#, ErrorCode::Server, ""),
            (500, r#"{"error":{}}"#, ErrorCode::Server, ""),
            (500, "{\"error\":{\"mess", ErrorCode::Server, ""),
            // An error in a 200 carries its status in the code.
            (
                200,
                r#"{"error":{"message":"provider returned error","code":429}}"#,
                ErrorCode::RateLimit,
                "provider returned error",
            ),
        ] {
            let expected = (code, code.is_retryable(), message.to_owned());
            assert_eq!(read(status, body.as_bytes()), expected, "{status} {body}");
        }
    }

    #[test]
    fn nothing_secret_or_long_gets_through() {
        let (_, _, message) =
            read(500, br#"{"error":{"message":"upstream said: key sk-abcdefghijklmnop is bad"}}"#);
        assert_eq!(message, "upstream said: key [redacted] is bad");
        let long = format!(r#"{{"error":{{"message":"{}"}}}}"#, "é".repeat(4000));
        let (_, _, message) = read(500, long.as_bytes());
        assert!(message.len() <= 300 && message.chars().all(|c| c == 'é'));
        assert_eq!(read(500, b"\xff\xfe").0, ErrorCode::Server);
    }

    #[test]
    fn the_presence_of_the_key_is_no_error() {
        for record in
            [r#"{"error":null}"#, r#"{"error":""}"#, r#"{"error":{}}"#, r#"{"error":false,"x":1}"#, "{}", "x"]
        {
            assert_eq!(find_error(record), None, "{record}");
        }
    }

    #[test]
    fn what_is_written_is_read_back_and_asked_again_only_where_that_helps() {
        for dialect in [Dialect::Messages, Dialect::Completions] {
            for code in ErrorCode::ALL {
                for given in [None, Some(400), Some(401), Some(429), Some(500), Some(200), Some(999)] {
                    let error = ApiError { status: given, ..ApiError::new(code, "words") };
                    let (status, body) = write_error(dialect, &error);
                    let back = read_error(status, None, body.as_bytes());
                    assert_eq!((back.code, back.message.as_str()), (code, "words"));
                    // What the upstream spoilt for good has no status of its own that is not asked again.
                    let spoilt = matches!(code, ErrorCode::NotSse | ErrorCode::TooLong);
                    let asked_again = matches!(status, 408 | 409 | 429 | 500..);
                    assert!(spoilt || asked_again == code.is_retryable(), "{code:?} {status}");
                }
            }
        }
        let error = ApiError { status: Some(503), ..ApiError::new(ErrorCode::ModelNotFound, "no channel") };
        assert_eq!(
            write_error(Dialect::Messages, &error),
            (
                404,
                r#"{"type":"error","error":{"type":"not_found_error","message":"no channel","code":"model_not_found"}}"#
                    .to_owned()
            )
        );
        assert_eq!(
            write_error(Dialect::Completions, &error).1,
            r#"{"error":{"message":"no channel","type":"not_found_error","param":null,"code":"model_not_found"}}"#
        );
    }
}
