//! `cargo xtask smoke`: a short conversation with the real provider, per model, mode and dialect.
//!
//! In: `HADAL_UPSTREAM` and `HADAL_API_KEY`. Out: what came back, printed. Never: the key.

use std::env;

use crate::{
    build::{self, Scope},
    failure::{Failure, Outcome},
    project::{Care, Project},
    tools,
};

/// Builds the package, then talks to the provider.
pub(crate) fn smoke(project: &Project, words: &[String]) -> Outcome {
    for name in ["HADAL_UPSTREAM", "HADAL_API_KEY"] {
        if env::var_os(name).is_none_or(|value| value.is_empty()) {
            return Err(Failure::new(format!("{name} is not set")).remedy(
                "set HADAL_UPSTREAM to the provider's address (https://api.cometapi.com) and HADAL_API_KEY to a key of it",
            ));
        }
    }
    build::build(project, Care::Release, &Scope::Shipped)?;
    tools::run(tools::node()?.current_dir(project.root()).arg("tests/smoke.mjs").args(words))
}
