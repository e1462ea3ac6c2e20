//! The prompt in order: what was said, with the special tokens that the template puts around it.

use std::borrow::Cow;

use super::{mark::Mark, tools};
use crate::{
    chat::{Message, Part, ResponseFormat, Role, Tool, ToolCall, ToolChoice},
    models::{Template, Thoughts},
};

/// Whether an answer to `ask` begins with thoughts.
pub(super) fn thinks(template: Template, ask: &Ask<'_>) -> bool {
    match template.overheads().thoughts {
        Thoughts::Unmarked => false,
        Thoughts::Marked => ask.thinking,
        Thoughts::Always => true,
    }
}

/// What a prompt is made from: the parts of a request that reach the model as text.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever asks says all of it")]
pub struct Ask<'a> {
    /// The messages as they are sent, system messages included.
    pub messages: &'a [Message],
    /// Whether the model thinks before it answers.
    pub thinking: bool,
    /// The tools that may be called.
    pub tools: &'a [Tool],
    /// Which of them must be.
    pub tool_choice: &'a ToolChoice,
    /// The shape of the answer.
    pub response_format: ResponseFormat,
}

impl<'a> Ask<'a> {
    /// A plain question: no thinking, no tools, free text.
    #[must_use]
    pub const fn plain(messages: &'a [Message]) -> Self {
        Self {
            messages,
            thinking: false,
            tools: &[],
            tool_choice: &ToolChoice::Auto,
            response_format: ResponseFormat::Text,
        }
    }

    /// The tools that the model is shown: none of them where it may call none.
    pub(super) fn offered(&self) -> &'a [Tool] {
        if *self.tool_choice == ToolChoice::None { &[] } else { self.tools }
    }

    /// Whether some tool must be called.
    pub(super) fn forces(&self) -> bool {
        let forced = matches!(self.tool_choice, ToolChoice::Required | ToolChoice::Named(_));
        forced && !self.tools.is_empty()
    }
}

/// What a stretch of the prompt is, for a breakdown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Share {
    /// The template's own.
    Frame,
    /// The operator's instructions.
    System,
    /// The tools that may be called.
    Tools,
    /// What was said before.
    History,
    /// The last thing that the user said.
    Question,
}

/// A stretch of the prompt: special tokens, then a text. `tokens = specials + count(text)`, whatever stands beside it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Segment<'a> {
    /// What it is.
    pub share: Share,
    /// The tokens before the text that are not in it.
    pub specials: u32,
    /// The text, possibly empty.
    pub text: Cow<'a, str>,
    /// Which tokens `specials` counts, as far as they are known: what a response format adds is only a number.
    pub(super) marks: &'static [Mark],
    /// Bytes at the start of the text that are the system prompt, where the tools follow it without a mark between.
    pub(super) system: usize,
}

impl Segment<'_> {
    /// The special tokens before the text, as far as they are known.
    #[must_use]
    pub const fn marks(&self) -> &'static [Mark] {
        self.marks
    }

    /// Its tokens.
    pub fn tokens(&self, count: &mut dyn FnMut(&str) -> usize) -> u64 {
        u64::from(self.specials) + counted(&self.text, count)
    }
}

/// A text's tokens; nothing is asked of the counter where there is no text.
pub(super) fn counted(text: &str, count: &mut dyn FnMut(&str) -> usize) -> u64 {
    if text.is_empty() { 0 } else { count(text) as u64 }
}

/// The prompt that a template makes. `O(text)`; texts are borrowed where they stand alone.
#[must_use]
pub fn segments<'a>(template: Template, ask: &Ask<'a>) -> Vec<Segment<'a>> {
    let mut prompt = Prompt::new(template);
    prompt.mark(Share::Frame, &[Mark::Begin]);
    prompt.instructions(ask);
    let question = ask.messages.iter().rposition(|message| message.role == Role::User);
    let mut before = None;
    for (at, message) in ask.messages.iter().enumerate() {
        match message.role {
            Role::System => continue,
            Role::User => {
                let share = if Some(at) == question { Share::Question } else { Share::History };
                prompt.text(share, &[Mark::User], text(message));
            }
            Role::Assistant => {
                if before == Some(Role::User) {
                    prompt.mark(Share::History, prompt.answered());
                }
                prompt.said(Share::History, message);
                prompt.mark(Share::History, &[Mark::End]);
            }
            Role::Tool => prompt.results(message),
        }
        before = Some(message.role);
    }
    if before == Some(Role::User) {
        prompt.header(ask.thinking);
    }
    if ask.forces() {
        prompt.mark(Share::Frame, &[Mark::Calls]);
    }
    prompt.segments
}

/// A prompt being written.
pub(super) struct Prompt<'a> {
    template: Template,
    pub(super) segments: Vec<Segment<'a>>,
}

impl<'a> Prompt<'a> {
    pub(super) const fn new(template: Template) -> Self {
        Self { template, segments: Vec::new() }
    }

    /// Special tokens alone.
    pub(super) fn mark(&mut self, share: Share, marks: &'static [Mark]) {
        self.text(share, marks, Cow::Borrowed(""));
    }

    /// Special tokens and the text behind them.
    pub(super) fn text(&mut self, share: Share, marks: &'static [Mark], text: Cow<'a, str>) {
        let specials = u32::try_from(marks.len()).unwrap_or(u32::MAX);
        self.segments.push(Segment { share, specials, text, marks, system: 0 });
    }

    /// System prompts and tools, which are one text, and what the answer's shape adds.
    fn instructions(&mut self, ask: &Ask<'a>) {
        let mut systems = ask.messages.iter().filter(|message| message.role == Role::System).map(text);
        let mut system = systems.next();
        for more in systems {
            let joined = system.get_or_insert_default().to_mut();
            joined.push_str("\n\n");
            joined.push_str(&more);
        }
        match (system, ask.offered()) {
            (None, []) => {}
            (Some(system), []) => self.text(Share::System, &[], system),
            (system, offered) => tools::write(self, system, offered),
        }
        if ask.response_format == ResponseFormat::JsonObject
            && let Some(specials) = self.template.overheads().json_prompt
        {
            // Where in the prompt these tokens stand is not known. Here they are shared with the request before.
            let segment =
                Segment { share: Share::Frame, specials, text: Cow::Borrowed(""), marks: &[], system: 0 };
            self.segments.push(segment);
        }
    }

    /// What the model said, between the mark that begins it and the one that ends it.
    pub(super) fn said(&mut self, share: Share, message: &'a Message) {
        self.text(share, &[], text(message));
        let mut calls = message.tool_calls().peekable();
        if calls.peek().is_none() {
            return;
        }
        self.mark(share, &[Mark::Calls]);
        for ToolCall { name, arguments, .. } in calls {
            self.text(share, &[Mark::Call], Cow::Borrowed(name));
            self.text(share, &[Mark::Separator], Cow::Borrowed(arguments));
            self.mark(share, &[Mark::EndCall]);
        }
        self.mark(share, &[Mark::EndCalls]);
    }

    fn results(&mut self, message: &'a Message) {
        for part in &message.parts {
            if let Part::ToolResult { text, .. } | Part::Text { text } = part {
                self.text(Share::History, &[Mark::Output], Cow::Borrowed(text));
                self.mark(Share::History, &[Mark::EndOutput]);
            }
        }
    }

    /// What opens an answer that was given: its thoughts are left out, and a mark says so.
    const fn answered(&self) -> &'static [Mark] {
        match self.template.overheads().thoughts {
            Thoughts::Marked => &[Mark::Assistant, Mark::EndThink],
            _ => &[Mark::Assistant],
        }
    }

    /// What opens the answer that is asked for.
    fn header(&mut self, thinking: bool) {
        match self.template.overheads().thoughts {
            Thoughts::Always => {
                self.text(Share::Frame, &[Mark::Assistant, Mark::Think], Cow::Borrowed("\n"));
            }
            Thoughts::Marked if thinking => self.mark(Share::Frame, &[Mark::Assistant, Mark::Think]),
            _ => self.mark(Share::Frame, self.answered()),
        }
    }
}

/// A message's text parts, joined; borrowed where there is one.
pub(super) fn text(message: &Message) -> Cow<'_, str> {
    let mut texts = message.parts.iter().filter_map(|part| match part {
        Part::Text { text } => Some(text.as_str()),
        _ => None,
    });
    match (texts.next(), texts.next()) {
        (first, None) => Cow::Borrowed(first.unwrap_or_default()),
        _ => Cow::Owned(message.text()),
    }
}
