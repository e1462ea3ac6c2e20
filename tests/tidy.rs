//! The house rules, checked: the rooms and their allowed edges, the purity line, heads and sizes of files.
//!
//! Source is read with `syn`, so an import counts however it is written: grouped, renamed, by `super::super`, as a
//! path in an expression or inside a macro. The table below *is* the architecture; ARCHITECTURE.md shows it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use syn::{UseTree, visit::Visit};

/// Each room and the rooms it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("chat", &[]),
    ("models", &[]),
    ("stream", &[]),
    ("markdown", &[]),
    ("attention", &[]),
    ("tokens", &["chat", "models"]),
    ("cost", &["chat", "models"]),
    ("documents", &["chat", "tokens"]),
    ("wire", &["chat", "models", "stream"]),
    ("session", &["chat", "models", "stream", "wire"]),
    ("simulator", &["chat", "models", "stream", "wire"]),
    ("laws", &["chat", "models", "stream", "tokens", "cost", "wire", "session", "simulator"]),
    ("platform", &["chat", "models", "wire", "session"]),
    ("ui", &["chat", "models", "markdown", "tokens", "cost", "session", "platform"]),
    ("edge", &["chat", "models", "stream", "wire", "tokens", "cost", "simulator", "platform"]),
    ("js", &["chat", "models", "stream", "markdown", "tokens", "cost", "session", "platform"]),
    ("lab", &["attention", "cost", "models", "ui", "platform"]),
];

/// Single files that may use one room more: wire's types cross the borders of `js` and `ui`, and are theirs to name.
const EXCEPTIONS: &[(&str, &str)] =
    &[("edge/render.rs", "ui"), ("js/", "wire"), ("ui/words.rs", "wire"), ("ui/settings.rs", "wire")];

/// Rooms that run without a browser, a clock or a socket, and the names that would betray one.
const PURE: &[&str] = &[
    "chat",
    "models",
    "stream",
    "markdown",
    "attention",
    "tokens",
    "cost",
    "documents",
    "wire",
    "session",
    "simulator",
    "laws",
];
const IMPURE: &[&str] = &[
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "serde_wasm_bindgen",
    "gloo_net",
    "gloo_timers",
    "leptos",
    "Instant",
    "SystemTime",
    "thread_local",
];
/// `std` modules that reach out of the program.
const OUTSIDE: &[&str] = &["fs", "net", "thread", "process", "env", "time", "io"];

/// Files that may hold `unsafe`, each with its invariant beside it.
const UNSAFE: &[&str] = &[];

const MAX_LINES: usize = 600;

#[test]
fn every_room_uses_only_the_rooms_it_may() {
    let mut broken = Vec::new();
    for source in sources() {
        let Some(room) = source.room() else { continue };
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            broken.push(format!("{}: `{room}` is no room of the table", source.path));
            continue;
        };
        for other in source.seen.rooms.iter().filter(|other| **other != room) {
            let excused =
                EXCEPTIONS.iter().any(|(path, also)| source.path.starts_with(path) && also == other);
            if !allowed.contains(&other.as_str()) && !excused {
                broken.push(format!("{}: {room} must not use {other}", source.path));
            }
        }
        if PURE.contains(&room) {
            broken.extend(
                source.seen.impure.iter().map(|name| format!("{}: pure, but names {name}", source.path)),
            );
        }
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn features_are_decided_at_the_door() {
    let inner = |source: &&Source| source.path != "lib.rs" && !source.path.starts_with("entry/");
    let broken: Vec<_> = sources()
        .iter()
        .filter(inner)
        .filter(|source| source.seen.features)
        .map(|source| source.path.clone())
        .collect();
    assert!(broken.is_empty(), "cfg(feature) below lib.rs and the entries: {broken:?}");
}

#[test]
fn every_file_says_what_it_is_for_and_stays_small() {
    let mut broken = Vec::new();
    for source in sources() {
        if !source.text.starts_with("//! ") && source.path != "lib.rs" {
            broken.push(format!("{}: the first line must be `//! ...`", source.path));
        }
        let generated = source.text.lines().take(3).any(|line| line.contains("@generated"));
        let lines = before_tests(&source.text).lines().count();
        if lines > MAX_LINES && !generated && !source.path.ends_with("tests.rs") {
            broken.push(format!("{}: {lines} lines before its tests, the most is {MAX_LINES}", source.path));
        }
    }
    for (path, text) in texts("www", &["ts", "mjs"]).into_iter().chain(texts("bench", &["mjs"])) {
        if !text.starts_with("/**") && !text.starts_with("// ") && !path.ends_with(".d.ts") {
            broken.push(format!("{path}: begins without saying what it is for"));
        }
        if text.lines().count() > MAX_LINES {
            broken.push(format!("{path}: over {MAX_LINES} lines"));
        }
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn nothing_parses_markup_from_text() {
    let words =
        ["innerHTML", "set_inner_html", "insertAdjacentHTML", "outerHTML", "document.write", "inner_html"];
    let rust = sources().into_iter().map(|source| (format!("src/{}", source.path), source.text));
    let broken: Vec<_> = rust
        .chain(texts("www", &["ts", "mjs", "html"]))
        .filter(|(_, text)| code_lines(text).any(|line| words.iter().any(|word| line.contains(word))))
        .map(|(path, _)| path)
        .collect();
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn unsafe_code_is_where_the_list_says() {
    let found: Vec<_> = sources()
        .into_iter()
        .filter(|source| source.text.contains("unsafe_code"))
        .map(|source| source.path)
        .collect();
    assert_eq!(found, UNSAFE);
}

#[test]
fn the_page_of_the_architecture_shows_this_table() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for (room, allowed) in ROOMS {
        if !root().join("src").join(room).is_dir() {
            continue;
        }
        let uses = if allowed.is_empty() { "-".to_owned() } else { allowed.join(" ") };
        let row = page.lines().find(|line| line.starts_with(&format!("| `{room}` |")));
        let row = row.unwrap_or_else(|| panic!("ARCHITECTURE.md has no row for `{room}`"));
        assert!(row.ends_with(&format!("| {uses} |")), "{row}\nshould end in: {uses}");
    }
}

#[test]
fn the_eyes_of_this_test_are_open() {
    let seen = |text: &str, module: &[&str]| {
        let mut eyes = Eyes::new(module.iter().map(ToString::to_string).collect());
        eyes.visit_file(&syn::parse_file(text).unwrap());
        eyes.rooms.into_iter().collect::<Vec<_>>()
    };
    for text in [
        "use crate::edge::Gate;",
        "use crate::{chat::Role, edge};",
        "use crate::edge as door;",
        "pub(crate) use super::super::edge::*;",
        "fn f() { crate::edge::open(); }",
        "fn f(gate: &crate::edge::Gate) {}",
        "fn f() { assert!(crate::edge::OPEN); }",
        "mod inner { use super::super::super::edge; }",
        "#[derive(crate::edge::Gate)] struct S;",
        "pub(crate) use crate::edge;",
    ] {
        let rooms = seen(text, &["wire", "error"]);
        assert!(rooms.contains(&"edge".to_owned()), "{text}: {rooms:?}");
    }
    assert_eq!(seen("use crate::*;", &["wire"]), ["(the whole crate)"]);
    assert_eq!(seen("use crate as all;", &["wire"]), ["(the whole crate)"]);
    assert_eq!(seen("use super::*;", &["wire"]), ["(the whole crate)"]);
    assert!(
        seen("use super::*; mod t { use super::*; }", &["wire", "error"]).iter().all(|room| room == "wire")
    );
    assert!(
        seen("#[cfg(test)] mod tests { use crate::edge; }", &["wire"]).is_empty(),
        "tests may look at anything"
    );
}

struct Source {
    /// Relative to `src`.
    path: String,
    text: String,
    seen: Eyes,
}

impl Source {
    /// `stream/sse.rs` is in room `stream`; `lib.rs` and the entries are doors, in none.
    fn room(&self) -> Option<&str> {
        let (room, _) = self.path.split_once('/')?;
        (room != "entry").then_some(room)
    }
}

/// What a file names.
#[derive(Default)]
struct Eyes {
    /// Where we are, from the crate's root.
    module: Vec<String>,
    rooms: BTreeSet<String>,
    impure: BTreeSet<String>,
    features: bool,
}

impl Eyes {
    fn new(module: Vec<String>) -> Self {
        Self { module, ..Self::default() }
    }

    /// Takes in one whole path, written anywhere.
    fn path(&mut self, path: &[String]) {
        self.impure.extend(path.iter().filter(|name| IMPURE.contains(&name.as_str())).cloned());
        if let [first, second, ..] = path
            && ["std", "core"].contains(&first.as_str())
            && OUTSIDE.contains(&second.as_str())
        {
            self.impure.insert(format!("{first}::{second}"));
        }
        let mut from = match path.first().map(String::as_str) {
            Some("crate" | "hadal") => Vec::new(),
            Some("self" | "super") => self.module.clone(),
            _ => return,
        };
        for name in path {
            match name.as_str() {
                "crate" | "hadal" | "self" => {}
                "super" => drop(from.pop()),
                name => from.push(name.to_owned()),
            }
        }
        let room = from.first().filter(|room| *room != "*").map_or("(the whole crate)", String::as_str);
        self.rooms.insert(room.to_owned());
    }

    fn tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: String| before.iter().cloned().chain([name]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.tree(&path.tree, &with(path.ident.to_string())),
            UseTree::Name(name) => self.path(&with(name.ident.to_string())),
            UseTree::Rename(name) => self.path(&with(name.ident.to_string())),
            UseTree::Glob(_) => self.path(&with("*".to_owned())),
            UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(item, before)),
        }
    }

    /// The paths in a macro's tokens, which `syn` leaves unread.
    fn tokens(&mut self, text: &str) {
        let text = text.replace(' ', "");
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        for word in text.split(|c: char| !is_name(c)).filter(|word| word.contains("::")) {
            let path: Vec<String> =
                word.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
            self.path(&path);
        }
    }
}

impl<'ast> Visit<'ast> for Eyes {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.rooms.insert(format!("extern crate {}", item.ident));
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let is_test = |attr: &syn::Attribute| attr.path().is_ident("cfg") && tokens_of(attr) == "test";
        if item.attrs.iter().any(is_test) {
            return;
        }
        self.module.push(item.ident.to_string());
        syn::visit::visit_item_mod(self, item);
        self.module.pop();
    }

    /// `pub(crate)` and `pub(super)` name no import.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.path(&names);
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.tokens(&mac.tokens.to_string());
        syn::visit::visit_macro(self, mac);
    }

    fn visit_attribute(&mut self, attr: &'ast syn::Attribute) {
        let tokens = tokens_of(attr);
        self.features |=
            (attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr")) && tokens.contains("feature");
        self.tokens(&tokens);
        if attr.path().is_ident("path") {
            self.rooms.insert("#[path]".to_owned());
        }
        syn::visit::visit_attribute(self, attr);
    }
}

fn tokens_of(attr: &syn::Attribute) -> String {
    attr.meta.require_list().map(|list| list.tokens.to_string()).unwrap_or_default()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    texts("src", &["rs"])
        .into_iter()
        .map(|(path, text)| {
            let path = path.trim_start_matches("src/").to_owned();
            let name = path.trim_end_matches(".rs").trim_end_matches("/mod");
            let module = name.split('/').filter(|name| *name != "lib").map(str::to_owned).collect();
            let mut seen = Eyes::new(module);
            let is_tests = path.ends_with("/tests.rs") || path.contains("/tests/");
            if !is_tests {
                seen.visit_file(&syn::parse_file(&text).unwrap_or_else(|error| panic!("{path}: {error}")));
            }
            Source { path, text, seen }
        })
        .collect()
}

/// All files of these extensions below a folder, with their paths from the root.
fn texts(folder: &str, extensions: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.is_dir() {
                true if path.ends_with("node_modules") => {}
                true => walk(&path, out),
                false => out.push(path),
            }
        }
    }
    let mut paths = Vec::new();
    walk(&root().join(folder), &mut paths);
    paths.sort();
    let wanted =
        |path: &PathBuf| path.extension().is_some_and(|e| extensions.iter().any(|wanted| e == *wanted));
    let named = |path: PathBuf| {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        (name, fs::read_to_string(&path).unwrap())
    };
    paths.into_iter().filter(wanted).map(named).collect()
}

/// Comments may name what code must not.
fn code_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !["//", "/*", "*"].iter().any(|mark| line.trim_start().starts_with(mark)))
}

fn before_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}
