//! A request in Messages.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    NO_PARAMETERS, content,
    field::{bad, count, object, optional, parse, present, record, required, texts},
    shared, thinking,
};
use crate::{
    chat::{Message, Part, Role, Tool, ToolCall, ToolChoice},
    wire::{ApiError, ChatRequest},
};

/// Every field that is looked at; each is read by itself.
#[derive(Deserialize)]
pub(super) struct Body<'a> {
    #[serde(borrow)]
    model: Raw<'a>,
    #[serde(borrow)]
    max_tokens: Raw<'a>,
    #[serde(borrow)]
    system: Raw<'a>,
    #[serde(borrow)]
    messages: Raw<'a>,
    #[serde(borrow)]
    thinking: Raw<'a>,
    #[serde(borrow)]
    tools: Raw<'a>,
    #[serde(borrow)]
    tool_choice: Raw<'a>,
    #[serde(borrow)]
    temperature: Raw<'a>,
    #[serde(borrow)]
    top_p: Raw<'a>,
    #[serde(borrow)]
    stop_sequences: Raw<'a>,
    #[serde(borrow)]
    stream: Raw<'a>,
}

type Raw<'a> = Option<&'a RawValue>;

pub(super) fn read(body: &Body<'_>) -> Result<ChatRequest, ApiError> {
    let mut request = shared(body.model, body.stream, body.temperature, body.top_p)?;
    if let Some(system) = body.system {
        // Blocks of a system prompt are prompts of their own, unlike a message's parts.
        let text = content::text(system, "system", "\n\n")?;
        request.messages.push(Message::new(Role::System, text));
    }
    let entries: Vec<&RawValue> = required(body.messages, "messages")?;
    if entries.is_empty() {
        return Err(bad("messages", "must not be empty"));
    }
    for (at, entry) in entries.into_iter().enumerate() {
        message(entry, &format!("messages[{at}]"), &mut request.messages)?;
    }
    let tools: Vec<&RawValue> = optional(body.tools, "tools")?.unwrap_or_default();
    for (at, raw) in tools.into_iter().enumerate() {
        request.tools.push(tool(raw, &format!("tools[{at}]"))?);
    }
    request.tool_choice = body.tool_choice.map(choice).transpose()?.unwrap_or_default();
    request.max_tokens = count(body.max_tokens, "max_tokens")?;
    request.stop = texts(body.stop_sequences, "stop_sequences")?;
    (request.thinking, request.thinking_budget) = thinking(body.thinking)?.unwrap_or_default();
    Ok(request)
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    role: Raw<'a>,
    #[serde(borrow)]
    content: Raw<'a>,
}

/// Reads one message; a user's results of tools become a message of their own, before what else it says.
fn message(raw: &RawValue, path: &str, messages: &mut Vec<Message>) -> Result<(), ApiError> {
    let entry: Entry<'_> = record(raw, path)?;
    let role: String = required(entry.role, &*format!("{path}.role"))?;
    let role = match role.as_str() {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "system" => {
            return Err(bad(format!("{path}.role"), "a system prompt belongs in the field `system`"));
        }
        _ => return Err(bad(format!("{path}.role"), format_args!("{role:?} is not a role"))),
    };
    let path = format!("{path}.content");
    let content = present(entry.content, &path)?;
    let Some(blocks) = content::parts(content, &path)? else {
        messages.push(Message::new(role, parse::<String>(content, &path)?));
        return Ok(());
    };
    let (mut results, mut parts) = (Vec::new(), Vec::new());
    for (path, raw) in blocks {
        match block(raw, &path, role)? {
            Some(result @ Part::ToolResult { .. }) => results.push(result),
            part => parts.extend(part),
        }
    }
    if role == Role::User {
        let said = Message { role, parts: std::mem::take(&mut parts) }.text();
        parts.extend((!said.is_empty() || results.is_empty()).then_some(Part::Text { text: said }));
    }
    let both = [Message { role: Role::Tool, parts: results }, Message { role, parts }];
    messages.extend(
        both.into_iter().filter(|message| message.role == Role::Assistant || !message.parts.is_empty()),
    );
    Ok(())
}

#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow)]
    thinking: Raw<'a>,
    #[serde(borrow)]
    signature: Raw<'a>,
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    input: Raw<'a>,
    #[serde(borrow)]
    tool_use_id: Raw<'a>,
    #[serde(borrow)]
    content: Raw<'a>,
    #[serde(borrow)]
    is_error: Raw<'a>,
}

/// Reads a block; `None` for thoughts that only their own provider can read.
fn block(raw: &RawValue, path: &str, role: Role) -> Result<Option<Part>, ApiError> {
    let kind = content::kind(raw, path)?;
    if kind == "text" {
        return Ok(Some(Part::Text { text: content::part_text(raw, path)? }));
    }
    let block: Block<'_> = record(raw, path)?;
    let at = |field: &str| format!("{path}.{field}");
    Ok(Some(match (role, kind.as_str()) {
        (Role::Assistant, "thinking") => Part::Reasoning {
            text: required(block.thinking, &*at("thinking"))?,
            signature: optional(block.signature, at("signature"))?.filter(|seal: &String| !seal.is_empty()),
        },
        (Role::Assistant, "redacted_thinking") => return Ok(None),
        (Role::Assistant, "tool_use") => Part::ToolCall(ToolCall {
            id: required(block.id, &*at("id"))?,
            name: required(block.name, &*at("name"))?,
            arguments: object(present(block.input, at("input"))?, at("input"))?,
        }),
        (Role::User, "tool_result") => Part::ToolResult {
            id: required(block.tool_use_id, &*at("tool_use_id"))?,
            text: block
                .content
                .map(|raw| content::text(raw, &at("content"), ""))
                .transpose()?
                .unwrap_or_default(),
            failed: optional(block.is_error, at("is_error"))?.unwrap_or_default(),
        },
        _ => return Err(content::unsupported(path, &kind)),
    }))
}

#[derive(Deserialize)]
struct Offer<'a> {
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow)]
    input_schema: Raw<'a>,
}

fn tool(raw: &RawValue, path: &str) -> Result<Tool, ApiError> {
    let offer: Offer<'_> = record(raw, path)?;
    let at = |field: &str| format!("{path}.{field}");
    let kind: Option<String> = optional(offer.kind, at("type"))?;
    if let Some(kind) = kind.filter(|kind| kind != "custom") {
        return Err(bad(at("type"), format_args!("tools of type {kind:?} are not supported")));
    }
    Ok(Tool {
        name: required(offer.name, &*at("name"))?,
        description: optional(offer.description, at("description"))?,
        parameters: offer
            .input_schema
            .map_or_else(|| Ok(NO_PARAMETERS.to_owned()), |raw| object(raw, at("input_schema")))?,
    })
}

fn choice(raw: &RawValue) -> Result<ToolChoice, ApiError> {
    let choice: Offer<'_> = record(raw, "tool_choice")?;
    match required::<String>(choice.kind, "tool_choice.type")?.as_str() {
        "auto" => Ok(ToolChoice::Auto),
        "none" => Ok(ToolChoice::None),
        "any" => Ok(ToolChoice::Required),
        "tool" => Ok(ToolChoice::Named(required(choice.name, "tool_choice.name")?)),
        _ => Err(bad("tool_choice.type", "must be auto, none, any or tool")),
    }
}
