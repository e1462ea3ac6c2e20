//! The special tokens that a template writes. Each is one token and keeps the texts beside it apart.

/// A special token of DeepSeek's templates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Mark {
    /// Begins every prompt.
    Begin,
    /// Ends an answer.
    End,
    /// Begins what the user says.
    User,
    /// Begins what the assistant says.
    Assistant,
    /// Begins thoughts.
    Think,
    /// Ends thoughts, or says that there are none.
    EndThink,
    /// Begins a list of tool calls.
    Calls,
    /// Ends it.
    EndCalls,
    /// Begins a tool call.
    Call,
    /// Ends it.
    EndCall,
    /// Stands between a tool's name and its arguments.
    Separator,
    /// Begins a tool's result.
    Output,
    /// Ends it.
    EndOutput,
}

impl Mark {
    /// How it is written: with U+FF5C and U+2581.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Begin => "<｜begin▁of▁sentence｜>",
            Self::End => "<｜end▁of▁sentence｜>",
            Self::User => "<｜User｜>",
            Self::Assistant => "<｜Assistant｜>",
            Self::Think => "<think>",
            Self::EndThink => "</think>",
            Self::Calls => "<｜tool▁calls▁begin｜>",
            Self::EndCalls => "<｜tool▁calls▁end｜>",
            Self::Call => "<｜tool▁call▁begin｜>",
            Self::EndCall => "<｜tool▁call▁end｜>",
            Self::Separator => "<｜tool▁sep｜>",
            Self::Output => "<｜tool▁output▁begin｜>",
            Self::EndOutput => "<｜tool▁output▁end｜>",
        }
    }
}
