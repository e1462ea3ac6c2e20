//! The edge function: a request in, a response out, the key staying here.
