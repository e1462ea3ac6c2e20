//! `cargo xtask oracle`: the tokenizer against the public reference, on tens of megabytes of text. Opt-in: it needs Python and the registries.
//!
//! In: `tests/oracle`, and packages of `PyPI`, npm, apt and crates.io of pinned versions. Out: a line a set of texts, failure at any mismatch; with
//! `--write-vectors`, `tests/vectors/tokens.jsonl` as well. Never: a part of the default tests, a package installed outside `target`.

use std::{path::PathBuf, process::Command};

use crate::{
    failure::{Failure, Outcome},
    project::Project,
    say, stamp, tools, vocabulary,
};

/// The reference, exactly.
const REFERENCE: &str = "tokenizers==0.23.3";

/// Compares everything, on request after writing the vectors anew.
pub(crate) fn oracle(project: &Project, write_vectors: bool) -> Outcome {
    vocabulary::make(project)?;
    let mut python = prepare(project)?;
    say::step("building examples/oracle.rs", || {
        let mut cargo = tools::cargo(project);
        cargo.args(["build", "--quiet", "--locked", "--profile", "speed", "--example", "oracle"]);
        tools::run(&mut cargo)
    })?;
    if write_vectors {
        python.arg("--write-vectors");
    }
    tools::run(&mut python)
        .map_err(|_| Failure::new("the tokenizer and the reference were not compared, or differ"))
}

/// Makes the texts of the benchmark in `target/oracle/samples`.
pub(crate) fn samples(project: &Project) -> Outcome {
    let key = stamp::Inputs::default().folder(&project.at("tests/oracle"))?.key();
    stamp::unless_done(&project.at("target/oracle/samples/.stamp"), &key, || {
        say::step("collecting the texts", || tools::run(prepare(project)?.arg("--corpus")))
    })?;
    Ok(())
}

/// The program of `tests/oracle`, with everything in place that it reads.
fn prepare(project: &Project) -> Outcome<Command> {
    tools::ensure_packages(project, "www")?;
    let python = environment(project)?;
    vendor(project)?;
    let mut command = Command::new(python);
    command.current_dir(project.root()).env("PYTHONDONTWRITEBYTECODE", "1");
    command.arg("tests/oracle/oracle.py").arg("--root").arg(project.root());
    Ok(command)
}

/// Python with the reference, in `target/oracle/venv`.
fn environment(project: &Project) -> Outcome<PathBuf> {
    let folder = project.at("target/oracle/venv");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let key = stamp::Inputs::default().text(REFERENCE).key();
    stamp::unless_done(&folder.join(".stamp"), &key, || {
        say::step(&format!("installing {REFERENCE}"), || {
            let system = if cfg!(windows) { "python" } else { "python3" };
            tools::run(Command::new(system).args(["-m", "venv", "--clear"]).arg(&folder))
                .map_err(|failure| failure.remedy("install Python 3.9 or newer with its module venv"))?;
            // What it depends on only fetches from a hub, which nothing here does.
            tools::run(Command::new(&python).args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                REFERENCE,
            ]))
            .map_err(|failure| failure.remedy("see that PyPI can be reached"))
        })
    })?;
    Ok(python)
}

/// The sources of what the crate depends on, for their Rust, in `target/oracle/vendor`.
fn vendor(project: &Project) -> Outcome {
    let folder = project.at("target/oracle/vendor");
    let key = stamp::Inputs::default().file(&project.at("Cargo.lock"))?.key();
    stamp::unless_done(&project.at("target/oracle/.vendor-stamp"), &key, || {
        say::step("collecting the sources of the dependencies", || {
            let mut cargo = tools::cargo(project);
            cargo.args(["vendor", "--quiet", "--locked", "--versioned-dirs"]).arg(&folder);
            tools::answer(&mut cargo).map(drop)
        })
    })?;
    Ok(())
}
