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
