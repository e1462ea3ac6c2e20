//! What a model's template makes of a conversation: the prompt as segments to be counted, never as one string.
//!
//! In: messages as they are sent (`wire::repair` puts a broken history in order), options, a template. Out: segments,
//! each with a text and the special tokens before it; their counts add up, because a special token keeps its neighbours
//! apart. Never: a tokenizer, which is handed in as a function; a guess that does not call itself one.

mod completion;
mod count;
mod exactness;
mod json;
mod mark;
mod prefix;
mod segment;
mod tools;

pub use completion::{CompletionCount, count_completion};
pub use count::{PromptCount, Shares, count_prompt};
pub use exactness::{Exactness, Why};
pub use mark::Mark;
pub use prefix::{common_prefix, sent};
pub use segment::{Ask, Segment, Share, segments};
