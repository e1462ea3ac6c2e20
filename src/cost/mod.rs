//! What tokens cost: usage and forecasts times prices, in whole nano-dollars.
//!
//! In: counts, usage, prices. Out: money, line by line. Never: a float, a token counted, a price of its own.

mod bill;
mod forecast;
mod nano;
mod total;

pub use bill::{Bill, Line, What, bill};
pub use forecast::{CACHE_UNIT, Forecast, forecast};
pub use nano::Nano;
pub use total::Total;
