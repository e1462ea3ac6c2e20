//! The table itself: one row a model and provider, each with its date and source.
//!
//! Prices drift; an operator and a user can override them, and a forecast shows the row's date.

use super::{Model, Prices, Provider, Reasoning, Style, Switch, Template};

/// The providers that Hadal knows by name; any other address works too.
pub static PROVIDERS: &[Provider] = &[
    Provider {
        id: "cometapi",
        name: "CometAPI",
        hosts: &["api.cometapi.com"],
        messages: Some("/v1/messages"),
        completions: Some("/v1/chat/completions"),
        messages_input: Style::IncludesCached,
        browsers: false,
        source: "CometAPI's documentation; the arithmetic as its gateway's family (new-api) does it",
    },
    Provider {
        id: "deepseek",
        name: "DeepSeek",
        hosts: &["api.deepseek.com"],
        messages: Some("/anthropic/v1/messages"),
        completions: Some("/chat/completions"),
        messages_input: Style::ExcludesCached,
        browsers: true,
        source: "api-docs.deepseek.com; recordings of 2025 and 2026",
    },
    Provider {
        id: "anthropic",
        name: "Anthropic",
        hosts: &["api.anthropic.com"],
        messages: Some("/v1/messages"),
        completions: Some("/v1/chat/completions"),
        messages_input: Style::ExcludesCached,
        browsers: false,
        source: "docs.anthropic.com",
    },
    Provider {
        id: "simulator",
        name: "Simulator",
        hosts: &[],
        messages: Some("/v1/messages"),
        completions: Some("/v1/chat/completions"),
        messages_input: Style::ExcludesCached,
        browsers: true,
        source: "this repository",
    },
];

const V31_FAMILY: Model = Model {
    name: "",
    provider: "deepseek",
    ids: &[],
    switch: Switch::ById { chat: "deepseek-chat", reasoner: "deepseek-reasoner" },
    context: 131_072,
    chat_output: (8_192, 4_096),
    reasoner_output: (65_536, 32_768),
    max_output: 65_536,
    prices: Prices { input: 280, cached_input: Some(28), output: 420 },
    peak: None,
    peak_hours: &[],
    template: Template::V31,
    reasoning: Reasoning::Drop,
    tools_stop_thinking: true,
    retired: None,
    date: "2026-11-23",
    source: "",
};

const V4_FAMILY: Model = Model {
    switch: Switch::ByParameter,
    context: 1_048_576,
    chat_output: (393_216, 393_216),
    reasoner_output: (393_216, 393_216),
    max_output: 393_216,
    template: Template::V4,
    peak_hours: &[(1, 4), (6, 10)],
    reasoning: Reasoning::WithToolCalls,
    tools_stop_thinking: false,
    ..V31_FAMILY
};

/// What is known, most wanted first.
pub static MODELS: &[Model] = &[
    Model {
        name: "DeepSeek V3.2-Exp",
        provider: "cometapi",
        ids: &["deepseek-v3.2-exp", "DeepSeek-V3.2-Exp-nothinking", "DeepSeek-V3.2-Exp-thinking"],
        switch: Switch::ById { chat: "DeepSeek-V3.2-Exp-nothinking", reasoner: "DeepSeek-V3.2-Exp-thinking" },
        prices: Prices { input: 220, cached_input: None, output: 350 },
        source: "CometAPI's model page: 0.22 and 0.35 USD a million, no price for cached input",
        ..V31_FAMILY
    },
    Model {
        name: "DeepSeek V3.2-Exp (simulated)",
        provider: "simulator",
        ids: &["deepseek-v3.2-exp", "DeepSeek-V3.2-Exp-nothinking", "DeepSeek-V3.2-Exp-thinking"],
        switch: Switch::ById { chat: "DeepSeek-V3.2-Exp-nothinking", reasoner: "DeepSeek-V3.2-Exp-thinking" },
        source: "the official V3.2-Exp prices, so that a demonstration shows real ones",
        ..V31_FAMILY
    },
    Model {
        name: "DeepSeek V3.2-Exp",
        provider: "deepseek",
        ids: &["deepseek-v3.2-exp"],
        retired: Some("2025-12-01"),
        source: "DeepSeek's price list of 2025-09-29: 0.028, 0.28 and 0.42 USD a million",
        ..V31_FAMILY
    },
    Model {
        name: "DeepSeek V3.2 (aliases)",
        provider: "deepseek",
        ids: &["deepseek-chat", "deepseek-reasoner"],
        template: Template::V32,
        reasoning: Reasoning::WithToolCalls,
        tools_stop_thinking: false,
        retired: Some("2026-07-24"),
        source: "DeepSeek's price list; the aliases' last meaning before they were retired",
        ..V31_FAMILY
    },
    Model {
        name: "DeepSeek V4.1 Flash",
        provider: "deepseek",
        ids: &["deepseek-flash", "deepseek-v4-flash"],
        prices: Prices { input: 150, cached_input: Some(3), output: 600 },
        peak: Some(Prices { input: 300, cached_input: Some(6), output: 1_200 }),
        source: "DeepSeek's price list of 2026-08-16, off-peak and peak",
        ..V4_FAMILY
    },
    Model {
        name: "DeepSeek V4 Pro",
        provider: "deepseek",
        ids: &["deepseek-v4-pro"],
        prices: Prices { input: 660, cached_input: Some(22), output: 1_980 },
        peak: Some(Prices { input: 1_320, cached_input: Some(44), output: 3_960 }),
        source: "DeepSeek's price list of 2026-08-16, off-peak and peak",
        ..V4_FAMILY
    },
];
