//! Exact tokens: the DeepSeek V3 tokenizer, what a model's template makes of a conversation, a meter for growing text.
//!
//! In: a vocabulary pack, text, messages. Out: counts and ids. Never: a vocabulary inside the binary, a regex engine,
//! a guess that does not call itself one.

mod bpe;
mod classes;
mod draft;
mod errors;
mod family;
mod long;
mod meter;
mod opening;
mod pack;
mod pieces;
pub mod prompt;
mod rough;
mod special;
mod tokenizer;
mod units;

pub use draft::Draft;
pub use errors::{DecodeError, NoIds, OutOfRange};
pub use family::Family;
pub use meter::Meter;
pub use opening::Opening;
pub use pack::{Merges, PackError, unpack};
pub use rough::rough;
pub use tokenizer::Tokenizer;
pub use units::{Parts, Place, Units};
