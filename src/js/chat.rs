//! A conversation as JavaScript holds it: the driver, and the tape that its events go out on.
//!
//! In: settings, questions, results of tools. Out: through one callback, a tape's address for each chunk of the
//! network. Never: a promise, and no borrow of the conversation that outlives a call; `free` is safe at any moment.

use std::rc::{Rc, Weak};

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;

use super::{
    border::with_tape,
    events::{write_event, write_usage},
    message::{read_results, write_message},
    refusal::Refusal,
    settings::{from_js, read_config},
};
use crate::{
    chat::{Message, Role},
    platform::{Driver, Fetch},
    session::{Event, Phase, Session},
};

/// A conversation. Freeing it aborts what is under way.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Conversation(Rc<Driver>);

#[wasm_bindgen]
impl Conversation {
    /// Opens a conversation, or one that was saved. `fetch` is called as `fetch(url, init)`; `on_events` gets a
    /// tape's address; `run_tool` gets a name, arguments as JSON text, an id and a signal, and returns a promise of
    /// text.
    ///
    /// # Errors
    ///
    /// A plain object with a code, when the settings or the saved conversation cannot be used.
    #[wasm_bindgen(constructor)]
    pub fn new(
        settings: &JsValue,
        saved: Option<String>,
        fetch: Option<Function>,
        on_events: Function,
        run_tool: Function,
    ) -> Result<Self, Refusal> {
        let config = read_config(settings, seed())?;
        let session = match saved {
            None => Session::new(config),
            Some(saved) => Session::restore(config, &saved)?,
        };
        let fetch = fetch.map(Fetch::custom).unwrap_or_default();
        let driver = Rc::new_cyclic(|driver: &Weak<Driver>| {
            let driver = driver.clone();
            Driver::new(session, fetch, move |events| {
                let Some(driver) = driver.upgrade() else { return };
                let more = driver.read(|session| session.phase() != Phase::Idle);
                tell(&on_events, &events, more);
            })
        });
        driver.on_tool(move |call, signal| {
            let fields = [&call.name, &call.arguments, &call.id].map(|text| JsValue::from_str(text));
            let fields = fields.into_iter().chain([signal.into()]).collect::<Array>();
            match run_tool.apply(&JsValue::UNDEFINED, &fields) {
                Ok(answer) => Promise::resolve(&answer),
                Err(thrown) => Promise::reject(&thrown),
            }
        });
        Ok(Self(driver))
    }

    /// Asks a question: a text, or messages of the role `tool` that answer the calls of the last answer.
    ///
    /// # Errors
    ///
    /// A plain object with a code, when it cannot be asked now.
    pub fn send(&self, question: &JsValue) -> Result<(), Refusal> {
        if let Some(text) = question.as_string() {
            self.0.send(text.as_str())?;
            return Ok(());
        }
        let results = read_results(from_js(question)?)?;
        self.0.tool_results(results.into_iter().map(|(id, text)| (id, Ok(text))))?;
        Ok(())
    }

    /// Asks for the last answer again.
    ///
    /// # Errors
    ///
    /// A plain object with a code, when there is none, or one is under way.
    pub fn retry(&self) -> Result<(), Refusal> {
        self.0.retry()?;
        Ok(())
    }

    /// Stops what is under way.
    pub fn stop(&self) {
        self.0.stop();
    }

    /// The branch being read, as messages of OpenAI's API, the system prompt first.
    ///
    /// # Errors
    ///
    /// None that is known: the values are plain.
    pub fn messages(&self) -> Result<JsValue, Refusal> {
        let spelled: Vec<_> = self.0.read(|session| {
            let system = session.config().system.iter().map(|text| Message::new(Role::System, text));
            let said = session.transcript().path().flat_map(|(_, entry)| write_message(&entry.message));
            system.flat_map(|message| write_message(&message)).chain(said).collect()
        });
        let plain = serde_wasm_bindgen::Serializer::json_compatible();
        serde::Serialize::serialize(&spelled, &plain)
            .map_err(|error| Refusal::new("internal", error.to_string()))
    }

    /// What all answers have used, as a tape of one event.
    #[must_use]
    pub fn usage(&self) -> usize {
        let usage = self.0.read(Session::usage);
        with_tape(|tape| write_usage(tape, usage))
    }

    /// The conversation as JSON, without the settings.
    #[must_use]
    pub fn save(&self) -> String {
        self.0.read(Session::save)
    }

    /// What the runtime threw when a connection was last lost.
    #[must_use]
    pub fn cause(&self) -> JsValue {
        self.0.cause()
    }
}

/// Hands a batch to JavaScript, in one call, if it holds anything that has a name there.
fn tell(on_events: &Function, events: &[Event], more: bool) {
    let tape = with_tape(|tape| events.iter().for_each(|event| write_event(tape, event, more)));
    if tape != 0 {
        // Our own half of the package, which does not throw; what it did throw would have nobody to hear it.
        let _ = on_events.call1(&JsValue::UNDEFINED, &JsValue::from(tape));
    }
}

/// A seed for the waits between tries, so that many pages do not come back at once.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a random number below 2^53")]
fn seed() -> u64 {
    (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64
}
