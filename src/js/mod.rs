//! What JavaScript can call.
