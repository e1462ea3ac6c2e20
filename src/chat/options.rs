//! What may be asked of a model besides the messages: thinking, tools, the shape of the answer.
//!
//! In and out: values that mean the same in both dialects; `wire` knows how each is spelled.

use serde::{Deserialize, Serialize};

/// Whether the model is to think aloud before it answers.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Thinking {
    /// As the model does by itself.
    #[default]
    Auto,
    /// No thinking (chat mode).
    Off,
    /// Thinking (reasoner mode).
    On,
}

/// A function that the model may ask to have run.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// `[A-Za-z0-9_-]{1,64}`.
    pub name: String,
    /// What it does, for the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON Schema of the arguments, as JSON text. Kept as written: key order is part of the prompt.
    pub parameters: String,
}

/// Which tool, if any, the model must call.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ToolChoice {
    /// The model decides.
    #[default]
    Auto,
    /// No tool; the tools are left out of the prompt.
    None,
    /// Some tool.
    Required,
    /// The tool of this name.
    Named(String),
}

/// The shape of the answer.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ResponseFormat {
    /// Free text.
    #[default]
    Text,
    /// One JSON object. The prompt must contain the word "json".
    JsonObject,
}
