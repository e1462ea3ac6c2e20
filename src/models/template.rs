//! What each chat template adds to the texts of a conversation, in tokens: data, with where it was found.
//!
//! In: a template. Out: its [`Overheads`]. Never: the order in which a prompt is written, which is `tokens`'.

/// The chat template that the model was served with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Template {
    /// DeepSeek V3-0324.
    V3,
    /// DeepSeek R1.
    R1,
    /// DeepSeek V3.1 to V3.2-Exp.
    V31,
    /// DeepSeek V3.2, whose tools differ.
    V32,
    /// DeepSeek V4 and its successors, whose tools differ again.
    V4,
    /// Not known: counts are estimates.
    Unknown,
}

/// What a template adds, beyond the tokens that open a turn. Numbers are tokens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Overheads {
    /// What stands between the mark of the assistant and what it says.
    pub thoughts: Thoughts,
    /// What a JSON object as the answer's shape adds to the prompt; `None` where it was never measured.
    pub json_prompt: Option<u32>,
    /// And to the answer: the fence that is taken off before it is sent.
    pub json_completion: u32,
    /// What a call that was forced moves from the answer into the prompt.
    pub forced_call: u32,
    /// How tools, their calls and results are written is known.
    pub tools: bool,
    /// What later builds may put before a prompt that asks for thinking; a request does not show whether it is there.
    pub effort_preamble: u32,
    /// Whether two questions in a row are written as two; `false` where that was never measured.
    pub questions_in_a_row: bool,
    /// Where the row's facts were found.
    pub source: &'static str,
}

/// How a template tells an answer with thoughts from one without.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Thoughts {
    /// Not at all: there are none.
    Unmarked,
    /// `<think>` where thoughts follow, else `</think>`.
    Marked,
    /// Earlier answers are unmarked, and the one asked for begins with `<think>` and a line's end.
    Always,
}

const V31: Overheads = Overheads {
    thoughts: Thoughts::Marked,
    json_prompt: Some(20),
    json_completion: 4,
    forced_call: 1,
    tools: true,
    effort_preamble: 0,
    questions_in_a_row: true,
    source: "recorded replies of V3.1 to V3.2-Exp: 226 of 226 prompts and 226 of 226 answers",
};

const V3: Overheads = Overheads {
    thoughts: Thoughts::Unmarked,
    json_prompt: Some(16),
    tools: false,
    source: "recorded replies of V3-0324 without tools: 124 of 124",
    ..V31
};

const R1: Overheads = Overheads {
    thoughts: Thoughts::Always,
    json_prompt: None,
    json_completion: 0,
    tools: false,
    source: "recorded replies of R1: 2 of 2",
    ..V31
};

const V32: Overheads = Overheads {
    tools: false,
    source: "recorded replies of V3.2 without tools: 99 of 101, two with their text redacted",
    ..V31
};

const V4: Overheads = Overheads {
    json_completion: 0,
    tools: false,
    effort_preamble: 79,
    questions_in_a_row: false,
    source: "recorded replies of V4 without tools: 76 of 83; five had a preamble of 79 tokens",
    ..V31
};

const UNKNOWN: Overheads = Overheads {
    tools: false,
    json_prompt: None,
    source: "nothing is known; the rows of V3.1 stand in",
    ..V31
};

impl Template {
    /// What it adds.
    #[must_use]
    pub const fn overheads(self) -> &'static Overheads {
        match self {
            Self::V3 => &V3,
            Self::R1 => &R1,
            Self::V31 => &V31,
            Self::V32 => &V32,
            Self::V4 => &V4,
            Self::Unknown => &UNKNOWN,
        }
    }
}
