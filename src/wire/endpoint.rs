//! An address as an operator or a page gives it, made into an endpoint.
//!
//! In: a base address or a full one. Out: an [`Endpoint`] whose path and dialect agree. Never: a request to find out.
//!
//! A base gets the path that its provider uses; where the provider is not known, what the official SDK of the
//! dialect would append. A path that names a dialect decides it.

use std::fmt;

use super::{Dialect, Endpoint, Secret};
use crate::models::{self, Provider, Style};

/// Why an address is no endpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum BadEndpoint {
    /// It is neither `https://host…`, `http://host…`, a path that begins with `/`, nor `demo:`.
    NotAnAddress,
    /// It carries a user name or a password, which would end up in logs.
    HasCredentials,
    /// Its path belongs to the other dialect.
    OtherDialect,
}

impl fmt::Display for BadEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnAddress => "the endpoint must begin with https://, http://, / or demo:",
            Self::HasCredentials => "the endpoint must not carry a user name or password",
            Self::OtherDialect => "the endpoint's path belongs to the other format",
        })
    }
}

impl std::error::Error for BadEndpoint {}

impl Endpoint {
    /// Reads an address; without a `dialect` its path decides, and Messages where the path does not.
    ///
    /// # Errors
    ///
    /// [`BadEndpoint`] when nothing can be asked there.
    pub fn parse(url: &str, dialect: Option<Dialect>, key: Option<Secret>) -> Result<Self, BadEndpoint> {
        let url = url.trim();
        if url.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(BadEndpoint::NotAnAddress);
        }
        let (whole, _fragment) = url.split_once('#').unwrap_or((url, ""));
        let (address, query) = whole.split_once('?').unwrap_or((whole, ""));
        let (origin, path) = split(address)?;
        let path = path.trim_end_matches('/');
        let (path, dialect) = match (named(path), dialect) {
            (Some(named), Some(wanted)) if named != wanted => return Err(BadEndpoint::OtherDialect),
            (Some(named), _) => (path.to_owned(), named),
            (None, wanted) => complete(models::provider_of(url), path, wanted),
        };
        let mark = if query.is_empty() { "" } else { "?" };
        Ok(Self { url: format!("{origin}{path}{mark}{query}"), dialect, key })
    }

    /// What `input_tokens` counts in Messages replies from here.
    #[must_use]
    pub fn input_style(&self) -> Style {
        models::provider_of(&self.url).map_or(Style::ExcludesCached, |provider| provider.messages_input)
    }
}

/// Origin and path; the origin is empty for a path on the page's own server.
fn split(address: &str) -> Result<(&str, &str), BadEndpoint> {
    if let Some(rest) = address.strip_prefix("demo:") {
        return if rest.is_empty() || rest.starts_with('/') {
            Ok(("demo:", rest))
        } else {
            Err(BadEndpoint::NotAnAddress)
        };
    }
    if address.starts_with('/') {
        return if address.starts_with("//") { Err(BadEndpoint::NotAnAddress) } else { Ok(("", address)) };
    }
    let (scheme, rest) = address.split_once("://").ok_or(BadEndpoint::NotAnAddress)?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(BadEndpoint::NotAnAddress);
    }
    let (host, path) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
    if host.contains('@') {
        return Err(BadEndpoint::HasCredentials);
    }
    if host.is_empty() || host.starts_with(':') {
        return Err(BadEndpoint::NotAnAddress);
    }
    let origin = address.strip_suffix(path).unwrap_or(address);
    Ok((origin, path))
}

/// The dialect that a full path names.
fn named(path: &str) -> Option<Dialect> {
    if path.ends_with("/messages") {
        Some(Dialect::Messages)
    } else if path.ends_with("/chat/completions") {
        Some(Dialect::Completions)
    } else {
        None
    }
}

/// The path of a provider's endpoint of that dialect.
const fn path_of(provider: &Provider, dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::Messages => provider.messages,
        Dialect::Completions => provider.completions,
    }
}

/// The full path for a base.
fn complete(provider: Option<&Provider>, base: &str, wanted: Option<Dialect>) -> (String, Dialect) {
    let both = [Dialect::Messages, Dialect::Completions];
    let open = both.into_iter().filter(|dialect| wanted.is_none_or(|wanted| wanted == *dialect));
    let known = open.clone().filter_map(|dialect| Some((path_of(provider?, dialect)?, dialect)));
    let below = |path: &str| path.strip_prefix(base).is_some_and(|rest| rest.starts_with('/'));
    let versioned = base.rsplit('/').next().is_some_and(is_version);
    let chosen = known
        .clone()
        .find(|(path, _)| below(path))
        .or_else(|| known.clone().next().filter(|_| base.rsplit('/').nth(1) == Some("") && versioned));
    if let Some((path, dialect)) = chosen {
        return (path.to_owned(), dialect);
    }
    let dialect = wanted.unwrap_or(Dialect::Messages);
    let path = match dialect {
        Dialect::Messages if versioned => "/messages",
        Dialect::Messages => "/v1/messages",
        Dialect::Completions if base.is_empty() => "/v1/chat/completions",
        Dialect::Completions => "/chat/completions",
    };
    (format!("{base}{path}"), dialect)
}

/// `v1`, `v4`, ...
fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Dialect::{Completions, Messages};

    #[test]
    fn a_base_gets_its_providers_path() {
        for (given, wanted, url, dialect) in [
            ("https://api.cometapi.com", None, "https://api.cometapi.com/v1/messages", Messages),
            ("https://api.cometapi.com/", None, "https://api.cometapi.com/v1/messages", Messages),
            ("https://api.cometapi.com/v1", None, "https://api.cometapi.com/v1/messages", Messages),
            (
                "https://api.cometapi.com/v1",
                Some(Completions),
                "https://api.cometapi.com/v1/chat/completions",
                Completions,
            ),
            ("https://api.deepseek.com", None, "https://api.deepseek.com/anthropic/v1/messages", Messages),
            (
                "https://api.deepseek.com/anthropic",
                None,
                "https://api.deepseek.com/anthropic/v1/messages",
                Messages,
            ),
            (
                "https://api.deepseek.com",
                Some(Completions),
                "https://api.deepseek.com/chat/completions",
                Completions,
            ),
            (
                "https://api.deepseek.com/v1",
                Some(Completions),
                "https://api.deepseek.com/chat/completions",
                Completions,
            ),
            (
                "https://api.deepseek.com/beta",
                Some(Completions),
                "https://api.deepseek.com/beta/chat/completions",
                Completions,
            ),
            ("http://127.0.0.1:8000", None, "http://127.0.0.1:8000/v1/messages", Messages),
            (
                "http://127.0.0.1:8000/v1/",
                Some(Completions),
                "http://127.0.0.1:8000/v1/chat/completions",
                Completions,
            ),
            ("https://host.example/api/paas/v4", None, "https://host.example/api/paas/v4/messages", Messages),
            ("/", None, "/v1/messages", Messages),
            ("demo:", None, "demo:/v1/messages", Messages),
        ] {
            let endpoint = Endpoint::parse(given, wanted, None).unwrap();
            assert_eq!((endpoint.url.as_str(), endpoint.dialect), (url, dialect), "{given} {wanted:?}");
        }
    }

    #[test]
    fn a_full_path_is_kept_and_decides_the_dialect() {
        for (given, dialect) in [
            ("https://host.example/x/v1/messages", Messages),
            ("https://host.example/x/chat/completions?api-version=2", Completions),
            ("/v1/chat/completions", Completions),
        ] {
            let endpoint = Endpoint::parse(given, None, None).unwrap();
            assert_eq!((endpoint.url.as_str(), endpoint.dialect), (given, dialect));
        }
        let other = Endpoint::parse("https://host.example/v1/messages", Some(Completions), None);
        assert_eq!(other, Err(BadEndpoint::OtherDialect));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for url in [
            "",
            "host.example",
            "ftp://host.example",
            "//host.example",
            "https://",
            "https://:80/v1",
            "demo:x",
        ] {
            assert_eq!(Endpoint::parse(url, None, None), Err(BadEndpoint::NotAnAddress), "{url}");
        }
        for url in ["https://a b", "https://a\\b", "https://a\nb"] {
            assert_eq!(Endpoint::parse(url, None, None), Err(BadEndpoint::NotAnAddress), "{url}");
        }
        let user = Endpoint::parse("https://user:pass@host.example", None, None);
        assert_eq!(user, Err(BadEndpoint::HasCredentials));
    }
}
