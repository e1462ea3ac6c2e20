//! `cargo xtask build`: the artifacts, then the site and the package made of them.
//!
//! In: names of artifacts, or none for all that ship. Out: `target/hadal`, `target/site`, `target/npm`. Never: a step whose inputs are as they were.

use std::fs;

use crate::{
    artifacts::{Artifact, Plan, User},
    bindgen, compile,
    failure::{Failure, OrFail as _, Outcome},
    package,
    project::{Care, Project},
    say, shrink, site, stamp, tools, vocabulary,
};

/// What must not occur in anything that a browser runs: text is never parsed as HTML.
const FORBIDDEN: [&str; 3] = ["innerHTML", "outerHTML", "insertAdjacentHTML"];

/// What to build.
#[derive(Debug)]
pub(crate) enum Scope {
    /// Everything, the tests' artifacts included.
    Everything,
    /// Everything that ships.
    Shipped,
    /// What the page and the edge function need.
    Site,
    /// These artifacts alone.
    Named(Vec<String>),
}

/// Builds what `scope` asks for.
pub(crate) fn build(project: &Project, care: Care, scope: &Scope) -> Outcome {
    let plan = Plan::read(project)?;
    let chosen: Vec<&Artifact> = match scope {
        Scope::Everything => plan.artifacts().collect(),
        Scope::Shipped => plan.artifacts().filter(|artifact| artifact.ships()).collect(),
        Scope::Site => plan.used_by(User::Site).collect(),
        Scope::Named(names) => plan.named(names)?,
    };
    bindgen::check_version(project)?;
    tools::ensure_wasm_target(project)?;
    tools::ensure_packages(project, "www")?;
    vocabulary::make(project)?;
    for (number, artifact) in chosen.iter().enumerate() {
        let what =
            format!("artifact {} of {}: {} ({})", number + 1, chosen.len(), artifact.name, care.folder());
        say::step(&what, || make(project, artifact, care))?;
    }
    match scope {
        // The package is its artifacts and no more than a bundle away from them.
        Scope::Named(names) if plan.used_by(User::Npm).all(|artifact| names.contains(&artifact.name)) => {
            package::make(project, care)
        }
        Scope::Named(_) => Ok(()),
        Scope::Site => site::make(project, care),
        Scope::Everything | Scope::Shipped => {
            site::make(project, care)?;
            package::make(project, care)
        }
    }
}

/// Refuses JavaScript that could turn text into HTML.
pub(crate) fn refuse_html_sinks(name: &str, script: &str) -> Outcome {
    match FORBIDDEN.iter().find(|sink| script.contains(*sink)) {
        None => Ok(()),
        Some(sink) => Err(Failure::new(format!("{name} contains `{sink}`")).remedy(
            "build the nodes instead; in a `view!`, a static subtree needs its text in braces: {\"text\"}",
        )),
    }
}

/// One artifact: compiled, bound and, when it ships, shrunk.
fn make(project: &Project, artifact: &Artifact, care: Care) -> Outcome {
    let wasm = compile::compile(project, artifact, care)?;
    let folder = project.artifacts(care).join(&artifact.name);
    let key = stamp::Inputs::default()
        .file(&wasm)?
        .text(&bindgen::version()?)
        .text(include_str!("bindgen.rs"))
        .text(include_str!("mute.rs"))
        .text(&artifact.mute.to_string())
        .text(&format!("{:?} {:?}", artifact.target, shrink::flags(artifact)))
        .file(&project.at("www/package-lock.json"))?
        .key();
    let made = stamp::unless_done(&folder.join(".stamp"), &key, || {
        drop(fs::remove_dir_all(&folder));
        bindgen::bind(artifact, care, &wasm, &folder)?;
        mark_as_modules(project)?;
        if care == Care::Release {
            let module = folder.join(format!("{}_bg.wasm", artifact.name));
            let (before, after) = shrink::shrink(project, artifact, &module)?;
            let (before, after) = (say::kilobytes(before), say::kilobytes(after));
            say::line(&format!("{}: wasm-opt makes {before} to {after}", artifact.name));
        }
        Ok(())
    })?;
    if !made {
        say::line(&format!("{}: unchanged", artifact.name));
    }
    let glue = folder.join(format!("{}.js", artifact.name));
    let script = fs::read_to_string(&glue).or_fail(format!("cannot read {}", project.short(&glue)))?;
    refuse_html_sinks(&project.short(&glue).to_string(), &script)
}

/// Node takes a `.js` file for a module only where a package says so.
fn mark_as_modules(project: &Project) -> Outcome {
    fs::write(project.at("target/hadal/package.json"), "{ \"type\": \"module\" }\n")
        .or_fail("cannot write target/hadal/package.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_parses_html_is_refused_by_name() {
        let failure = refuse_html_sinks("page.js", "node.innerHTML = text;").unwrap_err();
        assert!(failure.to_string().starts_with("page.js contains `innerHTML`"), "{failure}");
        assert!(refuse_html_sinks("page.js", "node.textContent = text;").is_ok());
    }
}
