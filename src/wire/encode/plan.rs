//! What the model's data decides about a request: its id, its limits, what becomes of earlier thoughts.
//!
//! In: the table of `models`. Out: a [`Plan`]. Never: a provider's or a model's name; a model that is not in the table
//! gets what any provider takes.

use crate::{
    chat::{Thinking, ToolChoice},
    models::{self, CAUTIOUS, Model, Reasoning, Switch},
    wire::{ChatRequest, Dialect, Endpoint},
};

/// The least thinking budget that Messages providers take.
const LEAST_BUDGET: u32 = 1_024;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Plan<'a> {
    /// The id that serves the mode.
    pub(super) id: &'a str,
    /// The `thinking` parameter, where the model has one.
    pub(super) thinking: Option<bool>,
    /// Most tokens of the answer; Messages always names them.
    pub(super) max_tokens: Option<u32>,
    /// How many of them may be thoughts. `budget < max_tokens`.
    pub(super) budget: u32,
    pub(super) keep: Keep,
}

/// Which thoughts of earlier answers are sent back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Keep {
    Nothing,
    /// Those of answers that called tools, and there even empty ones.
    WithToolCalls,
    /// Those that carry a seal: whoever seals thoughts wants them back.
    Sealed,
    All,
}

impl<'a> Plan<'a> {
    pub(super) fn of(endpoint: &Endpoint, request: &'a ChatRequest) -> Self {
        let provider = models::provider_of(&endpoint.url).map(|provider| provider.id);
        let model = models::served(provider, &request.model);
        let (id, thinking) = switch(model, request);
        let max_tokens = most(model, endpoint.dialect, request, id);
        let half = max_tokens.unwrap_or(CAUTIOUS.1) / 2;
        let ceiling = max_tokens.unwrap_or(u32::MAX).saturating_sub(1);
        let budget = request.thinking_budget.unwrap_or(half).max(LEAST_BUDGET).min(ceiling);
        Self { id, thinking, max_tokens, budget, keep: keep(model, endpoint.dialect) }
    }
}

/// The id and the parameter that turn thinking on or off.
fn switch<'a>(model: Option<&Model>, request: &'a ChatRequest) -> (&'a str, Option<bool>) {
    let named = request.model.as_str();
    let wanted = match request.thinking {
        Thinking::Auto => return (named, None),
        Thinking::Off => false,
        Thinking::On => true,
    };
    match model.map(|model| model.switch) {
        Some(Switch::ById { chat, reasoner }) => (if wanted { reasoner } else { chat }, None),
        Some(Switch::ByParameter) | None => (named, Some(wanted)),
        Some(Switch::Fixed) => (named, None),
    }
}

/// Most tokens of the answer: what is asked for within what the model gives, else what serves the mode.
fn most(model: Option<&Model>, dialect: Dialect, request: &ChatRequest, id: &str) -> Option<u32> {
    let thinks = thinks(model, request, id);
    let limits = model.map(|model| if thinks { model.reasoner_output } else { model.chat_output });
    let cautious = if thinks { CAUTIOUS.1 } else { CAUTIOUS.0 };
    let default = limits.map(|(_, default)| default);
    let asked = request.max_tokens.map(|asked| asked.clamp(1, limits.map_or(u32::MAX, |(most, _)| most)));
    asked.or(match dialect {
        Dialect::Messages => default.or(Some(cautious)),
        // Thoughts need room, and a gateway's own default may not leave any for the answer.
        Dialect::Completions => default.filter(|_| thinks),
    })
}

/// Whether the model will think before it answers.
fn thinks(model: Option<&Model>, request: &ChatRequest, id: &str) -> bool {
    let thinks = match (model.map(|model| model.switch), request.thinking) {
        (_, Thinking::On) | (Some(Switch::ByParameter), Thinking::Auto) => true,
        (_, Thinking::Off) | (Some(Switch::Fixed) | None, Thinking::Auto) => false,
        (Some(Switch::ById { reasoner, .. }), Thinking::Auto) => reasoner.eq_ignore_ascii_case(id),
    };
    let tools = !request.tools.is_empty() && request.tool_choice != ToolChoice::None;
    thinks && !(tools && model.is_some_and(|model| model.tools_stop_thinking))
}

/// How a model will answer a request, by what is known of the model.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Mode {
    /// Whether it thinks before it answers.
    pub thinks: bool,
    /// Most tokens of the answer, thoughts included: what is asked for within what the model gives, else what serves the mode.
    pub room: u32,
}

impl Mode {
    /// The mode in which `model` answers `request`; cautious where nothing is known of it.
    #[must_use]
    pub fn of(model: Option<&Model>, request: &ChatRequest) -> Self {
        let (id, _) = switch(model, request);
        Self {
            thinks: thinks(model, request, id),
            // Messages always names one.
            room: most(model, Dialect::Messages, request, id).unwrap_or(CAUTIOUS.0),
        }
    }
}

fn keep(model: Option<&Model>, dialect: Dialect) -> Keep {
    match (model.map(|model| model.reasoning), dialect) {
        (Some(Reasoning::Drop), _) | (None, Dialect::Completions) => Keep::Nothing,
        (Some(Reasoning::WithToolCalls), _) => Keep::WithToolCalls,
        (Some(Reasoning::Echo), _) => Keep::All,
        (None, Dialect::Messages) => Keep::Sealed,
    }
}
