//! The room's tests: the vectors of `tests/vectors/sse.json` at every cut, and what no vector can tell.

use serde::Deserialize;

use super::*;

/// What a stream must give, as the vectors have it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
struct Told {
    frames: Vec<Shown>,
    retry: Option<u64>,
    last_id: String,
    comments: u64,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
struct Shown {
    event: String,
    data: String,
    id: String,
    retry: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Debug, Deserialize)]
struct Vector {
    name: String,
    text: Option<String>,
    hex: Option<String>,
    #[serde(flatten)]
    expected: Told,
}

impl Vector {
    fn all() -> Vec<Self> {
        let Vectors { vectors } = serde_json::from_str(include_str!("../../tests/vectors/sse.json")).unwrap();
        assert!(vectors.len() >= 60, "the vectors are there");
        vectors
    }

    fn bytes(&self) -> Vec<u8> {
        match (&self.text, &self.hex) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(hex)) => {
                let digits: Vec<_> = hex.chars().map(|digit| digit.to_digit(16).unwrap()).collect();
                digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
            }
            _ => panic!("{}: either text or hex", self.name),
        }
    }
}

fn tell<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Told {
    let mut decoder = Decoder::new(1 << 14);
    let mut frames = Vec::new();
    for chunk in chunks {
        decoder.push(chunk).unwrap();
        while let Some(frame) = decoder.next_frame() {
            frames.push(Shown {
                event: frame.event.to_owned(),
                data: frame.data.to_owned(),
                id: frame.id.to_owned(),
                retry: frame.retry,
            });
        }
    }
    Told {
        frames,
        retry: decoder.retry(),
        last_id: decoder.last_id().to_owned(),
        comments: decoder.comments(),
    }
}

#[test]
fn every_vector_holds_whole() {
    for vector in Vector::all() {
        assert_eq!(tell([&*vector.bytes()]), vector.expected, "{}", vector.name);
    }
}

#[test]
fn every_vector_holds_byte_by_byte() {
    for vector in Vector::all() {
        assert_eq!(tell(vector.bytes().chunks(1)), vector.expected, "{}", vector.name);
    }
}

#[test]
fn every_vector_holds_at_every_cut() {
    let mut cuts = 0;
    for vector in Vector::all() {
        let bytes = vector.bytes();
        for at in 0..=bytes.len() {
            let (front, back) = bytes.split_at(at);
            assert_eq!(tell([front, back]), vector.expected, "{} cut at {at}", vector.name);
            cuts += 1;
        }
    }
    println!("{cuts} cuts");
}

#[test]
fn every_short_vector_holds_at_every_two_cuts() {
    for vector in Vector::all() {
        let bytes = vector.bytes();
        for first in 0..bytes.len().min(100) {
            for second in first..bytes.len().min(100) {
                let chunks = [&bytes[..first], &bytes[first..second], &bytes[second..]];
                assert_eq!(tell(chunks), vector.expected, "{} cut at {first} and {second}", vector.name);
            }
        }
    }
}

#[test]
fn an_event_is_there_with_the_last_byte_of_its_blank_line() {
    for end in ["\n\n", "\r\r", "\r\n\r"] {
        let mut decoder = Decoder::new(100);
        let mut records = Records::new(100);
        let bytes = ["data: x", end].concat();
        for byte in bytes.as_bytes() {
            assert_eq!(decoder.next_frame(), None);
            assert_eq!(records.next_record(), None);
            decoder.push(&[*byte]).unwrap();
            records.push(&[*byte]).unwrap();
        }
        assert_eq!(decoder.next_frame().unwrap().data, "x", "{end:?}");
        assert_eq!(records.next_record().unwrap(), bytes.as_bytes(), "{end:?}");
    }
}

#[test]
fn events_may_be_left_for_later() {
    let mut decoder = Decoder::new(100);
    let mut shown = Vec::new();
    for n in 0..1000 {
        decoder.push(format!("event: e{n}\nid: {n}\ndata: a\ndata: {n}\n\n").as_bytes()).unwrap();
        if n % 2 == 1 {
            let frame = decoder.next_frame().unwrap();
            shown.push((frame.event.to_owned(), frame.id.to_owned(), frame.data.to_owned()));
        }
    }
    while let Some(frame) = decoder.next_frame() {
        shown.push((frame.event.to_owned(), frame.id.to_owned(), frame.data.to_owned()));
    }
    let expected: Vec<_> = (0..1000).map(|n| (format!("e{n}"), n.to_string(), format!("a\n{n}"))).collect();
    assert_eq!(shown, expected);
}

#[test]
fn too_long_is_said_once_and_for_all_and_what_was_whole_stays() {
    let mut decoder = Decoder::new(20);
    assert_eq!(decoder.push(b"data: whole\n\ndata: 123456789012345"), Err(TooLong { limit: 20 }));
    assert_eq!(decoder.next_frame().unwrap().data, "whole");
    assert_eq!(decoder.next_frame(), None);
    assert_eq!(decoder.push(b"\n\ndata: x\n\n"), Err(TooLong { limit: 20 }));
    assert_eq!(decoder.next_frame(), None);
    assert_eq!(decoder.held(), 0);
    assert_eq!(TooLong { limit: 20 }.to_string(), "an event of the stream is longer than 20 bytes");

    let mut records = Records::new(20);
    assert_eq!(records.push(b"data: whole\n\ndata: 123456789012345"), Err(TooLong { limit: 20 }));
    assert_eq!(records.next_record().unwrap(), b"data: whole\n\n");
    assert_eq!(records.push(b"\n\n"), Err(TooLong { limit: 20 }));
    assert_eq!(records.next_record(), None);
    assert_eq!(records.rest(), b"");
}

#[test]
fn the_limit_is_the_events_own_whatever_the_chunk() {
    // Twenty bytes each: at the limit, never over it.
    let line = b"data: 12345678901234";
    let many: Vec<u8> = (0..50).flat_map(|_| [line, &b"\n\n"[..]].concat()).collect();
    let mut decoder = Decoder::new(20);
    decoder.push(&many).unwrap();
    assert_eq!(std::iter::from_fn(|| decoder.next_frame().map(|_| ())).count(), 50);
    // What is kept of the lines before (7 + 1 + 7) counts together with the line being read.
    let lines = b"data:1234567\ndata:1234567\n";
    Decoder::new(22).push(&[&lines[..], b"x:\n\n"].concat()).unwrap();
    assert!(Decoder::new(22).push(&[&lines[..], b"data:123\n\n"].concat()).is_err());
    // A name and an id count as well, and so does what U+FFFD adds.
    assert!(Decoder::new(22).push(b"event:1234567890\nid:1234567890").is_err());
    assert!(Decoder::new(22).push(b"data:\xff\xff\xff\xff\xff\xff\xff\xff\n").is_err());
}

#[test]
fn a_comment_of_any_length_takes_no_memory() {
    let mut decoder = Decoder::new(16);
    decoder.push(b":").unwrap();
    for _ in 0..1000 {
        decoder.push(&[b'x'; 1000]).unwrap();
    }
    assert_eq!(decoder.comments(), 0);
    decoder.push(b"\n").unwrap();
    assert_eq!(decoder.comments(), 1);
    assert!(decoder.footprint() < 1000, "{} bytes", decoder.footprint());
}

#[test]
fn comments_are_told_where_they_stand() {
    let mut decoder = Decoder::new(100);
    decoder.push(b": a\n\ndata: 1\n: b\n\nid: x\n\n: c\ndata: 2\n\n: d\n").unwrap();
    let mut told = vec![decoder.comments_ahead()];
    while decoder.next_frame().is_some() {
        told.push(decoder.comments_ahead());
    }
    assert_eq!(told, [2, 3, 4]);
    assert_eq!(decoder.comments(), 4);
}

#[test]
fn a_waiting_time_too_large_for_a_number_is_the_largest() {
    let mut decoder = Decoder::new(100);
    decoder.push(b"retry: 99999999999999999999999999\n").unwrap();
    assert_eq!(decoder.retry(), Some(u64::MAX));
}

#[test]
fn a_record_passes_as_it_came() {
    let input = "\u{feff}: hi\r\n\r\nid: 1\rdata:a\n\nnonsense\r\r\n\ndata: unfinished\r";
    let expected = ["\u{feff}: hi\r\n\r\n", "id: 1\rdata:a\n\n", "nonsense\r\r\n", "\n"];
    let mut records = Records::new(100);
    records.push(input.as_bytes()).unwrap();
    for record in expected {
        assert_eq!(records.next_record().unwrap(), record.as_bytes());
    }
    assert_eq!(records.next_record(), None);
    assert_eq!(records.rest(), b"data: unfinished\r");
}

#[test]
fn the_late_half_of_a_line_end_is_a_record_of_its_own() {
    let mut records = Records::new(100);
    records.push(b"data: a\r\n\r").unwrap();
    assert_eq!(records.next_record().unwrap(), b"data: a\r\n\r");
    records.push(b"\ndata: b\r").unwrap();
    assert_eq!(records.next_record().unwrap(), b"\n");
    records.push(b"\n\r\n").unwrap();
    assert_eq!(records.next_record().unwrap(), b"data: b\r\n\r\n");
    assert_eq!(records.next_record(), None);
    assert_eq!(records.rest(), b"");
}

#[test]
fn what_is_encoded_cannot_break_out_of_its_field() {
    let mut out = Vec::new();
    encode(Some("a\r\nb\0\rdata: c"), "one\r\ntwo\rdata: three\n\nevent: four\n", &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "event: abdata: c\ndata: one\ndata: two\ndata: data: three\ndata: \ndata: event: four\ndata: \n\n"
    );
    let mut out = Vec::new();
    encode(None, "", &mut out);
    encode(None, "[DONE]", &mut out);
    comment("keep-alive", &mut out);
    comment("a\ndata: b", &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "data: \n\ndata: [DONE]\n\n: keep-alive\n\n: a\n: data: b\n\n"
    );
}

/// What each beginning becomes; `None` is written as the empty string.
const CLOSED: &[(&str, &str)] = &[
    // Whole.
    ("{}", "{}"),
    (" [ ] ", " [ ] "),
    ("null", "null"),
    ("-0.5e-3", "-0.5e-3"),
    (r#""a""#, r#""a""#),
    (r#"{"a":{"b":[1,{}]}}"#, r#"{"a":{"b":[1,{}]}}"#),
    // Nothing yet.
    ("", ""),
    (" \n", ""),
    ("-", ""),
    // Open arrays and objects.
    ("[", "[]"),
    ("{ ", "{}"),
    ("[[{", "[[{}]]"),
    (r#"[{"a":[]"#, r#"[{"a":[]}]"#),
    // Commas, colons, and keys that have no value.
    ("[1,", "[1]"),
    ("[1 , ", "[1]"),
    (r#"{"a":1,"#, r#"{"a":1}"#),
    (r#"{"a":1,"b"#, r#"{"a":1}"#),
    (r#"{"a":1,"b\"#, r#"{"a":1}"#),
    (r#"{"a":1,"b""#, r#"{"a":1}"#),
    (r#"{"a":1,"b" :"#, r#"{"a":1}"#),
    (r#"{"a""#, "{}"),
    (r#"{"a": -"#, "{}"),
    // Strings and their escapes.
    (r#"""#, r#""""#),
    (r#"["a, ]}"#, r#"["a, ]}"]"#),
    (r#"["深"#, r#"["深"]"#),
    (r#"["a\"#, r#"["a"]"#),
    (r#"["a\""#, r#"["a\""]"#),
    (r#"["a\\"#, r#"["a\\"]"#),
    (r#"["a\n"#, r#"["a\n"]"#),
    (r#"["a\u"#, r#"["a"]"#),
    (r#"["a\u00e"#, r#"["a"]"#),
    (r#"["a\u00e9"#, r#"["a\u00e9"]"#),
    (r#"["a\uD83D"#, r#"["a"]"#),
    (r#"["a\uD83D\"#, r#"["a"]"#),
    (r#"["a\uD83D\uDE"#, r#"["a"]"#),
    (r#"["a\uD83D\uDE00"#, r#"["a\uD83D\uDE00"]"#),
    (r#"["a\ud83d\ude00b"#, r#"["a\ud83d\ude00b"]"#),
    (r#"["\uDBFF"#, r#"[""]"#),
    (r#"["\uDC00"#, r#"["\uDC00"]"#),
    // Numbers.
    ("12", "12"),
    ("12.", "12"),
    ("[-", "[]"),
    ("[-1", "[-1]"),
    ("[1.", "[1]"),
    ("[1.5", "[1.5]"),
    ("[1e", "[1]"),
    ("[1.5E+", "[1.5]"),
    ("[1.5E+0", "[1.5E+0]"),
    ("[0", "[0]"),
    ("[1, -0.", "[1, -0]"),
    // Words.
    ("t", "true"),
    ("[tru", "[true]"),
    ("[f", "[false]"),
    (r#"{"a":nul"#, r#"{"a":null}"#),
    (r#"{"a":true"#, r#"{"a":true}"#),
    // No JSON, whatever follows.
    ("]", ""),
    ("{]", ""),
    ("[}", ""),
    ("[,", ""),
    ("{,", ""),
    ("[1,]", ""),
    ("[1,,", ""),
    (r#"{"a":1,}"#, ""),
    (r#"{"a" 1"#, ""),
    (r#"{"a":,"#, ""),
    (r#"{"a",1"#, ""),
    ("{1", ""),
    ("{} x", ""),
    ("{}{", ""),
    ("1 2", ""),
    ("[1 2", ""),
    ("[01", ""),
    ("[+1", ""),
    ("[.5", ""),
    ("[1.x", ""),
    ("[1ex", ""),
    ("[-x", ""),
    ("[trx", ""),
    ("[truex", ""),
    ("[True", ""),
    ("[x", ""),
    ("['a'", ""),
    (r#"["\x"#, ""),
    (r#"["\u00g"#, ""),
    ("[\"a\nb", ""),
    ("{\"a\tb", ""),
    ("\u{feff}{}", ""),
    ("[\u{a0}1", ""),
];

#[test]
fn unfinished_json_is_closed() {
    for (prefix, closed) in CLOSED {
        assert_eq!(close_json(prefix).as_deref().unwrap_or_default(), *closed, "{prefix}");
    }
}

#[test]
fn whole_json_comes_back_without_a_copy() {
    assert!(matches!(close_json(" {\"a\":1} \n"), Some(std::borrow::Cow::Borrowed(" {\"a\":1} \n"))));
}

#[test]
fn json_is_closed_as_deep_as_the_parser_reads() {
    for open in ["[", "{\"a\":"] {
        let deep = open.repeat(126) + "[";
        let closed = close_json(&deep).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&closed).is_ok());
        let deeper = open.repeat(127) + "[";
        assert_eq!(close_json(&deeper), None);
        assert_eq!(close_json(&open.repeat(1_000_000)), None);
    }
    let beyond = "[".repeat(128) + &"]".repeat(128);
    assert!(serde_json::from_str::<serde_json::Value>(&beyond).is_err(), "the parser's own bound");
}
