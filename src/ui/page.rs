//! The whole document, as the edge function sends it.
//!
//! In: the names of the assets and the settings. Out: a view that renders to HTML. Never: an inline script or style
//! (the settings are data, which the policy lets pass), nor white space inside the root, which hydration counts.

use leptos::{html, prelude::*, tachys::html::doctype};

use super::{
    app::app,
    settings::{Settings, Setup},
};

/// What a document is made of.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Page {
    /// Addresses of stylesheets.
    pub styles: Vec<String>,
    /// The address of the module that brings the page alive.
    pub script: String,
    /// Addresses of modules that it will import, to be fetched ahead.
    pub modules: Vec<String>,
    /// The address of the page's wasm, to be fetched ahead.
    pub wasm: String,
    /// The chat's settings.
    pub settings: Settings,
}

/// The document.
#[must_use]
pub fn document(page: Page) -> impl IntoView {
    let data = data(&page.settings);
    let setup = Setup { settings: page.settings, ..Setup::default() };
    let link = |rel: &'static str, href: String| html::link().rel(rel).href(href);
    (
        doctype("html"),
        html::html().lang("en").child((
            html::head().child((
                html::meta().charset("utf-8"),
                html::meta().name("viewport").content(
                    "width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content",
                ),
                html::meta().name("color-scheme").content("light dark"),
                html::meta().name("description").content(
                    "A chat with DeepSeek V3.2-Exp: watch it think, then answer. Stop, continue, ask again.",
                ),
                html::title().child("Hadal"),
                html::link().rel("icon").href(ICON),
                page.styles.into_iter().map(|href| link("stylesheet", href)).collect::<Vec<_>>(),
                page.modules.into_iter().map(|href| link("modulepreload", href)).collect::<Vec<_>>(),
                html::link()
                    .rel("preload")
                    .href(page.wasm)
                    .attr("as", "fetch")
                    .attr("type", "application/wasm")
                    .attr("crossorigin", "anonymous"),
                html::script().r#type("application/json").id("hadal-settings").child(data),
                html::script().r#type("module").src(page.script),
            )),
            html::body().child((
                html::div().id("hadal").child(app(setup)),
                html::noscript().child(
                    html::div()
                        .class("toast")
                        .child("This chat runs in the page and needs JavaScript, which is turned off here."),
                ),
            )),
        )),
    )
}

/// The mark, small enough to travel with the page.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%23081118'/%3E\
    %3Cpath d='M4.5 9.5H8c4.2 0 3 14 8 14s3.8-14 8-14h3.5' fill='none' stroke='%23dce7ed' stroke-width='2.6' stroke-linecap='round'/%3E\
    %3Ccircle cx='16' cy='17.5' r='2.6' fill='%2358c7e4'/%3E%3C/svg%3E";

/// The settings as JSON that cannot end the element it stands in.
fn data(settings: &Settings) -> String {
    let json = serde_json::to_string(settings).unwrap_or_default();
    let mut safe = String::with_capacity(json.len());
    for char in json.chars() {
        match char {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            char => safe.push(char),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_setting_can_leave_its_element() {
        let settings = Settings { model: "</script><!--&\u{2028}".into(), ..Settings::default() };
        let data = data(&settings);
        assert!(!data.contains(['<', '>', '&', '\u{2028}']), "{data}");
        assert_eq!(serde_json::from_str::<Settings>(&data).unwrap(), settings);
    }
}
