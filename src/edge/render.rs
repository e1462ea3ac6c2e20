//! The page, rendered here and brought to life in the browser.
//!
//! In: the settings. Out: one HTML document. Never: a secret, an address of the upstream, an inline script.

use super::config::Settings;

/// The document.
#[must_use]
pub fn document(_settings: &Settings) -> String {
    "<!doctype html><html lang=\"en\"><title>Hadal</title><div id=\"hadal\"></div></html>".into()
}
