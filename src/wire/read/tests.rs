//! Requests as the official SDKs and people with `curl` send them.

use super::*;
use crate::chat::{Message, Part, ResponseFormat, Role, Tool, ToolCall, ToolChoice};

fn open(body: &str) -> ChatRequest {
    read_request(Dialect::Completions, body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"))
}

fn theirs(body: &str) -> ChatRequest {
    read_request(Dialect::Messages, body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"))
}

fn refused(dialect: Dialect, body: &str) -> String {
    let error = read_request(dialect, body.as_bytes()).unwrap_err();
    assert_eq!((error.code.as_str(), error.status, error.retryable), ("invalid_request", Some(400), false));
    error.message
}

fn text(text: &str) -> Part {
    Part::Text { text: text.into() }
}

#[test]
fn everything_that_chat_completions_can_say() {
    let request = open(
        r#"{
        "model": "deepseek-v3.2-exp", "stream": true, "stream_options": {"include_usage": true, "new": 1},
        "messages": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "name": "ann", "content": [{"type": "text", "text": "Ti"}, {"type": "text", "text": "me?", "cache_control": {}}]},
            {"role": "assistant", "content": null, "reasoning_content": "look", "refusal": null, "audio": null, "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "now", "arguments": "{\"z\": 1}"}},
                {"id": "b", "type": "function", "function": {"name": "now", "arguments": "{"}}]},
            {"role": "tool", "tool_call_id": "a", "content": "noon"},
            {"role": "tool", "tool_call_id": "b", "content": [{"type": "text", "text": "bad"}]},
            {"role": "assistant", "content": [{"type": "text", "text": "Noon."}, {"type": "refusal", "refusal": "!"}]},
            {"role": "user", "content": "Thanks"}],
        "tools": [{"type": "function", "function": {"name": "now", "description": "d", "strict": true, "parameters": {"b":1, "a" : 2.50}}},
                  {"type": "function", "function": {"name": "g"}}],
        "tool_choice": {"type": "function", "function": {"name": "now"}},
        "response_format": {"type": "json_object"}, "reasoning_effort": "high",
        "max_completion_tokens": 500, "temperature": 1, "top_p": 0.5, "stop": "END", "n": 1,
        "user": "u", "seed": 7, "parallel_tool_calls": false, "store": null, "metadata": {"x": [1]}}"#,
    );
    let call = |id: &str, arguments: &str| {
        Part::ToolCall(ToolCall { id: id.into(), name: "now".into(), arguments: arguments.into() })
    };
    let result = |id: &str, text: &str| Part::ToolResult { id: id.into(), text: text.into(), failed: false };
    let thought = Part::Reasoning { text: "look".into(), signature: None };
    let expected = ChatRequest {
        model: "deepseek-v3.2-exp".into(),
        messages: vec![
            Message::new(Role::System, "Be brief."),
            Message::user("Time?"),
            Message { role: Role::Assistant, parts: vec![thought, call("a", "{\"z\": 1}"), call("b", "{")] },
            Message { role: Role::Tool, parts: vec![result("a", "noon"), result("b", "bad")] },
            Message::new(Role::Assistant, "Noon.!"),
            Message::user("Thanks"),
        ],
        thinking: Thinking::On,
        thinking_budget: None,
        tools: vec![
            Tool {
                name: "now".into(),
                description: Some("d".into()),
                parameters: "{\"b\":1, \"a\" : 2.50}".into(),
            },
            Tool { name: "g".into(), description: None, parameters: NO_PARAMETERS.into() },
        ],
        tool_choice: ToolChoice::Named("now".into()),
        response_format: ResponseFormat::JsonObject,
        max_tokens: Some(500),
        temperature: Some(1.0),
        top_p: Some(0.5),
        stop: vec!["END".into()],
        stream: true,
        include_usage: true,
    };
    assert_eq!(request, expected);
}

#[test]
fn everything_that_messages_can_say() {
    let request = theirs(
        r#"{
        "model": "deepseek-v3.2-exp", "max_tokens": 2048, "stream": true, "metadata": {"user_id": "u"}, "top_k": 5,
        "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}, {"type": "text", "text": "Be kind."}],
        "messages": [
            {"role": "user", "content": "Time?"},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "look", "signature": "seal"},
                {"type": "redacted_thinking", "data": "AAAA"},
                {"type": "thinking", "thinking": "more", "signature": ""},
                {"type": "text", "text": "Well."},
                {"type": "tool_use", "id": "a", "name": "now", "input": {"z": 1,  "a": 2.0}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "no"}, {"type": "text", "text": "on"}], "is_error": true},
                {"type": "tool_result", "tool_use_id": "b"},
                {"type": "text", "text": "And?", "cache_control": null}]},
            {"role": "assistant", "content": [{"type": "text", "text": "Noon."}]}],
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "tools": [{"name": "now", "description": "d", "input_schema": {"b":1, "a" : 2.50}, "cache_control": {}}, {"type": "custom", "name": "g", "input_schema": {}}],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": true},
        "stop_sequences": ["END", "FIN"], "temperature": 0.5}"#,
    );
    let call = ToolCall { id: "a".into(), name: "now".into(), arguments: "{\"z\": 1,  \"a\": 2.0}".into() };
    let expected = ChatRequest {
        model: "deepseek-v3.2-exp".into(),
        messages: vec![
            Message::new(Role::System, "Be brief.\n\nBe kind."),
            Message::user("Time?"),
            Message {
                role: Role::Assistant,
                parts: vec![
                    Part::Reasoning { text: "look".into(), signature: Some("seal".into()) },
                    Part::Reasoning { text: "more".into(), signature: None },
                    text("Well."),
                    Part::ToolCall(call),
                ],
            },
            Message {
                role: Role::Tool,
                parts: vec![
                    Part::ToolResult { id: "a".into(), text: "noon".into(), failed: true },
                    Part::ToolResult { id: "b".into(), text: String::new(), failed: false },
                ],
            },
            Message::user("And?"),
            Message::new(Role::Assistant, "Noon."),
        ],
        thinking: Thinking::On,
        thinking_budget: Some(1024),
        tools: vec![
            Tool {
                name: "now".into(),
                description: Some("d".into()),
                parameters: "{\"b\":1, \"a\" : 2.50}".into(),
            },
            Tool { name: "g".into(), description: None, parameters: "{}".into() },
        ],
        tool_choice: ToolChoice::Required,
        response_format: ResponseFormat::Text,
        max_tokens: Some(2048),
        temperature: Some(0.5),
        top_p: None,
        stop: vec!["END".into(), "FIN".into()],
        stream: true,
        include_usage: false,
    };
    assert_eq!(request, expected);
}

#[test]
fn little_is_enough() {
    let request =
        open(r#"{"messages":[{"role":"user","content":"Hi"}],"stop":null,"tools":null,"thinking":null}"#);
    let expected = ChatRequest { messages: vec![Message::user("Hi")], ..ChatRequest::default() };
    assert_eq!(request, expected);
    assert_eq!(theirs(r#"{"messages":[{"role":"user","content":"Hi"}]}"#), expected);
}

#[test]
fn thinking_has_several_spellings() {
    let thinking =
        |field: &str| open(&format!(r#"{{"messages":[{{"role":"user","content":"Hi"}}],{field}}}"#)).thinking;
    for (field, expected) in [
        (r#""thinking":{"type":"enabled"}"#, Thinking::On),
        (r#""thinking":{"type":"adaptive"}"#, Thinking::On),
        (r#""thinking":{"type":"disabled"},"reasoning_effort":"high""#, Thinking::Off),
        (r#""thinking":{"type":"auto"}"#, Thinking::Auto),
        (r#""reasoning_effort":"low""#, Thinking::On),
        (r#""reasoning_effort":"none""#, Thinking::Off),
        (r#""reasoning_effort":null"#, Thinking::Auto),
    ] {
        assert_eq!(thinking(field), expected, "{field}");
    }
}

#[test]
fn a_wrong_message_is_named_by_its_place() {
    let message = |message: &str| format!(r#"{{"messages":[{message}]}}"#);
    for (dialect, body, expected) in [
        (Dialect::Completions, "x".to_owned(), "body: expected value"),
        (Dialect::Messages, String::new(), "body: EOF while parsing a value"),
        (Dialect::Completions, "[1]".to_owned(), "body: must be an object"),
        (Dialect::Completions, "{}".to_owned(), "messages: missing"),
        (Dialect::Messages, r#"{"messages":[]}"#.to_owned(), "messages: must not be empty"),
        (
            Dialect::Messages,
            r#"{"messages":{}}"#.to_owned(),
            "messages: invalid type: map, expected a sequence",
        ),
        (Dialect::Completions, message(r#"["user","Hi"]"#), "messages[0]: must be an object"),
        (Dialect::Completions, message(r#"{"content":"Hi"}"#), "messages[0].role: missing"),
        (Dialect::Completions, message(r#"{"role":"robot"}"#), "messages[0].role: \"robot\" is not a role"),
        (Dialect::Completions, message(r#"{"role":"user"}"#), "messages[0].content: missing"),
        (
            Dialect::Completions,
            message(r#"{"role":"user","content":7}"#),
            "messages[0].content: must be a string or an array of parts",
        ),
        (
            Dialect::Completions,
            message(
                r#"{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{}}]}"#,
            ),
            "messages[0].content[1]: parts of type \"image_url\" are not supported, the model reads text only",
        ),
        (
            Dialect::Messages,
            message(r#"{"role":"user","content":[{"type":"image","source":{}}]}"#),
            "messages[0].content[0]: parts of type \"image\" are not supported, the model reads text only",
        ),
        (
            Dialect::Messages,
            message(
                r#"{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"image"}]}]}"#,
            ),
            "messages[0].content[0].content[0]: parts of type \"image\" are not supported, the model reads text only",
        ),
        (
            Dialect::Messages,
            message(r#"{"role":"user","content":[{"text":"a"}]}"#),
            "messages[0].content[0].type: missing",
        ),
        (
            Dialect::Messages,
            message(r#"{"role":"system","content":"s"}"#),
            "messages[0].role: a system prompt belongs in the field `system`",
        ),
        (
            Dialect::Messages,
            message(
                r#"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":"{}"}]}"#,
            ),
            "messages[0].content[0].input: must be an object",
        ),
        (
            Dialect::Completions,
            message(
                r#"{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":{}}}]}"#,
            ),
            "messages[0].tool_calls[0].function.arguments: invalid type: map, expected a string",
        ),
        (
            Dialect::Completions,
            message(r#"{"role":"tool","content":"x"}"#),
            "messages[0].tool_call_id: missing",
        ),
    ] {
        assert_eq!(refused(dialect, &body), expected, "{body}");
    }
    let error = read_request(Dialect::Messages, b"\xff").unwrap_err();
    assert_eq!(error.message, "body: is not UTF-8");
}

#[test]
fn a_wrong_option_is_named() {
    let user = r#""messages":[{"role":"user","content":"Hi"}]"#;
    let with = |field: &str| format!("{{{user},{field}}}");
    for (dialect, body, expected) in [
        (
            Dialect::Completions,
            with(r#""temperature":"hot""#),
            "temperature: invalid type: string \"hot\", expected f64",
        ),
        (Dialect::Completions, with(r#""max_tokens":0"#), "max_tokens: must be at least 1"),
        (
            Dialect::Messages,
            with(r#""max_tokens":-5"#),
            "max_tokens: invalid value: integer `-5`, expected u32",
        ),
        (Dialect::Completions, with(r#""n":2"#), "n: only one answer is given"),
        (Dialect::Completions, with(r#""stop":5"#), "stop: invalid type: integer `5`, expected a sequence"),
        (
            Dialect::Completions,
            with(r#""response_format":{"type":"json_schema","json_schema":{}}"#),
            "response_format.type: \"json_schema\" is not available, use json_object",
        ),
        (Dialect::Completions, with(r#""tools":[{"type":"custom"}]"#), "tools[0].type: must be function"),
        (
            Dialect::Completions,
            with(r#""tools":[{"type":"function","function":{"name":"f","parameters":[]}}]"#),
            "tools[0].function.parameters: must be an object",
        ),
        (
            Dialect::Messages,
            with(r#""tools":[{"type":"web_search_20250305","name":"s"}]"#),
            "tools[0].type: tools of type \"web_search_20250305\" are not supported",
        ),
        (
            Dialect::Completions,
            with(r#""tool_choice":"any""#),
            "tool_choice: must be auto, none, required or a function",
        ),
        (Dialect::Messages, with(r#""tool_choice":{"type":"tool"}"#), "tool_choice.name: missing"),
        (Dialect::Messages, with(r#""tool_choice":"auto""#), "tool_choice: must be an object"),
        (
            Dialect::Messages,
            with(r#""thinking":{"type":"maybe"}"#),
            "thinking.type: must be enabled, disabled, adaptive or auto",
        ),
    ] {
        assert_eq!(refused(dialect, &body), expected, "{body}");
    }
}

#[test]
fn depth_and_length_make_no_harm() {
    let deep = format!(r#"{{"messages":[{{"role":"user","content":{}"#, "[".repeat(100_000));
    assert!(refused(Dialect::Completions, &deep).starts_with("body: "));
    let long = format!(r#"{{"messages":[{{"role":"{}"}}]}}"#, "x".repeat(100_000));
    assert!(refused(Dialect::Messages, &long).len() <= 300);
}
