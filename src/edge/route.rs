//! Which method and path lead where. Exact, because what almost matches is how a proxy is opened.
//!
//! In: a method and a path as it was sent, still encoded. Out: a [`Route`], or why there is none.
//! Never: the request's headers, its body, the address of the upstream.

use crate::wire::Dialect;

/// Where a request leads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Route<'a> {
    /// The page.
    Page,
    /// A file of the page.
    Asset {
        /// Its name, one plain segment.
        name: &'a str,
    },
    /// Whether the function runs.
    Health,
    /// The models on offer.
    Models,
    /// A question to a model.
    Chat {
        /// The dialect that the caller speaks.
        dialect: Dialect,
    },
    /// How many tokens a question would take.
    CountTokens,
    /// A browser asks whether it may ask.
    Preflight,
}

/// Why a request leads nowhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Astray {
    /// There is nothing at this path.
    NoSuchPath,
    /// There is, but not for this method.
    WrongMethod {
        /// The methods that it takes, as the `allow` header lists them.
        allow: &'static str,
    },
}

/// Finds the route. `HEAD` leads where `GET` does; the answer's body is left out later.
///
/// # Errors
/// [`Astray`] says which of method and path is wrong.
pub fn find<'a>(method: &str, path: &'a str) -> Result<Route<'a>, Astray> {
    let route = match path {
        "/" => Route::Page,
        "/healthz" => Route::Health,
        "/v1/models" => Route::Models,
        "/v1/messages" => Route::Chat { dialect: Dialect::Messages },
        "/v1/messages/count_tokens" => Route::CountTokens,
        "/v1/chat/completions" => Route::Chat { dialect: Dialect::Completions },
        _ => match path.strip_prefix("/assets/") {
            Some(name) if is_plain(name) => Route::Asset { name },
            _ => return Err(Astray::NoSuchPath),
        },
    };
    let asks = matches!(route, Route::Chat { .. } | Route::CountTokens);
    let is_api = asks || route == Route::Models;
    match method {
        "POST" if asks => Ok(route),
        "GET" | "HEAD" if !asks => Ok(route),
        "OPTIONS" if is_api => Ok(Route::Preflight),
        _ if asks => Err(Astray::WrongMethod { allow: "POST, OPTIONS" }),
        _ if is_api => Err(Astray::WrongMethod { allow: "GET, HEAD, OPTIONS" }),
        _ => Err(Astray::WrongMethod { allow: "GET, HEAD" }),
    }
}

/// A name that means the same to every file system and every server: no separator, no escape, no `..`.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=128).contains(&name.len())
        && name.bytes().all(plain)
        && !name.starts_with('.')
        && !name.contains("..")
}

/// The media type of a file of the page, by its name.
#[must_use]
pub fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "json" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_route_is_found_by_its_exact_method_and_path() {
        let messages = Route::Chat { dialect: Dialect::Messages };
        let completions = Route::Chat { dialect: Dialect::Completions };
        for (method, path, route) in [
            ("GET", "/", Route::Page),
            ("HEAD", "/", Route::Page),
            ("GET", "/assets/page-0a1b.js", Route::Asset { name: "page-0a1b.js" }),
            ("GET", "/healthz", Route::Health),
            ("GET", "/v1/models", Route::Models),
            ("POST", "/v1/messages", messages),
            ("POST", "/v1/messages/count_tokens", Route::CountTokens),
            ("POST", "/v1/chat/completions", completions),
            ("OPTIONS", "/v1/messages", Route::Preflight),
        ] {
            assert_eq!(find(method, path), Ok(route), "{method} {path}");
        }
    }

    #[test]
    fn what_almost_matches_leads_nowhere() {
        for path in [
            "",
            "//",
            "/V1/messages",
            "/v1/messages/",
            "//v1/messages",
            "/v1/%6dessages",
            "/v1/messages%00",
            "/v1/messages;x",
            "/v1/proxy/chat/completions",
            "/x/v1/messages",
            "/assets/",
            "/assets/..",
            "/assets/../healthz",
            "/assets/a/b.js",
            "/assets/a%2fb.js",
            "/assets/.env",
            "/assets/a..b",
            "/index.php",
            "http://evil.example/v1/messages",
        ] {
            for method in ["GET", "POST", "OPTIONS"] {
                assert_eq!(find(method, path), Err(Astray::NoSuchPath), "{method} {path}");
            }
        }
    }

    #[test]
    fn a_wrong_method_is_told_the_right_ones() {
        for (method, path, allow) in [
            ("GET", "/v1/messages", "POST, OPTIONS"),
            ("PUT", "/v1/chat/completions", "POST, OPTIONS"),
            ("post", "/v1/messages", "POST, OPTIONS"),
            ("POST", "/", "GET, HEAD"),
            ("POST", "/v1/models", "GET, HEAD, OPTIONS"),
            ("OPTIONS", "/healthz", "GET, HEAD"),
        ] {
            assert_eq!(find(method, path), Err(Astray::WrongMethod { allow }), "{method} {path}");
        }
    }
}
