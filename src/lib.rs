//! DeepSeek V3.2-Exp chat for any web page, any edge runtime and any JavaScript program.

#[cfg(any(
    all(feature = "csr", feature = "ssr"),
    all(feature = "csr", feature = "hydrate"),
    all(feature = "hydrate", feature = "ssr")
))]
compile_error!(
    "`csr`, `hydrate` and `ssr` exclude one another: each is an artifact of its own, see wasm-pack.toml"
);

pub mod chat;
pub mod models;
pub mod session;
pub mod simulator;
pub mod stream;
pub mod wire;

#[cfg(feature = "laws")]
pub mod laws;

#[cfg(feature = "__web")]
pub mod platform;

#[cfg(feature = "edge")]
pub mod edge;
#[cfg(feature = "js")]
pub mod js;
#[cfg(any(feature = "csr", feature = "hydrate", feature = "ssr"))]
pub mod ui;

#[cfg(any(feature = "__web", feature = "laws"))]
pub mod entry;
