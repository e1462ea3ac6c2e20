//! `cargo xtask bench`: the benchmarks, on a release build.
//!
//! In: `bench/*.mjs`. Out: what they print. Never: a verdict; times are read by people.

use crate::{
    build::{self, Scope},
    failure::{Failure, Outcome},
    project::{Care, Project},
    say, stamp, tools,
};

/// Builds what ships, then runs each benchmark, or those whose names were given.
pub(crate) fn bench(project: &Project, names: &[String]) -> Outcome {
    build::build(project, Care::Release, &Scope::Shipped)?;
    tools::ensure_packages(project, "tests")?;
    let files = stamp::files(&project.at("bench"))?;
    let mut ran = 0;
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "mjs")) {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        if !names.is_empty() && !names.iter().any(|wanted| *wanted == name) {
            continue;
        }
        ran += 1;
        say::line(&format!("bench/{name}.mjs"));
        tools::run(tools::node()?.current_dir(project.root()).arg("--expose-gc").arg(file))?;
    }
    match ran {
        0 => {
            Err(Failure::new("no benchmark has such a name")
                .remedy("the benchmarks are the files bench/*.mjs"))
        }
        _ => Ok(()),
    }
}
