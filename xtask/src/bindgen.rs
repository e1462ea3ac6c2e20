//! From wasm to a module with its JavaScript glue: wasm-bindgen as a library.
//!
//! In: the wasm file that cargo left. Out: `<name>_bg.wasm`, `<name>.js`, `<name>.d.ts`. Never: a wasm-bindgen of another version than the crate's.

use std::{fs, path::Path};

use serde::Deserialize;
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    artifacts::{Artifact, Target},
    failure::{Failure, OrFail as _, Outcome},
    mute,
    project::{Care, Project},
};

/// The lockfile that this program was built with.
const OWN_LOCK: &str = include_str!("../Cargo.lock");

/// The version of wasm-bindgen that writes the glue.
pub(crate) fn version() -> Outcome<String> {
    locked(OWN_LOCK, "wasm-bindgen-cli-support").or_fail("xtask/Cargo.lock names no wasm-bindgen-cli-support")
}

/// The crate's wasm-bindgen and ours must be one: their private format changes between any two versions.
pub(crate) fn check_version(project: &Project) -> Outcome {
    let lock = fs::read_to_string(project.at("Cargo.lock")).or_fail("cannot read Cargo.lock")?;
    let theirs = locked(&lock, "wasm-bindgen").or_fail("Cargo.lock names no wasm-bindgen")?;
    let ours = version()?;
    if theirs == ours {
        return Ok(());
    }
    Err(Failure::new(format!("the crate has wasm-bindgen {theirs}, xtask has {ours}")).remedy(format!(
        "set `wasm-bindgen-cli-support = \"={theirs}\"` in xtask/Cargo.toml and run `cargo update --manifest-path xtask/Cargo.toml wasm-bindgen-cli-support`"
    )))
}

/// Writes the module and its glue into `folder`.
pub(crate) fn bind(artifact: &Artifact, care: Care, wasm: &Path, folder: &Path) -> Outcome {
    let doing = format!("wasm-bindgen refuses {}", artifact.name);
    let mut bindgen = Bindgen::new();
    if artifact.mute && care == Care::Release {
        bindgen.input_module(&artifact.name, mute::mute(wasm)?);
    } else {
        bindgen.input_path(wasm);
    }
    bindgen
        .out_name(&artifact.name)
        .typescript(true)
        // Who loads a module knows its hashed name; the glue must not guess one.
        .omit_default_module_path(true)
        .debug(care == Care::Draft)
        .remove_name_section(care == Care::Release)
        .remove_producers_section(true);
    match artifact.target {
        Target::Web => bindgen.web(true),
        Target::Bundler => bindgen.bundler(true),
        Target::Nodejs => bindgen.nodejs(true),
    }
    .or_fail(&doing)?;
    // Context is in the error's chain, so print all of it.
    bindgen.generate(folder).map_err(|error| format!("{error:#}")).or_fail(&doing)?;
    // To TypeScript, importing a module gives what www/src/built.d.ts says, not the module's raw exports.
    let raw = folder.join(format!("{}_bg.wasm.d.ts", artifact.name));
    fs::remove_file(&raw).or_fail(format!("cannot remove {}", raw.display()))
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
}

fn locked(lock: &str, name: &str) -> Option<String> {
    let lock: Lock = toml::from_str(lock).ok()?;
    lock.package.into_iter().find(|package| package.name == name).map(|package| package.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_wasm_bindgen_is_the_crates() {
        assert_eq!(locked(include_str!("../../Cargo.lock"), "wasm-bindgen"), version().ok());
    }
}
