//! Replies, byte for byte, in the order of events that the official SDKs expect.

use super::*;
use crate::{
    chat::{StopReason, Usage},
    wire::{ApiError, ErrorCode},
};

fn meta() -> Meta {
    Meta { id: "r1".into(), model: "m".into(), created: 7, include_usage: true }
}

fn write(dialect: Dialect, events: &[ReplyEvent]) -> String {
    let mut encoder = ReplyEncoder::new(dialect, meta());
    let mut out = Vec::new();
    for event in events {
        encoder.push(event, &mut out);
    }
    String::from_utf8(out).unwrap()
}

fn whole(dialect: Dialect, events: &[ReplyEvent]) -> (u16, String) {
    let mut whole = Whole::new(dialect, meta());
    for event in events {
        whole.push(event);
    }
    whole.finish()
}

fn delta(index: u32, id: &str, delta: &str) -> ReplyEvent {
    ReplyEvent::ToolCallDelta { index, id: id.into(), name: "f".into(), delta: delta.into() }
}

fn call(index: u32, id: &str, arguments: &str) -> ReplyEvent {
    ReplyEvent::ToolCall { index, id: id.into(), name: "f".into(), arguments: arguments.into() }
}

fn all() -> Vec<ReplyEvent> {
    vec![
        ReplyEvent::KeepAlive,
        ReplyEvent::Started { id: "up".into(), model: "deepseek".into() },
        ReplyEvent::Reasoning("so".into()),
        ReplyEvent::Signature("seal".into()),
        ReplyEvent::Text("a\n\"".into()),
        delta(0, "c1", "{\"x\":"),
        delta(0, "c1", "1}"),
        call(0, "c1", "{\"x\":1}"),
        call(1, "c2", "{}"),
        ReplyEvent::Usage(Usage { input: 70, cached_input: 64, output: 9, reasoning: 2 }),
        ReplyEvent::Done(StopReason::ToolCalls),
    ]
}

#[test]
fn a_stream_of_chat_completions() {
    let head =
        r#"data: {"id":"up","object":"chat.completion.chunk","created":7,"model":"deepseek","choices":["#;
    let expected = [
        ": keep-alive".to_owned(),
        format!(r#"{head}{{"index":0,"delta":{{"role":"assistant","content":""}},"finish_reason":null}}]}}"#),
        format!(r#"{head}{{"index":0,"delta":{{"reasoning_content":"so"}},"finish_reason":null}}]}}"#),
        format!(r#"{head}{{"index":0,"delta":{{"content":"a\n\""}},"finish_reason":null}}]}}"#),
        format!(
            r#"{head}{{"index":0,"delta":{{"tool_calls":[{{"index":0,"id":"c1","type":"function","function":{{"name":"f","arguments":"{{\"x\":"}}}}]}},"finish_reason":null}}]}}"#
        ),
        format!(
            r#"{head}{{"index":0,"delta":{{"tool_calls":[{{"index":0,"function":{{"arguments":"1}}"}}}}]}},"finish_reason":null}}]}}"#
        ),
        format!(
            r#"{head}{{"index":0,"delta":{{"tool_calls":[{{"index":1,"id":"c2","type":"function","function":{{"name":"f","arguments":"{{}}"}}}}]}},"finish_reason":null}}]}}"#
        ),
        format!(r#"{head}{{"index":0,"delta":{{}},"finish_reason":"tool_calls"}}]}}"#),
        format!(
            r#"{head}],"usage":{{"prompt_tokens":70,"completion_tokens":9,"total_tokens":79,"prompt_tokens_details":{{"cached_tokens":64}},"completion_tokens_details":{{"reasoning_tokens":2}},"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":6}}}}"#
        ),
        "data: [DONE]".to_owned(),
        String::new(),
    ];
    assert_eq!(write(Dialect::Completions, &all()), expected.join("\n\n"));
}

#[test]
fn a_stream_of_messages() {
    let expected = [
        "event: ping\ndata: {\"type\":\"ping\"}",
        concat!(
            "event: message_start\n",
            r#"data: {"type":"message_start","message":{"id":"up","type":"message","role":"assistant","model":"deepseek","content":[],"stop_reason":null,"stop_sequence":null,"#,
            r#""usage":{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}}"#
        ),
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"so\"}}",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"seal\"}}",
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}",
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\\n\\\"\"}}",
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":1}",
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":2,\"content_block\":{\"type\":\"tool_use\",\"id\":\"c1\",\"name\":\"f\",\"input\":{}}}",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":2,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"x\\\":\"}}",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":2,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"1}\"}}",
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":2}",
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":3,\"content_block\":{\"type\":\"tool_use\",\"id\":\"c2\",\"name\":\"f\",\"input\":{}}}",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{}\"}}",
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":3}",
        concat!(
            "event: message_delta\n",
            r#"data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"#,
            r#""usage":{"input_tokens":6,"cache_creation_input_tokens":0,"cache_read_input_tokens":64,"output_tokens":9,"output_tokens_details":{"thinking_tokens":2}}}"#
        ),
        "event: message_stop\ndata: {\"type\":\"message_stop\"}",
        "",
    ];
    assert_eq!(write(Dialect::Messages, &all()), expected.join("\n\n"));
}

#[test]
fn whole_bodies() {
    let (status, body) = whole(Dialect::Completions, &all());
    assert_eq!(status, 200);
    assert_eq!(
        body,
        concat!(
            r#"{"id":"up","object":"chat.completion","created":7,"model":"deepseek","choices":[{"index":0,"message":{"role":"assistant","content":"a\n\"","reasoning_content":"so","#,
            r#""tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"c2","type":"function","function":{"name":"f","arguments":"{}"}}]},"#,
            r#""logprobs":null,"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":70,"completion_tokens":9,"total_tokens":79,"prompt_tokens_details":{"cached_tokens":64},"#,
            r#""completion_tokens_details":{"reasoning_tokens":2},"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":6}}"#
        )
    );
    let (status, body) = whole(Dialect::Messages, &all());
    assert_eq!(status, 200);
    assert_eq!(
        body,
        concat!(
            r#"{"id":"up","type":"message","role":"assistant","model":"deepseek","content":[{"type":"thinking","thinking":"so","signature":"seal"},{"type":"text","text":"a\n\""},"#,
            r#"{"type":"tool_use","id":"c1","name":"f","input":{"x":1}},{"type":"tool_use","id":"c2","name":"f","input":{}}],"stop_reason":"tool_use","stop_sequence":null,"#,
            r#""usage":{"input_tokens":6,"cache_creation_input_tokens":0,"cache_read_input_tokens":64,"output_tokens":9,"output_tokens_details":{"thinking_tokens":2}}}"#
        )
    );
}

#[test]
fn an_error_ends_a_stream_and_is_a_bodys_status() {
    let error = ApiError::new(ErrorCode::RateLimit, "slow down");
    let events =
        [ReplyEvent::Failed(error), ReplyEvent::Text("late".into()), ReplyEvent::Done(StopReason::Stop)];
    assert_eq!(
        write(Dialect::Completions, &events),
        "data: {\"error\":{\"message\":\"slow down\",\"type\":\"rate_limit_error\",\"param\":null,\"code\":\"rate_limit\"}}\n\n"
    );
    assert_eq!(
        write(Dialect::Messages, &events),
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"slow down\",\"code\":\"rate_limit\"}}\n\n"
    );
    assert_eq!(whole(Dialect::Completions, &events).0, 429);
    assert_eq!(whole(Dialect::Messages, &[]).0, 502, "a reply without an end is none");
}

#[test]
fn nothing_at_all_is_still_a_reply() {
    let events = [ReplyEvent::Done(StopReason::StopSequence(Some("END".into())))];
    let messages = write(Dialect::Messages, &events);
    assert!(messages.starts_with("event: message_start\n") && messages.ends_with("\"message_stop\"}\n\n"));
    assert!(messages.contains(r#""stop_reason":"stop_sequence","stop_sequence":"END""#));
    let completions = write(Dialect::Completions, &events);
    assert!(
        completions.contains(r#""role":"assistant""#) && completions.contains(r#""finish_reason":"stop""#)
    );
    assert!(completions.ends_with("data: [DONE]\n\n"));
}

#[test]
fn usage_is_streamed_only_to_those_who_asked() {
    let mut encoder = ReplyEncoder::new(Dialect::Completions, Meta { include_usage: false, ..meta() });
    let mut out = Vec::new();
    for event in all() {
        encoder.push(&event, &mut out);
    }
    assert!(!String::from_utf8(out).unwrap().contains("usage"));
}

#[test]
fn blocks_of_messages_come_one_after_another_whatever_is_interleaved() {
    let events = [
        delta(0, "c1", "{"),
        delta(1, "c2", "{\"y\""),
        ReplyEvent::Text("between".into()),
        delta(0, "c1", "}"),
        call(0, "c1", "{}"),
        delta(1, "c2", ":2}"),
        call(1, "c2", "{\"y\":2}"),
        ReplyEvent::Done(StopReason::ToolCalls),
    ];
    let stream = write(Dialect::Messages, &events);
    let kinds: Vec<_> =
        stream.lines().filter_map(|line| line.strip_prefix("event: content_block_")).collect();
    let expected = ["start", "delta", "delta", "stop", "start", "delta", "stop", "start", "delta", "stop"];
    assert_eq!(kinds, expected);
    let at = |part: &str| stream.find(part).unwrap_or_else(|| panic!("{part} is not in {stream}"));
    // The call that had to wait is told in one piece.
    assert!(at("\"c1\"") < at("between") && at("between") < at(r#""partial_json":"{\"y\":2}""#));
}

#[test]
fn every_reason_has_a_word_in_each_dialect() {
    for (reason, open, theirs) in [
        (StopReason::Stop, "stop", "end_turn"),
        (StopReason::Length, "length", "max_tokens"),
        (StopReason::ToolCalls, "tool_calls", "tool_use"),
        (StopReason::StopSequence(None), "stop", "stop_sequence"),
        (StopReason::ContentFilter, "content_filter", "refusal"),
        (StopReason::Stopped, "stop", "end_turn"),
        (StopReason::Other("pause_turn".into()), "pause_turn", "pause_turn"),
    ] {
        assert_eq!((completions::word(&reason), messages::word(&reason)), (open, theirs));
    }
}
