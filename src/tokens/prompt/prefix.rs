//! How much of a prompt a provider has seen before, which its cache may answer.
//!
//! In: segments of what was sent and of what is about to be. Out: the tokens that both begin with. Never: whether the
//! cache holds them, or in which units, which is `cost`'s.

use super::{
    mark::Mark,
    segment::{Ask, Prompt, Segment, Share, counted, segments, thinks},
};
use crate::{chat::Message, models::Template};

/// What a provider's cache may hold after a request: its prompt, and behind it the answer as the model wrote it.
///
/// Thoughts are part of that, and the next prompt leaves them out: what follows them cannot be found again.
#[must_use]
pub fn sent<'a>(template: Template, ask: &Ask<'a>, answer: Option<&'a Message>) -> Vec<Segment<'a>> {
    let mut prompt = Prompt::new(template);
    prompt.segments = segments(template, ask);
    if let Some(answer) = answer {
        if ask.forces() {
            // The mark that was forced is the answer's first, and written with it.
            prompt.segments.pop();
        }
        if thinks(template, ask) {
            prompt.text(Share::History, &[], answer.reasoning().into());
            prompt.mark(Share::History, &[Mark::EndThink]);
        }
        prompt.said(Share::History, answer);
        prompt.mark(Share::History, &[Mark::End]);
    }
    prompt.segments
}

/// The tokens at the start of `next` that are certainly those at the start of `previous`.
///
/// Within the first text that differs, tokens count up to the last place that no token can reach across; beyond it
/// at most those of a word or of a run of ideographs may be shared as well.
pub fn common_prefix(
    previous: &[Segment<'_>],
    next: &[Segment<'_>],
    count: &mut dyn FnMut(&str) -> usize,
) -> u64 {
    let mut shared: u64 = 0;
    for (before, after) in atoms(previous).zip(atoms(next)) {
        let tokens = match (before, after) {
            (Atom::Mark(_), _) if before == after => 1,
            (Atom::Unnamed(tokens), _) if before == after => u64::from(tokens),
            (Atom::Text(text), _) if before == after => counted(text, count),
            (Atom::Text(before), Atom::Text(after)) => {
                return shared.saturating_add(counted(common_text(before, after), count));
            }
            _ => return shared,
        };
        shared = shared.saturating_add(tokens);
    }
    shared
}

/// What a prompt is made of, however its segments are cut.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Atom<'a> {
    Mark(Mark),
    /// Tokens of which only the number is known.
    Unnamed(u32),
    Text(&'a str),
}

fn atoms<'a>(segments: &'a [Segment<'_>]) -> impl Iterator<Item = Atom<'a>> {
    segments.iter().flat_map(|segment| {
        let named = u32::try_from(segment.marks.len()).unwrap_or(u32::MAX);
        let unnamed = Some(segment.specials.saturating_sub(named)).filter(|tokens| *tokens > 0);
        let text = Some(segment.text.as_ref()).filter(|text| !text.is_empty());
        let marks = segment.marks.iter().copied().map(Atom::Mark);
        marks.chain(unnamed.map(Atom::Unnamed)).chain(text.map(Atom::Text))
    })
}

/// The beginning of both, up to the last place where the tokens before it do not depend on what follows.
fn common_text<'a>(before: &'a str, after: &str) -> &'a str {
    let equal = before.bytes().zip(after.bytes()).take_while(|(before, after)| before == after).count();
    let common = before.get(..before.floor_char_boundary(equal)).unwrap_or_default();
    let places = common.char_indices().rev();
    let cut = places.clone().skip(1).zip(places).find(|((_, left), (_, right))| keeps_apart(*left, *right));
    cut.and_then(|(_, (at, _))| common.get(..at)).unwrap_or_default()
}

/// Whether no token reaches from `left` to `right`: the pre-tokenizer cuts there whatever stands around them.
fn keeps_apart(left: char, right: char) -> bool {
    (!left.is_whitespace() && matches!(right, ' ' | '\t'))
        || (matches!(left, '\r' | '\n') && !right.is_whitespace())
        || is_ideograph(left) != is_ideograph(right)
}

/// The characters whose runs the pre-tokenizer sets apart.
const fn is_ideograph(char: char) -> bool {
    matches!(char, '\u{4e00}'..='\u{9fa5}' | '\u{3040}'..='\u{30ff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{Part, Role};

    /// A token a character: what is asked here is which texts are counted.
    fn shared(previous: &[Segment<'_>], next: &[Segment<'_>]) -> u64 {
        common_prefix(previous, next, &mut |text| text.chars().count())
    }

    fn chat(texts: &[&str]) -> Vec<Message> {
        let roles = [Role::User, Role::Assistant].into_iter().cycle();
        texts.iter().zip(roles).map(|(text, role)| Message::new(role, *text)).collect()
    }

    #[test]
    fn a_chat_that_goes_on_shares_all_that_was_sent_and_answered() {
        let all = chat(&["one", "two", "three"]);
        let (first, answer) = (Ask::plain(&all[..1]), &all[1]);
        let sent = sent(Template::V31, &first, Some(answer));
        let next = segments(Template::V31, &Ask::plain(&all));
        // Begin, User, `one`, Assistant, `</think>`, `two`, End.
        assert_eq!(shared(&sent, &next), 1 + 1 + 3 + 2 + 3 + 1);
        assert_eq!(shared(&segments(Template::V31, &first), &next), 1 + 1 + 3 + 2);
    }

    #[test]
    fn thoughts_end_what_is_shared() {
        let mut all = chat(&["one", "two", "three"]);
        all[1].parts.insert(0, Part::Reasoning { text: "hm".into(), signature: None });
        let first = Ask { thinking: true, ..Ask::plain(&all[..1]) };
        let next = segments(Template::V31, &Ask { thinking: true, ..Ask::plain(&all) });
        assert_eq!(shared(&sent(Template::V31, &first, Some(&all[1])), &next), 1 + 1 + 3 + 1);
    }

    #[test]
    fn a_changed_text_shares_what_no_token_reaches_across() {
        for (before, after, tokens) in [
            ("the red fox", "the red fish", "the red"),
            ("the red fox", "the red fox", "the red fox"),
            ("fox", "fish", ""),
            ("a\nb", "a\nbc", "a\n"),
            ("a\n\n b", "a\n\n c", ""),
            ("北京很大。很", "北京很大。小", "北京很大"),
            ("北京大", "北京小", ""),
            ("x é", "x è", "x"),
        ] {
            let (before_chat, after_chat) = (chat(&[before]), chat(&[after]));
            let [before, after] =
                [&before_chat, &after_chat].map(|chat| segments(Template::V31, &Ask::plain(chat)));
            let whole = if before == after { 2 } else { 0 };
            assert_eq!(shared(&before, &after), 2 + tokens.chars().count() as u64 + whole, "{tokens}");
        }
    }

    #[test]
    fn a_user_is_not_a_tool() {
        let asked = [Message::user("x")];
        let result = [Message { role: Role::Tool, ..Message::user("x") }];
        let [asked, result] = [&asked, &result].map(|chat| segments(Template::V31, &Ask::plain(chat)));
        assert_eq!(shared(&asked, &result), 1);
    }

    #[test]
    fn a_forced_call_stands_once() {
        let mut all = chat(&["one", ""]);
        all[1] = Message {
            role: Role::Assistant,
            parts: vec![Part::ToolCall(crate::chat::ToolCall {
                id: "1".into(),
                name: "f".into(),
                arguments: "{}".into(),
            })],
        };
        let tools = [crate::chat::Tool { name: "f".into(), description: None, parameters: "{}".into() }];
        let tool_choice = &crate::chat::ToolChoice::Required;
        let ask = Ask { tools: &tools, tool_choice, ..Ask::plain(&all[..1]) };
        let sent = sent(Template::V31, &ask, Some(&all[1]));
        let next = segments(
            Template::V31,
            &Ask { messages: &all, tool_choice: &crate::chat::ToolChoice::Auto, ..ask },
        );
        let mut all_of_it = |text: &str| text.chars().count();
        assert_eq!(
            shared(&sent, &next),
            next.iter().map(|segment| segment.tokens(&mut all_of_it)).sum::<u64>()
        );
    }
}
