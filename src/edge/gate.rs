//! Who may ask, and for how much: every request passes here, and what passes is rebuilt, never forwarded.
//!
//! In: the settings, what a request says of its sender, what it asks. Out: a [`Standing`] or why not; the request as
//! the upstream will see it, with its model from the list and its tokens within the limits.
//! Never: an address, a header or a field of the caller's on its way upstream; a secret in a reason.

use super::config::{Listener, Settings, Upstream, is_loopback};
use crate::{
    chat::{Message, Role, Thinking},
    models::{self, Model, Switch},
    wire::{ApiError, ChatRequest, ErrorCode, Secret},
};

/// What a request says of its sender.
#[derive(Clone, Copy, Debug, Default)]
pub struct Caller<'a> {
    /// Scheme, host and port that the request was sent to.
    pub own: &'a str,
    /// The host alone.
    pub host: &'a str,
    /// The page that asks, if a browser does.
    pub origin: Option<&'a str>,
    /// What the browser says of where that page is: `same-origin`, `same-site`, `cross-site` or `none`.
    pub site: Option<&'a str>,
    /// The key that was presented.
    pub key: Option<&'a str>,
    /// A proxy passed the request on, so the sender is not who opened the connection.
    pub forwarded: bool,
}

/// On what grounds a caller may ask.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Standing {
    /// A program or page of this machine.
    Local,
    /// It presented an access key.
    KeyHolder,
}

/// Why a caller may not ask.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Denied {
    /// A page of somebody else asks.
    ForeignOrigin,
    /// The address is not one of this machine's: a page that renames itself to reach it.
    ForeignHost,
    /// No key where one is needed.
    NoKey,
    /// A key that is none of ours.
    WrongKey,
}

/// Decides whether a caller may ask.
///
/// A valid key is enough wherever the request comes from: who has it needs no browser to misuse it. Without one, only
/// this machine's own programs and pages may ask, and only while nothing stands between them and us.
///
/// # Errors
/// The reason, in the order in which the caller can do something about it.
pub fn admit(settings: &Settings, caller: &Caller<'_>) -> Result<Standing, Denied> {
    if caller.key.is_some_and(|key| is_known(key, &settings.keys)) {
        return Ok(Standing::KeyHolder);
    }
    if !is_same_origin(caller) {
        return Err(Denied::ForeignOrigin);
    }
    let is_open = settings.keys.is_empty() || matches!(settings.upstream, Upstream::Simulator { .. });
    if settings.listener == Listener::Loopback && is_open && !caller.forwarded {
        return if is_loopback(caller.host) { Ok(Standing::Local) } else { Err(Denied::ForeignHost) };
    }
    Err(if caller.key.is_some() { Denied::WrongKey } else { Denied::NoKey })
}

/// Whether the request is a browser's from our own page, or no browser's. Exact: a suffix or a pattern is how origins
/// are forged, and `null` is the origin of every sandboxed frame.
#[must_use]
pub fn is_same_origin(caller: &Caller<'_>) -> bool {
    match (caller.origin, caller.site) {
        (Some(origin), _) => origin == caller.own,
        (None, Some(site)) => matches!(site, "same-origin" | "none"),
        (None, None) => true,
    }
}

/// Whether a key is one of ours, in a time that tells nothing of where it differs or of which it resembles.
fn is_known(key: &str, keys: &[Secret]) -> bool {
    keys.iter().fold(false, |known, ours| is_equal(key.as_bytes(), ours.reveal().as_bytes()) | known)
}

fn is_equal(left: &[u8], right: &[u8]) -> bool {
    let differs = left.iter().zip(right).fold(0, |differs, (a, b)| std::hint::black_box(differs | (a ^ b)));
    (left.len() == right.len()) & (std::hint::black_box(differs) == 0)
}

/// The request as the upstream will be asked, from the one that the caller sent.
///
/// The upstream is always asked for a stream with usage, whatever the caller wants: a gateway that turns a stream into
/// one body loses reasoning on the way, and a stream shows that it is alive.
///
/// # Errors
/// A model that is not on the list.
pub fn shape(settings: &Settings, mut request: ChatRequest) -> Result<ChatRequest, ApiError> {
    request.model = choose(&settings.models, &request.model)?;
    let provider = models::provider_of(&settings.upstream.endpoint().url).map(|provider| provider.id);
    let model = models::served(provider, &request.model);
    let (limit, usual) = if thinks(&request, model) {
        (settings.thinking_tokens, model.map_or(settings.thinking_tokens, |model| model.reasoner_output.1))
    } else {
        (settings.chat_tokens, model.map_or(settings.chat_tokens, |model| model.chat_output.1))
    };
    let tokens = request.max_tokens.unwrap_or(usual).min(limit);
    request.max_tokens = Some(tokens);
    request.thinking_budget = request.thinking_budget.map(|budget| budget.min(tokens));
    request.temperature = request.temperature.map(|temperature| temperature.clamp(0.0, 2.0));
    request.top_p = request.top_p.map(|share| share.clamp(0.0, 1.0));
    if let Some(system) = &settings.system {
        request.messages.insert(0, Message::new(Role::System, system));
    }
    request.stream = true;
    request.include_usage = true;
    Ok(request)
}

fn choose(models: &[String], asked: &str) -> Result<String, ApiError> {
    let found = match asked {
        "" => models.first(),
        asked => models.iter().find(|model| model.eq_ignore_ascii_case(asked)),
    };
    found.cloned().ok_or_else(|| ApiError {
        code: ErrorCode::ModelNotFound,
        status: Some(404),
        message: format!("this model is not served here; these are: {}", models.join(", ")),
        retryable: false,
        retry_after: None,
    })
}

/// Whether the answer is likely to begin with thoughts. Where the caller leaves it open, the model's habit decides.
pub(super) fn thinks(request: &ChatRequest, model: Option<&Model>) -> bool {
    match (request.thinking, model.map(|model| model.switch)) {
        (Thinking::On, _) => true,
        (Thinking::Off, _) | (_, None) => false,
        (_, Some(Switch::ById { reasoner, .. })) => request.model.eq_ignore_ascii_case(reasoner),
        (_, Some(_)) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::config::Variables;

    const KEY: &str = "0123456789abcdef";

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let mut variables: Variables = [("HADAL_HOST".to_owned(), "127.0.0.1".to_owned())].into();
        variables.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Settings::read(&variables).unwrap()
    }

    fn remote(pairs: &[(&str, &str)]) -> Settings {
        let upstream = [("HADAL_UPSTREAM", "https://api.cometapi.com"), ("HADAL_API_KEY", "sk-CANARY")];
        settings(&[&upstream, pairs].concat())
    }

    const HERE: Caller<'_> = Caller {
        own: "http://localhost:8787",
        host: "localhost",
        origin: None,
        site: None,
        key: None,
        forwarded: false,
    };

    #[test]
    fn on_loopback_our_page_and_local_programs_may_ask() {
        let page = Caller { origin: Some("http://localhost:8787"), site: Some("same-origin"), ..HERE };
        let sdk = Caller { key: Some("whatever an SDK insists on"), ..HERE };
        for settings in [settings(&[]), remote(&[])] {
            for caller in [HERE, page, sdk] {
                assert_eq!(admit(&settings, &caller), Ok(Standing::Local), "{caller:?}");
            }
        }
    }

    #[test]
    fn somebody_elses_page_may_not() {
        let foreign = [
            "null",
            "",
            "https://evil.example",
            "http://localhost",
            "http://localhost:8788",
            "https://localhost:8787",
            "http://localhost:8787.evil.example",
            "http://LOCALHOST:8787",
        ];
        for origin in foreign {
            let caller = Caller { origin: Some(origin), ..HERE };
            assert_eq!(admit(&remote(&[]), &caller), Err(Denied::ForeignOrigin), "{origin}");
        }
        for site in ["cross-site", "same-site", "?"] {
            let caller = Caller { site: Some(site), ..HERE };
            assert_eq!(admit(&remote(&[]), &caller), Err(Denied::ForeignOrigin), "{site}");
        }
    }

    #[test]
    fn a_page_that_renames_itself_to_this_machine_may_not() {
        let own = "http://evil.example:8787";
        let caller = Caller { own, host: "evil.example", origin: Some(own), ..HERE };
        assert_eq!(admit(&remote(&[]), &caller), Err(Denied::ForeignHost));
    }

    #[test]
    fn what_a_proxy_passes_on_is_not_local() {
        let caller = Caller { forwarded: true, ..HERE };
        assert_eq!(admit(&remote(&[]), &caller), Err(Denied::NoKey));
    }

    #[test]
    fn where_keys_are_set_a_key_is_needed() {
        for settings in [
            remote(&[("HADAL_ACCESS_KEYS", KEY)]),
            remote(&[("HADAL_ACCESS_KEYS", KEY), ("HADAL_HOST", "::")]),
        ] {
            assert_eq!(admit(&settings, &HERE), Err(Denied::NoKey));
            for wrong in ["", "0123456789abcde", "0123456789abcdef0", "0123456789abcdeF"] {
                let caller = Caller { key: Some(wrong), ..HERE };
                assert_eq!(admit(&settings, &caller), Err(Denied::WrongKey), "{wrong}");
            }
            let caller = Caller { key: Some(KEY), host: "chat.example", forwarded: true, ..HERE };
            assert_eq!(admit(&settings, &caller), Ok(Standing::KeyHolder));
        }
    }

    #[test]
    fn the_model_comes_from_the_list() {
        let settings = remote(&[("HADAL_MODELS", "Alpha,beta")]);
        let ask = |model: &str| {
            let request = ChatRequest { model: model.to_owned(), ..ChatRequest::default() };
            shape(&settings, request).map(|request| request.model)
        };
        assert_eq!(ask(""), Ok("Alpha".to_owned()));
        assert_eq!(ask("BETA"), Ok("beta".to_owned()));
        let error = ask("gamma").unwrap_err();
        assert_eq!((error.code, error.status), (ErrorCode::ModelNotFound, Some(404)));
    }

    #[test]
    fn tokens_stay_within_the_limit_of_the_mode() {
        let settings = remote(&[("HADAL_MAX_TOKENS", "1000"), ("HADAL_MAX_THINKING_TOKENS", "5000")]);
        let ask = |model: &str, thinking, max_tokens| {
            let model = model.to_owned();
            let request = ChatRequest { model, thinking, max_tokens, ..ChatRequest::default() };
            shape(&settings, request).unwrap().max_tokens
        };
        let plain = "deepseek-v3.2-exp";
        assert_eq!(ask(plain, Thinking::Auto, None), Some(1000));
        assert_eq!(ask(plain, Thinking::Off, Some(u32::MAX)), Some(1000));
        assert_eq!(ask(plain, Thinking::Off, Some(7)), Some(7));
        assert_eq!(ask(plain, Thinking::On, Some(u32::MAX)), Some(5000));
        assert_eq!(ask("DeepSeek-V3.2-Exp-thinking", Thinking::Auto, None), Some(5000));
        assert_eq!(ask("DeepSeek-V3.2-Exp-thinking", Thinking::Off, None), Some(1000));
    }

    #[test]
    fn the_operators_prompt_comes_first() {
        let settings = remote(&[("HADAL_SYSTEM", "Be kind.")]);
        let messages = vec![Message::new(Role::System, "Be rude."), Message::user("Hello")];
        let request = shape(&settings, ChatRequest { messages, ..ChatRequest::default() }).unwrap();
        let texts: Vec<String> = request.messages.iter().map(Message::text).collect();
        assert_eq!(texts, ["Be kind.", "Be rude.", "Hello"]);
        assert!(request.stream && request.include_usage);
    }
}
