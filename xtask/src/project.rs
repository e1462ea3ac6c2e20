//! Where everything lies.
//!
//! In: the place that this package was compiled in. Out: paths. Never: what is in them.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};

/// The repository, and the folders under `target` that the commands write.
#[derive(Debug)]
pub(crate) struct Project {
    root: PathBuf,
}

/// How carefully to build: quickly for a person who waits, or as it ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Care {
    Draft,
    Release,
}

impl Care {
    /// The folder under `target/hadal`, whatever the cargo profile of the artifact.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Release => "release",
        }
    }
}

impl Project {
    /// The repository that holds this package.
    pub(crate) fn find() -> Outcome<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf);
        match root {
            Some(root) if root.join("wasm-pack.toml").is_file() => Ok(Self { root }),
            _ => Err(Failure::new("the repository is not where this command was compiled").remedy(
                "run `cargo clean --manifest-path xtask/Cargo.toml --target-dir target/xtask` at its top",
            )),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path in the repository.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub(crate) fn target(&self) -> PathBuf {
        self.at("target")
    }

    /// The TypeScript, its packages and its lockfile.
    pub(crate) fn www(&self) -> PathBuf {
        self.at("www")
    }

    /// What the page and the edge function serve.
    pub(crate) fn site(&self) -> PathBuf {
        self.at("target/site")
    }

    /// The packs of the vocabulary.
    pub(crate) fn vocabulary(&self) -> PathBuf {
        self.at("target/vocabulary")
    }

    /// The packs as they travel.
    pub(crate) fn zipped(&self) -> PathBuf {
        self.vocabulary().join("zipped")
    }

    /// The installable package.
    pub(crate) fn npm(&self) -> PathBuf {
        self.at("target/npm/hadal")
    }

    /// One folder an artifact.
    pub(crate) fn artifacts(&self, care: Care) -> PathBuf {
        self.at("target/hadal").join(care.folder())
    }

    /// A path as a person reads it: from the top of the repository.
    pub(crate) fn short<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}
