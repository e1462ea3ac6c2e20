//! The names of assets: what a page asks for, and the file whose name tells its content.
//!
//! In: esbuild's report. Out: the table of names, what a script brings along, a page with its names filled in. Never: a name without a file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde::Deserialize;

use crate::failure::{Failure, OrFail as _, Outcome};

/// What esbuild wrote.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    /// Plain name to file name: `page.js` to `page-1A2B3C4D.js`.
    names: BTreeMap<String, String>,
    /// File name to what it imports before it runs.
    imports: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Report {
    outputs: BTreeMap<String, Written>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    entry_point: Option<String>,
    inputs: BTreeMap<String, serde_json::Value>,
    imports: Vec<Import>,
}

#[derive(Deserialize)]
struct Import {
    path: String,
    kind: String,
    #[serde(default)]
    external: bool,
}

impl Manifest {
    pub(crate) fn read(report: &Path) -> Outcome<Self> {
        let text = fs::read_to_string(report).or_fail("cannot read the report of esbuild")?;
        Self::parse(&text)
    }

    /// Plain name to address, from the top of the site.
    pub(crate) fn names(&self) -> BTreeMap<&str, String> {
        self.names.iter().map(|(name, file)| (name.as_str(), format!("assets/{file}"))).collect()
    }

    /// Every file in `assets`.
    pub(crate) fn files(&self) -> BTreeSet<String> {
        self.imports.keys().cloned().collect()
    }

    /// The file of a plain name, and what it imports before it runs, each once.
    pub(crate) fn closure(&self, name: &str) -> Outcome<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        let mut open = vec![self.file(name)?.to_owned()];
        while let Some(file) = open.pop() {
            if found.insert(file.clone()) {
                open.extend(self.imports.get(&file).into_iter().flatten().cloned());
            }
        }
        Ok(found)
    }

    /// The page with each `"assets/<name>"` replaced by its file.
    pub(crate) fn fill_in(&self, page: &str) -> Outcome<String> {
        let mut parts = page.split("\"assets/");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('"').or_fail("index.html has an attribute without an end")?;
            filled.push_str("\"assets/");
            filled.push_str(self.file(name)?);
            filled.push('"');
            filled.push_str(rest);
        }
        Ok(filled)
    }

    fn parse(report: &str) -> Outcome<Self> {
        let report: Report =
            serde_json::from_str(report).or_fail("esbuild reports what this command does not know")?;
        let mut manifest = Self::default();
        for (path, written) in &report.outputs {
            let file = last(path);
            // Of what the file loader took, a script has the address alone.
            let is_later =
                |import: &&Import| ["dynamic-import", "file-loader"].contains(&import.kind.as_str());
            let imports = written.imports.iter().filter(|import| !is_later(import) && !import.external);
            manifest.imports.insert(file.clone(), imports.map(|import| last(&import.path)).collect());
            if let Some(name) = plain_name(&file, written) {
                manifest.names.insert(name, file);
            }
        }
        Ok(manifest)
    }

    fn file(&self, name: &str) -> Outcome<&str> {
        let known = || self.names.keys().cloned().collect::<Vec<_>>().join(", ");
        let unknown = || {
            Failure::new(format!("there is no asset `{name}`")).remedy(format!("the assets are: {}", known()))
        };
        self.names.get(name).map(String::as_str).ok_or_else(unknown)
    }
}

/// The name of a source that became a file of its own. Shared chunks have none, nor has the script that stands for a module's address.
fn plain_name(file: &str, written: &Written) -> Option<String> {
    let source = match &written.entry_point {
        Some(source) => source,
        None if ending(file) == "js" => return None,
        None => written.inputs.keys().next()?,
    };
    let name = last(source);
    match (ending(&name), ending(file)) {
        ("ts", "js") => Some(format!("{}.js", name.trim_end_matches(".ts"))),
        (from, to) => (from == to).then_some(name),
    }
}

fn ending(file: &str) -> &str {
    file.rsplit('.').next().unwrap_or_default()
}

fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"{ "inputs": {}, "outputs": {
        "../target/site/assets/launcher-AAAA.js": { "entryPoint": "src/launcher.ts", "inputs": {}, "imports": [
            { "path": "../target/site/assets/chunk-CCCC.js", "kind": "import-statement" },
            { "path": "../target/site/assets/widget_bg-DDDD.wasm", "kind": "file-loader" },
            { "path": "../target/site/assets/widget-BBBB.js", "kind": "dynamic-import" } ] },
        "../target/site/assets/widget_bg-EEEE.js": { "entryPoint": "../target/hadal/draft/widget/widget_bg.wasm", "inputs": {}, "imports": [] },
        "../target/site/assets/widget-BBBB.js": { "entryPoint": "src/widget.ts", "inputs": {}, "imports": [] },
        "../target/site/assets/chunk-CCCC.js": { "inputs": {}, "imports": [] },
        "../target/site/assets/widget_bg-DDDD.wasm": { "inputs": { "../target/hadal/draft/widget/widget_bg.wasm": {} }, "imports": [] } } }"#;

    #[test]
    fn each_source_has_a_name_and_chunks_have_none() {
        let manifest = Manifest::parse(REPORT).unwrap();
        let names = manifest.names();
        assert_eq!(names["launcher.js"], "assets/launcher-AAAA.js");
        assert_eq!(names["widget_bg.wasm"], "assets/widget_bg-DDDD.wasm");
        assert_eq!((names.len(), manifest.files().len()), (3, 5));
    }

    #[test]
    fn what_is_imported_later_is_not_brought_along() {
        let manifest = Manifest::parse(REPORT).unwrap();
        let files = manifest.closure("launcher.js").unwrap().into_iter().collect::<Vec<_>>();
        assert_eq!(files, ["chunk-CCCC.js", "launcher-AAAA.js"]);
    }

    #[test]
    fn a_page_gets_the_names_of_today() {
        let manifest = Manifest::parse(REPORT).unwrap();
        let page =
            manifest.fill_in(r#"<script src="assets/launcher.js"></script><a href="assets.html">"#).unwrap();
        assert_eq!(page, r#"<script src="assets/launcher-AAAA.js"></script><a href="assets.html">"#);
        assert!(manifest.fill_in(r#"<script src="assets/gone.js">"#).is_err());
    }
}
