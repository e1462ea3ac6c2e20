//! The artifact `tokens`: the tokenizer, loaded with the first count.
//!
//! In: a vocabulary pack and texts. Out: counts and ids. Never: JSON, a message; prompts become texts elsewhere.
