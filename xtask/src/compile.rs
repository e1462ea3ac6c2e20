//! From Rust to wasm: cargo, one build an artifact.
//!
//! In: an artifact. Out: the wasm file that cargo left. Never: a build with two artifacts' features.

use std::{
    env,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};

use serde::Deserialize;

use crate::{
    artifacts::{Artifact, Profile},
    failure::{Failure, OrFail as _, Outcome},
    project::{Care, Project},
    tools::{self, WASM},
};

/// Builds the artifact's library and says where it lies.
pub(crate) fn compile(project: &Project, artifact: &Artifact, care: Care) -> Outcome<PathBuf> {
    let mut cargo = tools::cargo_for_artifacts(project);
    cargo
        .args(["rustc", "--lib", "--crate-type", "cdylib", "--locked", "--target", WASM])
        .args(["--profile", cargo_profile(artifact, care), "--no-default-features"])
        .args(["--features", &artifact.features.join(",")])
        .arg("--message-format=json-render-diagnostics")
        .arg("--target-dir")
        .arg(project.target());
    let flags = rustflags(project, artifact, care);
    if !flags.is_empty() {
        // Joined to those of .cargo/config.toml, which an environment variable would replace.
        let list = toml::Value::from(flags);
        cargo.arg("--config").arg(format!("target.{WASM}.rustflags={list}"));
    }
    built_library(cargo).map_err(|failure| failure.remedy("the compiler's words are above"))
}

fn cargo_profile(artifact: &Artifact, care: Care) -> &'static str {
    match (care, artifact.profile) {
        (Care::Draft, _) => "draft",
        (Care::Release, Profile::Release) => "release",
        (Care::Release, Profile::Speed) => "speed",
    }
}

/// The artifact's own flags; a shipped build also forgets the paths of the machine that made it.
fn rustflags(project: &Project, artifact: &Artifact, care: Care) -> Vec<String> {
    let mut flags = artifact.rustflags.clone();
    if care == Care::Release {
        let home =
            env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
        let crates = home.into_iter().flat_map(|home| registries(&home.join("registry/src")));
        for folder in crates.chain([project.root().to_path_buf()]) {
            flags.push(format!("--remap-path-prefix={}=", folder.display()));
        }
    }
    flags
}

/// Cargo keeps the sources of each registry in a folder of its own.
fn registries(sources: &std::path::Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(sources) else { return Vec::new() };
    let mut found = entries.flatten().map(|entry| entry.path()).collect::<Vec<_>>();
    found.sort();
    found
}

/// One line of what cargo reports.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// Runs cargo and takes the last wasm file from its report.
fn built_library(mut cargo: Command) -> Outcome<PathBuf> {
    let words = tools::words(&cargo);
    let mut child = cargo
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .or_fail(format!("cannot start `{words}`"))?;
    let mut wasm = None;
    if let Some(report) = child.stdout.take() {
        for line in BufReader::new(report).lines() {
            let line = line.or_fail(format!("cannot read what `{words}` reports"))?;
            let Ok(message) = serde_json::from_str::<Message>(&line) else { continue };
            if message.reason == "compiler-artifact" {
                let is_wasm = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "wasm");
                wasm = message.filenames.into_iter().find(is_wasm).or(wasm);
            }
        }
    }
    let status = child.wait().or_fail(format!("cannot wait for `{words}`"))?;
    if !status.success() {
        return Err(Failure::new(format!("`{words}` failed ({status})")));
    }
    wasm.or_fail(format!("`{words}` made no wasm file"))
}
