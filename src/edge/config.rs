//! The environment, read once: what may be asked of whom, how much and how patiently.
//!
//! In: the variables whose names begin with `HADAL_`. Out: [`Settings`], or a [`Refusal`] of one sentence that names
//! the variable and the remedy. Never: a secret in a sentence, a setting that is accepted and then ignored.

use std::{collections::BTreeMap, fmt};

use crate::{
    chat::Millis,
    models::{self, Prices},
    wire::{Dialect, Endpoint, Secret},
};

/// The variables by name.
pub type Variables = BTreeMap<String, String>;

/// What the operator decided.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Who answers.
    pub upstream: Upstream,
    /// The models that may be asked for, never none; the first is the default.
    pub models: Vec<String>,
    /// Whom the listener can be reached by.
    pub listener: Listener,
    /// The keys of callers that are no browser.
    pub keys: Vec<Secret>,
    /// Most tokens of an answer without thinking.
    pub chat_tokens: u32,
    /// Most tokens of an answer with thinking, thoughts included.
    pub thinking_tokens: u32,
    /// Most bytes of a request.
    pub body_limit: usize,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// Put before every conversation.
    pub system: Option<String>,
    /// What tokens cost, where the table's prices do not apply.
    pub prices: Option<Prices>,
}

/// Who answers.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Upstream {
    /// The embedded provider, with its seed.
    Simulator {
        /// Where the simulator believes to be reached.
        endpoint: Endpoint,
        /// What its answers grow from.
        seed: u64,
    },
    /// A provider over the network.
    Remote(Endpoint),
}

impl Upstream {
    /// Where requests go, and in which dialect.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        match self {
            Self::Simulator { endpoint, .. } | Self::Remote(endpoint) => endpoint,
        }
    }
}

/// Whom the listener can be reached by.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Listener {
    /// Programs on this machine.
    Loopback,
    /// Anybody.
    Public,
}

/// How long to wait for what. Waits for the upstream only: a slow caller costs nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Timeouts {
    /// From the request to the response's head.
    pub headers: Millis,
    /// From the head to the first payload; keep-alives mean "queued".
    pub first: Millis,
    /// Between payloads.
    pub idle: Millis,
    /// From the request to the end.
    pub total: Millis,
}

/// Why the edge function does not start, in one sentence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal(String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

/// What this version reads.
const KNOWN: &[&str] = &[
    "HADAL_UPSTREAM",
    "HADAL_UPSTREAM_FORMAT",
    "HADAL_API_KEY",
    "HADAL_MODELS",
    "HADAL_ACCESS_KEYS",
    "HADAL_MAX_TOKENS",
    "HADAL_MAX_THINKING_TOKENS",
    "HADAL_MAX_BODY",
    "HADAL_TIMEOUTS",
    "HADAL_SYSTEM",
    "HADAL_PRICES",
    "HADAL_HOST",
    "HADAL_PORT",
    "HADAL_SEED",
    // Set on a developer's machine, for the tests; of no meaning here.
    "HADAL_CASES",
    "HADAL_CHROMIUM",
    "HADAL_SHARED",
    "HADAL_SITE",
];

/// A key shorter than this can be guessed.
const KEY_LENGTH: usize = 16;

impl Settings {
    /// Reads the variables.
    ///
    /// # Errors
    /// The first variable that is dangerous, unknown or does not parse.
    pub fn read(variables: &Variables) -> Result<Self, Refusal> {
        if let Some(name) = variables.keys().find(|name| !KNOWN.contains(&name.as_str())) {
            return refuse(format!("{name} is no setting of this version, so leave it out"));
        }
        let get =
            |name: &str| variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
        let listener = listener(get("HADAL_HOST"));
        let keys = keys(get("HADAL_ACCESS_KEYS"))?;
        if listener == Listener::Public && keys.is_empty() {
            return refuse(
                "HADAL_ACCESS_KEYS is needed where HADAL_HOST is not loopback, else anybody could call"
                    .into(),
            );
        }
        if let Some(port) = get("HADAL_PORT") {
            port.parse::<u16>()
                .map_err(|_| Refusal(format!("HADAL_PORT is a number up to 65535, not `{port}`")))?;
        }
        Ok(Self {
            upstream: upstream(&get)?,
            models: models(get("HADAL_MODELS"))?,
            listener,
            keys,
            chat_tokens: number("HADAL_MAX_TOKENS", get("HADAL_MAX_TOKENS"), 8_192)?,
            thinking_tokens: number("HADAL_MAX_THINKING_TOKENS", get("HADAL_MAX_THINKING_TOKENS"), 32_768)?,
            body_limit: body_limit(get("HADAL_MAX_BODY"))?,
            timeouts: timeouts(get("HADAL_TIMEOUTS"))?,
            system: get("HADAL_SYSTEM").map(str::to_owned),
            prices: prices(get("HADAL_PRICES"))?,
        })
    }
}

/// Whether a host, as it stands in an address, is this machine.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A runtime that opens no socket of its own sets no host, and is reached by anybody.
fn listener(host: Option<&str>) -> Listener {
    if host.is_some_and(is_loopback) { Listener::Loopback } else { Listener::Public }
}

fn upstream<'a>(get: &impl Fn(&str) -> Option<&'a str>) -> Result<Upstream, Refusal> {
    let dialect = match get("HADAL_UPSTREAM_FORMAT") {
        None => None,
        Some("messages") => Some(Dialect::Messages),
        Some("completions") => Some(Dialect::Completions),
        Some(other) => {
            return refuse(format!("HADAL_UPSTREAM_FORMAT is `messages` or `completions`, not `{other}`"));
        }
    };
    let seed = match get("HADAL_SEED") {
        None => 0,
        Some(seed) => {
            seed.parse().map_err(|_| Refusal(format!("HADAL_SEED is a whole number, not `{seed}`")))?
        }
    };
    let key = get("HADAL_API_KEY");
    if key.is_some_and(|key| !key.bytes().all(|byte| byte.is_ascii_graphic())) {
        return refuse("HADAL_API_KEY holds characters that no header can carry".into());
    }
    let Some(url) = get("HADAL_UPSTREAM") else {
        if key.is_some() {
            return refuse(
                "HADAL_API_KEY is set but HADAL_UPSTREAM is not, so nobody is there to be given it".into(),
            );
        }
        let endpoint = Endpoint {
            url: "https://simulator.invalid/".into(),
            dialect: dialect.unwrap_or(Dialect::Messages),
            key: None,
        };
        return Ok(Upstream::Simulator { endpoint, seed });
    };
    let nearby = is_nearby(url);
    if !nearby && url.get(..8).is_none_or(|scheme| !scheme.eq_ignore_ascii_case("https://")) {
        return refuse("HADAL_UPSTREAM begins with `https://`, else the key would travel in the open".into());
    }
    if !nearby && key.is_none() {
        return refuse("HADAL_API_KEY is needed, because HADAL_UPSTREAM is remote".into());
    }
    Endpoint::parse(url, dialect, key.map(Secret::new))
        .map(Upstream::Remote)
        .map_err(|bad| Refusal(format!("HADAL_UPSTREAM cannot be used: {bad}")))
}

/// Whether an address is on this machine. What cannot be told for certain is not.
fn is_nearby(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = match authority.rfind(':') {
        Some(at) if !authority.ends_with(']') => authority.get(..at).unwrap_or_default(),
        _ => authority,
    };
    is_loopback(host)
}

fn models(list: Option<&str>) -> Result<Vec<String>, Refusal> {
    let Some(list) = list else {
        let known = models::find(None, "deepseek-v3.2-exp").map_or(&[][..], |model| model.ids);
        return Ok(known.iter().map(|id| (*id).to_owned()).collect());
    };
    let ids: Vec<String> = split(list).map(str::to_owned).collect();
    if ids.is_empty() {
        return refuse("HADAL_MODELS names at least one model".into());
    }
    Ok(ids)
}

fn keys(list: Option<&str>) -> Result<Vec<Secret>, Refusal> {
    let keys: Vec<&str> = list.map(split).into_iter().flatten().collect();
    if keys.iter().any(|key| key.len() < KEY_LENGTH || !key.bytes().all(|byte| byte.is_ascii_graphic())) {
        return refuse(format!(
            "HADAL_ACCESS_KEYS holds a key that is shorter than {KEY_LENGTH} characters or not plain ASCII"
        ));
    }
    Ok(keys.into_iter().map(Secret::new).collect())
}

fn number(name: &str, value: Option<&str>, default: u32) -> Result<u32, Refusal> {
    let Some(value) = value else { return Ok(default) };
    match value.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => refuse(format!("{name} is a whole number above zero, not `{value}`")),
    }
}

fn body_limit(value: Option<&str>) -> Result<usize, Refusal> {
    let Some(value) = value else { return Ok(2 << 20) };
    let (digits, unit) = measure(value);
    let factor = match unit {
        "" | "B" => Some(1),
        "KiB" => Some(1 << 10),
        "MiB" => Some(1 << 20),
        _ => None,
    };
    let bytes =
        digits.parse::<usize>().ok().zip(factor).and_then(|(count, factor)| count.checked_mul(factor));
    match bytes {
        // What a reader of JSON can hold several times over in the 128 MB of a small runtime.
        Some(bytes) if (1..=16 << 20).contains(&bytes) => Ok(bytes),
        _ => refuse(format!("HADAL_MAX_BODY is a size up to 16 MiB such as `2 MiB`, not `{value}`")),
    }
}

fn prices(value: Option<&str>) -> Result<Option<Prices>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    Prices::parse(value).map(Some).map_err(|bad| Refusal(format!("HADAL_PRICES cannot be used: {bad}")))
}

fn timeouts(value: Option<&str>) -> Result<Timeouts, Refusal> {
    let mut timeouts = Timeouts::default();
    for item in value.map(split).into_iter().flatten() {
        let (name, span) = item.split_once('=').unwrap_or((item, ""));
        let place = match name {
            "headers" => Some(&mut timeouts.headers),
            "first" => Some(&mut timeouts.first),
            "idle" => Some(&mut timeouts.idle),
            "total" => Some(&mut timeouts.total),
            _ => None,
        };
        let (Some(place), Some(span)) = (place, parse_span(span)) else {
            return refuse(format!(
                "HADAL_TIMEOUTS is written like `headers=30s first=10m idle=60s total=30m`, not `{item}`"
            ));
        };
        *place = span;
    }
    Ok(timeouts)
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            headers: Millis::seconds(30),
            first: Millis::seconds(10 * 60),
            idle: Millis::seconds(60),
            total: Millis::seconds(30 * 60),
        }
    }
}

/// `250ms`, `30s`, `10m` or `1h`, up to a day: a timer of a JavaScript runtime cannot count further than 24 days.
fn parse_span(text: &str) -> Option<Millis> {
    let (digits, unit) = measure(text);
    let factor: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let span = digits.parse::<u64>().ok()?.checked_mul(factor)?;
    (1..=24 * 3_600_000).contains(&span).then_some(Millis(span))
}

/// A number and its unit, with or without a space between them.
fn measure(text: &str) -> (&str, &str) {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at_checked(end).unwrap_or((text, ""));
    (digits, unit.trim())
}

fn split(list: &str) -> impl Iterator<Item = &str> {
    list.split(|char: char| char == ',' || char.is_whitespace()).filter(|item| !item.is_empty())
}

fn refuse<T>(sentence: String) -> Result<T, Refusal> {
    Err(Refusal(sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, String> {
        let mut variables: Variables = [("HADAL_HOST".to_owned(), "127.0.0.1".to_owned())].into();
        variables.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Settings::read(&variables).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn nothing_set_is_the_simulator_on_loopback() {
        let settings = read(&[]).unwrap();
        assert!(matches!(settings.upstream, Upstream::Simulator { seed: 0, .. }));
        assert_eq!(settings.upstream.endpoint().dialect, Dialect::Messages);
        assert_eq!(settings.models.first().map(String::as_str), Some("deepseek-v3.2-exp"));
        assert_eq!(settings.models.len(), 3);
        assert_eq!((settings.chat_tokens, settings.thinking_tokens), (8_192, 32_768));
        assert_eq!(settings.body_limit, 2 * 1024 * 1024);
        assert_eq!(settings.timeouts.first, Millis(600_000));
        assert_eq!(settings.listener, Listener::Loopback);
    }

    #[test]
    fn what_is_set_is_read() {
        let settings = read(&[
            ("HADAL_UPSTREAM", "https://api.cometapi.com"),
            ("HADAL_API_KEY", "sk-CANARY-1"),
            ("HADAL_MODELS", "a, b  c"),
            ("HADAL_TIMEOUTS", "idle=250ms, total=1h"),
            ("HADAL_MAX_BODY", "64 KiB"),
            ("HADAL_ACCESS_KEYS", "0123456789abcdef,fedcba9876543210"),
            ("HADAL_SYSTEM", " Be kind. "),
            ("HADAL_MAX_TOKENS", "100"),
            ("HADAL_PRICES", r#"{"input": 0.22, "cachedInput": 0.022, "output": 0.35}"#),
        ])
        .unwrap();
        assert_eq!(settings.upstream.endpoint().key.as_ref().map(Secret::reveal), Some("sk-CANARY-1"));
        assert_eq!(settings.models, ["a", "b", "c"]);
        assert_eq!((settings.timeouts.idle, settings.timeouts.total), (Millis(250), Millis(3_600_000)));
        assert_eq!(settings.timeouts.headers, Millis(30_000));
        assert_eq!(settings.body_limit, 65_536);
        assert_eq!(settings.keys.len(), 2);
        assert_eq!(settings.system.as_deref(), Some("Be kind."));
        assert_eq!(settings.chat_tokens, 100);
        assert_eq!(settings.prices, Prices::per_million(0.22, Some(0.022), 0.35).ok());
    }

    #[test]
    fn what_is_dangerous_or_does_not_parse_stops_the_start_with_one_sentence() {
        let bad: &[&[(&str, &str)]] = &[
            &[("HADAL_UPSTREAM", "https://api.cometapi.com")],
            &[("HADAL_UPSTREAM", "http://api.cometapi.com"), ("HADAL_API_KEY", "sk-CANARY-1")],
            &[("HADAL_UPSTREAM", "http://localhost.evil.example"), ("HADAL_API_KEY", "sk-CANARY-1")],
            &[("HADAL_UPSTREAM", "http://localhost@evil.example"), ("HADAL_API_KEY", "sk-CANARY-1")],
            &[("HADAL_UPSTREAM", "ftp://localhost")],
            &[("HADAL_UPSTREAM", "nonsense"), ("HADAL_API_KEY", "sk-CANARY-1")],
            &[("HADAL_API_KEY", "sk-CANARY-1")],
            &[("HADAL_UPSTREAM", "https://a.example"), ("HADAL_API_KEY", "sk-CANARY\n1")],
            &[("HADAL_UPSTREAM_FORMAT", "grpc")],
            &[("HADAL_HOST", "0.0.0.0")],
            &[("HADAL_HOST", "")],
            &[("HADAL_ACCESS_KEYS", "short-CANARY")],
            &[("HADAL_MODELS", " , ")],
            &[("HADAL_TIMEOUTS", "idle=never")],
            &[("HADAL_TIMEOUTS", "idle=0s")],
            &[("HADAL_TIMEOUTS", "total=99999999999999999h")],
            &[("HADAL_TIMEOUTS", "patience=1s")],
            &[("HADAL_MAX_BODY", "2 GB")],
            &[("HADAL_MAX_BODY", "0")],
            &[("HADAL_MAX_TOKENS", "0")],
            &[("HADAL_MAX_TOKENS", "-1")],
            &[("HADAL_SEED", "x")],
            &[("HADAL_PORT", "70000")],
            &[("HADAL_UPSTREM", "https://a.example")],
            &[("HADAL_PRICES", "0.22")],
            &[("HADAL_PRICES", r#"{"input": -1, "output": 1}"#)],
            // A limit that this version could not hold must not look as if it did.
            &[("HADAL_BUDGET", "1 USD/day")],
            &[("HADAL_ORIGINS", "https://a.example")],
        ];
        for pairs in bad {
            let sentence = read(pairs).expect_err(&format!("{pairs:?}"));
            assert!(sentence.starts_with("HADAL_"), "{sentence}");
            assert!(!sentence.contains("CANARY"), "{sentence}");
            assert!(!sentence.contains('\n'), "{sentence}");
        }
    }

    #[test]
    fn an_upstream_on_this_machine_needs_neither_key_nor_encryption() {
        for url in ["http://127.0.0.1:8000/v1/messages", "http://[::1]:8000", "http://localhost"] {
            assert!(read(&[("HADAL_UPSTREAM", url)]).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_public_listener_needs_access_keys() {
        assert!(read(&[("HADAL_HOST", "0.0.0.0"), ("HADAL_ACCESS_KEYS", "0123456789abcdef")]).is_ok());
        let nothing = Settings::read(&Variables::new());
        assert!(nothing.is_err_and(|refusal| refusal.to_string().starts_with("HADAL_ACCESS_KEYS")));
    }
}
