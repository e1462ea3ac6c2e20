//! Where a reader sets their own prices: a dialog with three fields, an empty one taking what is listed.
//!
//! In: what is written there, and what was kept. Out: the meter's terms, which everything that costs reads. Never: a
//! price that is not understood: it stays in its field and is asked about.

use leptos::{ev, html, prelude::*};

use super::{
    Meter,
    own::{NoPrice, Own, dollars, price},
    say,
    terms::Terms,
};
use crate::ui::{browser, chat::Chat};

/// The dialog's nodes. A handle: copies are the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Desk {
    dialog: NodeRef<html::Dialog>,
    fields: [NodeRef<html::Input>; 3],
    /// The field that is not understood, and why.
    wrong: RwSignal<Option<(usize, NoPrice)>>,
    /// Where the focus goes back to.
    pub(super) gauge: NodeRef<html::Button>,
}

/// The fields in their order, each with its name and its id.
const FIELDS: [(&str, &str); 3] = [
    ("Input", "hadal-price-input"),
    ("Cached input", "hadal-price-cached"),
    ("Output", "hadal-price-output"),
];
const TITLE: &str = "hadal-prices-title";
const ABOUT: &str = "hadal-prices-about";
const WRONG: &str = "hadal-prices-wrong";

impl Desk {
    pub(super) fn new() -> Self {
        Self {
            dialog: NodeRef::new(),
            fields: [NodeRef::new(), NodeRef::new(), NodeRef::new()],
            wrong: RwSignal::new(None),
            gauge: NodeRef::new(),
        }
    }

    /// Opens the dialog with the prices that count.
    fn open(self, own: Own) {
        self.wrong.set(None);
        for (field, price) in self.fields.iter().zip([own.input, own.cached_input, own.output]) {
            if let Some(field) = field.get_untracked() {
                field.set_value(&price.map(dollars).unwrap_or_default());
            }
        }
        if let Some(dialog) = self.dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    }

    fn close(self) {
        if let Some(dialog) = self.dialog.get_untracked() {
            dialog.close();
        }
    }

    /// What is written, or the first field that is not understood.
    fn read(self) -> Result<Own, (usize, NoPrice)> {
        let mut prices = [None; 3];
        for (at, (field, read)) in self.fields.iter().zip(&mut prices).enumerate() {
            let said = field.get_untracked().map(|field| field.value()).unwrap_or_default();
            *read = price(&said).map_err(|why| (at, why))?;
        }
        let [input, cached_input, output] = prices;
        Ok(Own { input, cached_input, output })
    }
}

impl Meter {
    /// Takes up the prices that the reader gave on an earlier visit.
    fn recall(self) {
        if let Some(kept) = self.key.with_value(|key| browser::kept(key)) {
            self.terms.update(|terms| terms.own = Own::read(&kept));
        }
    }

    /// Uses what the reader wrote, if it is understood; whether it is.
    fn take_prices(self) -> bool {
        let below = self.terms.with_untracked(Terms::below);
        let read = self.desk.get_value().read().and_then(|own| match own.over(below) {
            // With nothing at all, nothing is claimed.
            None if own == Own::NONE => Ok(own),
            None => Err((if own.input.is_none() { 0 } else { 2 }, NoPrice::Missing)),
            Some(_) => Ok(own),
        });
        match read {
            Ok(own) => self.set_prices(own),
            Err((at, why)) => {
                let Desk { fields, wrong, .. } = self.desk.get_value();
                wrong.set(Some((at, why)));
                if let Some(field) = fields.get(at).and_then(|field| field.get_untracked()) {
                    let _ = field.focus();
                }
            }
        }
        read.is_ok()
    }

    fn set_prices(self, own: Own) {
        self.key.with_value(|key| browser::keep(key, (own != Own::NONE).then(|| own.write()).as_deref()));
        self.terms.update(|terms| terms.own = own);
    }
}

/// The way to the dialog.
pub(super) fn opener(meter: Meter) -> impl IntoView {
    let has_own = Memo::new(move |_| meter.terms.with(|terms| terms.own != Own::NONE));
    html::button()
        .r#type("button")
        .class("more")
        .attr("aria-haspopup", "dialog")
        .on(ev::click, move |_| meter.desk.get_value().open(meter.terms.with_untracked(|terms| terms.own)))
        .child(move || if has_own.get() { "Change your prices" } else { "Use your own prices" })
}

/// The dialog.
pub(in crate::ui) fn desk(chat: Chat) -> impl IntoView {
    let meter = chat.meter();
    let desk = meter.desk.get_value();
    // After the page is alive: what the server drew knows of no reader.
    Effect::new(move |_| untrack(|| meter.recall()));
    let done = move |news: &'static str| {
        desk.close();
        chat.model.news.set(news);
    };
    html::dialog()
        .class("prices")
        .attr("aria-labelledby", TITLE)
        .attr("aria-describedby", ABOUT)
        .attr("closedby", "any")
        .node_ref(desk.dialog)
        // Escape is the dialog's own.
        .on(ev::keydown, |event| event.stop_propagation())
        .on(ev::close, move |_| {
            if let Some(gauge) = desk.gauge.get_untracked() {
                let _ = gauge.focus();
            }
        })
        .child(
            html::form()
                .attr("novalidate", true)
                .on(ev::submit, move |event| {
                    event.prevent_default();
                    if meter.take_prices() {
                        done("Your prices are used");
                    }
                })
                .child((
                    html::h2().id(TITLE).child("Your own prices"),
                    html::p().id(ABOUT).child((
                        "In US dollars for a million tokens. They change what this page shows, not what is charged, \
                         and stay in this browser. A field left empty takes the price that stands in it. ",
                        move || meter.terms.with(say::below),
                    )),
                    html::div().class("fields").child(fields(meter)),
                    html::p()
                        .id(WRONG)
                        .class("wrong")
                        .attr("role", "alert")
                        .child(move || desk.wrong.get().map(|(at, why)| wrong(at, why))),
                    html::div().class("acts").child((
                        html::button()
                            .r#type("button")
                            .class("remedy")
                            .attr("hidden", move || meter.terms.with(|terms| terms.own == Own::NONE))
                            .on(ev::click, move |_| {
                                meter.set_prices(Own::NONE);
                                done("The listed prices are used again");
                            })
                            .child("Back to the listed prices"),
                        html::button()
                            .r#type("button")
                            .class("remedy")
                            .on(ev::click, move |_| desk.close())
                            .child("Cancel"),
                        html::button().r#type("submit").class("remedy main").child("Use these"),
                    )),
                )),
        )
}

fn fields(meter: Meter) -> impl IntoView {
    let Desk { fields, wrong, .. } = meter.desk.get_value();
    let below = move |at: usize| {
        let prices = meter.terms.with(Terms::below);
        match (prices, at) {
            (None, _) => String::new(),
            (Some(prices), 0) => dollars(prices.input),
            (Some(prices), 1) => prices.cached_input.map_or_else(|| "as input".to_owned(), dollars),
            (Some(prices), _) => dollars(prices.output),
        }
    };
    let field =
        move |(at, ((name, id), node)): (usize, (&(&'static str, &'static str), NodeRef<html::Input>))| {
            let is_wrong = Memo::new(move |_| wrong.get().is_some_and(|(field, _)| field == at));
            (
                html::label().attr("for", *id).child(*name),
                html::input()
                    .r#type("text")
                    .id(*id)
                    .class("num")
                    .attr("inputmode", "decimal")
                    .attr("autocomplete", "off")
                    .attr("placeholder", move || below(at))
                    .attr("aria-invalid", move || is_wrong.get().then_some("true"))
                    .attr("aria-describedby", move || is_wrong.get().then_some(WRONG))
                    .node_ref(node),
            )
        };
    FIELDS.iter().zip(fields).enumerate().map(field).collect::<Vec<_>>()
}

/// What is wrong with a field.
fn wrong(at: usize, why: NoPrice) -> String {
    let name = FIELDS.get(at).map_or("", |(name, _)| *name);
    let words = match why {
        NoPrice::Word => "write dollars as a number, such as 0.28.",
        NoPrice::Ambiguous => "a thousand or one? Write 1250, or 1.25.",
        NoPrice::TooFine => "no finer than 0.001 dollars.",
        NoPrice::TooMuch => "no more than 1,000,000 dollars.",
        NoPrice::Missing => "none is listed here that could be taken instead.",
    };
    format!("{name}: {words}")
}
