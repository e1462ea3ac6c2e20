//! Text and thoughts in the shapes that hosts give them: a string, or typed parts, nested or not.
//!
//! In: the value of `content`, `reasoning`, `reasoning_details`, `thinking`. Out: text and thoughts, borrowed where one
//! string is all there is. Never: an error for a part of an unknown type.

use std::borrow::Cow;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess},
};

use crate::wire::lenient::{Maybe, Shape, Text, read};

/// What a value says. A bare string counts as text; where thoughts are expected, both are [`joined`](Flow::joined).
#[derive(Debug, Default)]
pub(super) struct Flow<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) thought: Cow<'a, str>,
}

/// One typed part: `{"type":"text","text"}`, `{"type":"thinking","thinking":[…]}`, `{"type":"reasoning","summary":[…]}`.
#[derive(Deserialize)]
struct Piece<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    text: Flow<'a>,
    #[serde(borrow, default)]
    content: Flow<'a>,
    #[serde(borrow, default)]
    thinking: Flow<'a>,
    #[serde(borrow, default)]
    reasoning: Flow<'a>,
    #[serde(borrow, default)]
    summary: Flow<'a>,
}

impl<'a> Flow<'a> {
    /// Everything, where the field itself says that it holds thoughts.
    pub(super) fn joined(mut self) -> Cow<'a, str> {
        join(&mut self.thought, self.text);
        self.thought
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.thought.is_empty()
    }

    fn add(&mut self, piece: Piece<'a>) {
        for thoughts in [piece.thinking, piece.reasoning, piece.summary] {
            join(&mut self.thought, thoughts.joined());
        }
        let is_thought = piece.kind.as_str().starts_with("reasoning") || piece.kind.as_str() == "thinking";
        for flow in [piece.text, piece.content] {
            join(if is_thought { &mut self.thought } else { &mut self.text }, flow.text);
            join(&mut self.thought, flow.thought);
        }
    }
}

/// Appends without copying where one of the two is empty.
fn join<'a>(to: &mut Cow<'a, str>, more: Cow<'a, str>) {
    if to.is_empty() {
        *to = more;
    } else if !more.is_empty() {
        to.to_mut().push_str(&more);
    }
}

impl<'de> Shape<'de> for Flow<'de> {
    fn from_text(text: Cow<'de, str>) -> Self {
        Self { text, ..Self::default() }
    }

    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut flow = Self::default();
        while let Some(more) = list.next_element::<Self>()? {
            join(&mut flow.text, more.text);
            join(&mut flow.thought, more.thought);
        }
        Ok(flow)
    }

    fn from_map<A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        let mut flow = Self::default();
        if let Maybe(Some(piece)) = Maybe::from_map(map)? {
            flow.add(piece);
        }
        Ok(flow)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Flow<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::<Flow<'de>, D>(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_says_the_same() {
        for (json, text, thought) in [
            (r#""plain""#, "plain", ""),
            ("null", "", ""),
            ("[]", "", ""),
            ("{}", "", ""),
            ("7", "", ""),
            (r#"[{"type":"text","text":"a"},{"type":"text","text":"b"}]"#, "ab", ""),
            (r#"["a","b"]"#, "ab", ""),
            // Databricks
            (
                r#"[{"type":"reasoning","summary":[{"type":"summary_text","text":"why"}]},{"type":"text","text":"so"}]"#,
                "so",
                "why",
            ),
            // Mistral
            (r#"[{"type":"thinking","thinking":[{"type":"text","text":"why"}]}]"#, "", "why"),
            // OpenRouter
            (r#"[{"type":"reasoning.text","text":"why","format":"x","index":0}]"#, "", "why"),
            (r#"[{"type":"reasoning.summary","summary":"why"}]"#, "", "why"),
            (r#"[{"type":"reasoning.encrypted","data":"AAAA"}]"#, "", ""),
            (r#"[{"type":"image","source":{"x":[1]}},{"type":"text","text":"a"}]"#, "a", ""),
        ] {
            let flow: Flow<'_> = serde_json::from_str(json).unwrap();
            assert_eq!((&*flow.text, &*flow.thought), (text, thought), "{json}");
        }
    }

    #[test]
    fn parts_in_parts_have_an_end() {
        let deep = format!("{}{}", r#"[{"text":"#.repeat(100_000), "}]".repeat(100_000));
        assert!(serde_json::from_str::<Flow<'_>>(&deep).is_err());
    }
}
