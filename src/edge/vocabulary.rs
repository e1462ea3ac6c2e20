//! The vocabulary, fetched from the page's files when somebody first asks for a count.
//!
//! In: the binding that holds the files. Out: the tokenizer, unpacked once for as long as the isolate lives. Never: a
//! promise of one request's awaited by another: on workerd the other would wait for ever if the first were cancelled.
//! So whoever finds nothing fetches; who comes first unpacks, and the others find it there.

use std::{cell::RefCell, fmt};

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, Response, Url};

use super::runtime;
use crate::tokens::{PackError, Tokenizer};

/// The file's plain name: counting needs no ids, and the pack without them is smaller.
const NAME: &str = "counts.pack";

/// The tokenizer, once it was asked for.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    tokenizer: RefCell<Option<Tokenizer>>,
}

/// Why there is no vocabulary.
#[derive(Debug)]
pub(super) enum Missing {
    /// The files of the page do not hold it, or could not be reached.
    Absent,
    /// What they hold is none.
    Broken(PackError),
}

impl Missing {
    /// The stable code.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Absent => "no_vocabulary",
            Self::Broken(error) => error.code(),
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => write!(f, "tokens cannot be counted: {NAME} is not among the page's files"),
            Self::Broken(error) => write!(f, "tokens cannot be counted: {error}"),
        }
    }
}

impl Vocabulary {
    /// Does something with the tokenizer, which is fetched if need be. A later call tries again what failed.
    pub(super) async fn with<T>(
        &self,
        env: &JsValue,
        url: &Url,
        address: &impl Fn(&str) -> Option<String>,
        job: impl FnOnce(&mut Tokenizer) -> T,
    ) -> Result<T, Missing> {
        let is_here = self.tokenizer.borrow().is_some();
        if !is_here {
            let path = address(NAME).ok_or(Missing::Absent)?;
            let found = runtime::file(env, url, &path).await.map_err(|_| Missing::Absent)?;
            let packed = read(&found.ok_or(Missing::Absent)?).await.map_err(|_| Missing::Absent)?;
            let bytes = unpress(packed).await.map_err(|_| Missing::Broken(PackError::Corrupt))?;
            let mut place = self.tokenizer.borrow_mut();
            if place.is_none() {
                *place = Some(Tokenizer::new(&bytes).map_err(Missing::Broken)?);
            }
        }
        self.tokenizer.borrow_mut().as_mut().map(job).ok_or(Missing::Absent)
    }
}

/// The bytes that a file stands for: it is compressed as a whole, so that browsers need no packer of ours.
async fn unpress(bytes: Vec<u8>) -> Result<Vec<u8>, JsValue> {
    if !bytes.starts_with(&GZIP) {
        return Ok(bytes);
    }
    let packed = Response::new_with_opt_js_u8_array(Some(&Uint8Array::from(bytes.as_slice())))?;
    let Some(stream) = packed.body() else { return Ok(bytes) };
    let plain = stream.unchecked_into::<Stream>().pipe_through(&Decompression::new("gzip")?)?;
    read(&Response::new_with_opt_readable_stream(Some(&plain))?).await
}

/// What a gzip file begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

async fn read(response: &Response) -> Result<Vec<u8>, JsValue> {
    let buffer: ArrayBuffer = JsFuture::from(response.array_buffer()?).await?.dyn_into()?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

#[wasm_bindgen]
extern "C" {
    /// A body. web-sys' own `pipeThrough` takes a dictionary, and does not catch.
    type Stream;
    #[wasm_bindgen(method, catch, js_name = pipeThrough)]
    fn pipe_through(this: &Stream, through: &Decompression) -> Result<ReadableStream, JsValue>;

    #[wasm_bindgen(js_name = DecompressionStream)]
    type Decompression;
    #[wasm_bindgen(constructor, catch, js_class = "DecompressionStream")]
    fn new(format: &str) -> Result<Decompression, JsValue>;
}
