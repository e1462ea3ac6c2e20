//! A conversation as JavaScript holds it: the driver, and the tape that its events go out on.
//!
//! In: settings, questions, results of tools. Out: through one callback, a tape's address for each chunk of the
//! network. Never: a promise. Every method takes the driver out of its cell before it uses it: a listener that runs
//! meanwhile may call any method, `close` among them.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;

use super::{
    border::with_tape,
    events::{write_event, write_usage},
    refusal::Refusal,
    settings::{Settings, from_json},
};
use crate::{
    chat::Message,
    platform::{Driver, Fetch},
    session::{Event, Phase, Session},
};

/// A conversation, until it is closed.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Conversation(RefCell<Option<Rc<Driver>>>);

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
        settings: &str,
        saved: Option<String>,
        fetch: Option<Function>,
        on_events: Function,
        run_tool: Function,
    ) -> Result<Self, Refusal> {
        let config = Settings::read(settings)?.into_config()?;
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
        Ok(Self(RefCell::new(Some(driver))))
    }

    /// Asks a question.
    ///
    /// # Errors
    ///
    /// A plain object with a code, when it cannot be asked now.
    pub fn send(&self, question: &str) -> Result<(), Refusal> {
        self.driver()?.send(question)?;
        Ok(())
    }

    /// Brings the results of tools, as JSON: pairs of a call's id and a text.
    ///
    /// # Errors
    ///
    /// A plain object with a code, when the last answer made no such calls.
    #[wasm_bindgen(js_name = toolResults)]
    pub fn tool_results(&self, results: &str) -> Result<(), Refusal> {
        let results: Vec<(String, String)> = from_json(results)?;
        self.driver()?.tool_results(results.into_iter().map(|(id, text)| (id, Ok(text))))?;
        Ok(())
    }

    /// Asks for the last answer again.
    ///
    /// # Errors
    ///
    /// A plain object with a code, when there is none, or one is under way.
    pub fn retry(&self) -> Result<(), Refusal> {
        self.driver()?.retry()?;
        Ok(())
    }

    /// Stops what is under way.
    ///
    /// # Errors
    ///
    /// A plain object with the code `freed`, after [`close`](Self::close); so do the methods below.
    pub fn stop(&self) -> Result<(), Refusal> {
        self.driver()?.stop();
        Ok(())
    }

    /// The branch being read, as JSON: the crate's own messages, which TypeScript spells as OpenAI's API does.
    ///
    /// # Errors
    ///
    /// As [`stop`](Self::stop).
    pub fn messages(&self) -> Result<String, Refusal> {
        Ok(self.driver()?.read(|session| {
            let said: Vec<&Message> = session.transcript().path().map(|(_, entry)| &entry.message).collect();
            // A tree of strings: writing it to memory has no way to fail.
            serde_json::to_string(&said).unwrap_or_default()
        }))
    }

    /// What all answers have used, as a tape of one event.
    ///
    /// # Errors
    ///
    /// As [`stop`](Self::stop).
    pub fn usage(&self) -> Result<usize, Refusal> {
        let usage = self.driver()?.read(Session::usage);
        Ok(with_tape(|tape| write_usage(tape, usage)))
    }

    /// The conversation as JSON, without the settings.
    ///
    /// # Errors
    ///
    /// As [`stop`](Self::stop).
    pub fn save(&self) -> Result<String, Refusal> {
        Ok(self.driver()?.read(Session::save))
    }

    /// What the runtime threw when a connection was last lost.
    ///
    /// # Errors
    ///
    /// As [`stop`](Self::stop).
    pub fn cause(&self) -> Result<JsValue, Refusal> {
        Ok(self.driver()?.cause())
    }

    /// Lets go of the conversation and aborts what is under way. JavaScript's own `free` would throw where a method of
    /// this object is running further up the stack; this never does.
    pub fn close(&self) {
        let driver = self.0.take();
        drop(driver);
    }

    fn driver(&self) -> Result<Rc<Driver>, Refusal> {
        self.0.borrow().clone().ok_or_else(|| Refusal::new("freed", "the chat was freed"))
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
