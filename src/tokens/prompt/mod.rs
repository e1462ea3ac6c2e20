//! What a model's template makes of a conversation: the prompt as segments to be counted, never as one string.
//!
//! In: messages and options, a template. Out: segments, each with a text and the special tokens beside it. Never: a count.
