//! A prompt's tokens, in total and by what they are.

use super::{
    exactness::Exactness,
    segment::{Ask, Segment, Share, counted, segments},
};
use crate::models::Template;

/// A prompt's tokens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PromptCount {
    /// All of them: what a provider reports as the prompt's.
    pub total: u64,
    /// The same by what they are. The sum is `total`.
    pub by_share: Shares,
    /// Whether the total is the provider's own, given an exact counter.
    pub exactness: Exactness,
}

/// Tokens by what they are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Shares {
    /// The template's own.
    pub frame: u64,
    /// The operator's instructions.
    pub system: u64,
    /// The tools that may be called.
    pub tools: u64,
    /// What was said before.
    pub history: u64,
    /// The last thing that the user said.
    pub question: u64,
}

impl Shares {
    /// Adds tokens of one kind.
    pub fn add(&mut self, share: Share, tokens: u64) {
        let place = match share {
            Share::Frame => &mut self.frame,
            Share::System => &mut self.system,
            Share::Tools => &mut self.tools,
            Share::History => &mut self.history,
            Share::Question => &mut self.question,
        };
        *place = place.saturating_add(tokens);
    }

    /// Their sum.
    #[must_use]
    pub const fn total(&self) -> u64 {
        let Self { frame, system, tools, history, question } = *self;
        frame.saturating_add(system).saturating_add(tools).saturating_add(history).saturating_add(question)
    }
}

/// Counts the prompt that a template makes, with `count` for the texts.
pub fn count_prompt(template: Template, ask: &Ask<'_>, count: &mut dyn FnMut(&str) -> usize) -> PromptCount {
    let mut by_share = Shares::default();
    for segment in segments(template, ask) {
        let tokens = segment.tokens(count);
        let system = system(&segment, count).min(tokens);
        by_share.add(Share::System, system);
        by_share.add(segment.share, tokens.saturating_sub(system));
    }
    PromptCount { total: by_share.total(), by_share, exactness: Exactness::of(template, ask) }
}

/// The system prompt's tokens in a text that goes on with the tools. The token where they meet is the tools'.
fn system(segment: &Segment<'_>, count: &mut dyn FnMut(&str) -> usize) -> u64 {
    counted(segment.text.get(..segment.system).unwrap_or_default(), count)
}
