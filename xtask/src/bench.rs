//! `cargo xtask bench`: the benchmarks, on a release build.
//!
//! In: `bench/*.mjs`, and for the tokenizer `bench/native`. Out: what they print. Never: a verdict; times are read by people.

use crate::{
    build::{self, Scope},
    failure::{Failure, Outcome},
    oracle,
    project::{Care, Project},
    say, stamp, tools,
};

/// The benchmark that needs two artifacts alone, other people's tokenizers and much text.
const TOKENS: &str = "tokens";
/// Those artifacts.
const OWN: [&str; 2] = ["tally", "tokens"];

/// Builds what ships, then runs each benchmark, or those whose names were given.
pub(crate) fn bench(project: &Project, names: &[String]) -> Outcome {
    let files = stamp::files(&project.at("bench"))?;
    let is_own = |file: &&std::path::PathBuf| {
        file.extension().is_some_and(|extension| extension == "mjs")
            && file.parent() == Some(project.at("bench").as_path())
    };
    let known = files
        .iter()
        .filter(is_own)
        .map(|file| file.file_stem().unwrap_or_default().to_string_lossy().into_owned());
    let chosen = known
        .filter(|name| names.is_empty() || names.iter().any(|wanted| wanted == name))
        .collect::<Vec<_>>();
    if chosen.is_empty() {
        return Err(
            Failure::new("no benchmark has such a name").remedy("the benchmarks are the files bench/*.mjs")
        );
    }
    let scope = match chosen.as_slice() {
        [only] if only == TOKENS => Scope::Named(OWN.map(str::to_owned).to_vec()),
        _ => Scope::Shipped,
    };
    build::build(project, Care::Release, &scope)?;
    tools::ensure_packages(project, "tests")?;
    for name in chosen {
        if name == TOKENS {
            tools::ensure_packages(project, "bench")?;
            oracle::samples(project)?;
        }
        say::line(&format!("bench/{name}.mjs"));
        let file = project.at("bench").join(format!("{name}.mjs"));
        tools::run(tools::node()?.current_dir(project.root()).arg("--expose-gc").arg(file))?;
        if name == TOKENS {
            native(project)?;
        }
    }
    Ok(())
}

/// The tokenizer as native code, beside the crates that do the same.
fn native(project: &Project) -> Outcome {
    say::line("bench/native");
    let mut cargo = tools::cargo(project);
    cargo.args(["run", "--quiet", "--release", "--locked", "--manifest-path", "bench/native/Cargo.toml"]);
    cargo.arg("--target-dir").arg(project.at("target/bench"));
    tools::run(&mut cargo)
}
