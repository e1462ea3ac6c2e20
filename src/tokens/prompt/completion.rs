//! An answer's tokens, as the provider will report them.

use super::{
    exactness::{Exactness, Why},
    segment::{Ask, Prompt, Share, counted, thinks},
};
use crate::{
    chat::{Message, ResponseFormat, StopReason},
    models::Template,
};

/// An answer's tokens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct CompletionCount {
    /// All of them, thoughts included: what a provider reports as the completion's.
    pub total: u64,
    /// Those of the thoughts.
    pub reasoning: u64,
    /// Whether they are the provider's own, given an exact counter.
    pub exactness: Exactness,
}

/// Counts an answer to `ask` that ended for the reason `stop`. The token that ends an answer is not counted, as
/// providers do not.
pub fn count_completion(
    template: Template,
    ask: &Ask<'_>,
    answer: &Message,
    stop: &StopReason,
    count: &mut dyn FnMut(&str) -> usize,
) -> CompletionCount {
    let known = template.overheads();
    let mut said = Prompt::new(template);
    said.said(Share::History, answer);
    let visible: u64 = said.segments.iter().map(|segment| segment.tokens(count)).sum();
    let reasoning = counted(&answer.reasoning(), count);
    // `</think>` is the model's own, unless it was cut before it came to that.
    let mark = u64::from(thinks(template, ask) && !(visible == 0 && *stop == StopReason::Length));
    let calls = answer.tool_calls().next().is_some();
    let is_json = ask.response_format == ResponseFormat::JsonObject;
    let fence = if is_json && !calls { u64::from(known.json_completion) } else { 0 };
    let forced = if calls && ask.forces() { u64::from(known.forced_call) } else { 0 };
    let total = (reasoning + mark + visible + fence).saturating_sub(forced);
    CompletionCount { total, reasoning, exactness: exactness(template, answer, ask, stop) }
}

fn exactness(template: Template, answer: &Message, ask: &Ask<'_>, stop: &StopReason) -> Exactness {
    let known = template.overheads();
    let calls = answer.tool_calls().next().is_some();
    let is_json = ask.response_format == ResponseFormat::JsonObject;
    Exactness::Estimate(if template == Template::Unknown {
        Why::UnknownTemplate
    } else if calls && !known.tools {
        Why::ToolsOfThisTemplate
    } else if is_json && known.json_prompt.is_none() {
        Why::FormatOfThisTemplate
    } else {
        match stop {
            StopReason::Stop | StopReason::ToolCalls => return Exactness::Exact,
            StopReason::Length if !calls && !is_json => return Exactness::Exact,
            _ => Why::CutAnswer,
        }
    })
}
