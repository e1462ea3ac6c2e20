//! esbuild, as every bundle calls it: the names that sources use for what the build makes, and what its results depend on.
//!
//! In: a folder of sources. Out: a command to add words to. Never: a bundle, which the site and the package make.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    failure::{OrFail as _, Outcome},
    project::{Care, Project},
    stamp, tools,
};

/// Browsers and runtimes since 2023: what module scripts, constructable stylesheets and wasm need anyway.
pub(crate) const LANGUAGE: &str = "--target=es2022";

/// esbuild with what every call has in common.
pub(crate) fn esbuild(project: &Project, care: Care) -> Command {
    let mut esbuild = tools::packaged(project, "www", "esbuild");
    esbuild
        .arg("--log-level=warning")
        .arg(format!("--alias:artifacts={}", project.artifacts(care).display()))
        .arg(format!("--alias:styles={}", styles(project, care).display()))
        .arg(format!("--alias:vocabulary={}", project.zipped().display()));
    esbuild
}

/// A key of everything that bundles are made of.
pub(crate) fn key(project: &Project, care: Care) -> Outcome<String> {
    let mut inputs = stamp::Inputs::default()
        .text(care.folder())
        .folder(&project.at("www/src"))?
        .file(&project.at("www/package-lock.json"))?
        .file(&project.at("www/tsconfig.json"))?
        .file(&project.at("www/tsconfig.core.json"))?
        .file(&project.at("index.html"))?
        .folder(&project.zipped())?
        // How they are made: this program.
        .file(&std::env::current_exe().or_fail("cannot find this program")?)?;
    for file in stamp::files(&project.artifacts(care))? {
        // An artifact's stamp changes with the artifact.
        if file.file_name().is_some_and(|name| name == ".stamp") {
            inputs = inputs.file(&file)?;
        }
    }
    Ok(inputs.key())
}

/// The files with this ending that lie directly in a folder of `www`, declarations aside.
pub(crate) fn entries(project: &Project, folder: &str, ending: &str) -> Outcome<Vec<PathBuf>> {
    let folder = project.www().join(folder);
    let is_entry = |path: &PathBuf| {
        let is_declaration = path.file_stem().is_some_and(|stem| has_ending(stem, "d"));
        path.parent() == Some(folder.as_path()) && has_ending(path, ending) && !is_declaration
    };
    Ok(stamp::files(&folder)?.into_iter().filter(is_entry).collect())
}

/// The folder of the minified stylesheets.
pub(crate) fn styles(project: &Project, care: Care) -> PathBuf {
    project.artifacts(care).join("styles")
}

pub(crate) fn has_ending(path: impl AsRef<Path>, ending: &str) -> bool {
    path.as_ref().extension().is_some_and(|extension| extension == ending)
}

/// Where to write.
pub(crate) fn outdir(folder: &Path) -> String {
    format!("--outdir={}", folder.display())
}
