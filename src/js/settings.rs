//! Settings as JavaScript gives them: where to ask, whom, and how.
//!
//! In: JSON that `www/src/core/settings.ts` has written in this one form. Out: an endpoint, a request, a session's
//! configuration. Never: a default of its own; those are the session's.
//!
//! JSON text, because what reads it is in the module anyway, for the wire's sake: a second way of reading values
//! would weigh more than all the rest of this room.

use serde::{Deserialize, de::DeserializeOwned};

use super::refusal::Refusal;
use crate::{
    chat::{Message, Millis, ResponseFormat, Thinking, Tool, ToolChoice, Usage},
    models::{self, Model, Prices},
    session::{Config, Offer},
    wire::{ChatRequest, Dialect, Endpoint, Secret},
};

/// All that can be said of a conversation, or of one request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Settings {
    #[serde(default)]
    endpoint: String,
    format: Option<String>,
    api_key: Option<String>,
    model: String,
    #[serde(default)]
    thinking: Thinking,
    thinking_budget: Option<u32>,
    #[serde(default)]
    tools: Vec<Offered>,
    #[serde(default)]
    tool_choice: ToolChoice,
    #[serde(default)]
    response_format: ResponseFormat,
    max_tokens: Option<u32>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default)]
    stop: Vec<String>,
    #[serde(default)]
    stream: bool,
    system: Option<String>,
    retries: Option<u32>,
    tool_rounds: Option<u32>,
    /// For the head, the first payload, the next payload, the end.
    #[serde(default)]
    timeouts: [Option<Millis>; 4],
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    at: u64,
    /// Where the model is served, for its prices: an id of the table of `models`.
    provider: Option<String>,
    /// Prices in place of the table's.
    prices: Option<Prices>,
    /// What was sent before.
    #[serde(default)]
    previous: Vec<Message>,
    /// What was used.
    #[serde(default)]
    usage: Usage,
}

#[derive(Deserialize)]
struct Offered {
    name: String,
    description: Option<String>,
    parameters: String,
    runs: bool,
}

impl Settings {
    /// Reads settings.
    pub(super) fn read(json: &str) -> Result<Self, Refusal> {
        from_json(json)
    }

    /// Where to ask.
    pub(super) fn endpoint(&self) -> Result<Endpoint, Refusal> {
        let dialect = match self.format.as_deref() {
            None => None,
            Some("messages") => Some(Dialect::Messages),
            Some("completions") => Some(Dialect::Completions),
            Some(_) => return Err(Refusal::invalid("the format is neither messages nor completions")),
        };
        Ok(Endpoint::parse(&self.endpoint, dialect, self.api_key.clone().map(Secret::new))?)
    }

    /// What is known of the model: at the provider, where one is named.
    pub(super) fn known(&self) -> Option<&'static Model> {
        models::find(self.provider.as_deref(), &self.model)
    }

    /// The same wherever it is served: its template is the model's own.
    pub(super) fn served(&self) -> Option<&'static Model> {
        models::served(self.provider.as_deref(), &self.model)
    }

    /// Whether it is served by somebody of whom nothing is known.
    pub(super) fn is_elsewhere(&self) -> bool {
        let is_named = |name: &String| models::PROVIDERS.iter().any(|provider| provider.id == name);
        self.provider.as_ref().is_some_and(|name| !is_named(name))
    }

    /// The prices given, else the table's, and the date of those.
    pub(super) fn prices(&self) -> Result<(Prices, Option<&'static Model>), Refusal> {
        match (self.prices, self.known()) {
            (Some(given), _) => Ok((given, None)),
            (None, Some(model)) => Ok((model.prices, Some(model))),
            (None, None) => {
                Err(Refusal::new("no_price", "what this model costs there is not known; `prices` can tell"))
            }
        }
    }

    /// When it was used, in seconds since 1970.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// What was used.
    pub(super) fn usage(&self) -> Usage {
        self.usage
    }

    /// The messages that were sent before.
    pub(super) fn take_previous(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.previous)
    }

    /// One request.
    pub(super) fn into_request(self) -> ChatRequest {
        ChatRequest {
            model: self.model,
            messages: self.messages,
            thinking: self.thinking,
            thinking_budget: self.thinking_budget,
            tools: self.tools.into_iter().map(|offered| offered.into_offer().tool).collect(),
            tool_choice: self.tool_choice,
            response_format: self.response_format,
            max_tokens: self.max_tokens,
            temperature: self.temperature,
            top_p: self.top_p,
            stop: self.stop,
            stream: self.stream,
            include_usage: self.stream,
        }
    }

    /// A conversation's configuration.
    pub(super) fn into_config(self) -> Result<Config, Refusal> {
        let mut config = Config::new(self.endpoint()?, self.model);
        config.thinking = self.thinking;
        config.system = self.system;
        config.tools = self.tools.into_iter().map(Offered::into_offer).collect();
        config.tool_choice = self.tool_choice;
        config.response_format = self.response_format;
        config.max_tokens = self.max_tokens;
        config.temperature = self.temperature;
        config.top_p = self.top_p;
        config.retries = self.retries.unwrap_or(config.retries);
        config.tool_rounds = self.tool_rounds.unwrap_or(config.tool_rounds);
        config.seed = self.seed;
        let waits = &mut config.timeouts;
        let slots = [&mut waits.headers, &mut waits.first, &mut waits.idle, &mut waits.total];
        for (slot, given) in slots.into_iter().zip(self.timeouts) {
            *slot = given.unwrap_or(*slot);
        }
        Ok(config)
    }
}

impl Offered {
    fn into_offer(self) -> Offer {
        let Self { name, description, parameters, runs } = self;
        Offer { tool: Tool { name, description, parameters }, runs }
    }
}

/// A value of the surface, or what is wrong with it.
pub(super) fn from_json<T: DeserializeOwned>(json: &str) -> Result<T, Refusal> {
    serde_json::from_str(json).map_err(|error| Refusal::invalid(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_stays_as_the_session_has_it() {
        let settings = Settings::read(r#"{"endpoint":"https://x.example/v1/messages","model":"m"}"#).unwrap();
        let endpoint = settings.endpoint().unwrap();
        assert_eq!(settings.into_config().unwrap(), Config::new(endpoint, "m"));
    }

    #[test]
    fn what_is_said_arrives() {
        let json = r#"{"endpoint":"/v1/chat/completions","apiKey":"k","model":"m","thinking":"on","retries":0,
            "tools":[{"name":"f","parameters":"{\"b\":1,\"a\":2}","runs":true}],"toolChoice":{"named":"f"},
            "responseFormat":"json_object","timeouts":[1,null,3],"system":"s","toolRounds":2,"seed":7}"#;
        assert!(Settings::read(json).is_err(), "four waits, not three");
        let json = json.replace("[1,null,3]", "[1,null,3,4]");
        let config = Settings::read(&json).unwrap().into_config().unwrap();
        let tool = Tool { name: "f".into(), description: None, parameters: r#"{"b":1,"a":2}"#.into() };
        assert_eq!(config.tools, [Offer { tool, runs: true }]);
        assert_eq!((config.thinking, config.retries, config.seed), (Thinking::On, 0, 7));
        assert_eq!(config.tool_choice, ToolChoice::Named("f".into()));
        let waits = config.timeouts;
        assert_eq!((waits.headers, waits.idle, waits.total), (Millis(1), Millis(3), Millis(4)));
        assert_eq!(waits.first, Millis::seconds(600));
        assert_eq!(config.endpoint.key, Some(Secret::new("k")));
    }
}
