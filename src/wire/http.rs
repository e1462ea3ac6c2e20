//! Requests as values: what to send where, without sending it.

use super::Dialect;

/// A header's name, in lower case, and its value.
pub type Header = (&'static str, String);

/// An HTTP request, ready to be sent by anybody. The method is always POST, the body always JSON.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// The full address.
    pub url: String,
    /// Its headers; `authorization` among them when there is a key.
    pub headers: Vec<Header>,
    /// The JSON body.
    pub body: String,
}

/// Shows the names of the headers alone: one of them carries the key.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        let Self { url, body, .. } = self;
        f.debug_struct("Request").field("url", url).field("headers", &headers).field("body", body).finish()
    }
}

/// Where a model is reached.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Endpoint {
    /// The full address of the endpoint.
    pub url: String,
    /// The dialect spoken there.
    pub dialect: Dialect,
    /// Sent as Bearer.
    pub key: Option<Secret>,
}

/// A key, which neither `Debug` nor an error ever shows.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a key.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The key itself, for the one header that carries it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}
