//! The laws of `stream`: events, records and unfinished JSON.
//!
//! Inputs are streams of fragments that mean something to a reader of events, with random bytes between them, cut
//! anywhere. What an event is, is told a second time here, as plainly as the standard does and without a thought of
//! speed.

use std::borrow::Cow;

use proptest::{collection::vec, prelude::*, sample::select, test_runner::TestCaseError};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Law, Report, Trial};
use crate::stream::{Decoder, Records, TooLong, close_json, comment, encode};

pub(super) const LAWS: &[Law] = &[
    Law { name: "stream: a cut never shows", check: a_cut_never_shows },
    Law { name: "stream: events read as the standard says", check: events_read_as_the_standard_says },
    Law { name: "stream: what was encoded is decoded", check: what_was_encoded_is_decoded },
    Law { name: "stream: records are the stream", check: records_are_the_stream },
    Law { name: "stream: a cut never shows in records", check: a_cut_never_shows_in_records },
    Law { name: "stream: memory stays within the limit", check: memory_stays_within_the_limit },
    Law { name: "stream: work is linear in the bytes", check: work_is_linear_in_the_bytes },
    Law { name: "stream: JSON closed early tells no lies", check: json_closed_early_tells_no_lies },
    Law { name: "stream: what is closed is JSON", check: what_is_closed_is_json },
];

fn a_cut_never_shows(trial: Trial) -> Report {
    trial.of(&(events(), cuts(), limit()), |(bytes, cuts, limit)| {
        let whole = read(std::iter::once(&*bytes), limit);
        prop_assert_eq!(read(chunks(&bytes, &cuts), limit), whole);
        Ok(())
    })
}

fn events_read_as_the_standard_says(trial: Trial) -> Report {
    trial.of(&(events(), cuts()), |(bytes, cuts)| {
        prop_assert_eq!(read(chunks(&bytes, &cuts), usize::MAX), standard(&bytes));
        Ok(())
    })
}

fn what_was_encoded_is_decoded(trial: Trial) -> Report {
    let event = (prop::option::of(text()), text(), prop::option::of(text()));
    trial.of(&(vec(event, 0..8), cuts()), |(events, cuts)| {
        let mut bytes = Vec::new();
        let mut expected = Vec::new();
        for (name, data, remark) in &events {
            encode(name.as_deref(), data, &mut bytes);
            if let Some(remark) = remark {
                comment(remark, &mut bytes);
            }
            let name: String =
                name.iter().flat_map(|name| name.chars()).filter(|c| !"\r\n\0".contains(*c)).collect();
            let name = if name.is_empty() { "message".to_owned() } else { name };
            expected.push((name, data.replace("\r\n", "\n").replace('\r', "\n")));
        }
        let read = read(chunks(&bytes, &cuts), usize::MAX);
        let read: Vec<_> = read.frames.into_iter().map(|frame| (frame.event, frame.data)).collect();
        prop_assert_eq!(read, expected);
        Ok(())
    })
}

fn records_are_the_stream(trial: Trial) -> Report {
    trial.of(&(events(), cuts()), |(bytes, cuts)| {
        let (records, rest, outcome) = cut(chunks(&bytes, &cuts), usize::MAX);
        prop_assert_eq!(outcome, Ok(()));
        prop_assert_eq!([records.concat(), rest].concat(), &*bytes);
        // A record holds all of its event and nothing of the next.
        let mut decoder = Decoder::new(usize::MAX);
        let mut frames = Vec::new();
        for record in &records {
            prop_assert_eq!(decoder.push(record), Ok(()));
            prop_assert_eq!(decoder.held(), 0);
            let before = frames.len();
            take(&mut decoder, &mut frames, usize::MAX);
            prop_assert!(frames.len() <= before + 1);
        }
        prop_assert_eq!(frames, standard(&bytes).frames);
        Ok(())
    })
}

fn a_cut_never_shows_in_records(trial: Trial) -> Report {
    trial.of(&(events(), cuts(), limit()), |(bytes, cuts, limit)| {
        let whole = cut(std::iter::once(&*bytes), limit);
        let mut parts = cut(chunks(&bytes, &cuts), limit);
        // But for the LF that came too late for its record.
        let mut glued: Vec<Vec<u8>> = Vec::new();
        for record in parts.0 {
            match glued.last_mut() {
                Some(last) if record == b"\n" && last.ends_with(b"\r") => last.push(b'\n'),
                _ => glued.push(record),
            }
        }
        parts.0 = glued;
        prop_assert_eq!(parts, whole);
        Ok(())
    })
}

fn memory_stays_within_the_limit(trial: Trial) -> Report {
    trial.of(&(events(), 1..=64_usize, 16..512_usize), |(bytes, size, limit)| {
        let mut decoder = Decoder::new(limit);
        let mut records = Records::new(limit);
        for chunk in std::iter::repeat_n(bytes, 50).flatten().collect::<Vec<_>>().chunks(size) {
            let _ = decoder.push(chunk);
            while decoder.next_frame().is_some() {}
            let _ = records.push(chunk);
            while records.next_record().is_some() {}
            prop_assert!(decoder.held() <= limit, "{} held", decoder.held());
            prop_assert!(records.rest().len() <= limit, "{} rest", records.rest().len());
            let most = 8 * limit + 64 * chunk.len().max(64);
            prop_assert!(decoder.footprint() <= most, "{} for events", decoder.footprint());
            prop_assert!(records.footprint() <= most, "{} for records", records.footprint());
        }
        Ok(())
    })
}

fn work_is_linear_in_the_bytes(trial: Trial) -> Report {
    // Long lines, long events and long queues are what a second look would show in.
    let piece = prop_oneof![select(REPEATED).prop_map(<[u8]>::to_vec), vec(any::<u8>(), 1..4)];
    let long = (events(), piece, 1..2000_usize, events())
        .prop_map(|(before, piece, times, after)| [before, piece.repeat(times), after].concat());
    trial.of(&(long, cuts(), 1..4_usize), |(bytes, cuts, takes)| {
        let mut decoder = Decoder::new(usize::MAX);
        let mut records = Records::new(usize::MAX);
        let mut frames = Vec::new();
        for chunk in chunks(&bytes, &cuts) {
            prop_assert_eq!(decoder.push(chunk), Ok(()));
            take(&mut decoder, &mut frames, takes);
            prop_assert_eq!(records.push(chunk), Ok(()));
            for _ in 0..takes {
                let _ = records.next_record();
            }
        }
        // Searched once, kept once, read once, and moved once, where U+FFFD may be three times its byte.
        let (length, events, records) = (bytes.len() as u64, decoder.work(), records.work());
        prop_assert!(events <= 6 * length, "{events} for events, {length} bytes");
        prop_assert!(records <= 3 * length, "{records} for records, {length} bytes");
        Ok(())
    })
}

fn json_closed_early_tells_no_lies(trial: Trial) -> Report {
    trial.of(&json(), |text| {
        let whole: Value = parse(&text)?;
        prop_assert!(matches!(close_json(&text), Some(Cow::Borrowed(same)) if same == text));
        for (at, _) in text.char_indices() {
            let prefix = text.get(..at).unwrap_or_default();
            let Some(closed) = close_json(prefix) else {
                // Only a text of which nothing can be shown is not closed.
                prop_assert!(matches!(prefix.trim(), "" | "-"), "{prefix:?} was not closed");
                continue;
            };
            let part: Value = parse(&closed)?;
            prop_assert!(agrees(&part, &whole), "{prefix:?} became {closed}");
        }
        Ok(())
    })
}

fn what_is_closed_is_json(trial: Trial) -> Report {
    let pieces = vec(select(JSON_PIECES), 0..24).prop_map(|pieces| pieces.concat());
    trial.of(&pieces, |text| {
        // Reading without keeping is the parser's judgement of the grammar alone: half surrogates are of it.
        let is_json = |text: &str| serde_json::from_str::<IgnoredAny>(text).is_ok();
        let closed = close_json(&text);
        if let Some(closed) = &closed {
            prop_assert!(is_json(closed), "{closed}");
        }
        if is_json(&text) {
            prop_assert_eq!(closed.as_deref(), Some(&*text));
        }
        Ok(())
    })
}

/// All that a stream gives.
#[derive(Debug, Default, Eq, PartialEq)]
struct Told {
    frames: Vec<Shown>,
    last_id: String,
    retry: Option<u64>,
    comments: u64,
    too_long: bool,
}

#[derive(Debug, Eq, PartialEq)]
struct Shown {
    event: String,
    data: String,
    id: String,
    retry: Option<u64>,
}

fn read<'a>(chunks: impl Iterator<Item = &'a [u8]>, limit: usize) -> Told {
    let mut decoder = Decoder::new(limit);
    let mut told = Told::default();
    for chunk in chunks {
        told.too_long = decoder.push(chunk).is_err();
        take(&mut decoder, &mut told.frames, usize::MAX);
    }
    told.last_id = decoder.last_id().to_owned();
    told.retry = decoder.retry();
    told.comments = decoder.comments();
    told
}

fn take(decoder: &mut Decoder, into: &mut Vec<Shown>, most: usize) {
    for _ in 0..most {
        let Some(frame) = decoder.next_frame() else { break };
        into.push(Shown {
            event: frame.event.to_owned(),
            data: frame.data.to_owned(),
            id: frame.id.to_owned(),
            retry: frame.retry,
        });
    }
}

type Cut = (Vec<Vec<u8>>, Vec<u8>, Result<(), TooLong>);

fn cut<'a>(chunks: impl Iterator<Item = &'a [u8]>, limit: usize) -> Cut {
    let mut records = Records::new(limit);
    let mut taken = Vec::new();
    let mut outcome = Ok(());
    for chunk in chunks {
        outcome = records.push(chunk);
        while let Some(record) = records.next_record() {
            taken.push(record.to_vec());
        }
    }
    (taken, records.rest().to_vec(), outcome)
}

/// The events of a whole stream by the words of the WHATWG standard, section 9.2.6, step by step: decode, strip the
/// mark, split into lines, read each, drop what no blank line ended.
fn standard(bytes: &[u8]) -> Told {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let Some((lines, _unfinished)) = text.rsplit_once('\n') else { return Told::default() };
    let mut told = Told::default();
    let (mut event, mut data, mut id, mut retry) = (String::new(), String::new(), String::new(), None);
    for line in lines.split('\n') {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "" if line.is_empty() => {
                told.last_id.clone_from(&id);
                let data = std::mem::take(&mut data);
                let event = Some(std::mem::take(&mut event)).filter(|event| !event.is_empty());
                if let Some(data) = data.strip_suffix('\n') {
                    told.frames.push(Shown {
                        event: event.unwrap_or_else(|| "message".to_owned()),
                        data: data.to_owned(),
                        id: id.clone(),
                        retry: retry.take(),
                    });
                }
            }
            "" => told.comments += 1,
            "event" => value.clone_into(&mut event),
            "data" => data.extend([value, "\n"]),
            "id" if !value.contains('\0') => value.clone_into(&mut id),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                told.retry = Some(value.parse().unwrap_or(u64::MAX));
                retry = told.retry;
            }
            _ => {}
        }
    }
    told
}

/// Streams: fragments that mean something, and bytes that need not.
fn events() -> impl Strategy<Value = Vec<u8>> {
    let fragment = prop_oneof![
        12 => select(FRAGMENTS).prop_map(<[u8]>::to_vec),
        2 => vec(any::<u8>(), 1..6),
        1 => any::<char>().prop_map(|c| c.to_string().into_bytes()),
    ];
    vec(fragment, 0..48).prop_map(|fragments| fragments.concat())
}

const FRAGMENTS: &[&[u8]] = &[
    b"data:",
    b"data: ",
    b"data",
    b"event:",
    b"event: ",
    b"id:",
    b"id: ",
    b"id",
    b"retry:",
    b"retry: 20",
    b"007",
    b":",
    b": keep-alive",
    b" ",
    b"\t",
    b"x",
    b"[DONE]",
    b"{\"a\":1}",
    b"\0",
    b"\n",
    b"\n",
    b"\r",
    b"\r",
    b"\r\n",
    b"\r\n",
    b"\n\n",
    b"\n\n",
    b"\r\r",
    b"\r\n\r\n",
    b"\xEF\xBB\xBF",
    b"\xE6\xB7\xB1",
    b"\xE6\xB7",
    b"\xF0\x9F\x8C\x8A",
    b"\x8A",
    b"\xFF",
];

const REPEATED: &[&[u8]] =
    &[b"x", b"data:x\n", b"data:x\n\n", b"id:x\n\n", b"event:x\n", b":x\n", b"\n", b"\r\n", b"\xFF"];

/// Sizes of chunks, used in turn.
fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![Just(vec![1]), vec(1..8_usize, 1..6), vec(1..64_usize, 1..6)]
}

fn chunks<'a>(bytes: &'a [u8], sizes: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = bytes;
    let chunks = sizes.iter().cycle().map_while(move |size| {
        let (chunk, after) = rest.split_at_checked(*size).unwrap_or((rest, &[]));
        rest = after;
        (!chunk.is_empty()).then_some(chunk)
    });
    // An empty chunk is as good a cut as any.
    chunks.flat_map(|chunk| [chunk, &[]])
}

/// Limits around the length of the events, and none.
fn limit() -> impl Strategy<Value = usize> {
    prop_oneof![0..80_usize, Just(usize::MAX)]
}

/// Text with every kind of line end and what else could look like a field.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        select(&["\r\n", "\n", "\r", ":", " ", "data: x", "\0", "\u{feff}", "message"][..])
            .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// JSON texts as a model writes them: spaces, escapes and all.
fn json() -> impl Strategy<Value = String> {
    let string = vec(select(STRING_PIECES), 0..5).prop_map(|pieces| format!("\"{}\"", pieces.concat()));
    let number = "-?(0|[1-9][0-9]{0,4})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?";
    let leaf = prop_oneof![
        select(&["true", "false", "null", "{}", "[]", "[ ]"][..]).prop_map(str::to_owned),
        number,
        string,
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let space = || select(&["", " ", "\n\t"][..]);
        let item =
            (space(), inner, space()).prop_map(|(before, value, after)| [before, &value, after].concat());
        let pair = (space(), select(STRING_PIECES), space(), item.clone());
        prop_oneof![
            vec(item, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            vec(pair, 1..4).prop_map(|pairs| {
                // A number before each key keeps the keys apart.
                let pairs = pairs.iter().enumerate();
                let pairs = pairs
                    .map(|(n, (space, key, after, value))| format!("{space}\"{n}{key}\"{after}:{value}"));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

const STRING_PIECES: &[&str] = &[
    "",
    "a",
    "]}",
    ",",
    ":",
    " ",
    "\\\"",
    "\\\\",
    "\\/",
    "\\n",
    "\\u0041",
    "\\u6df1",
    "\\ud83c\\udf0a",
    "\\uD83C\\uDF0A",
    "深",
    "🌊",
];

const JSON_PIECES: &[&str] = &[
    "{", "{", "}", "[", "[", "]", ",", ",", ":", ":", "\"", "\"", "\"a\"", "\"a\":", "\\", "\\u", "\\n",
    "00e9", "d83c", "udf0a", "-", "0", "12", ".", "e", "+", "t", "true", "false", "nul", "null", " ", "\n",
    "a", "深",
];

fn parse(text: &str) -> Result<Value, TestCaseError> {
    serde_json::from_str(text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))
}

/// Whether `part` could be the beginning of `whole`: the same, but for what comes last.
fn agrees(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Array(part), Value::Array(whole)) => {
            let Some((last, before)) = part.split_last() else { return true };
            whole.starts_with(before) && whole.get(before.len()).is_some_and(|whole| agrees(last, whole))
        }
        (Value::Object(part), Value::Object(whole)) => {
            let open = part.iter().filter(|(key, value)| whole.get(*key) != Some(*value));
            let open: Vec<_> = open.collect();
            open.len() <= 1
                && open.iter().all(|(key, part)| whole.get(*key).is_some_and(|whole| agrees(part, whole)))
        }
        (Value::String(part), Value::String(whole)) => whole.starts_with(part.as_str()),
        (Value::Number(_), Value::Number(_)) => true,
        _ => part == whole,
    }
}
