//! Messages as OpenAI's API spells them, which is how JavaScript gives and gets them.
//!
//! In and out: `{ role, content, reasoning_content?, tool_calls?, tool_call_id? }`. One field is ours,
//! `reasoning_signature`: a provider that seals its reasoning wants the seal back. Never: a message half understood; a
//! part that is no text is refused by name.

use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use crate::chat::{Message, Part, Role, ToolCall};

/// A message as JavaScript spells it.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Spelled {
    role: Role,
    #[serde(default)]
    content: Option<Content>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reasoning_signature: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tool_calls: Option<Vec<Call>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Piece>),
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Piece {
    r#type: String,
    #[serde(default)]
    text: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Call {
    id: String,
    #[serde(default)]
    r#type: Function,
    function: Called,
}

/// The only type of a tool call there is.
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Function {
    #[default]
    Function,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Called {
    name: String,
    arguments: String,
}

/// Messages as the crate knows them. Results of tools that follow one another are one message, as in a session.
pub(super) fn read_messages(spelled: Vec<Spelled>) -> Result<Vec<Message>, Refusal> {
    let mut messages: Vec<Message> = Vec::with_capacity(spelled.len());
    for message in spelled.into_iter().map(read) {
        let message = message?;
        match messages.last_mut() {
            Some(last) if last.role == Role::Tool && message.role == Role::Tool => {
                last.parts.extend(message.parts);
            }
            _ => messages.push(message),
        }
    }
    Ok(messages)
}

/// The results in messages of the role `tool`: the ids of their calls, and the texts.
pub(super) fn read_results(spelled: Vec<Spelled>) -> Result<Vec<(String, String)>, Refusal> {
    let result = |message: Spelled| match (message.role, message.tool_call_id.clone()) {
        (Role::Tool, Some(id)) => Ok((id, text_of(message.content)?)),
        _ => Err(Refusal::invalid("a result is a message of the role tool with a tool_call_id")),
    };
    spelled.into_iter().map(result).collect()
}

/// A message as JavaScript spells it: one, but for results of tools, of which each is a message there.
/// An answer in which nothing was said is none.
pub(super) fn write_message(message: &Message) -> Vec<Spelled> {
    let plain = |content: Option<String>| Spelled {
        role: message.role,
        content: content.map(Content::Text),
        reasoning_content: None,
        reasoning_signature: None,
        tool_calls: None,
        tool_call_id: None,
    };
    match message.role {
        Role::Assistant if message.parts.is_empty() => Vec::new(),
        Role::Assistant => {
            let (reasoning, text) = (message.reasoning(), message.text());
            let calls: Vec<Call> = message.tool_calls().map(write_call).collect();
            let content = (!text.is_empty() || calls.is_empty()).then_some(text);
            vec![Spelled {
                reasoning_content: (!reasoning.is_empty()).then_some(reasoning),
                reasoning_signature: message.parts.iter().find_map(signature),
                tool_calls: (!calls.is_empty()).then_some(calls),
                ..plain(content)
            }]
        }
        Role::Tool => {
            let result = |part: &Part| match part {
                Part::ToolResult { id, text, .. } => {
                    Some(Spelled { tool_call_id: Some(id.clone()), ..plain(Some(text.clone())) })
                }
                _ => None,
            };
            message.parts.iter().filter_map(result).collect()
        }
        _ => vec![plain(Some(message.text()))],
    }
}

fn read(spelled: Spelled) -> Result<Message, Refusal> {
    let role = spelled.role;
    if role == Role::Tool {
        let id =
            spelled.tool_call_id.ok_or_else(|| Refusal::invalid("a tool message has no tool_call_id"))?;
        let part = Part::ToolResult { id, text: text_of(spelled.content)?, failed: false };
        return Ok(Message { role, parts: vec![part] });
    }
    let mut parts = Vec::new();
    if spelled.reasoning_content.is_some() || spelled.reasoning_signature.is_some() {
        let text = spelled.reasoning_content.unwrap_or_default();
        parts.push(Part::Reasoning { text, signature: spelled.reasoning_signature });
    }
    let calls = spelled.tool_calls.unwrap_or_default();
    let text = text_of(spelled.content)?;
    if !text.is_empty() || (calls.is_empty() && role != Role::Assistant) {
        parts.push(Part::Text { text });
    }
    parts.extend(calls.into_iter().map(|call| {
        let Called { name, arguments } = call.function;
        Part::ToolCall(ToolCall { id: call.id, name, arguments })
    }));
    Ok(Message { role, parts })
}

/// The text of a content, whose parts are joined as providers join them.
fn text_of(content: Option<Content>) -> Result<String, Refusal> {
    let piece = |piece: Piece| match (piece.r#type.as_str(), piece.text) {
        ("text", Some(text)) => Ok(text),
        (other, _) => Err(Refusal::invalid(format!("a content part of the type {other:?} cannot be sent"))),
    };
    match content {
        None => Ok(String::new()),
        Some(Content::Text(text)) => Ok(text),
        Some(Content::Parts(parts)) => parts.into_iter().map(piece).collect(),
    }
}

fn write_call(call: &ToolCall) -> Call {
    let function = Called { name: call.name.clone(), arguments: call.arguments.clone() };
    Call { id: call.id.clone(), r#type: Function::Function, function }
}

fn signature(part: &Part) -> Option<String> {
    match part {
        Part::Reasoning { signature, .. } => signature.clone(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_json(json: &str) -> Result<Vec<Message>, Refusal> {
        read_messages(serde_json::from_str(json).unwrap())
    }

    const CONVERSATION: &str = r#"[
        {"role":"system","content":"Be brief."},
        {"role":"user","content":"Weather?"},
        {"role":"assistant","content":null,"reasoning_content":"A tool.","reasoning_signature":"s",
         "tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},
                       {"id":"b","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]},
        {"role":"tool","content":"1","tool_call_id":"a"},
        {"role":"tool","content":"2","tool_call_id":"b"},
        {"role":"assistant","content":"Fine."}
    ]"#;

    #[test]
    fn a_conversation_is_read_part_by_part() {
        let call = |id: &str, arguments: &str| {
            Part::ToolCall(ToolCall { id: id.into(), name: "f".into(), arguments: arguments.into() })
        };
        let result =
            |id: &str, text: &str| Part::ToolResult { id: id.into(), text: text.into(), failed: false };
        let thought = Part::Reasoning { text: "A tool.".into(), signature: Some("s".into()) };
        assert_eq!(
            read_json(CONVERSATION).unwrap(),
            [
                Message::new(Role::System, "Be brief."),
                Message::user("Weather?"),
                Message {
                    role: Role::Assistant,
                    parts: vec![thought, call("a", "{}"), call("b", r#"{"x":1}"#)]
                },
                Message { role: Role::Tool, parts: vec![result("a", "1"), result("b", "2")] },
                Message::new(Role::Assistant, "Fine."),
            ]
        );
    }

    #[test]
    fn what_was_read_is_written_as_it_was() {
        let spelled: serde_json::Value = serde_json::from_str(CONVERSATION).unwrap();
        let written: Vec<Spelled> = read_json(CONVERSATION).unwrap().iter().flat_map(write_message).collect();
        assert_eq!(serde_json::to_value(written).unwrap(), spelled);
    }

    #[test]
    fn parts_of_text_are_joined_and_others_refused() {
        let text = r#"[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]"#;
        assert_eq!(read_json(text).unwrap(), [Message::user("ab")]);
        let image = r#"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]"#;
        assert!(read_json(image).is_err());
        assert!(read_json(r#"[{"role":"tool","content":"1"}]"#).is_err(), "whose result?");
    }

    #[test]
    fn an_answer_without_a_word_is_no_message() {
        assert!(write_message(&Message { role: Role::Assistant, parts: Vec::new() }).is_empty());
    }
}
