//! Messages of strangers, made fit to be shown.
