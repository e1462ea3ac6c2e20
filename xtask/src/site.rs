//! From artifacts and TypeScript to what is served: bundles, styles and modules under hashed names.
//!
//! In: `www/src`, `index.html`, the artifacts. Out: `target/site`. Never: a name in a cache with two contents.
//!
//! - Each `www/src/*.ts` is a bundle for browsers, each `www/src/*.css` a stylesheet: `site/assets/<name>-<hash>.<ext>`.
//! - Each `www/src/serve/*.ts` is a program for servers: `site/serve/<name>.js`, with the edge function's module beside it.
//! - `artifacts/<name>/<name>.js` and `artifacts/<name>/<name>_bg.wasm` are the artifacts: importing a module gives its address in a browser's
//!   bundle, the file itself in a server's.
//! - `vocabulary/<name>.pack` is a vocabulary, zipped: importing it gives its address.
//! - `styles/<name>.css` is a minified stylesheet, for `import text from "styles/<name>.css" with { type: "text" }`.
//! - `vocabulary/<name>.pack` are the packs of the vocabulary, zipped; `assets/NOTICE.txt` beside them says whose it is.
//! - `site/assets.json` tells the hashed name of each asset (`"page.js": "assets/page-1A2B3C4D.js"`); in `index.html` the plain `assets/page.js`
//!   is replaced by it.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{
    build::refuse_html_sinks,
    esbuild::{self, LANGUAGE, entries, esbuild, has_ending, outdir, styles},
    failure::{OrFail as _, Outcome},
    manifest::Manifest,
    project::{Care, Project},
    say, stamp, tools, vocabulary,
};

/// Makes `target/site`.
pub(crate) fn make(project: &Project, care: Care) -> Outcome {
    let key = esbuild::key(project, care)?;
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

/// Checks the types of all TypeScript, against the artifacts' own declarations.
pub(crate) fn check_types(project: &Project) -> Outcome {
    tools::run(tools::packaged(project, "www", "tsc").args(["--noEmit", "--project", "tsconfig.json"]))
}

/// Minified stylesheets for scripts that put them into a shadow root.
fn make_styles(project: &Project, care: Care) -> Outcome {
    let mut esbuild = esbuild(project, care);
    esbuild
        .args(entries(project, "src", "css")?)
        .args(["--bundle", "--minify"])
        .arg(outdir(&styles(project, care)));
    tools::run(&mut esbuild)
}

/// Everything that browsers load; returns the table of names.
fn make_bundles(project: &Project, care: Care) -> Outcome<Manifest> {
    let assets = project.site().join("assets");
    fs::create_dir_all(&assets).or_fail("cannot make target/site/assets")?;
    let report = project.artifacts(care).join("bundles.json");
    let mut esbuild = esbuild(project, care);
    esbuild
        .args(entries(project, "src", "ts")?)
        .args(entries(project, "src", "css")?)
        .args([
            "--bundle",
            "--splitting",
            "--format=esm",
            "--loader:.wasm=file",
            "--loader:.pack=file",
            LANGUAGE,
        ])
        .args(["--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]", "--asset-names=[name]-[hash]"])
        .arg(format!("--metafile={}", report.display()))
        .arg(outdir(&assets))
        .arg(match care {
            Care::Release => "--minify",
            Care::Draft => "--sourcemap=inline",
        });
    tools::run(&mut esbuild)?;
    let manifest = Manifest::read(&report)?;
    remove_old(&assets, &manifest.files())?;
    fs::copy(project.zipped().join(vocabulary::NOTICE), assets.join(vocabulary::NOTICE))
        .or_fail("cannot copy the vocabulary's notice to target/site/assets")?;
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
    let page = fs::read_to_string(project.at("index.html")).or_fail("cannot read index.html")?;
    fs::write(project.site().join("index.html"), manifest.fill_in(&page)?)
        .or_fail("cannot write target/site/index.html")
}

/// The programs that servers start, and the edge function's module beside them.
fn make_servers(project: &Project, care: Care) -> Outcome {
    let folder = project.site().join("serve");
    fs::create_dir_all(&folder).or_fail("cannot make target/site/serve")?;
    fs::copy(project.artifacts(care).join("edge/edge_bg.wasm"), folder.join("edge_bg.wasm"))
        .or_fail("cannot copy the edge function's module")?;
    fs::write(folder.join("package.json"), "{ \"type\": \"module\" }\n")
        .or_fail("cannot write serve/package.json")?;
    let mut esbuild = esbuild(project, care);
    esbuild
        .args(entries(project, "src/serve", "ts")?)
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
