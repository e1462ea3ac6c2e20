//! The tool loop: who runs a call, what the model is told, when it ends.

use super::*;

fn with_tool(runs: bool) -> World {
    let mut config = config();
    let tool = Tool { name: "time".into(), description: None, parameters: r#"{"type":"object"}"#.into() };
    config.tools = vec![Offer { tool, runs }];
    let mut w = World::of(config);
    w.session.send(w.now, "what time is it?").unwrap();
    w.drain();
    w.head(200);
    w
}

fn calls(arguments: &str, finish: &str) -> String {
    let call = |index: u32, id: &str| {
        format!(
            r#"{{"index":{index},"id":"{id}","type":"function","function":{{"name":"time","arguments":"{arguments}"}}}}"#
        )
    };
    format!(
        "data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{},{}]}}}}]}}\n\n\
         data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"{finish}\"}}]}}\n\n{DONE}",
        call(0, "call_a"),
        call(1, "call_b")
    )
}

#[test]
fn tools_run_and_the_model_goes_on_with_their_results() {
    let mut w = with_tool(true);
    w.body(&calls("{}", "tool_calls"));
    assert_eq!(w.session.phase(), Phase::Calling);
    let turn = w.called[0].0;
    w.handle(Input::ToolResult { turn, id: "call_b", result: Err("no clock") });
    w.handle(Input::ToolResult { turn, id: "call_b", result: Ok("twice") });
    w.handle(Input::ToolResult { turn, id: "nobody", result: Ok("?") });
    assert_eq!((w.called.len(), w.requests.len()), (2, 1));
    w.handle(Input::ToolResult { turn, id: "call_a", result: Ok("noon") });
    assert_eq!(w.requests.len(), 2);
    let body = &w.requests[1].1.body;
    let a = body.find(r#""tool_call_id":"call_a""#).unwrap();
    assert!(a < body.find(r#""tool_call_id":"call_b""#).unwrap(), "in the order of the calls");
    assert!(body.contains("noon") && body.contains("no clock") && !body.contains("twice"));
    w.head(200);
    w.body(&[HEL, STOP, DONE].concat());
    assert_eq!((w.text().as_str(), w.done()), ("Hel", &StopReason::Stop));
}

#[test]
fn a_call_that_must_be_made_is_forced_once() {
    let mut w = with_tool(true);
    let mut config = w.session.config().clone();
    config.tool_choice = ToolChoice::Required;
    w.session.configure(config);
    w.session.stop(w.now);
    w.session.send(w.now, "and now?").unwrap();
    w.drain();
    assert!(w.requests.last().unwrap().1.body.contains(r#""tool_choice":"required""#));
    w.head(200);
    w.body(&calls("{}", "tool_calls"));
    for (turn, call) in std::mem::take(&mut w.called) {
        w.handle(Input::ToolResult { turn, id: &call.id, result: Ok("noon") });
    }
    assert!(!w.requests.last().unwrap().1.body.contains("required"), "with its result the model may answer");
}

#[test]
fn a_call_that_is_not_whole_is_never_run() {
    for (arguments, finish) in [("{\\\"a\\\":", "tool_calls"), ("[1]", "tool_calls"), ("{}", "length")] {
        let mut w = with_tool(true);
        w.body(&calls(arguments, finish));
        assert!(w.called.is_empty(), "{arguments} {finish}");
        assert!(w.requests.len() == 2 || finish == "length", "the model is told");
    }
}

#[test]
fn a_model_that_only_calls_tools_is_ended() {
    let mut w = with_tool(true);
    for round in 0..=w.session.config().tool_rounds {
        w.body(&calls("{}", "tool_calls"));
        if round == w.session.config().tool_rounds {
            break;
        }
        for (turn, call) in std::mem::take(&mut w.called) {
            w.handle(Input::ToolResult { turn, id: &call.id, result: Ok("again") });
        }
        w.head(200);
    }
    assert_eq!(w.events.last(), Some(&Event::Failed(Fault::ToolRounds)));
    assert_eq!(w.session.phase(), Phase::Idle);
}

#[test]
fn results_of_tools_that_the_caller_runs_are_brought_by_the_caller() {
    let mut w = with_tool(false);
    w.body(&calls("{}", "tool_calls"));
    assert_eq!(w.done(), &StopReason::ToolCalls);
    let stray = [("nobody".to_owned(), Ok(String::new()))];
    assert_eq!(w.session.tool_results(w.now, stray).unwrap_err(), Misuse::NoSuchCall);
    w.session.tool_results(w.now, [("call_a".to_owned(), Ok("noon".to_owned()))]).unwrap();
    w.drain();
    let body = &w.requests[1].1.body;
    assert!(body.contains("noon") && body.contains("cancelled"), "{body}");
}

#[test]
fn stopping_while_tools_run_leaves_a_history_that_can_be_sent() {
    let mut w = with_tool(true);
    w.body(&calls("{}", "tool_calls"));
    let turn = w.called[0].0;
    w.session.stop(w.now);
    w.drain();
    assert_eq!(w.session.phase(), Phase::Idle);
    w.handle(Input::ToolResult { turn, id: "call_a", result: Ok("late") });
    w.session.send(w.now, "never mind").unwrap();
    w.drain();
    let body = &w.requests.last().unwrap().1.body;
    assert_eq!(body.matches("tool_call_id").count(), 2, "each call has its answer: {body}");
    assert!(!body.contains("late"));
}
