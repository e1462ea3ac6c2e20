//! Records of a Chat Completions reply, streamed or whole, from DeepSeek and from hosts that resemble it.
//!
//! In: the JSON of one record. Out: what it tells the [`Reply`]. Never: an error for a field of an odd shape.

use std::borrow::Cow;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess},
};
use serde_json::value::RawValue;

use super::{
    Unreadable,
    calls::Fragment,
    flow::Flow,
    reply::Reply,
    tally::Tally,
    template::{Kind, Plain},
};
use crate::wire::{
    lenient::{Count, List, Maybe, Shape, Text, read},
    refusal,
};

/// Reads one record. What is given back is the one string that it held, if it held nothing else that matters.
pub(super) fn take<'a>(data: &'a str, reply: &mut Reply) -> Result<Option<Plain<'a>>, Unreadable> {
    let Maybe::<Record<'a>>(Some(record)) = serde_json::from_str(data)? else { return Err(Unreadable) };
    if (record.error.is_some() || !record.message.is_empty())
        && let Some(error) = refusal::find_error(data)
    {
        reply.fail(error);
        return Ok(None);
    }
    if !(record.id.is_empty() && record.model.is_empty()) {
        reply.start(record.id.as_str(), record.model.as_str());
    }
    let used = record.usage.0.is_some();
    if let Maybe(Some(usage)) = record.usage {
        reply.used(&usage);
    }
    let Some(choice) = record.choices.0 else { return Ok(None) };
    let delta = choice.delta.0.or(choice.message.0).unwrap_or_default();
    let calls = delta.tool_calls.0;
    let content = delta.content;
    let refused = delta.refusal.0;
    // Several fields may carry the same thoughts: the first that has any is taken.
    let spelt = [delta.reasoning_content, delta.reasoning, delta.reasoning_details];
    let separate = spelt.into_iter().find(|flow| !flow.is_empty()).map(Flow::joined).unwrap_or_default();
    let thought = if separate.is_empty() { content.thought } else { separate };

    reply.think(&thought);
    reply.say(&content.text);
    reply.say(&refused);
    for call in &calls {
        let function = call.function.0.as_ref();
        let arguments = function.and_then(|function| function.arguments).map(spelling).unwrap_or_default();
        let fragment = Fragment {
            index: call.index.0,
            id: call.id.as_str(),
            name: function.map_or("", |function| function.name.as_str()),
            arguments: &arguments,
        };
        reply.call(fragment)?;
    }
    if !choice.finish_reason.is_empty() {
        reply.stop(choice.finish_reason.as_str(), None);
        return Ok(None);
    }
    let alone = calls.is_empty() && refused.is_empty() && !used;
    Ok(match (thought, content.text) {
        (Cow::Borrowed(thought), text) if alone && text.is_empty() && !thought.is_empty() => {
            Some(Plain { kind: Kind::Thought, text: thought })
        }
        (thought, Cow::Borrowed(text)) if alone && thought.is_empty() && !text.is_empty() => {
            Some(Plain { kind: Kind::Text, text })
        }
        _ => None,
    })
}

/// Arguments as text: the string's content, or the JSON itself where a host did not wrap it in a string.
fn spelling(arguments: &RawValue) -> Cow<'_, str> {
    let json = arguments.get();
    if json.starts_with('"') {
        return serde_json::from_str::<Text<'_>>(json).unwrap_or_default().0;
    }
    Cow::Borrowed(json)
}

/// A record, or a whole reply.
#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default)]
    id: Text<'a>,
    #[serde(borrow, default)]
    model: Text<'a>,
    #[serde(borrow, default)]
    choices: First<'a>,
    #[serde(default)]
    usage: Maybe<Tally>,
    /// Present and not null; what is in it is looked at only then.
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    /// Some hosts report an error at the root.
    #[serde(borrow, default)]
    message: Text<'a>,
}

/// The first choice; we never ask for more. The list may be null, empty or an object.
#[derive(Default)]
struct First<'a>(Option<Choice<'a>>);

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow, default)]
    delta: Maybe<Delta<'a>>,
    /// The message of a reply that is not streamed.
    #[serde(borrow, default)]
    message: Maybe<Delta<'a>>,
    #[serde(borrow, default)]
    finish_reason: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Delta<'a> {
    #[serde(borrow)]
    content: Flow<'a>,
    #[serde(borrow)]
    reasoning_content: Flow<'a>,
    #[serde(borrow)]
    reasoning: Flow<'a>,
    #[serde(borrow)]
    reasoning_details: Flow<'a>,
    #[serde(borrow)]
    refusal: Text<'a>,
    #[serde(borrow)]
    tool_calls: List<Call<'a>>,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(default)]
    index: Count,
    #[serde(borrow, default)]
    id: Text<'a>,
    #[serde(borrow, default)]
    function: Maybe<Function<'a>>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
}

impl<'de> Shape<'de> for First<'de> {
    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let first = list.next_element::<Maybe<Choice<'de>>>()?;
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self(first.and_then(|choice| choice.0)))
    }

    fn from_map<A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        Maybe::from_map(map).map(|choice| Self(choice.0))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for First<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::<First<'de>, D>(deserializer)
    }
}
