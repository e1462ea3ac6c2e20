//! The two pieces of memory that both sides of the border share: where bytes come in, and the tape that goes out.
//!
//! In: bytes that JavaScript wrote at [`input_address`], at most [`ROOM`] at a time. Out: a tape's address. Never: a
//! borrow that lasts while JavaScript runs: a tape is read whole before anything else is called.

use std::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

use super::tape::Tape;

/// Most bytes that come in at once; a larger chunk comes in pieces, and a cut never shows.
const ROOM: usize = 64 * 1024;

thread_local! {
    static INPUT: RefCell<Box<[u8]>> = RefCell::new(vec![0; ROOM].into_boxed_slice());
    static TAPE: RefCell<Tape> = RefCell::default();
}

/// Where JavaScript writes bytes that come in. The same for the life of the module.
#[wasm_bindgen(js_name = inputAddress)]
#[must_use]
pub fn input_address() -> usize {
    INPUT.with_borrow(|input| input.as_ptr().addr())
}

/// Looks at the first `length` bytes that came in.
pub(super) fn with_input<R>(length: usize, look: impl FnOnce(&[u8]) -> R) -> R {
    INPUT.with_borrow(|input| look(input.get(..length).unwrap_or_default()))
}

/// Writes a new tape; its address, zero when it stayed empty.
pub(super) fn with_tape(write: impl FnOnce(&mut Tape)) -> usize {
    TAPE.with_borrow_mut(|tape| {
        tape.clear();
        write(tape);
        tape.address()
    })
}
