//! From a module to a smaller one that does the same: wasm-opt, from the npm package `binaryen`.
//!
//! In: a module in place. Out: the same file, smaller. Never: in drafts, where it would be most of the wait.

use std::{fs, path::Path};

use crate::{
    artifacts::{Artifact, Profile},
    failure::{OrFail as _, Outcome},
    project::Project,
    tools,
};

/// What wasm-opt is told; the features are those that the module itself declares.
pub(crate) fn flags(artifact: &Artifact) -> Vec<&'static str> {
    // Below 1024 is the end of the stack, and nothing that a pointer is added to: so additions may become offsets. Twice, as the first time makes
    // room for the second. What is called from one place only stays a function of its own, unless it is small: engines compile what is hot function by
    // function, and one that holds everything is compiled for its one hot loop.
    let levels: &[_] = match artifact.profile {
        Profile::Release => &["-Oz"],
        Profile::Speed => &["--low-memory-unused", "--one-caller-inline-max-function-size=30", "-O3", "-O3"],
    };
    let strips = ["--detect-features", "--strip-debug", "--strip-producers", "--strip-target-features"];
    [levels, &strips].concat()
}

/// Shrinks the module in place and gives its size before and after.
pub(crate) fn shrink(project: &Project, artifact: &Artifact, module: &Path) -> Outcome<(u64, u64)> {
    let size = |path: &Path| Ok(fs::metadata(path).or_fail(format!("cannot see {}", path.display()))?.len());
    let before = size(module)?;
    let smaller = module.with_extension("opt.wasm");
    let mut wasm_opt = tools::packaged(project, "www", "wasm-opt");
    wasm_opt.args(flags(artifact)).arg(module).arg("-o").arg(&smaller);
    tools::run(&mut wasm_opt)?;
    fs::rename(&smaller, module).or_fail(format!("cannot replace {}", module.display()))?;
    Ok((before, size(module)?))
}
