//! JSON fields that come in several shapes: what fits is taken, what does not counts as absent.
//!
//! In: any JSON value. Out: a text, a count or a record, borrowed where possible. Never: an error for a value of an
//! unexpected type, for one odd field must not cost a whole record.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

/// A value that is read from whatever JSON stands in its place. Every shape that is not taken is its default.
pub(super) trait Shape<'de>: Default {
    fn from_text(_: Cow<'de, str>) -> Self {
        Self::default()
    }

    fn from_count(_: u64) -> Self {
        Self::default()
    }

    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }

    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

/// Reads a [`Shape`] from any value.
pub(super) fn read<'de, S: Shape<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<S, D::Error> {
    deserializer.deserialize_any(Any(PhantomData))
}

/// A string; a whole number as its digits.
#[derive(Debug, Default)]
pub(super) struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Shape<'de> for Text<'de> {
    fn from_text(text: Cow<'de, str>) -> Self {
        Self(text)
    }

    fn from_count(count: u64) -> Self {
        Self(Cow::Owned(count.to_string()))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::<Text<'de>, D>(deserializer)
    }
}

/// A whole number that is not negative.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Count(pub Option<u64>);

impl Shape<'_> for Count {
    fn from_count(count: u64) -> Self {
        Self(Some(count))
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

/// An object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Maybe<T>(pub Option<T>);

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Shape<'de> for Maybe<T> {
    fn from_map<A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|value| Self(Some(value)))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

/// The objects of a list; what is no object is left out, and what is no list is an empty one.
#[derive(Debug)]
pub(super) struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Shape<'de> for List<T> {
    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut all = Vec::new();
        while let Some(Maybe(one)) = list.next_element::<Maybe<T>>()? {
            all.extend(one);
        }
        Ok(Self(all))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

struct Any<S>(PhantomData<S>);

impl<'de, S: Shape<'de>> Visitor<'de> for Any<S> {
    type Value = S;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<S, E> {
        Ok(S::default())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<S, E> {
        Ok(S::default())
    }

    fn visit_u64<E: Error>(self, count: u64) -> Result<S, E> {
        Ok(S::from_count(count))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<S, E> {
        Ok(u64::try_from(number).map_or_else(|_| S::default(), S::from_count))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates; some hosts write 12.0 for 12"
    )]
    fn visit_f64<E: Error>(self, number: f64) -> Result<S, E> {
        Ok(if number >= 0.0 { S::from_count(number as u64) } else { S::default() })
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<S, E> {
        Ok(S::from_text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<S, E> {
        Ok(S::from_text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<S, A::Error> {
        S::from_list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<S, A::Error> {
        S::from_map(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Record<'a> {
        #[serde(borrow, default)]
        text: Text<'a>,
        #[serde(default)]
        count: Count,
        #[serde(borrow, default)]
        inner: Maybe<Box<Record<'a>>>,
    }

    #[test]
    fn what_does_not_fit_is_absent_and_costs_nothing_else() {
        for odd in ["null", "true", "-1", "1.5e3", "[1,[2]]", r#"{"x":{}}"#, r#""s""#] {
            let json = format!(r#"{{"text":{odd},"count":{odd},"inner":{odd},"text2":1}}"#);
            let record: Record<'_> = serde_json::from_str(&json).unwrap();
            let expected = match odd {
                r#""s""# => ("s", None),
                "1.5e3" => ("1500", Some(1500)),
                _ => ("", None),
            };
            assert_eq!((record.text.as_str(), record.count.0), expected, "{odd}");
            assert_eq!(record.inner.0.is_some(), odd.starts_with('{'));
        }
    }

    #[test]
    fn text_without_escapes_is_borrowed() {
        let record: Record<'_> = serde_json::from_str(r#"{"text":"plain"}"#).unwrap();
        assert!(matches!(record.text.0, Cow::Borrowed("plain")));
        let record: Record<'_> = serde_json::from_str(r#"{"text":"a\nb"}"#).unwrap();
        assert!(matches!(record.text.0, Cow::Owned(_)));
        assert_eq!(record.text.as_str(), "a\nb");
    }
}
