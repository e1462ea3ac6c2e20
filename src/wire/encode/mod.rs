//! A request as a client sends it.
use super::{ChatRequest, Endpoint, Request};

/// Why a request cannot be sent: the caller's mistake, found before anybody is asked.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Unsendable {
    /// No model is named.
    NoModel,
    /// There is no message that says anything.
    NoMessages,
    /// More tools than any provider takes.
    TooManyTools,
    /// A tool's name or schema is not one; its name.
    BadTool(String),
    /// The tool that must be called is not among the tools.
    NoSuchTool(String),
    /// A number is none (`NaN`, infinite); the field's name.
    NotANumber(&'static str),
    /// JSON mode, and no message contains the word "json": the model would write white space without end.
    NoJsonInPrompt,
}

/// Spells a request in the endpoint's dialect.
///
/// # Errors
///
/// [`Unsendable`] when no provider could take it.
pub fn encode(_endpoint: &Endpoint, _request: &ChatRequest) -> Result<Request, Unsendable> {
    Err(Unsendable::NoModel)
}
