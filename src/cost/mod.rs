//! What tokens cost: usage and forecasts times prices, in whole nano-dollars.
//!
//! In: counts, usage, prices. Out: money, line by line. Never: a float, a token counted, a price of its own.
