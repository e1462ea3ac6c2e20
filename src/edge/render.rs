//! The page, rendered here and brought to life in the browser.
//!
//! In: the settings, the table of the page's files. Out: one HTML document. Never: a secret, an address of the
//! upstream, an inline script.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::{Owner, RenderHtml};

use super::config::{Settings, Upstream};
use crate::{
    models,
    tokens::rough,
    ui::{self, Page},
};

/// The document. What it shows does not outlast the call.
pub(super) fn document(settings: &Settings, address: &impl Fn(&str) -> Option<String>) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let document = owner.with(|| ui::document(page(settings, address)).to_html());
    owner.unset_with_forced_cleanup();
    document
}

fn page(settings: &Settings, address: &impl Fn(&str) -> Option<String>) -> Page {
    let mut page = Page::default();
    page.styles.extend(address("chat.css"));
    page.script = address("page.js").unwrap_or_default();
    page.wasm = address("page_bg.wasm").unwrap_or_default();
    "/v1/messages".clone_into(&mut page.settings.endpoint);
    if let Some(model) = settings.models.first() {
        page.settings.model.clone_from(model);
    }
    page.settings.prices = settings.prices;
    page.settings.most = Some((settings.chat_tokens, settings.thinking_tokens));
    // Of the operator's instructions a visitor learns only about how long they are, as from any reported usage.
    page.settings.preamble =
        settings.system.as_deref().map(|system| u64::try_from(rough(system)).unwrap_or(u64::MAX));
    // Only whose prices apply; the address stays here.
    page.settings.provider = match &settings.upstream {
        Upstream::Simulator { .. } => Some("simulator".to_owned()),
        Upstream::Remote(endpoint) => {
            models::provider_of(&endpoint.url).map(|provider| provider.id.to_owned())
        }
    };
    page
}
