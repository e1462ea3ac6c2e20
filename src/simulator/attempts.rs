//! How often a request has met the fault that it asks for.
//!
//! In: a request's fingerprint. Out: whether it has met it often enough. Never: more than [`KEPT`] requests; the
//! oldest is forgotten and meets its fault anew.

use std::collections::VecDeque;

/// How many requests are remembered.
const KEPT: usize = 64;

/// A short memory.
#[derive(Debug, Default)]
pub(super) struct Attempts(VecDeque<(u64, u32)>);

impl Attempts {
    /// Counts one attempt at the request. True when it had failed `times` times; it is forgotten then, so that the same
    /// question asked anew behaves in the same way.
    pub(super) fn has_passed(&mut self, request: u64, times: u32) -> bool {
        let known = self.0.iter().position(|(known, _)| *known == request);
        let failed = known.and_then(|at| self.0.remove(at)).map_or(0, |(_, failed)| failed);
        if failed >= times {
            return true;
        }
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back((request, failed + 1));
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_fails_so_often_and_passes_once() {
        let mut attempts = Attempts::default();
        let round: Vec<_> = (0..6).map(|_| attempts.has_passed(7, 2)).collect();
        assert_eq!(round, [false, false, true, false, false, true]);
        assert!(attempts.has_passed(8, 0));
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut attempts = Attempts::default();
        for request in 0..10_000 {
            attempts.has_passed(request, 5);
        }
        assert_eq!(attempts.0.len(), KEPT);
    }
}
