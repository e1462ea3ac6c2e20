//! Requests, byte for byte, as the providers' documentation and recordings spell them.

use super::*;
use crate::{
    chat::{Message, Part, Role, Thinking, ToolCall},
    wire::Secret,
};

fn at(url: &str) -> Endpoint {
    Endpoint::parse(url, None, None).unwrap()
}

fn comet() -> Endpoint {
    at("https://api.cometapi.com/v1/chat/completions")
}

fn comet_messages() -> Endpoint {
    at("https://api.cometapi.com/v1/messages")
}

fn deepseek() -> Endpoint {
    at("https://api.deepseek.com/chat/completions")
}

fn deepseek_messages() -> Endpoint {
    at("https://api.deepseek.com/anthropic/v1/messages")
}

fn ask(model: &str) -> ChatRequest {
    ChatRequest { model: model.into(), messages: vec![Message::user("Hi")], ..ChatRequest::default() }
}

fn body(endpoint: &Endpoint, request: &ChatRequest) -> String {
    encode(endpoint, request).unwrap().body
}

/// A question, a thoughtful answer with a call, its result, a thoughtful answer, a question.
fn story() -> Vec<Message> {
    let thought = |text: &str| Part::Reasoning { text: text.into(), signature: Some("seal".into()) };
    let text = |text: &str| Part::Text { text: text.into() };
    let call = ToolCall { id: "c1".into(), name: "now".into(), arguments: "{ \"z\":1, \"a\":2.0 }".into() };
    let result = Part::ToolResult { id: "c1".into(), text: "noon".into(), failed: true };
    vec![
        Message::new(Role::System, "Be brief."),
        Message::user("Time?"),
        Message { role: Role::Assistant, parts: vec![thought("look"), text("Well."), Part::ToolCall(call)] },
        Message { role: Role::Tool, parts: vec![result] },
        Message { role: Role::Assistant, parts: vec![thought("done"), text("Noon.")] },
        Message::user("Thanks"),
    ]
}

#[test]
fn a_streamed_question_in_chat_completions() {
    let request = ChatRequest { stream: true, messages: story(), ..ask("deepseek-v3.2-exp") };
    assert_eq!(
        body(&comet(), &request),
        concat!(
            r#"{"model":"deepseek-v3.2-exp","messages":[{"role":"system","content":"Be brief."},"#,
            r#"{"role":"user","content":"Time?"},{"role":"assistant","content":"Well.","tool_calls":[{"id":"c1","#,
            r#""type":"function","function":{"name":"now","arguments":"{ \"z\":1, \"a\":2.0 }"}}]},"#,
            r#"{"role":"tool","content":"noon","tool_call_id":"c1"},{"role":"assistant","content":"Noon."},"#,
            r#"{"role":"user","content":"Thanks"}],"stream":true,"stream_options":{"include_usage":true}}"#
        )
    );
}

#[test]
fn the_same_in_messages() {
    let request = ChatRequest { stream: true, messages: story(), ..ask("deepseek-v3.2-exp") };
    assert_eq!(
        body(&comet_messages(), &request),
        concat!(
            r#"{"model":"deepseek-v3.2-exp","max_tokens":4096,"system":"Be brief.","messages":["#,
            r#"{"role":"user","content":"Time?"},{"role":"assistant","content":[{"type":"text","text":"Well."},"#,
            r#"{"type":"tool_use","id":"c1","name":"now","input":{ "z":1, "a":2.0 }}]},{"role":"user","content":["#,
            r#"{"type":"tool_result","tool_use_id":"c1","content":"noon","is_error":true}]},"#,
            r#"{"role":"assistant","content":"Noon."},{"role":"user","content":"Thanks"}],"stream":true}"#
        )
    );
}

#[test]
fn headers_carry_the_key_once_and_nowhere_else() {
    let key = Some(Secret::new("sk-canary"));
    let endpoint = Endpoint { key, ..comet_messages() };
    let request = encode(&endpoint, &ask("deepseek-v3.2-exp")).unwrap();
    let expected = [
        ("content-type", "application/json"),
        ("accept", "application/json"),
        ("authorization", "Bearer sk-canary"),
        ("anthropic-version", "2023-06-01"),
    ];
    assert_eq!(request.headers, expected.map(|(name, value)| (name, value.to_owned())));
    assert!(!request.body.contains("canary") && !request.url.contains("canary"));
    let streamed = encode(&comet(), &ChatRequest { stream: true, ..ask("m") }).unwrap();
    assert_eq!(streamed.headers[1], ("accept", "text/event-stream".to_owned()));
    assert_eq!(streamed.headers.len(), 2);
}

#[test]
fn thinking_is_turned_by_the_models_id_or_by_a_parameter() {
    for (endpoint, model, thinking, expected) in [
        (comet(), "deepseek-v3.2-exp", Thinking::On, r#"{"model":"DeepSeek-V3.2-Exp-thinking","#),
        (comet(), "DeepSeek-V3.2-Exp-thinking", Thinking::Off, r#"{"model":"DeepSeek-V3.2-Exp-nothinking","#),
        (comet(), "deepseek-v3.2-exp", Thinking::Auto, r#"{"model":"deepseek-v3.2-exp","#),
        (deepseek(), "deepseek-chat", Thinking::On, r#"{"model":"deepseek-reasoner","#),
        (deepseek(), "deepseek-v4-flash", Thinking::On, r#"{"model":"deepseek-v4-flash","#),
    ] {
        let body = body(&endpoint, &ChatRequest { thinking, ..ask(model) });
        assert!(body.starts_with(expected), "{body}");
        assert_eq!(body.contains("\"thinking\":{"), model == "deepseek-v4-flash", "{body}");
    }
    let with = |endpoint: &Endpoint, thinking, budget, max_tokens| {
        let request = ask("deepseek-v4-flash");
        body(endpoint, &ChatRequest { thinking, thinking_budget: budget, max_tokens, ..request })
    };
    assert!(with(&deepseek(), Thinking::On, None, None).contains(r#""thinking":{"type":"enabled"}"#));
    assert!(with(&deepseek(), Thinking::Off, None, None).contains(r#""thinking":{"type":"disabled"}"#));
    // In Messages a budget goes with it, always below the limit.
    for (budget, most, expected) in [
        (None, Some(8_000), 4_000),
        (Some(9_000), Some(8_000), 7_999),
        (Some(1), Some(8_000), 1_024),
        (None, Some(500), 499),
    ] {
        let body = with(&deepseek_messages(), Thinking::On, budget, most);
        let expected = format!(r#""thinking":{{"type":"enabled","budget_tokens":{expected}}}"#);
        assert!(body.contains(&expected), "{body}");
    }
    assert!(
        with(&deepseek_messages(), Thinking::Off, None, None).contains(r#""thinking":{"type":"disabled"}"#)
    );
}

#[test]
fn most_tokens_are_what_the_model_gives() {
    let most = |endpoint: &Endpoint, model: &str, thinking, asked, tools: usize| {
        let tool = Tool { name: "f".into(), description: None, parameters: "{}".into() };
        let request = ChatRequest { thinking, max_tokens: asked, tools: vec![tool; tools], ..ask(model) };
        let json: serde_json::Value = serde_json::from_str(&body(endpoint, &request)).unwrap();
        json["max_tokens"].as_u64()
    };
    let model = "deepseek-v3.2-exp";
    // Asked for too many, or too few.
    assert_eq!(most(&comet(), model, Thinking::Off, Some(100_000), 0), Some(8_192));
    assert_eq!(most(&comet(), model, Thinking::On, Some(100_000), 0), Some(65_536));
    assert_eq!(most(&comet(), model, Thinking::Off, Some(0), 0), Some(1));
    assert_eq!(most(&comet(), model, Thinking::Off, Some(77), 0), Some(77));
    assert_eq!(most(&comet(), "nobody-knows", Thinking::Off, Some(100_000), 0), Some(100_000));
    // Nothing asked for: Messages must name it, thoughts need room, else the provider knows.
    assert_eq!(most(&comet(), model, Thinking::Off, None, 0), None);
    assert_eq!(most(&comet(), model, Thinking::On, None, 0), Some(32_768));
    assert_eq!(most(&comet_messages(), model, Thinking::Off, None, 0), Some(4_096));
    assert_eq!(most(&comet_messages(), model, Thinking::On, None, 0), Some(32_768));
    assert_eq!(most(&comet_messages(), "DeepSeek-V3.2-Exp-thinking", Thinking::Auto, None, 0), Some(32_768));
    assert_eq!(most(&comet_messages(), "nobody-knows", Thinking::Auto, None, 0), Some(4_096));
    // Tools are served without thinking up to V3.2-Exp.
    assert_eq!(most(&comet(), model, Thinking::On, Some(100_000), 1), Some(8_192));
}

#[test]
fn earlier_thoughts_go_where_the_models_data_sends_them() {
    let sent = |endpoint: &Endpoint, model: &str| {
        let body = body(endpoint, &ChatRequest { messages: story(), ..ask(model) });
        (body.contains("look"), body.contains("done"), body.contains("seal"))
    };
    assert_eq!(sent(&comet(), "deepseek-v3.2-exp"), (false, false, false));
    assert_eq!(sent(&comet_messages(), "deepseek-v3.2-exp"), (false, false, false));
    assert_eq!(sent(&deepseek(), "deepseek-v4-pro"), (true, false, false));
    assert_eq!(sent(&deepseek_messages(), "deepseek-v4-pro"), (true, false, true));
    assert_eq!(sent(&comet(), "nobody-knows"), (false, false, false));
    // Whoever seals thoughts wants them back.
    assert_eq!(sent(&at("https://api.anthropic.com"), "claude-sonnet-4-6"), (true, true, true));
}

#[test]
fn with_calls_even_no_thoughts_are_sent_where_they_must_be() {
    let mut messages = story();
    messages[2].parts.remove(0);
    let body = body(&deepseek(), &ChatRequest { messages, ..ask("deepseek-flash") });
    assert!(body.contains(r#""content":"Well.","reasoning_content":"","tool_calls""#), "{body}");
    assert!(!body.contains(r#""content":"Noon.","reasoning_content""#), "{body}");
}

#[test]
fn a_block_of_nothing_but_its_seal_is_echoed() {
    let seal = Part::Reasoning { text: String::new(), signature: Some("s".into()) };
    let answer = Message { role: Role::Assistant, parts: vec![seal, Part::Text { text: "a".into() }] };
    let messages = vec![Message::user("1"), answer, Message::user("2")];
    let body = body(&at("https://api.anthropic.com"), &ChatRequest { messages, ..ask("claude") });
    assert!(
        body.contains(r#"[{"type":"thinking","thinking":"","signature":"s"},{"type":"text","text":"a"}]"#),
        "{body}"
    );
}

#[test]
fn tools_keep_their_schema_as_it_was_written() {
    let schema = "{\"type\":\"object\", \"properties\":{\"b\":{},\"a\":{\"x\":1.50}}}";
    let tool = Tool { name: "f".into(), description: Some("d".into()), parameters: format!(" {schema}\n") };
    let request = ChatRequest { tools: vec![tool], ..ask("m") };
    let expected = format!(
        r#""tools":[{{"type":"function","function":{{"name":"f","description":"d","parameters":{schema}}}}}]"#
    );
    assert!(body(&comet(), &request).contains(&expected));
    let expected = format!(r#""tools":[{{"name":"f","description":"d","input_schema":{schema}}}]"#);
    assert!(body(&comet_messages(), &request).contains(&expected));
    for (choice, open, theirs) in [
        (ToolChoice::None, r#""tool_choice":"none""#, r#""tool_choice":{"type":"none"}"#),
        (ToolChoice::Required, r#""tool_choice":"required""#, r#""tool_choice":{"type":"any"}"#),
        (
            ToolChoice::Named("f".into()),
            r#""tool_choice":{"type":"function","function":{"name":"f"}}"#,
            r#""tool_choice":{"type":"tool","name":"f"}"#,
        ),
    ] {
        let request = ChatRequest { tool_choice: choice, ..request.clone() };
        assert!(body(&comet(), &request).contains(open));
        assert!(body(&comet_messages(), &request).contains(theirs));
    }
}

#[test]
fn arguments_that_are_no_object_stay_what_the_model_wrote() {
    let mut messages = story();
    let call = ToolCall { id: "c1".into(), name: "now".into(), arguments: "{\"z\": ".into() };
    messages[2].parts[2] = Part::ToolCall(call);
    let request = ChatRequest { messages, ..ask("m") };
    assert!(body(&comet(), &request).contains(r#""arguments":"{\"z\": ""#));
    assert!(body(&comet_messages(), &request).contains(r#""input":{"arguments":"{\"z\": "}"#));
}

#[test]
fn the_other_options_are_spelt_in_each_dialect() {
    let request = ChatRequest {
        messages: vec![Message::user("as JSON")],
        response_format: ResponseFormat::JsonObject,
        temperature: Some(3.0),
        top_p: Some(0.5),
        stop: vec!["END".into()],
        ..ask("m")
    };
    assert_eq!(
        body(&comet(), &request),
        r#"{"model":"m","messages":[{"role":"user","content":"as JSON"}],"response_format":{"type":"json_object"},"temperature":2.0,"top_p":0.5,"stop":["END"],"stream":false}"#
    );
    assert_eq!(
        body(&comet_messages(), &request),
        r#"{"model":"m","max_tokens":4096,"messages":[{"role":"user","content":"as JSON"}],"temperature":2.0,"top_p":0.5,"stop_sequences":["END"],"stream":false}"#
    );
}

#[test]
fn what_no_provider_takes_is_not_sent() {
    let tool =
        |name: &str, schema: &str| Tool { name: name.into(), description: None, parameters: schema.into() };
    let with = |change: fn(&mut ChatRequest)| {
        let mut request = ask("m");
        change(&mut request);
        encode(&comet(), &request).map(|_| ())
    };
    assert_eq!(with(|_| ()), Ok(()));
    assert_eq!(with(|request| request.model = " ".into()), Err(Unsendable::NoModel));
    assert_eq!(with(|request| request.messages.clear()), Err(Unsendable::NoMessages));
    assert_eq!(
        with(|request| request.messages = vec![Message::new(Role::System, "s")]),
        Err(Unsendable::NoMessages)
    );
    assert_eq!(with(|request| request.messages = vec![Message::user("")]), Err(Unsendable::NoMessages));
    assert_eq!(
        with(|request| request.temperature = Some(f64::NAN)),
        Err(Unsendable::NotANumber("temperature"))
    );
    assert_eq!(with(|request| request.top_p = Some(f64::INFINITY)), Err(Unsendable::NotANumber("top_p")));
    assert_eq!(
        with(|request| request.response_format = ResponseFormat::JsonObject),
        Err(Unsendable::NoJsonInPrompt)
    );
    assert_eq!(
        with(|request| request.tool_choice = ToolChoice::Named("g".into())),
        Err(Unsendable::NoSuchTool("g".into()))
    );
    for (name, schema) in [("", "{}"), ("a b", "{}"), ("f", "[]"), ("f", "{"), ("f", "{} {}"), ("f", "")] {
        let request = ChatRequest { tools: vec![tool(name, schema)], ..ask("m") };
        assert_eq!(
            encode(&comet(), &request).map(|_| ()),
            Err(Unsendable::BadTool(name.into())),
            "{name} {schema}"
        );
    }
    let request = ChatRequest { tools: vec![tool("f", "{}"); 129], ..ask("m") };
    assert_eq!(encode(&comet(), &request).map(|_| ()), Err(Unsendable::TooManyTools));
}
