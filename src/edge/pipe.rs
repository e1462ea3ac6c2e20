//! The stream that a caller reads: chunks leave when they are asked for, so a slow reader holds nothing up but itself.
//!
//! In: bytes. Out: a `ReadableStream`. Never: more than one chunk in memory, a chunk after the reader left.

use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::ReadableStream;

use super::race::Flag;
use std::{cell::RefCell, rc::Rc};

/// The writing end. Dropping it ends the stream.
#[derive(Debug)]
pub(super) struct Sink {
    controller: Controller,
    wanted: Flag,
    // Called by the stream until it is closed, which is what `drop` does first.
    _pull: Closure<dyn FnMut()>,
    _cancel: Closure<dyn FnMut()>,
}

/// A stream and its writing end. `gone` is raised when the reader cancels it.
pub(super) fn pipe(gone: &Flag) -> Result<(Sink, ReadableStream), JsValue> {
    let wanted = Flag::default();
    let opened: Rc<RefCell<Option<Controller>>> = Rc::default();
    let start = {
        let opened = opened.clone();
        Closure::<dyn FnMut(Controller)>::new(move |controller| {
            opened.replace(Some(controller));
        })
    };
    let pull = {
        let wanted = wanted.clone();
        Closure::<dyn FnMut()>::new(move || wanted.raise())
    };
    let cancel = {
        let gone = gone.clone();
        Closure::<dyn FnMut()>::new(move || gone.raise())
    };
    let source = Object::new();
    Reflect::set(&source, &"start".into(), start.as_ref())?;
    Reflect::set(&source, &"pull".into(), pull.as_ref())?;
    Reflect::set(&source, &"cancel".into(), cancel.as_ref())?;
    let strategy = Object::new();
    Reflect::set(&strategy, &"highWaterMark".into(), &0.into())?;
    let stream = Stream::new(&source, &strategy)?;
    let controller = opened.take().ok_or_else(|| JsValue::from_str("the stream did not start"))?;
    Ok((Sink { controller, wanted, _pull: pull, _cancel: cancel }, stream.unchecked_into()))
}

impl Sink {
    /// Hands a chunk over once the reader asks for one.
    pub(super) async fn send(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.wanted.raised().await;
        self.wanted.lower();
        // Refused when the reader has left, of which `gone` tells.
        let _ = self.controller.enqueue(&Uint8Array::from(bytes));
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.controller.close();
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = ReadableStream)]
    type Stream;
    #[wasm_bindgen(constructor, catch, js_class = "ReadableStream")]
    fn new(source: &Object, strategy: &Object) -> Result<Stream, JsValue>;

    #[derive(Debug)]
    type Controller;
    #[wasm_bindgen(method, catch)]
    fn enqueue(this: &Controller, chunk: &Uint8Array) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn close(this: &Controller) -> Result<(), JsValue>;
}
