//! What a token costs: a row of the table, or the words of an operator or a user in its place.
//!
//! In: `{"input": 0.28, "cachedInput": 0.028, "output": 0.42}`, dollars a million tokens. Out: whole nano-dollars a
//! token, exactly; the same back. Never: a price that was rounded, an amount.

use serde::{Deserialize, Serialize};

/// Nano-dollars a token: `0.28 USD` a million tokens is `280`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
#[non_exhaustive]
pub struct Prices {
    /// A prompt token that was not cached.
    pub input: u64,
    /// A cached prompt token; `None` where the provider lists no such price.
    pub cached_input: Option<u64>,
    /// A token of the answer or its reasoning.
    pub output: u64,
}

/// Why a price cannot be one. Its words name the field.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum BadPrice {
    /// Not `{"input": …, "cachedInput": …, "output": …}` with numbers, `cachedInput` being optional. The parser's words.
    Shape(String),
    /// Below zero, not a number, or above [`MOST_A_MILLION`](super::MOST_A_MILLION) dollars a million tokens. The field.
    Absurd(&'static str),
    /// Finer than 0.001 dollars a million tokens, a nano-dollar a token. The field.
    TooFine(&'static str),
}

/// The highest price taken for one, in dollars a million tokens.
pub const MOST: u32 = 1_000_000;

impl BadPrice {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Shape(_) => "prices_shape",
            Self::Absurd(_) => "prices_absurd",
            Self::TooFine(_) => "prices_too_fine",
        }
    }
}

impl std::fmt::Display for BadPrice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shape(why) => write!(
                f,
                "prices are written like {{\"input\": 0.28, \"cachedInput\": 0.028, \"output\": 0.42}}, in dollars a million tokens: {why}"
            ),
            Self::Absurd(field) => {
                write!(f, "the price `{field}` lies outside 0 to {MOST} dollars a million tokens")
            }
            Self::TooFine(field) => {
                write!(f, "the price `{field}` is finer than 0.001 dollars a million tokens")
            }
        }
    }
}

impl std::error::Error for BadPrice {}

impl Prices {
    /// Prices in dollars a million tokens, as providers list them.
    ///
    /// # Errors
    ///
    /// [`BadPrice`] when a number is no price, or is no whole number of nano-dollars a token.
    pub fn per_million(input: f64, cached_input: Option<f64>, output: f64) -> Result<Self, BadPrice> {
        Ok(Self {
            input: nanos("input", input)?,
            cached_input: cached_input.map(|price| nanos("cachedInput", price)).transpose()?,
            output: nanos("output", output)?,
        })
    }

    /// The same, from JSON text: `{"input": 0.28, "cachedInput": 0.028, "output": 0.42}`.
    ///
    /// # Errors
    ///
    /// [`BadPrice`], when the text or a number in it cannot be used.
    pub fn parse(json: &str) -> Result<Self, BadPrice> {
        let written: Written =
            serde_json::from_str(json).map_err(|error| BadPrice::Shape(error.to_string()))?;
        written.try_into()
    }
}

/// Prices as they are written: dollars a million tokens.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    input: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cached_input: Option<f64>,
    output: f64,
}

impl TryFrom<Written> for Prices {
    type Error = BadPrice;

    fn try_from(written: Written) -> Result<Self, BadPrice> {
        Self::per_million(written.input, written.cached_input, written.output)
    }
}

impl From<Prices> for Written {
    #[expect(clippy::cast_precision_loss, reason = "a price is far below 2^53")]
    fn from(prices: Prices) -> Self {
        let dollars = |nanos: u64| nanos as f64 / 1_000.0;
        Self {
            input: dollars(prices.input),
            cached_input: prices.cached_input.map(dollars),
            output: dollars(prices.output),
        }
    }
}

/// Dollars a million tokens as nano-dollars a token. A computed price such as `0.1 * 3` may miss by a float's error.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to lie in 0 to 10^9")]
fn nanos(field: &'static str, dollars: f64) -> Result<u64, BadPrice> {
    if !(0.0..=f64::from(MOST)).contains(&dollars) {
        return Err(BadPrice::Absurd(field));
    }
    let nanos = dollars * 1_000.0;
    if (nanos - nanos.round()).abs() > 1e-6 {
        return Err(BadPrice::TooFine(field));
    }
    Ok(nanos.round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_lists_is_read_exactly_and_written_back() {
        let json = r#"{"input":0.28,"cachedInput":0.028,"output":0.42}"#;
        let prices = Prices::parse(json).unwrap();
        assert_eq!(prices, Prices { input: 280, cached_input: Some(28), output: 420 });
        assert_eq!(serde_json::to_string(&prices).unwrap(), json);
        let none = Prices::parse(r#" {"output": 3.5e-1, "input": 0.22} "#).unwrap();
        assert_eq!(none, Prices { input: 220, cached_input: None, output: 350 });
        let null = Prices::parse(r#"{"output": 0, "input": 1000000, "cachedInput": null}"#).unwrap();
        assert_eq!(null, Prices { input: 1_000_000_000, cached_input: None, output: 0 });
    }

    #[test]
    fn a_computed_price_is_the_one_that_was_meant() {
        assert_eq!(Prices::per_million(0.1 * 3.0, None, 0.28 * 0.1).unwrap().output, 28);
    }

    #[test]
    fn what_is_no_price_is_refused_by_name() {
        let refused =
            |json: &str| Prices::parse(json).map_err(|bad| (bad.code(), bad.to_string())).unwrap_err();
        for (json, code, word) in [
            ("", "prices_shape", "EOF"),
            ("0.28", "prices_shape", "0.28"),
            ("[]", "prices_shape", "dollars"),
            (r#"{"input":1}"#, "prices_shape", "output"),
            (r#"{"input":"1","output":1}"#, "prices_shape", "string"),
            (r#"{"input":NaN,"output":1}"#, "prices_shape", "expected"),
            (r#"{"input":1,"output":1,"cached_input":1}"#, "prices_shape", "cached_input"),
            (r#"{"input":-0.1,"output":1}"#, "prices_absurd", "`input`"),
            (r#"{"input":1,"output":1e7}"#, "prices_absurd", "`output`"),
            (r#"{"input":1,"output":1e999}"#, "prices_shape", "range"),
            (r#"{"input":1,"output":1,"cachedInput":0.0145}"#, "prices_too_fine", "`cachedInput`"),
        ] {
            let (found, words) = refused(json);
            assert_eq!(found, code, "{json}: {words}");
            assert!(words.contains(word), "{json}: {words}");
        }
        assert!(Prices::per_million(f64::NAN, None, 1.0).is_err());
        assert!(Prices::per_million(1.0, Some(f64::INFINITY), 1.0).is_err());
    }
}
