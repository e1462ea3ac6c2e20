//! One message: a role and its parts, in the order in which they were said.
//!
//! In and out: values. A part that came from a model is kept as it came, because some providers refuse a
//! thinking block that was changed. Never: validation against a provider's rules, which is `wire`'s.

use serde::{Deserialize, Serialize};

/// Who speaks.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// The operator's instructions.
    System,
    /// The person (or program) asking.
    User,
    /// The model.
    Assistant,
    /// The result of a tool call, given back to the model.
    Tool,
}

/// A stretch of a message.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Part {
    /// Text to be read.
    Text {
        /// The text, Markdown in a model's answer.
        text: String,
    },
    /// What the model thought aloud before answering.
    Reasoning {
        /// The thoughts; may be empty when only a signature was sent.
        text: String,
        /// The provider's seal over the block, returned unchanged with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    /// The model asks for a tool to be run.
    ToolCall(ToolCall),
    /// What a tool returned, in a message of [`Role::Tool`].
    ToolResult {
        /// The [`ToolCall::id`] that this answers.
        id: String,
        /// The result as text, usually JSON.
        text: String,
        /// The tool failed, was cancelled or could not be run.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        failed: bool,
    },
}

/// A request of the model to run a tool.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Names the call; the result carries the same id. Never empty.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments as JSON text, exactly as the model wrote them (possibly not JSON at all).
    pub arguments: String,
}

/// Who said what.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What was said, in order.
    pub parts: Vec<Part>,
}

impl Message {
    /// A message of one text.
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        Self { role, parts: vec![Part::Text { text: text.into() }] }
    }

    /// A user's message of one text.
    pub fn user(text: impl Into<String>) -> Self {
        Self::new(Role::User, text)
    }

    /// The text parts, joined without a separator, as the providers join them.
    #[must_use]
    pub fn text(&self) -> String {
        self.collect(|part| match part {
            Part::Text { text } => Some(text),
            _ => None,
        })
    }

    /// The reasoning parts, joined.
    #[must_use]
    pub fn reasoning(&self) -> String {
        self.collect(|part| match part {
            Part::Reasoning { text, .. } => Some(text),
            _ => None,
        })
    }

    /// The tool calls, in order.
    pub fn tool_calls(&self) -> impl Iterator<Item = &ToolCall> {
        self.parts.iter().filter_map(|part| match part {
            Part::ToolCall(call) => Some(call),
            _ => None,
        })
    }

    /// Adds to the text that is being said.
    pub fn say(&mut self, delta: &str) {
        if let Some(Part::Text { text }) = self.parts.last_mut() {
            text.push_str(delta);
        } else {
            self.parts.push(Part::Text { text: delta.to_owned() });
        }
    }

    /// Adds to the thoughts; after a sealed block a new one begins.
    pub fn think(&mut self, delta: &str) {
        if let Some(Part::Reasoning { text, signature: None }) = self.parts.last_mut() {
            text.push_str(delta);
        } else {
            self.parts.push(Part::Reasoning { text: delta.to_owned(), signature: None });
        }
    }

    /// Seals the thoughts just said; a seal without thoughts is a block of its own.
    pub fn seal(&mut self, seal: String) {
        if let Some(Part::Reasoning { signature: signature @ None, .. }) = self.parts.last_mut() {
            *signature = Some(seal);
        } else {
            self.parts.push(Part::Reasoning { text: String::new(), signature: Some(seal) });
        }
    }

    fn collect(&self, pick: impl Fn(&Part) -> Option<&String>) -> String {
        self.parts.iter().filter_map(pick).map(String::as_str).collect()
    }
}

/// Whether a text says nothing: white space, as Unicode or JavaScript has it.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|character| character.is_whitespace() || character == '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_white_space_to_unicode_or_to_javascript_is_blank() {
        for text in ["", " \n\t", "\u{feff}", "\u{85}", "\u{3000}\u{feff}\u{85}"] {
            assert!(is_blank(text), "{text:?}");
        }
        assert!(!is_blank("\u{feff}a\u{85}") && !is_blank("\u{200b}"));
    }
}
