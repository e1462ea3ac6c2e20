//! From the artifacts of programs and their TypeScript to an installable package.
//!
//! In: `www/src/core`, the artifacts `core` and `tokens`. Out: `target/npm/hadal`. Never: a dependency.

use std::{fs, path::Path};

use crate::{
    build::refuse_html_sinks,
    esbuild::{self, LANGUAGE, esbuild, outdir},
    failure::{OrFail as _, Outcome},
    project::{Care, Project},
    say, stamp, tools, vocabulary,
};

/// Makes `target/npm/hadal`: one module and its Worker, their wasm beside them, and its declarations.
pub(crate) fn make(project: &Project, care: Care) -> Outcome {
    let folder = project.npm();
    let key = esbuild::key(project, care)?;
    let made = stamp::unless_done(&folder.with_extension("stamp"), &key, || {
        say::step("making the package", || {
            drop(fs::remove_dir_all(&folder));
            fs::create_dir_all(&folder).or_fail("cannot make target/npm/hadal")?;
            for name in ["core", "tokens"] {
                let module = format!("{name}_bg.wasm");
                fs::copy(project.artifacts(care).join(name).join(&module), folder.join(&module))
                    .or_fail(format!("cannot copy {module} to target/npm/hadal"))?;
            }
            for name in ["ids.pack", "counts.pack"] {
                fs::copy(project.zipped().join(name), folder.join(format!("{name}.gz")))
                    .or_fail(format!("cannot copy {name} to target/npm/hadal"))?;
            }
            fs::copy(project.zipped().join(vocabulary::NOTICE), folder.join(vocabulary::NOTICE))
                .or_fail("cannot copy the vocabulary's notice to target/npm/hadal")?;
            make_scripts(project, care, &folder)?;
            declare_types(project, &folder)?;
            describe(project, &folder)
        })
    })?;
    if !made {
        say::line("package: unchanged");
    }
    Ok(())
}

/// The package's module and its Worker, each one file without the names and comments that only its authors read.
fn make_scripts(project: &Project, care: Care, folder: &Path) -> Outcome {
    let mut esbuild = esbuild(project, care);
    esbuild.args(["src/core/index.ts", "src/core/worker.ts"]);
    esbuild.args(["--bundle", "--format=esm", "--platform=neutral", LANGUAGE]);
    if care == Care::Release {
        esbuild.arg("--minify");
    }
    tools::run(esbuild.arg(outdir(folder)))?;
    for name in ["index.js", "worker.js"] {
        let what = format!("target/npm/hadal/{name}");
        let script = fs::read_to_string(folder.join(name)).or_fail(format!("cannot read {what}"))?;
        refuse_html_sinks(&what, &script)?;
    }
    Ok(())
}

fn declare_types(project: &Project, folder: &Path) -> Outcome {
    let mut tsc = tools::packaged(project, "www", "tsc");
    tools::run(tsc.args(["--project", "tsconfig.core.json"]).arg("--outDir").arg(folder.join("types")))
}

/// The package's own description, as text: the order of conditions means something, and `types` comes first.
fn describe(project: &Project, folder: &Path) -> Outcome {
    let about = format!(
        r#"{{
  "name": "hadal",
  "version": "{}",
  "type": "module",
  "sideEffects": false,
  "exports": {{
    ".": {{ "types": "./types/index.d.ts", "default": "./index.js" }},
    "./worker.js": "./worker.js",
    "./core_bg.wasm": "./core_bg.wasm",
    "./tokens_bg.wasm": "./tokens_bg.wasm",
    "./ids.pack.gz": "./ids.pack.gz",
    "./counts.pack.gz": "./counts.pack.gz"
  }}
}}
"#,
        crate_version(project)?
    );
    fs::write(folder.join("package.json"), about).or_fail("cannot write target/npm/hadal/package.json")
}

fn crate_version(project: &Project) -> Outcome<String> {
    let text = fs::read_to_string(project.at("Cargo.toml")).or_fail("cannot read Cargo.toml")?;
    let about: toml::Table = toml::from_str(&text).or_fail("cannot read Cargo.toml")?;
    let version =
        about.get("package").and_then(|package| package.get("version")).and_then(toml::Value::as_str);
    version.map(str::to_owned).or_fail("Cargo.toml names no version")
}
