//! The faults by name: what `/fault NAME` may ask for.

/// Every fault that can be asked for, with what it does.
pub const FAULTS: &[(&str, &str)] = &[("close-before-headers", "breaks the connection before any answer")];
