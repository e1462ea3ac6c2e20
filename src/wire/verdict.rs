//! What an error is, from its code, its words and its status.
//!
//! In: the words of an error, as they came. Out: an [`ErrorCode`]. Never: a request, a retry.
//!
//! Words come before the status, because gateways answer with 500 what is the caller's mistake (CometAPI: a missing
//! field) and with 503 what will never work (an unknown model); asking again would only repeat it.

use super::ErrorCode;

/// Certain words, then telling messages, then a telling status, then vague words, then the status' class.
pub(super) fn judge(code: &str, kind: &str, message: &str, status: Option<u16>) -> ErrorCode {
    let words = [code, kind];
    let message = message.to_lowercase();
    match words.into_iter().find_map(certain_word) {
        Some(ErrorCode::NotFound) if message.contains("model") => return ErrorCode::ModelNotFound,
        Some(code) => return code,
        None => {}
    }
    let told = MESSAGES.iter().find(|(part, _)| message.contains(part)).map(|(_, code)| *code);
    told.or_else(|| status.and_then(certain_status)).unwrap_or_else(|| match status {
        Some(400..=499) => ErrorCode::InvalidRequest,
        Some(503) => words.into_iter().find_map(vague_word).unwrap_or(ErrorCode::Overloaded),
        _ => words.into_iter().find_map(vague_word).unwrap_or(ErrorCode::Server),
    })
}

/// Words that mean one thing wherever they stand.
fn certain_word(word: &str) -> Option<ErrorCode> {
    Some(match word {
        "context_length_exceeded" => ErrorCode::ContextLength,
        "request_too_large" => ErrorCode::TooLarge,
        "authentication_error" | "invalid_api_key" | "invalid_authentication" => ErrorCode::Authentication,
        "insufficient_quota"
        | "insufficient_user_quota"
        | "pre_consume_token_quota_failed"
        | "billing_error"
        | "insufficient_balance" => ErrorCode::Billing,
        "permission_error" | "permission_denied" => ErrorCode::Permission,
        "not_found_error" => ErrorCode::NotFound,
        "model_not_found" | "model_not_exist" => ErrorCode::ModelNotFound,
        "rate_limit_error" | "rate_limit_exceeded" | "rate_limit_reached_error" => ErrorCode::RateLimit,
        "overloaded_error" | "service_unavailable" | "engine_overloaded" => ErrorCode::Overloaded,
        "insufficient_system_resource" => ErrorCode::Interrupted,
        "content_policy_violation" | "sensitive_words_detected" | "content_filter_error" => {
            ErrorCode::ContentFilter
        }
        "timeout_error" => ErrorCode::Timeout,
        _ => {
            return ErrorCode::ALL
                .into_iter()
                .find(|code| code.as_str() == word && vague_word(word).is_none());
        }
    })
}

/// Words that providers put where they have none better: a certain status knows more.
fn vague_word(word: &str) -> Option<ErrorCode> {
    match word {
        "invalid_request_error" | "invalid_request" => Some(ErrorCode::InvalidRequest),
        "api_error" | "server_error" | "internal_server_error" | "internal_error" => Some(ErrorCode::Server),
        _ => None,
    }
}

/// Parts of messages, in lower case, that tell more than the codes beside them.
const MESSAGES: &[(&str, ErrorCode)] = &[
    ("insufficient balance", ErrorCode::Billing),
    ("exceeded your current quota", ErrorCode::Billing),
    ("insufficient quota", ErrorCode::Billing),
    ("余额不足", ErrorCode::Billing),
    ("额度不足", ErrorCode::Billing),
    ("maximum context length", ErrorCode::ContextLength),
    ("prompt is too long", ErrorCode::ContextLength),
    ("model not exist", ErrorCode::ModelNotFound),
    ("model does not exist", ErrorCode::ModelNotFound),
    ("supported api model names", ErrorCode::ModelNotFound),
    ("no available channel", ErrorCode::ModelNotFound),
    ("authentication fails", ErrorCode::Authentication),
    ("content exists risk", ErrorCode::ContentFilter),
    ("insufficient_system_resource", ErrorCode::Interrupted),
];

/// Statuses that mean one thing whatever vague word stands in the body.
const fn certain_status(status: u16) -> Option<ErrorCode> {
    Some(match status {
        // A redirect is never followed, the key would travel with it: the address is wrong.
        300..=399 | 404 | 405 | 410 => ErrorCode::NotFound,
        401 => ErrorCode::Authentication,
        402 => ErrorCode::Billing,
        403 => ErrorCode::Permission,
        408 | 504 | 522 | 524 => ErrorCode::Timeout,
        413 => ErrorCode::TooLarge,
        429 => ErrorCode::RateLimit,
        529 => ErrorCode::Overloaded,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_outranks_the_status() {
        for (code, kind, message, status, expected) in [
            // CometAPI: bad requests and unknown models in the clothes of server faults.
            ("invalid_request", "comet_api_error", "field model is required", 500, ErrorCode::InvalidRequest),
            ("model_not_found", "comet_api_error", "no available channel", 503, ErrorCode::ModelNotFound),
            ("", "comet_api_error", "no available channel for group default", 503, ErrorCode::ModelNotFound),
            // OpenAI: no money is no reason to wait.
            (
                "insufficient_quota",
                "insufficient_quota",
                "You exceeded your current quota",
                429,
                ErrorCode::Billing,
            ),
            // DeepSeek: one code for everything.
            (
                "invalid_request_error",
                "authentication_error",
                "Authentication Fails",
                401,
                ErrorCode::Authentication,
            ),
            ("invalid_request_error", "unknown_error", "Insufficient Balance", 402, ErrorCode::Billing),
            (
                "invalid_request_error",
                "invalid_request_error",
                "Model Not Exist",
                400,
                ErrorCode::ModelNotFound,
            ),
            (
                "invalid_request_error",
                "invalid_request_error",
                "This model's maximum context length is 65536 tokens.",
                400,
                ErrorCode::ContextLength,
            ),
            ("", "not_found_error", "model: claude-9", 404, ErrorCode::ModelNotFound),
            ("", "overloaded_error", "Overloaded", 529, ErrorCode::Overloaded),
            ("", "api_error", "Internal", 500, ErrorCode::Server),
            ("", "server_error", "no", 400, ErrorCode::InvalidRequest),
        ] {
            assert_eq!(
                judge(code, kind, message, Some(status)),
                expected,
                "{code} {kind} {message} {status}"
            );
        }
    }

    #[test]
    fn without_words_the_status_decides() {
        for (status, expected, retryable) in [
            (301, ErrorCode::NotFound, false),
            (307, ErrorCode::NotFound, false),
            (400, ErrorCode::InvalidRequest, false),
            (401, ErrorCode::Authentication, false),
            (402, ErrorCode::Billing, false),
            (403, ErrorCode::Permission, false),
            (404, ErrorCode::NotFound, false),
            (408, ErrorCode::Timeout, true),
            (413, ErrorCode::TooLarge, false),
            (418, ErrorCode::InvalidRequest, false),
            (422, ErrorCode::InvalidRequest, false),
            (429, ErrorCode::RateLimit, true),
            (500, ErrorCode::Server, true),
            (502, ErrorCode::Server, true),
            (503, ErrorCode::Overloaded, true),
            (504, ErrorCode::Timeout, true),
            (520, ErrorCode::Server, true),
            (524, ErrorCode::Timeout, true),
            (529, ErrorCode::Overloaded, true),
            (999, ErrorCode::Server, true),
            (0, ErrorCode::Server, true),
        ] {
            let code = judge("", "", "", Some(status));
            assert_eq!((code, code.is_retryable()), (expected, retryable), "{status}");
        }
        assert_eq!(judge("", "", "", None), ErrorCode::Server);
    }

    #[test]
    fn our_own_words_are_understood() {
        for code in ErrorCode::ALL {
            assert_eq!(judge(code.as_str(), "", "", None), code);
        }
    }
}
