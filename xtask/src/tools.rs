//! The programs that the commands need: cargo, the wasm target, Node, npm's packages, Chromium.
//!
//! In: a name. Out: a command that is known to be there, installed when that is ours to do. Never: a missing program without its remedy.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    failure::{Failure, OrFail as _, Outcome},
    project::Project,
    say, stamp,
};

pub(crate) const WASM: &str = "wasm32-unknown-unknown";
const OLDEST_NODE: u32 = 20;

/// Cargo as it was called, at the top of the repository.
pub(crate) fn cargo(project: &Project) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Flags from outside would replace those of .cargo/config.toml and of wasm-pack.toml.
    command.current_dir(project.root()).env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
}

/// Cargo for builds of one artifact after another.
///
/// Cargo keeps one set of results of a library that is also a `cdylib`, so that each artifact's features would throw away what the artifact
/// before had built. This variable, which Rust's own build sets as well, makes it keep one set a choice of features; without it all is right but slow.
pub(crate) fn cargo_for_artifacts(project: &Project) -> Command {
    let mut command = cargo(project);
    command.env("__CARGO_DEFAULT_LIB_METADATA", "artifacts");
    command
}

/// Adds the wasm target to the toolchain when it is missing.
pub(crate) fn ensure_wasm_target(project: &Project) -> Outcome {
    let mut rustc = Command::new("rustc");
    rustc.current_dir(project.root()).args(["--print", "target-libdir", "--target", WASM]);
    let libraries = PathBuf::from(answer(&mut rustc)?.trim());
    if libraries.is_dir() {
        return Ok(());
    }
    say::step(&format!("adding the target {WASM}"), || {
        let mut rustup = Command::new("rustup");
        rustup.current_dir(project.root()).args(["target", "add", WASM]);
        run(&mut rustup).map_err(|failure| {
            failure.remedy(format!("install rustup (https://rustup.rs), then run `rustup target add {WASM}`"))
        })
    })
}

/// Node, new enough.
pub(crate) fn node() -> Outcome<Command> {
    let remedy = format!("install Node {OLDEST_NODE} or newer (https://nodejs.org) and put it on the PATH");
    let said =
        answer(Command::new("node").arg("--version")).map_err(|failure| failure.remedy(remedy.clone()))?;
    let major =
        said.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(Command::new("node")),
        _ => Err(Failure::new(format!("Node {} is too old", said.trim())).remedy(remedy)),
    }
}

/// Installs a folder's packages from its lockfile, unless exactly these are there.
pub(crate) fn ensure_packages(project: &Project, folder: &str) -> Outcome {
    node()?;
    let place = project.at(folder);
    let key = stamp::Inputs::default()
        .file(&place.join("package.json"))?
        .file(&place.join("package-lock.json"))?
        .key();
    stamp::unless_done(&place.join("node_modules/.hadal-stamp"), &key, || {
        say::step(&format!("installing the packages of {folder}/"), || {
            let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
            npm.current_dir(&place).args(["ci", "--no-audit", "--no-fund"]);
            run(&mut npm).map_err(|failure| {
                failure.remedy(format!(
                    "see that npm is installed and its registry can be reached, then run `npm ci` in {folder}/"
                ))
            })
        })
    })?;
    Ok(())
}

/// A program that a package of `folder` brought.
pub(crate) fn packaged(project: &Project, folder: &str, program: &str) -> Command {
    let file = if cfg!(windows) { format!("{program}.cmd") } else { program.to_owned() };
    let mut command = Command::new(project.at(folder).join("node_modules/.bin").join(file));
    command.current_dir(project.at(folder));
    command
}

/// Chromium: named by `HADAL_CHROMIUM`, found on the machine, or installed where that can be done without asking.
pub(crate) fn chromium() -> Outcome<PathBuf> {
    if let Some(named) = env::var_os("HADAL_CHROMIUM") {
        return Ok(named.into());
    }
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    say::step("installing Chromium", install_chromium)
        .map_err(|failure| failure.remedy("install Chromium or Chrome, or name it in HADAL_CHROMIUM"))?;
    find_chromium().or_fail("Chromium was installed but is not on the PATH")
}

/// Runs a command to its end; its words go to the person.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command.status().or_fail(format!("cannot start `{}`", words(command)))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("`{}` failed ({status})", words(command))))
}

/// Runs a command and takes what it says; complaints go to the person.
pub(crate) fn answer(command: &mut Command) -> Outcome<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .or_fail(format!("cannot start `{}`", words(command)))?;
    if !output.status.success() {
        return Err(Failure::new(format!("`{}` failed ({})", words(command), output.status)));
    }
    String::from_utf8(output.stdout).or_fail(format!("`{}` said no text", words(command)))
}

/// The command as one would type it, its longest arguments left out.
pub(crate) fn words(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy();
    let arguments = command.get_args().map(|word| word.to_string_lossy()).filter(|word| word.len() < 60);
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}

fn find_chromium() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain([PathBuf::from("/usr/bin")]).collect::<Vec<_>>();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

/// With Debian's packages, as root or through a sudo that does not ask.
fn install_chromium() -> Outcome {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| owner(&own) == 0);
    let apt = |arguments: &[&str]| {
        let mut command = if is_root { Command::new("apt-get") } else { Command::new("sudo") };
        if !is_root {
            command.args(["-n", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        run(&mut command)
    };
    apt(&["update", "-qq"])?;
    apt(&["install", "-y", "-qq", "--no-install-recommends", "chromium"])
}

#[cfg(unix)]
fn owner(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::uid(metadata)
}

#[cfg(not(unix))]
fn owner(_metadata: &fs::Metadata) -> u32 {
    1
}
