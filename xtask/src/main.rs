//! `cargo xtask`: the one door for Hadal's commands.
//!
//! In: a command and its words. Out: its work, or one sentence on what failed and one on the remedy. Never: a tool that has to be installed by hand
//! beyond rustup and Node.

mod artifacts;
mod bench;
mod bindgen;
mod build;
mod compile;
mod esbuild;
mod failure;
mod manifest;
mod mute;
mod oracle;
mod package;
mod project;
mod run;
mod say;
mod shrink;
mod site;
mod size;
mod smoke;
mod stamp;
mod tally;
mod test;
mod tools;
mod vocabulary;

use std::{env, process::ExitCode};

use build::Scope;
use failure::{Failure, Outcome};
use project::{Care, Project};

const USAGE: &str = "\
usage: cargo xtask <command>

  run [--release] [-- --replay FILE|DIR]   build the page and the edge function, serve them on this machine
  test                                     everything: form, lints, tests, runtimes, browser, sizes, documentation
  build [--draft] [artifact ...]           the artifacts, the site and the npm package; or these artifacts alone
  vocabulary                               the packs of the vocabulary alone, which tests read
  size                                     what the artifacts weigh, against their budgets
  bench [name ...]                         the benchmarks
  oracle [--write-vectors]                 the tokenizer against the public reference; needs Python and Debian's packages
  smoke                                    a short conversation with the provider of HADAL_UPSTREAM and HADAL_API_KEY";

fn main() -> ExitCode {
    let words = env::args().skip(1).collect::<Vec<_>>();
    match obey(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}

/// Does what the words say; false when it was done and found failures.
fn obey(words: &[String]) -> Outcome<bool> {
    let Some((command, words)) = words.split_first() else {
        return Err(Failure::new(USAGE));
    };
    let project = Project::find()?;
    match command.as_str() {
        "run" => {
            let (own, servers) = split(words);
            let care = if flag(own, "--release")? { Care::Release } else { Care::Draft };
            run::run(&project, care, servers)?;
        }
        "test" if words.is_empty() => return test::test(&project),
        "build" => {
            let (flags, names): (Vec<_>, Vec<_>) =
                words.iter().cloned().partition(|word| word.starts_with('-'));
            let care = if flag(&flags, "--draft")? { Care::Draft } else { Care::Release };
            let scope = if names.is_empty() { Scope::Shipped } else { Scope::Named(names) };
            build::build(&project, care, &scope)?;
        }
        "vocabulary" if words.is_empty() => vocabulary::make(&project)?,
        "size" if words.is_empty() => {
            build::build(&project, Care::Release, &Scope::Shipped)?;
            size::size(&project)?;
        }
        "bench" => bench::bench(&project, words)?,
        "oracle" => oracle::oracle(&project, flag(words, "--write-vectors")?)?,
        "smoke" => smoke::smoke(&project, words)?,
        "help" | "--help" | "-h" => println!("{USAGE}"),
        _ => return Err(Failure::new(format!("`{command} {}` is no command\n\n{USAGE}", words.join(" ")))),
    }
    Ok(true)
}

/// The words before `--`, and those after it.
fn split(words: &[String]) -> (&[String], &[String]) {
    match words.iter().position(|word| word == "--") {
        Some(place) => (&words[..place], &words[place + 1..]),
        None => (words, &[]),
    }
}

/// Whether the one flag that a command knows was given; another is refused.
fn flag(words: &[String], known: &str) -> Outcome<bool> {
    match words.iter().find(|word| *word != known) {
        Some(unknown) => Err(Failure::new(format!("`{unknown}` is not understood\n\n{USAGE}"))),
        None => Ok(!words.is_empty()),
    }
}
