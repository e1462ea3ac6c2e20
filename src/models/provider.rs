//! One provider: where it is reached and how its arithmetic differs.

/// A company or gateway that serves models.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Provider {
    /// Its short name in tables and configuration.
    pub id: &'static str,
    /// Its name for a reader.
    pub name: &'static str,
    /// Hosts that are this provider's.
    pub hosts: &'static [&'static str],
    /// The path of the Messages endpoint, if it has one.
    pub messages: Option<&'static str>,
    /// The path of the Chat Completions endpoint, if it has one.
    pub completions: Option<&'static str>,
    /// What `input_tokens` counts in its Messages replies.
    pub messages_input: Style,
    /// Browsers may call it with a key of their own.
    pub browsers: bool,
    /// Where the facts were found.
    pub source: &'static str,
}

/// Whether a Messages reply's `input_tokens` counts cached tokens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Style {
    /// Cached tokens come on top (Anthropic, DeepSeek).
    ExcludesCached,
    /// Cached tokens are part of it (gateways that convert from Chat Completions).
    IncludesCached,
}
