//! Intents: what is refused, what becomes a branch, what comes back after a reload.

use super::*;

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

#[test]
fn a_request_never_shows_its_key() {
    let w = World::asked();
    assert!(w.requests[0].1.headers.iter().any(|(_, value)| value.contains("CANARY")));
    assert!(!format!("{:?} {:?}", w.requests, w.session).contains("CANARY"));
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
