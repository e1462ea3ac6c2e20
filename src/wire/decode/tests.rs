//! What the vectors in `tests/vectors/wire` do not show: the order of events, the counters, the limits, the edges.

use super::*;
use crate::{
    chat::StopReason,
    wire::{ApiError, ErrorCode},
};

const READING: Reading = Reading {
    dialect: Dialect::Completions,
    input: Style::ExcludesCached,
    record_limit: 1 << 20,
    reply_limit: 8 << 20,
};

fn drain(decoder: &mut ReplyDecoder) -> Vec<ReplyEvent> {
    std::iter::from_fn(|| decoder.next_event()).collect()
}

fn read(reading: Reading, body: &str) -> Vec<ReplyEvent> {
    let mut decoder = ReplyDecoder::new(reading);
    decoder.push(body.as_bytes());
    decoder.finish();
    drain(&mut decoder)
}

fn failure(events: &[ReplyEvent]) -> &ApiError {
    match events.last() {
        Some(ReplyEvent::Failed(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn say(text: &str) -> String {
    format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}

const STOP: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const DONE: &str = "data: [DONE]\n\n";

#[test]
fn a_reply_is_told_in_order_and_in_few_events() {
    let body =
        "data: {\"id\":\"r\",\"model\":\"m\",\"choices\":[{\"delta\":{\"reasoning_content\":\"so\"}}]}\n\n";
    let events = read(READING, &[body, &say("a"), &say("b"), STOP, DONE].concat());
    let started = ReplyEvent::Started { id: "r".into(), model: "m".into() };
    let (thought, text) = (ReplyEvent::Reasoning("so".into()), ReplyEvent::Text("ab".into()));
    assert_eq!(events, [started, thought, text, ReplyEvent::Done(StopReason::Stop)]);
}

#[test]
fn the_end_is_told_at_done_though_the_connection_stays_open() {
    let mut decoder = ReplyDecoder::new(READING);
    decoder.push([&*say("a"), STOP].concat().as_bytes());
    assert!(decoder.is_complete() && !decoder.is_over());
    decoder.push(DONE.as_bytes());
    assert!(decoder.is_over());
    assert_eq!(drain(&mut decoder).last(), Some(&ReplyEvent::Done(StopReason::Stop)));
    decoder.push(say("EVIL").as_bytes());
    decoder.finish();
    assert_eq!(drain(&mut decoder), []);
}

#[test]
fn keep_alives_are_told_where_they_stand_and_never_twice_in_a_row() {
    let body = [": a\n\n: b\n\n", &say("1"), ": c\n", &say("2"), ": d\n\ndata:\n\ndata: : e\n\n", STOP, DONE];
    let expected = [
        ReplyEvent::KeepAlive,
        ReplyEvent::Started { id: String::new(), model: String::new() },
        ReplyEvent::Text("1".into()),
        ReplyEvent::KeepAlive,
        ReplyEvent::Text("2".into()),
        ReplyEvent::KeepAlive,
        ReplyEvent::Done(StopReason::Stop),
    ];
    assert_eq!(read(READING, &body.concat()), expected);
    let mut decoder = ReplyDecoder::new(READING);
    let mut events = Vec::new();
    for byte in body.concat().bytes() {
        decoder.push(&[byte]);
        events.extend(drain(&mut decoder));
    }
    assert_eq!(events, expected);
}

#[test]
fn only_content_counts_as_a_payload() {
    let mut decoder = ReplyDecoder::new(Reading { dialect: Dialect::Messages, ..READING });
    decoder.push(
        b": PING\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\ndata: {\"type\":\"ping\"}\n\ndata: ?\n\n",
    );
    assert_eq!(decoder.payloads(), 0);
    decoder.push(b"data: {\"type\":\"message_start\",\"message\":{\"id\":\"1\"}}\n\n");
    assert_eq!(decoder.payloads(), 1);
    for _ in 0..3 {
        decoder.push(b"data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n");
    }
    assert_eq!(decoder.payloads(), 4);
    // A body that is no stream: every chunk of it.
    let mut decoder = ReplyDecoder::new(READING);
    decoder.push(b"\n\n");
    assert_eq!(decoder.payloads(), 0);
    decoder.push(b"{\"id\"");
    decoder.push(b":1");
    assert_eq!(decoder.payloads(), 2);
}

#[test]
fn records_that_cannot_be_read_end_the_reply_after_sixteen_in_a_row() {
    let secret = "data: sk-secret not json\n\n";
    let events = read(READING, &[&*secret.repeat(15), &say("a"), &secret.repeat(15), STOP].concat());
    assert_eq!(events.last(), Some(&ReplyEvent::Done(StopReason::Stop)));
    let events = read(READING, &[&*say("a"), &secret.repeat(16), STOP].concat());
    assert_eq!(failure(&events).code, ErrorCode::BadUpstream);
    assert!(failure(&events).retryable && !failure(&events).message.contains("secret"));
}

#[test]
fn a_record_and_a_reply_have_their_limits() {
    let reading = Reading { record_limit: 100, reply_limit: 20, ..READING };
    let long = failure(&read(reading, &say(&"x".repeat(100)))).clone();
    assert_eq!((long.code, long.retryable), (ErrorCode::TooLong, false));
    let events = read(reading, &[say("0123456789"), say("0123456789"), say("!")].concat());
    assert_eq!(failure(&events).code, ErrorCode::TooLong);
    assert!(events.contains(&ReplyEvent::Text("01234567890123456789".into())), "what came before is kept");
    let calls = "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"12345678901\"}}]}}]}\n\n";
    let wide = Reading { record_limit: 1000, ..reading };
    assert_eq!(failure(&read(wide, &calls.repeat(2))).code, ErrorCode::TooLong);
    // A whole body may be as long as a record and a reply.
    let body = |length| format!("{{\"choices\":[],\"x\":\"{}\"}}", "x".repeat(length));
    assert_eq!(failure(&read(reading, &body(200))).code, ErrorCode::TooLong);
    assert_eq!(failure(&read(reading, &body(80))).code, ErrorCode::Truncated);
}

#[test]
fn a_body_is_told_by_its_first_word() {
    for (body, code) in [
        ("", ErrorCode::Truncated),
        ("\n \n", ErrorCode::Truncated),
        ("dat", ErrorCode::Truncated),
        ("data: {\"cho", ErrorCode::Truncated),
        ("event: mess", ErrorCode::Truncated),
        (": PING", ErrorCode::Truncated),
        ("database is down", ErrorCode::NotSse),
        ("upstream connect error", ErrorCode::NotSse),
        (" \n<html>", ErrorCode::NotSse),
        ("\u{feff}<html>", ErrorCode::NotSse),
        ("[1]", ErrorCode::NotSse),
        ("{\"choices\":[{", ErrorCode::Truncated),
        ("{\"choices\":[]}", ErrorCode::Truncated),
    ] {
        assert_eq!(failure(&read(READING, body)).code, code, "{body:?}");
    }
    // Half a character at the end is a cut as well.
    let mut decoder = ReplyDecoder::new(READING);
    decoder.push(b"{\"x\":\"\xe6\xb7");
    decoder.finish();
    assert_eq!(failure(&drain(&mut decoder)).code, ErrorCode::Truncated);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_word() {
    for body in [
        [&*say("a"), STOP].concat(),
        "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}".into(),
    ] {
        let mut decoder = ReplyDecoder::new(READING);
        for byte in format!("\u{feff}{body}").bytes() {
            decoder.push(&[byte]);
        }
        decoder.finish();
        assert!(drain(&mut decoder).contains(&ReplyEvent::Text("a".into())), "{body}");
    }
}

#[test]
fn a_reply_that_is_given_up_tells_what_it_used() {
    let mut decoder = ReplyDecoder::new(Reading { dialect: Dialect::Messages, ..READING });
    assert_eq!(decoder.usage(), None);
    decoder.push(b"data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":6,\"cache_read_input_tokens\":64,\"output_tokens\":1}}}\n\n");
    let usage = decoder.usage().unwrap();
    assert_eq!((usage.input, usage.cached_input, usage.output), (70, 64, 1));
}

#[test]
fn leaked_markup_is_hidden_where_that_is_asked_for() {
    let body = [say("a <"), say("｜tool▁calls▁begin｜>"), say("f{}"), STOP.into()].concat();
    let mut decoder = ReplyDecoder::new(READING).hiding_markup();
    decoder.push(body.as_bytes());
    decoder.finish();
    let expected = [ReplyEvent::Text("a ".into()), ReplyEvent::Done(StopReason::Stop)];
    assert_eq!(drain(&mut decoder)[1..], expected);
    assert!(read(READING, &body).contains(&ReplyEvent::Text("a <｜tool▁calls▁begin｜>f{}".into())));
}

#[test]
fn what_a_template_reads_is_what_parsing_reads() {
    // The same texts, once in records that are alike and once in records of which each is different.
    let texts = ["a", "", "深", "\\n\\\"", "<think>", "\\ud83c\\udf0a", "x"];
    let alike: String = texts.iter().map(|text| say(text)).collect();
    let different = texts.iter().zip(1_u32..).map(|(text, n)| {
        let space = " ".repeat(usize::try_from(n).unwrap());
        format!("data: {{\"n\":{n},{space}\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
    });
    let different: String = different.collect();
    assert_eq!(read(READING, &[&alike, STOP].concat()), read(READING, &[&different, STOP].concat()));
}
