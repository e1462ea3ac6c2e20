//! The tokens of a prompt, for callers who ask before they send it.
//!
//! In: a request as [`gate`] shaped it, a counter. Out: what the upstream would report as the prompt's
//! tokens. Never: a vocabulary, a guess that does not call itself one.

use super::{
    config::{Settings, Upstream},
    gate,
};
use crate::{
    models::{self, Template},
    tokens::prompt::{Ask, Exactness, PromptCount, Why, count_prompt},
    wire::{ChatRequest, repair},
};

/// Counts the prompt that the upstream would be sent: the operator's instructions included, a broken history mended.
pub fn count(
    settings: &Settings,
    request: &ChatRequest,
    counter: &mut dyn FnMut(&str) -> usize,
) -> PromptCount {
    let provider = models::provider_of(&settings.upstream.endpoint().url).map(|provider| provider.id);
    let model = models::served(provider, &request.model);
    let template = model.map_or(Template::Unknown, |model| model.template);
    let ask = Ask {
        messages: &repair(&request.messages),
        thinking: gate::thinks(request, model),
        tools: &request.tools,
        tool_choice: &request.tool_choice,
        response_format: request.response_format,
    };
    let count = count_prompt(template, &ask, counter);
    let known = provider.is_some() || matches!(settings.upstream, Upstream::Simulator { .. });
    let host = if known { Exactness::Exact } else { Exactness::Estimate(Why::UnknownProvider) };
    PromptCount { exactness: count.exactness.and(host), ..count }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        edge::config::Variables,
        wire::{Dialect, read_request},
    };

    fn counted(pairs: &[(&str, &str)], body: &str) -> PromptCount {
        let mut variables: Variables = [("HADAL_HOST".to_owned(), "127.0.0.1".to_owned())].into();
        variables.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let settings = Settings::read(&variables).unwrap();
        let asked = read_request(Dialect::Messages, body.as_bytes()).unwrap();
        let shaped = gate::shape(&settings, asked).unwrap();
        count(&settings, &shaped, &mut |text| text.chars().count())
    }

    #[test]
    fn what_is_counted_is_what_would_be_sent() {
        let body = r#"{"messages":[{"role":"user","content":"Hi"},{"role":"user","content":"there"}]}"#;
        // Begin, User, `Hi`, a gap, `there`, Assistant, `</think>`.
        let plain = counted(&[], body);
        assert_eq!((plain.total, plain.exactness), (1 + 1 + 2 + 2 + 5 + 2, Exactness::Exact));
        let instructed = counted(&[("HADAL_SYSTEM", "Be kind.")], body);
        assert_eq!(instructed.total, plain.total + 8);
        assert_eq!(instructed.by_share.system, 8);
    }

    #[test]
    fn a_model_that_nobody_knows_is_estimated() {
        let body = r#"{"model":"mine","messages":[{"role":"user","content":"Hi"}]}"#;
        let count = counted(&[("HADAL_MODELS", "mine")], body);
        assert_eq!(count.exactness, Exactness::Estimate(Why::UnknownTemplate));
    }

    #[test]
    fn a_host_that_nobody_knows_is_estimated() {
        let body = r#"{"messages":[{"role":"user","content":"Hi"}]}"#;
        let key = ("HADAL_API_KEY", "sk-CANARY");
        let exactness = |url| counted(&[("HADAL_UPSTREAM", url), key], body).exactness;
        assert_eq!(exactness("https://api.cometapi.com"), Exactness::Exact);
        assert_eq!(exactness("https://llm.example/v1"), Exactness::Estimate(Why::UnknownProvider));
    }
}
