//! What a page is told once: where to ask and whom.

use serde::{Deserialize, Serialize};

use super::Counter;
use crate::{
    chat::Thinking,
    models::{self, Prices},
    platform::Fetch,
    session::Config,
    wire::{Dialect, Endpoint},
};

/// The settings of a chat, as the server writes them into the page or an embedder gives them.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[non_exhaustive]
pub struct Settings {
    /// Where requests go: an address, a path of the same origin, or `demo:` for the simulator.
    pub endpoint: String,
    /// The model asked for.
    pub model: String,
    /// Whether questions begin with thinking turned on.
    pub thinking: bool,
    /// Who serves the model, by the id in `models`, where the reader may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// What tokens cost, where it differs from what is listed for the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices: Option<Prices>,
    /// Most tokens of an answer that the endpoint lets pass, without and with thinking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<(u32, u32)>,
    /// About how many tokens the endpoint's own instructions add to every prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preamble: Option<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            endpoint: "/v1/messages".to_owned(),
            model: "deepseek-v3.2-exp".to_owned(),
            thinking: true,
            provider: None,
            prices: None,
            most: None,
            preamble: None,
        }
    }
}

impl Settings {
    /// What the model is called, for a reader.
    #[must_use]
    pub fn model_name(&self) -> String {
        models::served(self.provider(), &self.model)
            .map_or(self.model.as_str(), |model| model.name)
            .to_owned()
    }

    /// Whether answers come from the simulator, in the page or behind the endpoint.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.provider() == Some(SIMULATOR)
    }

    fn is_demo(&self) -> bool {
        self.endpoint.starts_with(DEMO)
    }

    pub(super) fn provider(&self) -> Option<&str> {
        if self.is_demo() { Some(SIMULATOR) } else { self.provider.as_deref() }
    }
}

/// An address that means: the simulator, in the page.
const DEMO: &str = "demo:";

/// The simulator's id in `models`.
const SIMULATOR: &str = "simulator";

/// A chat's settings together with the way its requests are sent.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The settings.
    pub settings: Settings,
    /// The way.
    pub fetch: Fetch,
    /// Who counts tokens exactly.
    pub counter: Counter,
}

impl Setup {
    /// The session's configuration, once the endpoint's address is known to be one; `origin` completes a path.
    pub(super) fn config(&self, origin: &str, seed: u64) -> Option<Config> {
        let settings = &self.settings;
        let endpoint = if settings.is_demo() {
            Endpoint::parse("https://demo.invalid/v1/messages", Some(Dialect::Messages), None)
        } else if settings.endpoint.starts_with('/') {
            Endpoint::parse(&format!("{origin}{}", settings.endpoint), None, None)
        } else {
            Endpoint::parse(&settings.endpoint, None, None)
        };
        let mut config = Config::new(endpoint.ok()?, settings.model.clone());
        config.thinking = if settings.thinking { Thinking::On } else { Thinking::Off };
        config.seed = seed;
        Some(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_writes_the_page_reads() {
        let settings = Settings {
            thinking: false,
            provider: Some("cometapi".into()),
            prices: Prices::per_million(0.28, Some(0.028), 0.42).ok(),
            most: Some((8_192, 32_768)),
            ..Settings::default()
        };
        let json = serde_json::to_string(&settings).unwrap();
        assert!(json.contains(r#""endpoint":"/v1/messages""#), "{json}");
        assert_eq!(serde_json::from_str::<Settings>(&json).unwrap(), settings);
        assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
    }

    #[test]
    fn a_simulated_model_is_called_simulated() {
        let demo = Settings { endpoint: "demo:".into(), ..Settings::default() };
        assert_eq!(demo.model_name(), "DeepSeek V3.2-Exp (simulated)");
        assert_eq!(Settings::default().model_name(), "DeepSeek V3.2-Exp");
        assert_eq!(Settings { model: "my-own".into(), ..Settings::default() }.model_name(), "my-own");
    }
}
