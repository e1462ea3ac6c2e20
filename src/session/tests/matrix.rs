//! The rows of the fault matrix that a client meets. Rows 20 and 21 are about headers, which no session sees; 34 and 37
//! to 41 about doors and later rooms.

use super::*;

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
