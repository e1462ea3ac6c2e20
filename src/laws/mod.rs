//! The laws of the design as functions: the same ones, with the same seeds, run natively and as wasm.
//!
//! In: a seed and a number of cases. Out: a [`Report`] a law. Never shipped.
