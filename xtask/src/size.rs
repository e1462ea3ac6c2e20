//! `cargo xtask size`: what each artifact and each whole weighs, against its budget.
//!
//! In: a release build. Out: a table, and a failure for each budget that is broken or has grown too wide. Never: a measure of a draft.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use brotli::enc::BrotliEncoderParams;

use crate::{
    artifacts::{Artifact, Plan, Whole},
    failure::{Failure, OrFail as _, Outcome},
    manifest::Manifest,
    project::{Care, Project},
    say,
    stamp::Inputs,
};

/// A budget may be this many times the size before it has to be lowered, in hundredths: what was won must not be lost unseen.
const SLACK: u64 = 115;

/// Weighs the release build that is there.
pub(crate) fn size(project: &Project) -> Outcome {
    let plan = Plan::read(project)?;
    let mut scale = Scale { project, known: BTreeMap::new() };
    let mut broken = Vec::new();
    println!("{:<24} {:>12} {:>12} {:>12} {:>12}", "", "raw", "brotli", "budget", "aim");
    for artifact in plan.artifacts().filter(|artifact| artifact.ships()) {
        let weight = scale.artifact(artifact)?;
        broken.extend(report(&artifact.name, weight, artifact.budget, None));
    }
    for (name, pack) in &plan.packs {
        let file = format!("{name}.pack");
        let weight = scale.files([project.vocabulary().join(&file)])?;
        broken.extend(report(&file, weight, Some(pack.budget), pack.aim));
        // As it is served, and as the page unfolds it itself: what a server could do to it besides does not matter.
        let zipped =
            fs::metadata(project.zipped().join(&file)).or_fail(format!("cannot see zipped/{file}"))?;
        let weight = Weight { raw: weight.raw, travels: zipped.len() };
        broken.extend(report(&format!("{file}, as gzip"), weight, Some(pack.zipped), None));
    }
    if !plan.wholes.is_empty() {
        let manifest = Manifest::read(&project.artifacts(Care::Release).join("bundles.json"))?;
        for (name, whole) in &plan.wholes {
            let weight = scale.whole(&manifest, whole)?;
            broken.extend(report(name, weight, Some(whole.budget), whole.aim));
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    Err(Failure::new(broken.join("\n"))
        .remedy("change the code, or the budget in wasm-pack.toml with a word why"))
}

/// Bytes as they lie on the disk, and as they travel.
#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    raw: u64,
    /// After brotli, unless another way is named.
    travels: u64,
}

/// Weighs files, each content once: the best compression takes seconds for a module, and one is part of several wholes.
struct Scale<'a> {
    project: &'a Project,
    known: BTreeMap<String, u64>,
}

impl Scale<'_> {
    fn artifact(&mut self, artifact: &Artifact) -> Outcome<Weight> {
        let folder = self.project.artifacts(Care::Release).join(&artifact.name);
        let name = &artifact.name;
        self.files([folder.join(format!("{name}_bg.wasm")), folder.join(format!("{name}.js"))])
    }

    fn whole(&mut self, manifest: &Manifest, whole: &Whole) -> Outcome<Weight> {
        let mut assets = BTreeSet::new();
        for name in &whole.assets {
            assets.extend(manifest.closure(name)?);
        }
        let (site, npm) = (self.project.site().join("assets"), self.project.npm());
        let assets = assets.iter().map(|file| site.join(file));
        self.files(assets.chain(whole.package.iter().map(|file| npm.join(file))))
    }

    /// Each file is compressed alone, as it travels.
    fn files(&mut self, files: impl IntoIterator<Item = PathBuf>) -> Outcome<Weight> {
        let mut sum = Weight::default();
        for file in files {
            let bytes = fs::read(&file)
                .or_fail(format!("cannot read {}", file.display()))
                .map_err(|failure| failure.remedy("run `cargo xtask build` first"))?;
            sum.raw += bytes.len() as u64;
            sum.travels += self.compressed(&bytes)?;
        }
        Ok(sum)
    }

    fn compressed(&mut self, bytes: &[u8]) -> Outcome<u64> {
        let key = Inputs::default().bytes(bytes).key();
        if let Some(&size) = self.known.get(&key) {
            return Ok(size);
        }
        let size = compressed(bytes)?;
        self.known.insert(key, size);
        Ok(size)
    }
}

fn compressed(bytes: &[u8]) -> Outcome<u64> {
    let best = BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut out, &best).or_fail("cannot compress")?;
    Ok(out.len() as u64)
}

/// Prints a line of the table; says what is wrong with the budget, if anything.
fn report(name: &str, weight: Weight, budget: Option<u64>, aim: Option<u64>) -> Option<String> {
    let shown = |bytes: Option<u64>| bytes.map_or_else(|| "-".to_owned(), say::kilobytes);
    println!(
        "{name:<24} {:>12} {:>12} {:>12} {:>12}",
        say::kilobytes(weight.raw),
        say::kilobytes(weight.travels),
        shown(budget),
        shown(aim)
    );
    verdict(name, weight.travels, budget?)
}

fn verdict(name: &str, brotli: u64, budget: u64) -> Option<String> {
    let (is, may) = (say::kilobytes(brotli), say::kilobytes(budget));
    if brotli > budget {
        return Some(format!("{name} is {is}, over its budget of {may}"));
    }
    if brotli * SLACK < budget * 100 {
        let better = (brotli * 105 / 100).next_multiple_of(100);
        return Some(format!("{name} is {is}, far below its budget of {may}: lower the budget to {better}"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_fails_in_both_directions() {
        assert!(verdict("core", 1001, 1000).unwrap().contains("over"));
        assert!(verdict("core", 1000, 1000).is_none());
        assert!(verdict("core", 870, 1000).is_none());
        assert!(verdict("core", 869, 1000).unwrap().contains("lower the budget to 1000"));
        assert!(verdict("core", 500, 1000).unwrap().contains("lower the budget to 600"));
    }
}
