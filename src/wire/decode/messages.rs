//! Records of a Messages reply, streamed or whole.
//!
//! In: the JSON of one record. Out: what it tells the [`Reply`]. Never: trust in the `event:` line, which some proxies
//! drop: the record's own `type` decides. A type that is not known says nothing.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    Unreadable,
    calls::Fragment,
    reply::Reply,
    tally::Tally,
    template::{Kind, Plain},
};
use crate::wire::{
    lenient::{Count, List, Maybe, Text},
    refusal,
};

/// What a record was, for the one who counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sort<'a> {
    Ping,
    Stop,
    /// Anything else, with the one string that it held, if it held nothing else that matters.
    Record(Option<Plain<'a>>),
}

/// Reads one record.
pub(super) fn take<'a>(data: &'a str, reply: &mut Reply) -> Result<Sort<'a>, Unreadable> {
    let Maybe::<Record<'a>>(Some(record)) = serde_json::from_str(data)? else { return Err(Unreadable) };
    let index = record.index.0;
    match record.kind.as_str() {
        "content_block_delta" => {
            let delta = record.delta.0.unwrap_or_default();
            return change(index, delta, reply).map(Sort::Record);
        }
        "content_block_start" => {
            if let Some(block) = record.content_block.0 {
                open(index, &block, reply)?;
            }
        }
        "content_block_stop" => {
            if let Some(index) = index {
                reply.close_call(index);
            }
        }
        "message_start" => {
            if let Some(message) = record.message.0 {
                whole(&message, reply)?;
            }
        }
        "message_delta" => {
            if let Maybe(Some(usage)) = record.usage {
                reply.used(&usage);
            }
            let delta = record.delta.0.unwrap_or_default();
            stop(&delta.stop_reason, &delta.stop_sequence, reply);
        }
        "message" => whole(&serde_json::from_str(data)?, reply)?,
        "message_stop" => return Ok(Sort::Stop),
        "ping" => return Ok(Sort::Ping),
        "error" => reply.fail(refusal::named_error(data)),
        // Gateways report errors in the other dialect's envelope, or in none.
        "" => {
            if let Some(error) = refusal::find_error(data) {
                reply.fail(error);
            }
        }
        _ => {}
    }
    Ok(Sort::Record(None))
}

/// Takes in a whole message, or what is known of it at its start.
fn whole(message: &Message<'_>, reply: &mut Reply) -> Result<(), Unreadable> {
    reply.start(message.id.as_str(), message.model.as_str());
    if let Maybe(Some(usage)) = &message.usage {
        reply.used(usage);
    }
    for (index, block) in (0..).zip(&message.content.0) {
        open(Some(index), block, reply)?;
    }
    stop(&message.stop_reason, &message.stop_sequence, reply);
    Ok(())
}

/// A block begins; most begin empty.
fn open(index: Option<u64>, block: &Block<'_>, reply: &mut Reply) -> Result<(), Unreadable> {
    match block.kind.as_str() {
        "text" => reply.say(block.text.as_str()),
        "thinking" => {
            reply.think(block.thinking.as_str());
            reply.seal(block.signature.as_str());
        }
        "tool_use" => {
            let input = block.input.map_or("", RawValue::get);
            let empty = input.bytes().filter(|byte| !byte.is_ascii_whitespace()).eq(*b"{}");
            reply.call(Fragment {
                index,
                id: block.id.as_str(),
                name: block.name.as_str(),
                arguments: if empty { "" } else { input },
            })?;
        }
        _ => {}
    }
    Ok(())
}

/// More of a block.
fn change<'a>(
    index: Option<u64>,
    delta: Delta<'a>,
    reply: &mut Reply,
) -> Result<Option<Plain<'a>>, Unreadable> {
    let (kind, text) = match delta.kind.as_str() {
        "text_delta" => {
            reply.say(delta.text.as_str());
            (Kind::Text, delta.text)
        }
        "thinking_delta" => {
            reply.think(delta.thinking.as_str());
            (Kind::Thought, delta.thinking)
        }
        "signature_delta" => {
            reply.seal(delta.signature.as_str());
            return Ok(None);
        }
        "input_json_delta" => {
            reply.extend_call(index, delta.partial_json.as_str())?;
            return Ok(None);
        }
        _ => return Ok(None),
    };
    Ok(match text.0 {
        Cow::Borrowed(text) if !text.is_empty() => Some(Plain { kind, text }),
        _ => None,
    })
}

fn stop(reason: &Text<'_>, sequence: &Text<'_>, reply: &mut Reply) {
    if !reason.is_empty() {
        let sequence = (!sequence.is_empty()).then(|| sequence.as_str().to_owned());
        reply.stop(reason.as_str(), sequence);
    }
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(default)]
    index: Count,
    #[serde(borrow, default)]
    delta: Maybe<Delta<'a>>,
    #[serde(borrow, default)]
    content_block: Maybe<Block<'a>>,
    #[serde(borrow, default)]
    message: Maybe<Message<'a>>,
    #[serde(default)]
    usage: Maybe<Tally>,
}

/// Of a block, or of the message.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Delta<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow)]
    thinking: Text<'a>,
    #[serde(borrow)]
    signature: Text<'a>,
    #[serde(borrow)]
    partial_json: Text<'a>,
    #[serde(borrow)]
    stop_reason: Text<'a>,
    #[serde(borrow)]
    stop_sequence: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Block<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow)]
    thinking: Text<'a>,
    #[serde(borrow)]
    signature: Text<'a>,
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    model: Text<'a>,
    #[serde(borrow)]
    content: List<Block<'a>>,
    #[serde(borrow)]
    stop_reason: Text<'a>,
    #[serde(borrow)]
    stop_sequence: Text<'a>,
    usage: Maybe<Tally>,
}
