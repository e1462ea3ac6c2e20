//! A reader's own prices, which stand before all others in what this page shows.
//!
//! In: what a reader writes, dollars a million tokens. Out: whole nano-dollars a token, and the same as text to be
//! kept. Never: a bill: no provider asks this page what it charges.

use crate::models::{MOST_A_MILLION, Prices};

/// Nano-dollars a token, where the reader said so; the rest is as it was.
///
/// A reader goes before the embedder, who goes before the operator, who goes before the table: each knows better than
/// the next what is paid here, and the reader's word changes nobody else's page.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Own {
    pub(super) input: Option<u64>,
    pub(super) cached_input: Option<u64>,
    pub(super) output: Option<u64>,
}

/// What separates the three in what is kept.
const APART: char = ';';

impl Own {
    /// The reader has none.
    pub(super) const NONE: Self = Self { input: None, cached_input: None, output: None };

    /// Prices with the reader's own in their place; `None` where one is lacking that must be there.
    pub(super) fn over(self, below: Option<Prices>) -> Option<Prices> {
        Some(Prices {
            input: self.input.or(below.map(|prices| prices.input))?,
            cached_input: self.cached_input.or(below.and_then(|prices| prices.cached_input)),
            output: self.output.or(below.map(|prices| prices.output))?,
        })
    }

    /// Every price is the reader's.
    pub(super) const fn is_whole(self) -> bool {
        self.input.is_some() && self.cached_input.is_some() && self.output.is_some()
    }

    /// As it is kept: "0.28;0.028;0.42".
    pub(super) fn write(self) -> String {
        let said = [self.input, self.cached_input, self.output].map(|price| price.map(dollars));
        said.map(Option::unwrap_or_default).join(&APART.to_string())
    }

    /// What was kept; nothing where that is no prices.
    pub(super) fn read(kept: &str) -> Self {
        let mut said = kept.split(APART).map(|said| price(said).ok().flatten());
        let mut next = || said.next().flatten();
        Self { input: next(), cached_input: next(), output: next() }
    }
}

/// Why what a reader wrote is no price.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NoPrice {
    /// It is no number.
    Word,
    /// Its thousands are set apart, or its decimals: who knows.
    Ambiguous,
    /// It is finer than a nano-dollar a token.
    TooFine,
    /// It is more than any price.
    TooMuch,
    /// Nothing, where nothing is known that could stand there.
    Missing,
}

/// A price as a reader writes it, with a point or a comma; `None` where nothing is written.
pub(super) fn price(said: &str) -> Result<Option<u64>, NoPrice> {
    let said = said.trim().trim_start_matches('$').trim_start();
    if said.is_empty() {
        return Ok(None);
    }
    let (ones, parts) = said.split_once(['.', ',']).unwrap_or((said, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(ones) || !is_number(parts) || ones.len() + parts.len() == 0 {
        return Err(NoPrice::Word);
    }
    // "1,250" may be a thousand or one: better asked than guessed.
    if said.contains(',') && parts.len() == 3 && ones.contains(|digit| digit != '0') {
        return Err(NoPrice::Ambiguous);
    }
    let parts = parts.trim_end_matches('0');
    if parts.len() > 3 {
        return Err(NoPrice::TooFine);
    }
    let number = |digits: &str| {
        digits
            .bytes()
            .fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    };
    let thousandths = number(&format!("{parts:0<3}"));
    let nanos = number(ones).saturating_mul(1_000).saturating_add(thousandths);
    if nanos > u64::from(MOST_A_MILLION) * 1_000 {
        return Err(NoPrice::TooMuch);
    }
    Ok(Some(nanos))
}

/// "0.28", of nano-dollars a token.
pub(super) fn dollars(price: u64) -> String {
    let said = format!("{}.{:03}", price / 1_000, price % 1_000);
    said.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_read_exactly_as_it_was_meant() {
        for (said, nanos) in [
            ("0.28", 280),
            (" 0,28 ", 280),
            ("$0.028", 28),
            ("0,028", 28),
            (".5", 500),
            ("5.", 5_000),
            ("0", 0),
            ("1.250", 1_250),
            ("0.280000", 280),
            ("007", 7_000),
            ("1000000", 1_000_000_000),
        ] {
            assert_eq!(price(said), Ok(Some(nanos)), "{said}");
        }
        assert_eq!(price(" \t"), Ok(None));
    }

    #[test]
    fn what_is_no_price_is_refused_by_its_kind() {
        use NoPrice::{Ambiguous, TooFine, TooMuch, Word};
        for (said, why) in [
            ("a lot", Word),
            ("-1", Word),
            ("1e3", Word),
            (".", Word),
            ("1.000.000", Word),
            ("٣", Word),
            ("1,250", Ambiguous),
            ("0.0285", TooFine),
            ("1000000.001", TooMuch),
            (&"9".repeat(99), TooMuch),
        ] {
            assert_eq!(price(said), Err(why), "{said}");
        }
    }

    #[test]
    fn what_is_kept_comes_back_and_what_is_broken_is_nothing() {
        let own = Own { input: Some(280), cached_input: None, output: Some(1_000_000_000) };
        assert_eq!(own.write(), "0.28;;1000000");
        assert_eq!(Own::read(&own.write()), own);
        assert_eq!(Own::read(""), Own::NONE);
        assert_eq!(Own::read("{};-1;0.42;7"), Own { output: Some(420), ..Own::NONE });
    }

    #[test]
    fn an_empty_field_leaves_what_is_listed() {
        let listed = Prices::per_million(0.22, None, 0.35).ok();
        let own = Own { output: Some(500), ..Own::NONE };
        assert_eq!(own.over(listed), Prices::per_million(0.22, None, 0.5).ok());
        assert_eq!(own.over(None), None, "an input has its price, or there is none");
        assert_eq!(Own::NONE.over(listed), listed);
    }
}
