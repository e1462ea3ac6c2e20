//! What is always true of a prompt, whoever counts its texts: here a character is a token.

use proptest::{prelude::any, prop_assert, prop_assert_eq, sample::select};

use super::{
    Law, Report, Trial,
    wire::make::{any_request, message},
};
use crate::{
    chat::{Message, Role, StopReason, ToolChoice},
    models::Template,
    tokens::prompt::{Ask, Segment, common_prefix, count_completion, count_prompt, segments, sent},
    wire::ChatRequest,
};

pub(super) const LAWS: &[Law] = &[
    Law { name: "prompt: what it is made of adds up, for every template", check: shares_add_up },
    Law { name: "prompt: two share at most what either is, and one all with itself", check: shared_at_most },
    Law { name: "prompt: what was asked and answered begins the next", check: the_next_begins_so },
];

const TEMPLATES: &[Template] =
    &[Template::V3, Template::R1, Template::V31, Template::V32, Template::V4, Template::Unknown];

fn shares_add_up(trial: Trial) -> Report {
    let input = (any_request(), message(), select(TEMPLATES), any::<bool>());
    trial.of(&input, |(request, answer, template, thinking)| {
        let ask = ask(&request, thinking);
        let count = count_prompt(template, &ask, &mut characters);
        prop_assert_eq!(count.total, count.by_share.total());
        prop_assert_eq!(count.total, total(&segments(template, &ask)));
        for stop in [StopReason::Stop, StopReason::Length] {
            let said = count_completion(template, &ask, &answer, &stop, &mut characters);
            prop_assert!(said.reasoning <= said.total.saturating_add(1), "{:?}", said);
        }
        Ok(())
    })
}

fn shared_at_most(trial: Trial) -> Report {
    let input = (any_request(), any_request(), select(TEMPLATES), any::<bool>());
    trial.of(&input, |(one, other, template, thinking)| {
        let [one, other] = [&one, &other].map(|request| segments(template, &ask(request, thinking)));
        let shared = common_prefix(&one, &other, &mut characters);
        prop_assert!(shared <= total(&one).min(total(&other)));
        prop_assert_eq!(shared, common_prefix(&other, &one, &mut characters));
        prop_assert_eq!(common_prefix(&one, &one, &mut characters), total(&one));
        Ok(())
    })
}

fn the_next_begins_so(trial: Trial) -> Report {
    trial.of(&(any_request(), message(), select(TEMPLATES)), |(mut request, answer, template)| {
        request.tool_choice = ToolChoice::Auto;
        request.messages.push(Message::user("Why?"));
        let before = request.clone();
        let answer = Message { role: Role::Assistant, ..answer };
        request.messages.extend([answer.clone(), Message::user("And then?")]);
        let next = segments(template, &ask(&request, false));
        let before = ask(&before, false);
        let asked = common_prefix(&segments(template, &before), &next, &mut characters);
        let answered = common_prefix(&sent(template, &before, Some(&answer)), &next, &mut characters);
        prop_assert!(asked <= answered);
        if template != Template::R1 {
            prop_assert_eq!(asked, total(&segments(template, &before)));
            prop_assert_eq!(answered, total(&sent(template, &before, Some(&answer))));
        }
        Ok(())
    })
}

/// What of a request reaches the model as text.
#[must_use]
pub fn ask(request: &ChatRequest, thinking: bool) -> Ask<'_> {
    Ask {
        messages: &request.messages,
        thinking,
        tools: &request.tools,
        tool_choice: &request.tool_choice,
        response_format: request.response_format,
    }
}

fn characters(text: &str) -> usize {
    text.chars().count()
}

fn total(segments: &[Segment<'_>]) -> u64 {
    segments.iter().map(|segment| segment.tokens(&mut characters)).sum()
}
