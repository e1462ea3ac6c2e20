//! Which added tokens a model knows: the one thing in which the tokenizers of the DeepSeek models differ.

/// A generation of models with one set of added tokens. Vocabulary, merges and pre-tokenizer are the same in all.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Family {
    /// V3 of December 2024 and V3-0324: `<think>` is plain text.
    V3,
    /// R1: `<think>` and `</think>` are tokens.
    R1,
    /// V3.1 to V3.2: those of R1, and two for search.
    #[default]
    V31,
    /// V4: many more, and `<think>` has another id.
    V4,
}
