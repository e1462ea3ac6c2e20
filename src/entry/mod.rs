//! The doors of the artifacts: what each wasm file exports, one file an artifact.
//!
//! In: one artifact's features, as `wasm-pack.toml` lists them. Out: that artifact's exports. Never: logic, which lives in the rooms.

#[cfg(feature = "js")]
pub mod core;
#[cfg(feature = "demo")]
pub mod demo;
#[cfg(feature = "edge")]
pub mod edge;
#[cfg(feature = "laws")]
pub mod laws;
#[cfg(feature = "hydrate")]
pub mod page;
#[cfg(any(feature = "tally", feature = "tokens"))]
pub mod tokens;
#[cfg(feature = "csr")]
pub mod widget;
