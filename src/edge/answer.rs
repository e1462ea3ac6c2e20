//! What the edge function says in its own name: every text, every header, every status that is not the upstream's.
//!
//! In: verdicts and errors. Out: [`Answer`]s as values. Never: an upstream's words where they could be about the
//! operator (a key, a balance, an address), a page on an API path, a header that was not chosen here.

use serde::Serialize;

use super::{gate::Denied, route::Astray};
use crate::tokens::prompt::{Exactness, PromptCount};
use crate::wire::{ApiError, Dialect, ErrorCode, Header, Secret, write_error};

/// A whole response.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<Header>,
    /// Its body.
    pub body: String,
}

/// What the page may do: run and fetch what comes from here, and nothing else.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The page.
#[must_use]
pub fn page(document: String) -> Answer {
    let mut headers = guarded(PAGE_POLICY);
    headers.push(("content-type", "text/html; charset=utf-8".into()));
    headers.push(("cache-control", "no-cache".into()));
    headers.push(("cross-origin-opener-policy", "same-origin".into()));
    Answer { status: 200, headers, body: document }
}

/// A JSON body of our own.
#[must_use]
pub fn json(status: u16, body: String) -> Answer {
    let mut headers = api_headers();
    headers.push(("content-type", "application/json".into()));
    Answer { status, headers, body }
}

/// The function runs. Nothing else is told: not the upstream, not a version.
#[must_use]
pub fn health() -> Answer {
    json(200, r#"{"status":"ok"}"#.into())
}

/// The settings do not let the function run. Which, is for the operator's log.
#[must_use]
pub fn misconfigured() -> Answer {
    error(Dialect::Completions, &ours(ErrorCode::Server, 500, "this server is not set up; its log says why"))
}

/// The caller left before there was anything to say.
#[must_use]
pub fn nobody() -> Answer {
    Answer { status: 499, headers: api_headers(), body: String::new() }
}

/// A prompt's tokens, in Anthropic's shape. Where they are an estimate it says so, and why.
#[must_use]
pub fn counted(count: &PromptCount) -> Answer {
    #[derive(Serialize)]
    struct Counted {
        input_tokens: u64,
        exact: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        estimate: Option<&'static str>,
    }
    let estimate = match count.exactness {
        Exactness::Exact => None,
        Exactness::Estimate(why) => Some(why.code()),
    };
    let counted = Counted { input_tokens: count.total, exact: estimate.is_none(), estimate };
    json(200, serde_json::to_string(&counted).unwrap_or_default())
}

/// Tokens cannot be counted, because the vocabulary is not at hand: a guess would be taken for a count. `code` says
/// what is wrong with it.
#[must_use]
pub fn uncounted(code: &'static str) -> Answer {
    #[derive(Serialize)]
    struct Whole {
        r#type: &'static str,
        error: Named,
    }
    #[derive(Serialize)]
    struct Named {
        r#type: &'static str,
        message: &'static str,
        code: &'static str,
    }
    let message = "this server cannot count tokens now: its vocabulary is not at hand";
    let said = Whole { r#type: "error", error: Named { r#type: "api_error", message, code } };
    let mut answer = json(503, serde_json::to_string(&said).unwrap_or_default());
    answer.headers.push(("x-should-retry", "false".into()));
    answer
}

/// An error in the caller's dialect.
#[must_use]
pub fn error(dialect: Dialect, error: &ApiError) -> Answer {
    let (status, body) = write_error(dialect, error);
    let mut answer = json(status, body);
    if let Some(wait) = error.retry_after {
        answer.headers.push(("retry-after", wait.0.div_ceil(1000).to_string()));
    } else {
        // The SDKs ask again by themselves. What may be asked again was asked again here, so nine requests become three.
        answer.headers.push(("x-should-retry", "false".into()));
    }
    answer
}

/// Nothing at this path, or not for this method.
#[must_use]
pub fn astray(path: &str, astray: Astray) -> Answer {
    let dialect = if path.starts_with("/v1/messages") { Dialect::Messages } else { Dialect::Completions };
    match astray {
        Astray::NoSuchPath => {
            error(dialect, &ours(ErrorCode::NotFound, 404, "there is nothing at this path"))
        }
        Astray::WrongMethod { allow } => {
            let words = format!("this path takes {allow}");
            let mut answer = error(dialect, &ours(ErrorCode::NotFound, 405, words));
            answer.headers.push(("allow", allow.into()));
            answer
        }
    }
}

/// The gate's no.
#[must_use]
pub fn denied(dialect: Dialect, denied: Denied) -> Answer {
    let (code, status, words) = match denied {
        Denied::ForeignOrigin => (ErrorCode::Permission, 403, "pages of this origin may not ask here"),
        Denied::ForeignHost => (ErrorCode::Permission, 403, "this server answers on loopback addresses only"),
        Denied::NoKey => (ErrorCode::Authentication, 401, "an access key is needed, as Bearer or x-api-key"),
        Denied::WrongKey => (ErrorCode::Authentication, 401, "this access key is not known here"),
    };
    error(dialect, &ours(code, status, words))
}

/// A browser's question is answered: our own pages may ask, and need no header for it.
#[must_use]
pub fn preflight(verdict: bool) -> Answer {
    if verdict {
        return Answer { status: 204, headers: api_headers(), body: String::new() };
    }
    denied(Dialect::Completions, Denied::ForeignOrigin)
}

/// An error that this server makes.
pub fn ours(code: ErrorCode, status: u16, message: impl Into<String>) -> ApiError {
    ApiError { code, status: Some(status), message: message.into(), retryable: false, retry_after: None }
}

/// The upstream did not answer, or broke off.
#[must_use]
pub fn lost() -> ApiError {
    ApiError { retryable: true, ..ours(ErrorCode::Server, 502, "") }
}

/// The upstream took too long.
#[must_use]
pub fn late() -> ApiError {
    ApiError { retryable: true, ..ours(ErrorCode::Timeout, 504, "") }
}

/// An upstream's error as a caller may see it: its code and status, its words only where they are about the request.
///
/// `key` is the key that was sent upstream: words that hold it, or its end, are not passed on whatever they are about.
#[must_use]
pub fn public(error: ApiError, key: Option<&Secret>) -> ApiError {
    let own = words(error.code);
    let quotes = match error.code {
        ErrorCode::InvalidRequest | ErrorCode::ContextLength | ErrorCode::ModelNotFound => {
            !error.message.is_empty() && !key.is_some_and(|key| shows(&error.message, key.reveal()))
        }
        _ => false,
    };
    // A redirect is nobody's to follow, and a success that failed is the upstream's fault.
    let status = error.status.filter(|status| *status >= 400).or(Some(502));
    let message = if quotes { error.message } else { own.to_owned() };
    ApiError { status, message, ..error }
}

/// The headers of a stream.
#[must_use]
pub fn stream_headers() -> Vec<Header> {
    let mut headers = api_headers();
    headers.push(("content-type", "text/event-stream; charset=utf-8".into()));
    headers.push(("x-accel-buffering", "no".into()));
    headers
}

/// The headers of a file of the page, whose name changes with its content.
#[must_use]
pub fn asset_headers(media_type: &'static str) -> Vec<Header> {
    let mut headers = guarded("default-src 'none'; frame-ancestors 'none'");
    headers.push(("content-type", media_type.into()));
    headers.push(("cache-control", "public, max-age=31536000, immutable".into()));
    headers
}

fn api_headers() -> Vec<Header> {
    let mut headers = guarded("default-src 'none'; frame-ancestors 'none'");
    headers.push(("cache-control", "no-store, no-transform".into()));
    headers
}

fn guarded(policy: &str) -> Vec<Header> {
    vec![
        ("content-security-policy", policy.into()),
        ("x-content-type-options", "nosniff".into()),
        ("referrer-policy", "no-referrer".into()),
        ("cross-origin-resource-policy", "same-origin".into()),
    ]
}

/// Whether a text holds a key, or the last characters that providers like to quote.
fn shows(text: &str, key: &str) -> bool {
    let end = key.char_indices().rev().nth(5).and_then(|(at, _)| key.get(at..)).unwrap_or(key);
    !end.is_empty() && text.contains(end)
}

/// What a caller is told of an error that is the upstream's.
const fn words(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::InvalidRequest => "the provider refused the request as it stands",
        ErrorCode::ContextLength => "the conversation is too long for the model",
        ErrorCode::TooLarge => "the request is too large for the provider",
        ErrorCode::Authentication => "the provider refused this server's key; its operator can mend it",
        ErrorCode::Billing => "this server's account with the provider is empty; its operator can fill it",
        ErrorCode::Permission => "the provider does not let this server do that",
        ErrorCode::NotFound => "the provider knows no such address",
        ErrorCode::ModelNotFound => "the provider does not serve this model",
        ErrorCode::RateLimit => "the provider is asked too often; try again later",
        ErrorCode::Overloaded => "the provider is busy; try again later",
        ErrorCode::Interrupted => "the provider gave up in the middle of the answer",
        ErrorCode::ContentFilter => "the provider's filter refused",
        ErrorCode::Timeout => "the provider took too long",
        ErrorCode::Server => "the provider cannot be reached or broke down",
        ErrorCode::Truncated => "the answer ended before the provider said why",
        ErrorCode::NotSse => "the provider answered with something that is no reply",
        ErrorCode::BadUpstream => "the provider's reply cannot be read",
        ErrorCode::TooLong => "the provider's reply is too long",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upstream(code: ErrorCode, status: u16, message: &str) -> ApiError {
        ApiError { code, status: Some(status), message: message.into(), retryable: false, retry_after: None }
    }

    #[test]
    fn only_words_about_the_request_are_passed_on() {
        let key = Secret::new("sk-CANARY-0123456789");
        for code in ErrorCode::ALL {
            let told = public(upstream(code, 400, "your account acct_CANARY at 10.0.0.7"), Some(&key));
            let about_the_request = matches!(
                code,
                ErrorCode::InvalidRequest | ErrorCode::ContextLength | ErrorCode::ModelNotFound
            );
            assert_eq!(told.message.contains("CANARY"), about_the_request, "{code:?}");
            assert!(!told.message.is_empty());
            assert_eq!(told.code, code);
        }
    }

    #[test]
    fn words_that_show_the_key_are_never_passed_on() {
        let key = Secret::new("sk-CANARY-0123456789");
        for words in ["bad key sk-CANARY-0123456789", "Your api key: ****456789 is invalid"] {
            let told = public(upstream(ErrorCode::InvalidRequest, 400, words), Some(&key));
            assert!(!told.message.contains("456789"), "{}", told.message);
        }
    }

    #[test]
    fn a_success_or_a_redirect_that_failed_is_a_bad_gateway() {
        for status in [200, 204, 301, 307] {
            assert_eq!(public(upstream(ErrorCode::NotSse, status, ""), None).status, Some(502));
        }
        assert_eq!(public(upstream(ErrorCode::Billing, 402, ""), None).status, Some(402));
        let nothing = ApiError { status: None, ..upstream(ErrorCode::Truncated, 0, "") };
        assert_eq!(public(nothing, None).status, Some(502));
    }

    #[test]
    fn every_answer_carries_the_guarding_headers() {
        let page = page("<!doctype html>".into());
        let api = health();
        let stream = Answer { status: 200, headers: stream_headers(), body: String::new() };
        let asset = Answer { status: 200, headers: asset_headers("text/css"), body: String::new() };
        for answer in [page, api, stream, asset, astray("/x", Astray::NoSuchPath), preflight(true)] {
            for name in
                ["content-security-policy", "x-content-type-options", "referrer-policy", "cache-control"]
            {
                assert_eq!(answer.headers.iter().filter(|header| header.0 == name).count(), 1, "{name}");
            }
        }
    }

    #[test]
    fn the_wait_is_told_in_whole_seconds_and_not_too_early() {
        let error = ApiError {
            retry_after: Some(crate::chat::Millis(1001)),
            ..upstream(ErrorCode::RateLimit, 429, "")
        };
        let answer = super::error(Dialect::Completions, &error);
        assert!(answer.headers.contains(&("retry-after", "2".into())), "{:?}", answer.headers);
    }
}
