//! From artifacts and TypeScript to what is served: bundles, styles and modules under hashed names.
//!
//! In: `www/src`, `index.html`, the artifacts. Out: `target/site` and `target/npm/hadal`. Never: a name in a cache with two contents.
//!
//! - Each `www/src/*.ts` is a bundle for browsers, each `www/src/*.css` a stylesheet: `site/assets/<name>-<hash>.<ext>`.
//! - Each `www/src/serve/*.ts` is a program for servers: `site/serve/<name>.js`, with the edge function's module beside it.
//! - `artifacts/<name>/<name>.js` and `artifacts/<name>/<name>_bg.wasm` are the artifacts: importing a module gives its address in a browser's
//!   bundle, the file itself in a server's.
//! - `styles/<name>.css` is a minified stylesheet, for `import text from "styles/<name>.css" with { type: "text" }`.
//! - `site/assets.json` tells the hashed name of each asset (`"page.js": "assets/page-1A2B3C4D.js"`); in `index.html` the plain `assets/page.js`
//!   is replaced by it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    build::refuse_html_sinks,
    failure::{OrFail as _, Outcome},
    manifest::Manifest,
    project::{Care, Project},
    say, stamp, tools,
};

/// Browsers and runtimes since 2023: what module scripts, constructable stylesheets and wasm need anyway.
const LANGUAGE: &str = "--target=es2022";

/// Makes `target/site`.
pub(crate) fn make(project: &Project, care: Care) -> Outcome {
    let key = inputs(project, care)?;
    let made = stamp::unless_done(&project.site().join(".stamp"), &key, || {
        say::step("bundling the site", || {
            make_styles(project, care)?;
            let manifest = make_bundles(project, care)?;
            make_index(project, &manifest)?;
            make_servers(project, care)
        })
    })?;
    if !made {
        say::line("site: unchanged");
    }
    Ok(())
}

/// Makes the installable package: the core as one module, its wasm beside it, and its declarations.
pub(crate) fn make_package(project: &Project, care: Care) -> Outcome {
    let (from, to) = (project.artifacts(care).join("core"), project.npm());
    drop(fs::remove_dir_all(&to));
    fs::create_dir_all(&to).or_fail("cannot make target/npm/hadal")?;
    fs::copy(from.join("core_bg.wasm"), to.join("core_bg.wasm"))
        .or_fail("cannot copy core_bg.wasm to target/npm/hadal")?;
    let mut esbuild = esbuild(project, care);
    esbuild.arg("src/core/index.ts").args(["--bundle", "--format=esm", "--platform=neutral", LANGUAGE]);
    tools::run(esbuild.arg(outdir(&to)))?;
    let mut declare = tools::packaged(project, "www", "tsc");
    declare.args(["--project", "tsconfig.core.json"]).arg("--outDir").arg(to.join("types"));
    tools::run(&mut declare)?;
    let about = serde_json::json!({
        "name": "hadal",
        "version": crate_version(project)?,
        "type": "module",
        "sideEffects": false,
        "exports": {
            ".": { "types": "./types/index.d.ts", "default": "./index.js" },
            "./core_bg.wasm": "./core_bg.wasm",
        },
    });
    fs::write(to.join("package.json"), format!("{about:#}\n"))
        .or_fail("cannot write target/npm/hadal/package.json")
}

/// Checks the types of all TypeScript, against the artifacts' own declarations.
pub(crate) fn check_types(project: &Project) -> Outcome {
    tools::run(tools::packaged(project, "www", "tsc").args(["--noEmit", "--project", "tsconfig.json"]))
}

/// Everything that the site is made of.
fn inputs(project: &Project, care: Care) -> Outcome<String> {
    let mut inputs = stamp::Inputs::default()
        .text(care.folder())
        .text(include_str!("site.rs"))
        .folder(&project.at("www/src"))?
        .file(&project.at("www/package-lock.json"))?
        .file(&project.at("index.html"))?;
    for file in stamp::files(&project.artifacts(care))? {
        if file.file_name().is_some_and(|name| name == ".stamp") {
            inputs = inputs.file(&file)?;
        }
    }
    Ok(inputs.key())
}

/// Minified stylesheets for scripts that put them into a shadow root.
fn make_styles(project: &Project, care: Care) -> Outcome {
    let sheets = entries(project, "src", "css")?;
    if sheets.is_empty() {
        return Ok(());
    }
    let mut esbuild = esbuild(project, care);
    esbuild.args(sheets).args(["--bundle", "--minify"]).arg(outdir(&styles(project, care)));
    tools::run(&mut esbuild)
}

/// Everything that browsers load; returns the table of names.
fn make_bundles(project: &Project, care: Care) -> Outcome<Manifest> {
    let assets = project.site().join("assets");
    fs::create_dir_all(&assets).or_fail("cannot make target/site/assets")?;
    let sources = [entries(project, "src", "ts")?, entries(project, "src", "css")?].concat();
    let manifest = if sources.is_empty() {
        Manifest::default()
    } else {
        let report = project.artifacts(care).join("bundles.json");
        let mut esbuild = esbuild(project, care);
        esbuild
            .args(sources)
            .args(["--bundle", "--splitting", "--format=esm", "--loader:.wasm=file", LANGUAGE])
            .args([
                "--entry-names=[name]-[hash]",
                "--chunk-names=[name]-[hash]",
                "--asset-names=[name]-[hash]",
            ])
            .arg(format!("--metafile={}", report.display()))
            .arg(outdir(&assets));
        if care == Care::Release {
            esbuild.arg("--minify");
        } else {
            esbuild.arg("--sourcemap=inline");
        }
        tools::run(&mut esbuild)?;
        Manifest::read(&report)?
    };
    remove_old(&assets, &manifest.files())?;
    for file in manifest.files().iter().filter(|file| has_ending(file, "js")) {
        let script = fs::read_to_string(assets.join(file)).or_fail(format!("cannot read {file}"))?;
        // A draft's source map quotes sources, which may speak of what they avoid.
        let code = script.split("//# sourceMappingURL=").next().unwrap_or_default();
        refuse_html_sinks(file, code)?;
    }
    let names = serde_json::to_string_pretty(&manifest.names()).or_fail("cannot write assets.json")?;
    fs::write(project.site().join("assets.json"), names + "\n").or_fail("cannot write assets.json")?;
    Ok(manifest)
}

/// The static page, with the names of today.
fn make_index(project: &Project, manifest: &Manifest) -> Outcome {
    let source = project.at("index.html");
    if !source.is_file() {
        return Ok(());
    }
    let page = fs::read_to_string(source).or_fail("cannot read index.html")?;
    fs::write(project.site().join("index.html"), manifest.fill_in(&page)?)
        .or_fail("cannot write target/site/index.html")
}

/// The programs that servers start, and the edge function's module beside them.
fn make_servers(project: &Project, care: Care) -> Outcome {
    let folder = project.site().join("serve");
    fs::create_dir_all(&folder).or_fail("cannot make target/site/serve")?;
    let module = project.artifacts(care).join("edge/edge_bg.wasm");
    if module.is_file() {
        fs::copy(&module, folder.join("edge_bg.wasm")).or_fail("cannot copy the edge function's module")?;
    }
    fs::write(folder.join("package.json"), "{ \"type\": \"module\" }\n")
        .or_fail("cannot write serve/package.json")?;
    let sources = entries(project, "src/serve", "ts")?;
    if sources.is_empty() {
        return Ok(());
    }
    let mut esbuild = esbuild(project, care);
    esbuild
        .args(sources)
        .args([
            "--bundle",
            "--format=esm",
            "--platform=neutral",
            "--external:node:*",
            "--external:cloudflare:*",
        ])
        .args(["--loader:.wasm=copy", "--asset-names=[name]", LANGUAGE])
        .arg(format!("--alias:site={}", project.site().display()))
        .arg(outdir(&folder));
    tools::run(&mut esbuild)
}

/// esbuild with what every call has in common.
fn esbuild(project: &Project, care: Care) -> Command {
    let mut esbuild = tools::packaged(project, "www", "esbuild");
    esbuild
        .arg("--log-level=warning")
        .arg(format!("--alias:artifacts={}", project.artifacts(care).display()))
        .arg(format!("--alias:styles={}", styles(project, care).display()));
    esbuild
}

fn styles(project: &Project, care: Care) -> PathBuf {
    project.artifacts(care).join("styles")
}

fn has_ending(path: impl AsRef<Path>, ending: &str) -> bool {
    path.as_ref().extension().is_some_and(|extension| extension == ending)
}

fn outdir(folder: &Path) -> String {
    format!("--outdir={}", folder.display())
}

/// The files with this ending that lie directly in a folder of `www`, declarations aside.
fn entries(project: &Project, folder: &str, ending: &str) -> Outcome<Vec<PathBuf>> {
    let folder = project.www().join(folder);
    let is_entry = |path: &PathBuf| {
        let is_declaration = path.file_stem().is_some_and(|stem| has_ending(stem, "d"));
        path.parent() == Some(folder.as_path()) && has_ending(path, ending) && !is_declaration
    };
    Ok(stamp::files(&folder)?.into_iter().filter(is_entry).collect())
}

/// Removes the assets that no name points to any more.
fn remove_old(assets: &Path, current: &BTreeSet<String>) -> Outcome {
    for file in stamp::files(assets)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !current.contains(&name) {
            fs::remove_file(&file).or_fail(format!("cannot remove {}", file.display()))?;
        }
    }
    Ok(())
}

fn crate_version(project: &Project) -> Outcome<String> {
    let text = fs::read_to_string(project.at("Cargo.toml")).or_fail("cannot read Cargo.toml")?;
    let about: toml::Table = toml::from_str(&text).or_fail("cannot read Cargo.toml")?;
    let version =
        about.get("package").and_then(|package| package.get("version")).and_then(toml::Value::as_str);
    version.map(str::to_owned).or_fail("Cargo.toml names no version")
}
