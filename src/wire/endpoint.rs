//! Where a model is reached.
use super::{Dialect, Endpoint, Secret};

/// Why an address is no endpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum BadEndpoint {
    /// It is neither `https://…`, `http://…`, a path that begins with `/`, nor `demo:`.
    NotAnAddress,
    /// It carries a user name or password.
    HasCredentials,
    /// Its path belongs to the other dialect.
    OtherDialect,
}

impl Endpoint {
    /// Reads a base address or a full one; see [`BadEndpoint`].
    ///
    /// # Errors
    ///
    /// [`BadEndpoint`] when it is no address.
    pub fn parse(url: &str, dialect: Option<Dialect>, key: Option<Secret>) -> Result<Self, BadEndpoint> {
        Ok(Self { url: url.to_owned(), dialect: dialect.unwrap_or(Dialect::Messages), key })
    }
}
