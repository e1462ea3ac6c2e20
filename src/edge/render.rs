//! The page, rendered here and brought to life in the browser.
//!
//! In: the settings and the addresses of the page's files. Out: one HTML document. Never: a secret, an address of the
//! upstream, an inline script.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::{prelude::*, tachys::view::RenderHtml};

use super::config::{Settings, Upstream};
use crate::{
    models,
    ui::{self, Page},
};

/// The document. `address` tells where a file of the page is, by its plain name.
#[must_use]
pub fn document(settings: &Settings, address: impl Fn(&str) -> String) -> String {
    let mut page = Page::default();
    page.styles.push(address("chat.css"));
    page.script = address("page.js");
    page.wasm = address("page_bg.wasm");
    page.settings.provider = provider(&settings.upstream).map(str::to_owned);
    if let Some(model) = settings.models.first() {
        page.settings.model.clone_from(model);
    }
    // An owner of its own for each page: what the views made is freed with it.
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let html = owner.with(|| ui::document(page).to_html());
    owner.unset_with_forced_cleanup();
    html
}

/// Who serves the model, as `models` calls them.
fn provider(upstream: &Upstream) -> Option<&'static str> {
    match upstream {
        Upstream::Simulator { .. } => Some("simulator"),
        Upstream::Remote(endpoint) => Some(models::provider_of(&endpoint.url)?.id),
    }
}
