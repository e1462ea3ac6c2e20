//! How DeepSeek V3.1 to V3.2-Exp are shown the tools that they may call.

use std::borrow::Cow;

use super::{
    json,
    mark::Mark,
    segment::{Prompt, Share},
};
use crate::chat::Tool;

const HEADING: &str = "## Tools\nYou have access to the following tools:\n";
const FORMAT: &str = "\nIMPORTANT: ALWAYS adhere to this exact format for tool use:\n";
const RULES: &str = "\n\nWhere:\n\n\
    - `tool_call_name` must be an exact match to one of the available tools\n\
    - `tool_call_arguments` must be valid JSON that strictly follows the tool's Parameters Schema\n\
    - For multiple tool calls, chain them directly without separators or spaces";

/// Writes the system prompt and the tools: up to the first mark they are one text.
pub(super) fn write<'a>(prompt: &mut Prompt<'a>, system: Option<Cow<'a, str>>, tools: &'a [Tool]) {
    let (mut text, gap) = system.map_or_else(Default::default, |system| (system.into_owned(), "\n\n"));
    let before = text.len();
    text.push_str(gap);
    text.push_str(HEADING);
    for Tool { name, description, parameters } in tools {
        let description = description.as_deref().unwrap_or_default();
        text.push_str("\n### ");
        text.push_str(name);
        text.push_str("\nDescription: ");
        text.push_str(description);
        text.push_str("\n\nParameters: ");
        json::respace(parameters, &mut text);
        text.push('\n');
    }
    text.push_str(FORMAT);
    prompt.text(Share::Tools, &[], text.into());
    if let Some(segment) = prompt.segments.last_mut() {
        segment.system = before;
    }
    prompt.text(Share::Tools, &[Mark::Calls, Mark::Call], "tool_call_name".into());
    prompt.text(Share::Tools, &[Mark::Separator], "tool_call_arguments".into());
    prompt.text(Share::Tools, &[Mark::EndCall], "{additional_tool_calls}".into());
    prompt.text(Share::Tools, &[Mark::EndCalls], RULES.into());
}
