//! Who counts exactly: an object that the page hands over, asked so that it may fail, be slow or not be there.
//!
//! In: texts. Out: counts, or `None` where there are none to be had; then the estimate stays. Never: trust: what is
//! called may return or throw anything.

use js_sys::{Array, Function, JsString, Object, Promise, Reflect, Uint32Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The page's `Counter`, of `www/src/meter/counter.ts`; without one there are only estimates.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    object: Option<Object>,
}

/// What came of counting a draft.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Drafted {
    /// So many tokens.
    Exactly(u64),
    /// A newer text is being counted.
    Superseded,
    /// There is no vocabulary.
    Failed,
}

impl Counter {
    /// The counter that an embedder gave, whatever it gave.
    #[must_use]
    pub fn of(given: JsValue) -> Self {
        Self { object: given.dyn_into().ok() }
    }

    pub(super) const fn is_there(&self) -> bool {
        self.object.is_some()
    }

    /// The counts of texts, in order.
    pub(super) async fn count(&self, texts: &[String]) -> Option<Vec<u32>> {
        let texts_given: Array = texts.iter().map(|text| JsValue::from_str(text)).collect();
        let counts: Uint32Array =
            self.ask("count", &texts_given, &JsValue::UNDEFINED).await?.dyn_into().ok()?;
        let counts = counts.to_vec();
        (counts.len() == texts.len()).then_some(counts)
    }

    /// The count of the text being written, and of what is before it.
    pub(super) async fn draft(&self, text: &JsString, before: &JsString) -> Drafted {
        match self.ask("draft", text, before).await {
            None => Drafted::Failed,
            Some(answer) if answer.is_undefined() => Drafted::Superseded,
            Some(answer) => whole(&answer).map_or(Drafted::Failed, Drafted::Exactly),
        }
    }

    /// Calls a method and waits for its promise.
    async fn ask(&self, method: &str, first: &JsValue, second: &JsValue) -> Option<JsValue> {
        let object = self.object.as_ref()?;
        let method: Function = Reflect::get(object, &JsValue::from_str(method)).ok()?.dyn_into().ok()?;
        let promise: Promise = method.call2(object, first, second).ok()?.dyn_into().ok()?;
        JsFuture::from(promise).await.ok()
    }
}

/// A count that JavaScript gave: a whole number, not below zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be a whole number below 2^53"
)]
fn whole(answer: &JsValue) -> Option<u64> {
    let number = answer.as_f64()?;
    let is_count = number >= 0.0 && number.fract() == 0.0 && number <= 9_007_199_254_740_991.0;
    is_count.then_some(number as u64)
}
