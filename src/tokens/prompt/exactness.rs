//! Whether a count is one, and if not, why.

use std::fmt;

use super::segment::Ask;
use crate::{
    chat::{Message, ResponseFormat, Role},
    models::Template,
};

/// Whether a count is the provider's own, or near it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Exactness {
    /// What the provider will report.
    Exact,
    /// Near it.
    Estimate(Why),
}

/// Why a count is an estimate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Why {
    /// The vocabulary is not at hand.
    NoVocabulary,
    /// How the model's prompts are written is not known.
    UnknownTemplate,
    /// The model is served by a host that is not known, which may write prompts in its own way.
    UnknownProvider,
    /// How this model is shown tools, or its calls and their results, is not known.
    ToolsOfThisTemplate,
    /// What this shape of the answer adds to this model's prompt was never measured.
    FormatOfThisTemplate,
    /// How this model is shown two questions in a row was never measured.
    TurnsOfThisTemplate,
    /// Some builds of this model put an instruction before prompts that ask for thinking.
    EffortPreamble,
    /// The answer was cut, and the provider counts what it did not send.
    CutAnswer,
}

impl Why {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoVocabulary => "no_vocabulary",
            Self::UnknownTemplate => "unknown_template",
            Self::UnknownProvider => "unknown_provider",
            Self::ToolsOfThisTemplate => "unknown_tools",
            Self::FormatOfThisTemplate => "unknown_format",
            Self::TurnsOfThisTemplate => "unknown_turns",
            Self::EffortPreamble => "effort_preamble",
            Self::CutAnswer => "cut_answer",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoVocabulary => "the vocabulary is not loaded",
            Self::UnknownTemplate => "this model's prompt template is not known",
            Self::UnknownProvider => {
                "hosts that are not known may write this model's prompts in their own way"
            }
            Self::ToolsOfThisTemplate => "how this model is shown tools is not known",
            Self::FormatOfThisTemplate => "what this response format adds for this model is not known",
            Self::TurnsOfThisTemplate => "how this model is shown two questions in a row is not known",
            Self::EffortPreamble => "some builds of this model add an instruction when it thinks",
            Self::CutAnswer => "the provider counts what it did not send of a cut answer",
        })
    }
}

impl Exactness {
    /// Whether it is exact.
    #[must_use]
    pub const fn is_exact(self) -> bool {
        matches!(self, Self::Exact)
    }

    /// Exact where both are; else the first reason.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        if self.is_exact() { other } else { self }
    }

    /// What a template allows, with a vocabulary.
    pub(super) fn of(template: Template, ask: &Ask<'_>) -> Self {
        let known = template.overheads();
        let calls = || {
            let of_a_call =
                |message: &Message| message.role == Role::Tool || message.tool_calls().next().is_some();
            !ask.offered().is_empty() || ask.messages.iter().any(of_a_call)
        };
        let is_user = |message: &Message| message.role == Role::User;
        let spoken = || ask.messages.iter().filter(|message| message.role != Role::System);
        let in_a_row = || spoken().zip(spoken().skip(1)).any(|(one, next)| is_user(one) && is_user(next));
        let why = if template == Template::Unknown {
            Why::UnknownTemplate
        } else if !known.tools && calls() {
            Why::ToolsOfThisTemplate
        } else if ask.response_format == ResponseFormat::JsonObject && known.json_prompt.is_none() {
            Why::FormatOfThisTemplate
        } else if !known.questions_in_a_row && in_a_row() {
            Why::TurnsOfThisTemplate
        } else if known.effort_preamble > 0 && ask.thinking {
            Why::EffortPreamble
        } else {
            return Self::Exact;
        };
        Self::Estimate(why)
    }
}
