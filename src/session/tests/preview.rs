//! A preview is the request that follows, and what was sent can be told afterwards.

use super::*;

#[test]
fn a_preview_is_what_is_sent_then() {
    let mut w = World::begun();
    w.body(&[THOUGHT, HEL, STOP, DONE].concat());
    let edit =
        Draft { text: "ho".into(), edits: Some(MessageId(0)), max_tokens: Some(99), ..Draft::default() };
    let quick = Draft { text: "on".into(), thinking: Some(Thinking::Off), ..Draft::default() };
    for draft in [quick, edit] {
        let preview = w.session.preview(&draft);
        w.session.send(w.now, draft).unwrap();
        w.drain();
        let request = wire::encode(&w.session.config().endpoint, &preview).unwrap();
        assert_eq!(&request, &w.requests.last().unwrap().1);
        w.session.stop(w.now);
        w.drain();
    }
}

#[test]
fn a_question_without_an_answer_stands_before_the_next() {
    let mut w = World::asked();
    assert_eq!(w.session.sent(), None, "nothing of an answer, nothing in a cache");
    w.session.stop(w.now);
    let preview = w.session.preview(&Draft::from("ho"));
    assert_eq!(preview.messages.last().unwrap().text(), "hi\n\nho");
}

#[test]
fn what_was_sent_is_told_as_it_was() {
    let mut w = World::begun();
    let before = w.session.preview(&Draft::default()).messages;
    w.body(&[HEL, STOP, DONE].concat());
    let (sent, answer) = w.session.sent().unwrap();
    assert_eq!((sent.messages.as_slice(), answer.text().as_str()), (before.as_slice(), "Hel"));
    let request = wire::encode(&w.session.config().endpoint, &sent).unwrap();
    assert_eq!(request, w.requests[0].1);
}

type Look = fn(&Session) -> Option<ChatRequest>;
type Act = fn(&mut Session, Millis) -> Result<TurnId, Misuse>;

#[test]
fn asking_again_and_going_on_ask_for_what_was_told() {
    let mut w = World::begun();
    assert_eq!(w.session.preview_resume(), None, "nothing was said yet");
    w.body(HEL);
    w.session.allow(Some(5));
    w.session.stop(w.now);
    w.drain();
    let ways: [(Look, Act); 2] =
        [(Session::preview_resume, Session::resume), (Session::preview_retry, Session::retry)];
    for (look, act) in ways {
        let mut preview = look(&w.session).unwrap();
        assert_ne!(preview.max_tokens, Some(5), "an answer under way is not narrowed");
        for room in [None, Some(99)] {
            preview.max_tokens = room.or(preview.max_tokens);
            w.session.allow(room);
            act(&mut w.session, w.now).unwrap();
            w.drain();
            let request = wire::encode(&w.session.config().endpoint, &preview).unwrap();
            assert_eq!(&request, &w.requests.last().unwrap().1);
            w.head(200);
            w.body(HEL);
            w.session.stop(w.now);
            w.drain();
            preview = look(&w.session).unwrap();
        }
    }
}

#[test]
fn before_the_first_question_there_is_nothing_to_repeat() {
    let w = World::new();
    assert_eq!((w.session.preview_retry(), w.session.preview_resume()), (None, None));
}
