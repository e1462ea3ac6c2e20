//! A prompt's tokens: the prompt is written here, text by text, and each text is counted by whoever called.
//!
//! In: settings, messages, a function from text to count. Out: the sum and its parts. Never: a vocabulary, which is
//! another artifact's; one string of the whole prompt.

use js_sys::{Function, Object};
use wasm_bindgen::prelude::*;

use super::{request::object, settings::Settings};
use crate::{
    chat::Message,
    models::{Model, Template},
    tokens::prompt::{self, Ask, Exactness, PromptCount, Why},
    wire::{ChatRequest, Mode, repair},
};

/// Counts the prompt that a request makes. The result says by `why` that it is an estimate, and of what kind.
///
/// # Errors
///
/// A plain object with a code, when the settings cannot be read; what `count` throws.
#[wasm_bindgen(js_name = countPrompt)]
pub fn count_prompt(settings: &str, count: &Function) -> Result<Object, JsValue> {
    let asked = Asked::new(Settings::read(settings)?);
    let mut counter = Counter::new(count);
    let tally = asked.count(&mut counter);
    counter.finish()?;
    let shares = tally.by_share;
    let number = |tokens: u64| JsValue::from(tokens_to_number(tokens));
    Ok(object([
        ("total", number(tally.total)),
        ("frame", number(shares.frame)),
        ("system", number(shares.system)),
        ("tools", number(shares.tools)),
        ("history", number(shares.history)),
        ("question", number(shares.question)),
        ("exact", tally.exactness.is_exact().into()),
        ("why", why(tally.exactness)),
    ]))
}

/// Why a count is an estimate, by its code; `undefined` where it is none.
pub(super) fn why(exactness: Exactness) -> JsValue {
    match exactness {
        Exactness::Exact => JsValue::UNDEFINED,
        Exactness::Estimate(why) => why.code().into(),
    }
}

/// Exact below 2^53, which no count comes near.
#[expect(clippy::cast_precision_loss, reason = "see above")]
pub(super) fn tokens_to_number(tokens: u64) -> f64 {
    tokens as f64
}

/// What is asked, and of whom.
pub(super) struct Asked {
    request: ChatRequest,
    template: Template,
    mode: Mode,
    /// What the model takes, prompt and answer together.
    context: u64,
    /// Whether who serves it writes prompts as the model's own are written, as far as is known.
    host: Exactness,
}

impl Asked {
    pub(super) fn new(settings: Settings) -> Self {
        let model = settings.served();
        let host = if settings.is_elsewhere() {
            Exactness::Estimate(Why::UnknownProvider)
        } else {
            Exactness::Exact
        };
        let request = settings.into_request();
        let template = model.map_or(Template::Unknown, |model: &Model| model.template);
        let mode = Mode::of(model, &request);
        let context = model.map_or(u64::MAX, |model| u64::from(model.context));
        Self { request, template, mode, context, host }
    }

    /// With a broken history mended, as every request is before it is sent.
    pub(super) fn mended(mut self) -> Self {
        self.request.messages = repair(&self.request.messages);
        self
    }

    pub(super) fn template(&self) -> Template {
        self.template
    }

    /// Most tokens of the answer to a prompt of so many.
    pub(super) fn room(&self, prompt: u64) -> u64 {
        u64::from(self.mode.room).min(self.context.saturating_sub(prompt))
    }

    /// What reaches the model as text.
    pub(super) fn ask<'a>(&'a self, messages: &'a [Message]) -> Ask<'a> {
        let ChatRequest { tools, tool_choice, response_format, .. } = &self.request;
        Ask { messages, thinking: self.mode.thinks, tools, tool_choice, response_format: *response_format }
    }

    pub(super) fn messages(&self) -> &[Message] {
        &self.request.messages
    }

    pub(super) fn count(&self, counter: &mut Counter<'_>) -> PromptCount {
        let ask = self.ask(self.messages());
        let count = prompt::count_prompt(self.template, &ask, &mut |text| counter.count(text));
        PromptCount { exactness: count.exactness.and(self.host), ..count }
    }
}

/// The caller's function from text to count. Once it has thrown it is not called again.
pub(super) struct Counter<'a> {
    count: &'a Function,
    thrown: Option<JsValue>,
}

impl<'a> Counter<'a> {
    pub(super) fn new(count: &'a Function) -> Self {
        Self { count, thrown: None }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count; what is none is zero"
    )]
    pub(super) fn count(&mut self, text: &str) -> usize {
        if self.thrown.is_some() {
            return 0;
        }
        match self.count.call1(&JsValue::UNDEFINED, &JsValue::from_str(text)) {
            Ok(count) => count.as_f64().unwrap_or_default() as usize,
            Err(thrown) => {
                self.thrown = Some(thrown);
                0
            }
        }
    }

    /// Throws what the function threw.
    pub(super) fn finish(self) -> Result<(), JsValue> {
        self.thrown.map_or(Ok(()), Err)
    }
}
