//! Where the pure rooms meet a JavaScript runtime: fetch, clock, and the one driver that runs a session.
//!
//! In: what a session asks for. Out: what the world answers. Never: a decision about a conversation, a panic,
//! or anything that only one runtime has; browsers, workers, Node, Deno, Bun and workerd run the same code.

mod clock;
mod drive;
mod fetch;
mod flight;
mod thrown;
mod transport;

pub use clock::{date, now, sleep};
pub use drive::Driver;
pub use fetch::{Fetch, Loss, Reply};
pub use thrown::words;
pub use transport::{Incoming, Transport};
