//! The list of artifacts: `wasm-pack.toml`, read.
//!
//! In: that file. Out: what to build and what it may weigh. Never: building, weighing.

use std::{collections::BTreeMap, fs};

use serde::Deserialize;

use crate::{
    failure::{Failure, OrFail as _, Outcome},
    project::Project,
};

/// Everything that `wasm-pack.toml` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    #[serde(rename = "artifact")]
    artifacts: BTreeMap<String, Artifact>,
    /// The packs of the vocabulary, by name.
    #[serde(default, rename = "pack")]
    pub(crate) packs: BTreeMap<String, Pack>,
    /// What is weighed together, by name.
    #[serde(default, rename = "whole")]
    pub(crate) wholes: BTreeMap<String, Whole>,
}

/// One wasm file and its glue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Artifact {
    #[serde(skip)]
    pub(crate) name: String,
    pub(crate) features: Vec<String>,
    pub(crate) target: Target,
    pub(crate) profile: Profile,
    #[serde(default)]
    pub(crate) rustflags: Vec<String>,
    pub(crate) used_by: Vec<User>,
    /// Whether panics trap without words.
    #[serde(default)]
    pub(crate) mute: bool,
    /// Bytes of wasm and glue after brotli.
    pub(crate) budget: Option<u64>,
}

/// What wasm-bindgen writes the glue for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Target {
    Web,
    Bundler,
    Nodejs,
}

/// What an artifact is optimised for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Profile {
    /// The cargo profile `release`.
    Release,
    /// The cargo profile `speed`.
    Speed,
}

/// Who loads an artifact.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum User {
    /// The page and the edge function.
    Site,
    /// The npm package.
    Npm,
    /// Tests only; never shipped.
    Tests,
}

/// A pack of the vocabulary.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pack {
    /// Bytes after brotli.
    pub(crate) budget: u64,
    /// Bytes as it is served, zipped.
    pub(crate) zipped: u64,
    /// What the design promises after brotli.
    pub(crate) aim: Option<u64>,
}

/// Files that a reader downloads together.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Whole {
    /// Names of the site's assets; a script brings along what it imports before it runs.
    #[serde(default)]
    pub(crate) assets: Vec<String>,
    /// Files of the npm package.
    #[serde(default)]
    pub(crate) package: Vec<String>,
    /// Bytes after brotli.
    pub(crate) budget: u64,
    /// What the design promises: shown beside the weight until it is reached.
    pub(crate) aim: Option<u64>,
}

impl Artifact {
    /// Whether anybody but the tests loads it.
    pub(crate) fn ships(&self) -> bool {
        self.used_by.iter().any(|user| *user != User::Tests)
    }
}

impl Plan {
    pub(crate) fn read(project: &Project) -> Outcome<Self> {
        let path = project.at("wasm-pack.toml");
        let text = fs::read_to_string(&path).or_fail("cannot read wasm-pack.toml")?;
        Self::parse(&text)
    }

    /// Every artifact, in the order of their names.
    pub(crate) fn artifacts(&self) -> impl Iterator<Item = &Artifact> {
        self.artifacts.values()
    }

    /// The artifacts that a user loads.
    pub(crate) fn used_by(&self, user: User) -> impl Iterator<Item = &Artifact> {
        self.artifacts().filter(move |artifact| artifact.used_by.contains(&user))
    }

    /// The artifacts that the given names ask for.
    pub(crate) fn named(&self, names: &[String]) -> Outcome<Vec<&Artifact>> {
        let known = || self.artifacts.keys().cloned().collect::<Vec<_>>().join(", ");
        names
            .iter()
            .map(|name| {
                let unknown = || Failure::new(format!("no artifact is called `{name}`"));
                self.artifacts.get(name).ok_or_else(|| unknown().remedy(format!("name one of: {}", known())))
            })
            .collect()
    }

    fn parse(text: &str) -> Outcome<Self> {
        let mut plan: Self =
            toml::from_str(text).or_fail("wasm-pack.toml says what this command does not know")?;
        for (name, artifact) in &mut plan.artifacts {
            artifact.name.clone_from(name);
        }
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_this_repository_is_understood() {
        let plan = Plan::parse(include_str!("../../wasm-pack.toml")).unwrap();
        assert!(plan.artifacts().any(|artifact| artifact.name == "core" && artifact.used_by == [User::Npm]));
    }

    #[test]
    fn a_word_that_is_not_known_is_refused() {
        let text =
            "[artifact.core]\nfeatures = []\ntarget = \"web\"\nprofile = \"tiny\"\nused_by = [\"npm\"]\n";
        let failure = Plan::parse(text).unwrap_err();
        assert!(failure.to_string().contains("tiny"), "{failure}");
    }

    #[test]
    fn a_name_that_is_not_listed_is_answered_with_the_list() {
        let plan = Plan::parse(include_str!("../../wasm-pack.toml")).unwrap();
        let failure = plan.named(&["cor".to_owned()]).unwrap_err();
        assert!(failure.to_string().contains("core"), "{failure}");
    }
}
