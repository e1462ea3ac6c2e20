//! The rows of the fault matrix that a client meets, through a session with a hand-turned clock and bytes written by
//! hand. Rows 20 and 21 are about headers, which no session sees; 34 and 37 to 41 about doors and later rooms.

use super::*;
use crate::{
    chat::{Part, Tool},
    wire::{Dialect, Endpoint, Request, Secret},
};

/// A session, its clock, and everything that came out of it.
struct World {
    session: Session,
    now: Millis,
    events: Vec<Event>,
    requests: Vec<(TurnId, Request)>,
    cancelled: Vec<TurnId>,
    called: Vec<(TurnId, crate::chat::ToolCall)>,
}

impl World {
    fn new() -> Self {
        Self::of(config())
    }

    fn of(config: Config) -> Self {
        Self {
            session: Session::new(config),
            now: Millis(1_000),
            events: vec![],
            requests: vec![],
            cancelled: vec![],
            called: vec![],
        }
    }

    /// A world whose question was just sent.
    fn asked() -> Self {
        let mut world = Self::new();
        world.session.send(world.now, "hi").unwrap();
        world.drain();
        world
    }

    /// A world whose reply has begun.
    fn begun() -> Self {
        let mut world = Self::asked();
        world.head(200);
        world
    }

    fn drain(&mut self) {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Fetch { turn, request } => self.requests.push((turn, request)),
                Output::Cancel { turn } => self.cancelled.push(turn),
                Output::CallTool { turn, call } => self.called.push((turn, call)),
                Output::Event(event) => self.events.push(event),
            }
        }
    }

    fn turn(&self) -> TurnId {
        self.requests.last().unwrap().0
    }

    fn handle(&mut self, input: Input<'_>) {
        self.session.handle(self.now, input);
        self.drain();
    }

    fn head(&mut self, status: u16) {
        self.handle(Input::Head { turn: self.turn(), status, retry_after: None });
    }

    fn refuse(&mut self, status: u16, retry_after: Option<u64>, body: &str) {
        let turn = self.turn();
        self.handle(Input::Head { turn, status, retry_after: retry_after.map(Millis) });
        self.body(body);
        self.end();
    }

    fn body(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.handle(Input::Body { turn: self.turn(), bytes });
    }

    fn end(&mut self) {
        self.handle(Input::End { turn: self.turn() });
    }

    fn lost(&mut self, why: Lost) {
        self.handle(Input::Lost { turn: self.turn(), why });
    }

    /// Turns the clock to the session's deadline and tells it.
    fn wait(&mut self) {
        self.now = self.session.deadline().expect("something is waited for");
        self.handle(Input::Timeout);
    }

    fn text(&self) -> String {
        let last = self.session.transcript().last().and_then(|id| self.session.transcript().get(id));
        last.map(|entry| entry.message.text()).unwrap_or_default()
    }

    fn state(&self) -> State {
        let last = self.session.transcript().last().and_then(|id| self.session.transcript().get(id));
        last.unwrap().state.clone()
    }

    /// The fault that ended the answer, which must be the last event and the only end.
    fn fault(&self) -> &Fault {
        assert_eq!(self.session.phase(), Phase::Idle);
        let ends =
            self.events.iter().filter(|event| matches!(event, Event::Done(_) | Event::Failed(_))).count();
        assert_eq!(ends, 1, "{:?}", self.events);
        match self.events.last() {
            Some(Event::Failed(fault)) => fault,
            other => panic!("{other:?}"),
        }
    }

    fn done(&self) -> &StopReason {
        assert_eq!(self.session.phase(), Phase::Idle);
        match self.events.last() {
            Some(Event::Done(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }
}

fn config() -> Config {
    let endpoint = Endpoint {
        url: "https://chat.example/v1/chat/completions".into(),
        dialect: Dialect::Completions,
        key: Some(Secret::new("sk-CANARY")),
    };
    Config::new(endpoint, "deepseek-v3.2-exp")
}

const HEL: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n";
const LO: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"}}]}\n\n";
const THOUGHT: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"Hm\"}}]}\n\n";
const STOP: &str = concat!(
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}],",
    "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":7,\"prompt_cache_hit_tokens\":0}}\n\n"
);
const DONE: &str = "data: [DONE]\n\n";

#[test]
fn row_0_a_question_gets_its_answer() {
    let mut w = World::begun();
    for part in [THOUGHT, HEL, LO, STOP, DONE] {
        w.now = w.now.plus(Millis(100));
        w.body(part);
    }
    assert_eq!(w.text(), "Hello");
    assert_eq!(w.done(), &StopReason::Stop);
    assert!(w.events.contains(&Event::Thought(Millis(100))));
    let answer = w.session.transcript().get(MessageId(1)).unwrap();
    assert_eq!(answer.thought, Some(Millis(100)));
    assert_eq!(answer.first_token, Some(Millis(100)));
    assert_eq!(answer.elapsed, Some(Millis(500)));
    assert_eq!(answer.usage, Some(Usage { input: 11, cached_input: 0, output: 7, reasoning: 0 }));
    assert_eq!(w.session.usage().input, 11);
    assert_eq!(w.session.deadline(), None);
}

#[test]
fn row_1_close_before_headers_is_tried_twice_more_and_then_told() {
    let mut w = World::asked();
    for tries in 1..=2 {
        w.lost(Lost::Network);
        assert_eq!(w.session.phase(), Phase::Backoff);
        w.wait();
        assert_eq!(w.requests.len(), 1 + tries);
    }
    w.lost(Lost::Network);
    assert_eq!((w.fault().code(), w.fault().is_retryable()), ("network", true));
    assert!(w.requests.windows(2).all(|pair| pair[0].1 == pair[1].1 && pair[0].0 != pair[1].0));
    assert_eq!(
        w.session.transcript().get(MessageId(0)).unwrap().message.text(),
        "hi",
        "the question is kept"
    );
}

#[test]
fn row_2_an_empty_body_is_truncated() {
    let mut w = World::begun();
    w.end();
    assert_eq!((w.fault().code(), w.fault().is_retryable()), ("truncated", true));
}

#[test]
fn row_3_an_end_without_a_reason_keeps_the_text_and_offers_to_continue() {
    let mut w = World::begun();
    w.body(HEL);
    w.end();
    assert_eq!(w.fault().code(), "truncated");
    assert_eq!(w.text(), "Hel");
    w.session.resume(w.now).unwrap();
    w.drain();
    let body = &w.requests.last().unwrap().1.body;
    assert!(body.contains(r#"{"role":"assistant","content":"Hel"}"#), "{body}");
    assert!(body.contains(CONTINUE), "{body}");
}

#[test]
fn row_4_a_reason_without_done_is_complete() {
    let mut w = World::begun();
    w.body(HEL);
    w.body(STOP);
    w.end();
    assert_eq!(w.done(), &StopReason::Stop);
    assert!(w.cancelled.is_empty(), "the body has ended by itself");
}

#[test]
fn row_5_a_reset_in_the_middle_keeps_what_came() {
    let mut w = World::begun();
    w.body(HEL);
    w.body("data: {\"choi");
    w.lost(Lost::Reset);
    assert_eq!(w.fault().code(), "interrupted");
    assert_eq!(w.text(), "Hel");
    assert_eq!(w.state(), State::Failed("interrupted".into()));
    assert_eq!(w.requests.len(), 1, "text was shown: no second try");
}

#[test]
fn row_6_an_end_inside_a_character_shows_no_replacement() {
    let mut w = World::begun();
    w.body(HEL);
    let emoji = "data: {\"choices\":[{\"delta\":{\"content\":\"\u{1f40b}\"}}]}\n\n";
    let cut = emoji.find('\u{1f40b}').unwrap() + 2;
    w.bytes(&emoji.as_bytes()[..cut]);
    w.end();
    assert_eq!(w.fault().code(), "truncated");
    assert_eq!(w.text(), "Hel");
}

#[test]
fn row_7_single_bytes_tell_the_same_story() {
    let whole = [THOUGHT, HEL, LO, STOP, DONE].concat();
    let mut w = World::begun();
    for byte in whole.as_bytes() {
        w.bytes(&[*byte]);
    }
    assert_eq!((w.text().as_str(), w.done()), ("Hello", &StopReason::Stop));
}

#[test]
fn row_8_a_stall_ends_in_a_timeout_and_the_request_is_aborted() {
    let mut w = World::begun();
    w.body(HEL);
    let quiet_since = w.now;
    w.wait();
    assert_eq!(w.now.since(quiet_since), Timeouts::default().idle);
    assert_eq!(w.fault(), &Fault::Silent(Wait::Idle));
    assert_eq!(w.cancelled, [w.turn()]);
    assert_eq!(w.text(), "Hel");
}

#[test]
fn row_9_keep_alives_forever_are_told_as_queued_and_end_in_a_timeout() {
    let mut w = World::begun();
    let head = w.now;
    let deadline = w.session.deadline();
    for _ in 0..20 {
        w.now = w.now.plus(Millis::seconds(15));
        w.body(": keep-alive\n\n");
    }
    assert_eq!(w.session.deadline(), deadline, "a comment is no payload");
    assert_eq!(w.events.iter().filter(|event| **event == Event::Queued).count(), 1);
    w.wait();
    assert_eq!(w.fault(), &Fault::Silent(Wait::First));
    assert_eq!(w.now.since(head), Timeouts::default().first);
}

#[test]
fn row_10_headers_that_never_come_end_in_a_timeout() {
    let mut w = World::asked();
    w.wait();
    assert_eq!(w.fault(), &Fault::Silent(Wait::Headers));
    assert_eq!(w.cancelled, [w.turn()]);
}

#[test]
fn row_11_keep_alives_and_then_an_answer_are_an_answer() {
    let mut w = World::begun();
    w.body(": keep-alive\n\n: keep-alive\n\n");
    w.body(HEL);
    w.body(STOP);
    w.body(DONE);
    assert_eq!((w.text().as_str(), w.done()), ("Hel", &StopReason::Stop));
    assert_eq!(w.events.iter().filter(|event| **event == Event::Queued).count(), 1);
}

#[test]
fn rows_12_to_14_the_first_end_is_the_end() {
    let mut w = World::begun();
    w.body(HEL);
    w.body(STOP);
    w.body(&[DONE, DONE, LO].concat());
    w.body(LO);
    assert_eq!((w.text().as_str(), w.done()), ("Hel", &StopReason::Stop));
    assert_eq!(w.cancelled, [w.turn()], "the socket stays open: it is closed from here");
    w.end();
    w.body(LO);
    assert_eq!(w.text(), "Hel");
    assert_eq!(w.events.iter().filter(|event| matches!(event, Event::Done(_))).count(), 1);
}

#[test]
fn row_15_records_that_are_no_json_end_in_bad_upstream_without_their_text() {
    let mut w = World::begun();
    w.body(HEL);
    for _ in 0..1_000 {
        w.body("data: not json, SECRET\n\n");
    }
    assert_eq!(w.fault().code(), "bad_upstream");
    assert!(!format!("{:?}", w.events).contains("SECRET"));
    assert_eq!(w.text(), "Hel");
}

#[test]
fn row_16_noise_between_events_is_ignored() {
    let mut w = World::begun();
    w.body(HEL);
    w.body("<p>proxy</p>\nfoo: bar\n\n");
    w.body(&[STOP, DONE].concat());
    assert_eq!((w.text().as_str(), w.done()), ("Hel", &StopReason::Stop));
}

#[test]
fn row_17_an_error_in_the_stream_keeps_what_came() {
    let error = "data: {\"error\":{\"message\":\"busy\",\"code\":503,\"type\":\"server_error\"}}\n\n";
    let mut w = World::begun();
    w.body(HEL);
    w.body(error);
    assert!(w.fault().is_retryable(), "{:?}", w.fault());
    assert_eq!((w.text().as_str(), w.requests.len()), ("Hel", 1));
    let mut w = World::begun();
    w.body(error);
    assert_eq!(w.session.phase(), Phase::Backoff, "nothing was shown: it is tried again");
    assert_eq!(w.cancelled, [w.turn()]);
}

#[test]
fn rows_18_and_19_a_200_that_is_no_stream_is_told_as_what_it_is() {
    let mut w = World::begun();
    w.body(r#"{"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}"#);
    w.end();
    assert_eq!(w.fault().code(), "billing");
    let mut w = World::begun();
    w.body("<!doctype html><html><body>Sign in to the hotel's network</body></html>");
    w.end();
    assert_eq!(w.fault().code(), "not_sse");
    assert!(!format!("{}", w.fault()).contains("hotel"));
}

#[test]
fn row_22_a_giant_record_ends_within_its_memory() {
    let mut w = World::begun();
    w.body(HEL);
    w.body("data: {\"choices\":[{\"delta\":{\"content\":\"");
    let chunk = "x".repeat(64 << 10);
    for _ in 0..128 {
        w.body(&chunk);
    }
    assert_eq!(w.fault().code(), "too_long");
    assert_eq!(w.text(), "Hel");
}

#[test]
fn row_23_fifty_thousand_events_are_one_answer() {
    let mut w = World::begun();
    let chunk = HEL.repeat(500);
    for _ in 0..100 {
        w.body(&chunk);
    }
    w.body(&[STOP, DONE].concat());
    assert_eq!((w.text().len(), w.done()), (150_000, &StopReason::Stop));
    assert!(w.events.len() < 110, "one event a chunk, not one a record: {}", w.events.len());
}

#[test]
fn row_24_every_framing_is_read() {
    for whole in [
        [HEL, LO, STOP, DONE].concat().replace('\n', "\r\n"),
        [HEL, LO, STOP, DONE].concat().replace('\n', "\r"),
        format!("\u{feff}{}", [HEL, LO, STOP, DONE].concat()),
        [HEL, LO, STOP, DONE].concat().replace("data: ", "data:"),
        [HEL, LO, STOP, DONE].concat().replace("\"delta\"", "\ndata: \"delta\""),
    ] {
        let mut w = World::begun();
        w.body(&whole);
        assert_eq!((w.text().as_str(), w.done()), ("Hello", &StopReason::Stop), "{whole:?}");
    }
}

#[test]
fn row_25_every_reason_to_stop_has_its_meaning() {
    let reason = |word: &str| {
        let mut w = World::begun();
        w.body(HEL);
        w.body(&format!("data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"{word}\"}}]}}\n\n{DONE}"));
        w
    };
    assert_eq!(reason("insufficient_system_resource").fault().code(), "interrupted");
    assert!(reason("insufficient_system_resource").fault().is_retryable());
    assert_eq!(reason("content_filter").done(), &StopReason::ContentFilter);
    assert_eq!(reason("length").done(), &StopReason::Length);
    assert_eq!(reason("martian").done(), &StopReason::Other("martian".into()));
}

#[test]
fn row_26_empty_records_are_skipped() {
    let mut w = World::begun();
    w.body("data: null\n\ndata: {}\n\ndata: {\"choices\":null}\n\ndata: {\"choices\":[]}\n\n");
    w.body(&[HEL, STOP, DONE].concat());
    assert_eq!((w.text().as_str(), w.done()), ("Hel", &StopReason::Stop));
}

#[test]
fn row_27_retry_after_is_obeyed() {
    let mut w = World::asked();
    w.refuse(429, Some(1_000), r#"{"error":{"message":"Rate limit reached"}}"#);
    let until = w.now.plus(Millis(1_000));
    assert!(matches!(w.events.last(), Some(Event::Waiting { until: at, .. }) if *at == until));
    assert_eq!(w.session.deadline(), Some(until));
    w.now = Millis(until.0 - 1);
    w.handle(Input::Timeout);
    assert_eq!(w.requests.len(), 1, "not a millisecond early");
    w.wait();
    assert_eq!(w.requests.len(), 2);
    w.head(200);
    w.body(&[HEL, STOP, DONE].concat());
    assert_eq!(w.done(), &StopReason::Stop);
}

#[test]
fn row_28_a_storm_opens_the_circuit_until_a_response_begins() {
    let mut w = World::asked();
    for _ in 0..2 {
        w.refuse(503, None, "overloaded");
        w.wait();
    }
    w.refuse(503, None, "overloaded");
    assert!(w.fault().is_retryable());
    w.events.clear();
    w.session.retry(w.now).unwrap();
    w.drain();
    w.refuse(503, None, "overloaded");
    assert_eq!(w.fault().status(), Some(503), "no second try in a storm");
    w.session.retry(w.now).unwrap();
    w.drain();
    w.head(200);
    w.body(&[HEL, STOP, DONE].concat());
    w.session.send(w.now, "more").unwrap();
    w.drain();
    w.refuse(503, None, "overloaded");
    assert_eq!(w.session.phase(), Phase::Backoff, "the storm is over");
}

#[test]
fn row_29_a_long_retry_after_is_shown_and_not_slept_through() {
    let mut w = World::asked();
    w.refuse(429, Some(3_600_000), r#"{"error":{"message":"Rate limit reached"}}"#);
    assert_eq!(w.fault().retry_after(), Some(Millis::seconds(3_600)));
    assert_eq!(w.session.deadline(), None);
}

#[test]
fn row_30_no_money_and_no_key_are_never_tried_again() {
    for (status, code) in [(401, "authentication"), (402, "billing"), (403, "permission")] {
        let mut w = World::asked();
        w.refuse(status, None, "");
        assert_eq!((w.fault().code(), w.fault().is_retryable()), (code, false));
        assert_eq!(w.fault().status(), Some(status));
        assert_eq!(w.requests.len(), 1);
    }
}

#[test]
fn row_31_a_key_in_an_error_is_never_shown() {
    let mut config = config();
    config.retries = 0;
    let mut w = World::of(config);
    w.session.send(w.now, "hi").unwrap();
    w.drain();
    w.refuse(500, None, r#"{"error":{"message":"bad key sk-CANARY0123456789abcdef for org"}}"#);
    assert_eq!(w.fault().code(), "server_error");
    assert!(!format!("{} {:?} {:?}", w.fault(), w.events, w.session).contains("CANARY"));
}

#[test]
fn row_32_a_redirect_is_refused() {
    let mut w = World::asked();
    w.refuse(307, None, "");
    assert!(!w.fault().is_retryable());
    assert_eq!(w.requests.len(), 1);
}

#[test]
fn row_35_a_clock_that_jumps_makes_no_harm() {
    let mut w = World::begun();
    w.body(HEL);
    w.now = Millis(0);
    w.body(LO);
    w.handle(Input::Timeout);
    assert_eq!(w.session.phase(), Phase::Streaming);
    w.now = Millis(u64::MAX);
    w.body(&[STOP, DONE].concat());
    assert_eq!((w.text().as_str(), w.done()), ("Hello", &StopReason::Stop));
}

#[test]
fn the_total_time_is_bounded_however_lively_the_stream() {
    let mut w = World::begun();
    let asked = w.now;
    while w.session.phase() == Phase::Streaming {
        w.now = w.now.plus(Millis::seconds(50));
        w.body(HEL);
        w.handle(Input::Timeout);
    }
    assert_eq!(w.fault(), &Fault::Silent(Wait::Total));
    assert!(w.now.since(asked) < Timeouts::default().total.plus(Millis::seconds(51)));
}

#[test]
fn row_36_a_question_asked_offline_is_kept_and_sent_once_when_asked_again() {
    let mut w = World::asked();
    while w.session.phase() != Phase::Idle {
        w.lost(Lost::Network);
        if w.session.phase() == Phase::Backoff {
            w.wait();
        }
    }
    assert_eq!(w.fault().code(), "network");
    w.session.retry(w.now).unwrap();
    w.drain();
    assert_eq!(w.requests.last().unwrap().1.body.matches("\"hi\"").count(), 1);
    w.head(200);
    w.body(&[HEL, STOP, DONE].concat());
    assert_eq!((w.text().as_str(), w.done()), ("Hel", &StopReason::Stop));
}

#[test]
fn row_33_a_stopped_answer_stays_and_late_bytes_are_dropped() {
    let mut w = World::begun();
    w.body(HEL);
    let old = w.turn();
    w.session.stop(w.now);
    w.drain();
    assert_eq!((w.done(), w.state()), (&StopReason::Stopped, State::Done(StopReason::Stopped)));
    assert_eq!(w.cancelled, [old]);
    w.body(LO);
    assert_eq!(w.text(), "Hel");
    w.session.send(w.now, "again").unwrap();
    w.drain();
    w.head(200);
    w.handle(Input::Body { turn: old, bytes: LO.as_bytes() });
    w.handle(Input::End { turn: old });
    assert_eq!((w.text().as_str(), w.session.phase()), ("", Phase::Streaming));
    w.session.stop(w.now);
    w.session.stop(w.now);
    w.drain();
    assert_eq!(w.cancelled.len(), 2, "stopping twice is stopping once");
}

#[test]
fn what_cannot_be_done_now_is_refused_with_its_reason() {
    let mut w = World::new();
    assert_eq!(w.session.send(w.now, " \n").unwrap_err(), Misuse::Empty);
    assert_eq!(w.session.retry(w.now).unwrap_err(), Misuse::NothingToRetry);
    assert_eq!(w.session.resume(w.now).unwrap_err(), Misuse::NothingToContinue);
    assert_eq!(w.session.select(MessageId(3)).unwrap_err(), Misuse::UnknownMessage);
    assert_eq!(w.session.tool_results(w.now, []).unwrap_err(), Misuse::NoSuchCall);
    let edit = Draft { text: "x".into(), edits: Some(MessageId(9)), ..Draft::default() };
    assert_eq!(w.session.send(w.now, edit).unwrap_err(), Misuse::UnknownMessage);
    w.session.send(w.now, "hi").unwrap();
    assert_eq!(w.session.send(w.now, "hi").unwrap_err(), Misuse::Busy);
    assert_eq!(w.session.retry(w.now).unwrap_err(), Misuse::Busy);
    assert_eq!(w.session.resume(w.now).unwrap_err(), Misuse::Busy);
    assert_eq!(w.session.select(MessageId(0)).unwrap_err(), Misuse::Busy);
    assert!(Session::restore(config(), "{}").is_err());
    assert!(Session::restore(config(), r#"{"version":2,"transcript":{"entries":[]}}"#).is_err());
}

#[test]
fn an_answer_asked_for_again_is_a_version_beside_it() {
    let mut w = World::begun();
    w.body(&[HEL, STOP, DONE].concat());
    w.session.retry(w.now).unwrap();
    w.drain();
    assert_eq!(w.requests[0].1, w.requests[1].1, "the same question");
    w.head(200);
    w.body(&[LO, STOP, DONE].concat());
    let answers: Vec<_> = w.session.transcript().siblings(MessageId(1)).collect();
    assert_eq!((answers.len(), w.text().as_str()), (2, "lo"));
    w.session.select(answers[0]).unwrap();
    assert_eq!(w.text(), "Hel");
    let edit = Draft { text: "ho".into(), edits: Some(MessageId(0)), ..Draft::default() };
    w.session.send(w.now, edit).unwrap();
    w.drain();
    assert!(!w.requests.last().unwrap().1.body.contains("Hel"), "a branch of its own");
}

#[test]
fn an_answer_that_came_to_nothing_is_taken_up_again_in_its_place() {
    let mut w = World::asked();
    w.refuse(401, None, "");
    w.session.retry(w.now).unwrap();
    w.drain();
    w.head(200);
    w.body(&[HEL, STOP, DONE].concat());
    assert_eq!(w.session.transcript().siblings(MessageId(1)).count(), 1);
    assert_eq!(w.state(), State::Done(StopReason::Stop));
}

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
    config.tool_choice = crate::chat::ToolChoice::Required;
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
fn a_request_never_shows_its_key() {
    let w = World::asked();
    assert!(w.requests[0].1.headers.iter().any(|(_, value)| value.contains("CANARY")));
    assert!(!format!("{:?} {:?}", w.requests, w.session).contains("CANARY"));
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

#[test]
fn an_empty_answer_in_json_mode_is_asked_for_again() {
    let mut config = config();
    config.response_format = crate::chat::ResponseFormat::JsonObject;
    config.retries = 1;
    let mut w = World::of(config);
    w.session.send(w.now, "as json").unwrap();
    w.drain();
    w.head(200);
    w.body(&[STOP, DONE].concat());
    assert_eq!(w.session.phase(), Phase::Backoff);
    w.wait();
    w.head(200);
    w.body(&[STOP, DONE].concat());
    assert_eq!(w.fault(), &Fault::Empty);
}

#[test]
fn a_conversation_comes_back_as_it_was_left() {
    let mut w = World::begun();
    w.body(&[THOUGHT, HEL].concat());
    let back = Session::restore(config(), &w.session.save()).unwrap();
    let last = back.transcript().get(back.transcript().last().unwrap()).unwrap().clone();
    assert_eq!((last.message.text().as_str(), last.message.reasoning().as_str()), ("Hel", "Hm"));
    assert_eq!(last.state, State::Failed("interrupted".into()));
    assert_eq!(back.phase(), Phase::Idle);
    assert!(!w.session.save().contains("CANARY"));
    assert!(matches!(last.message.parts[..], [Part::Reasoning { .. }, Part::Text { .. }]));
}
