//! Where the pure rooms meet a JavaScript runtime: fetch, timers, and the one driver that runs a session.
