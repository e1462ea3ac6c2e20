//! Every phase and every step between phases, in one table: what is not in it cannot happen.
//!
//! | phase     | ask     | stop | accepted  | refused | again   | failed | complete | calls   | results | due     |
//! |-----------|---------|------|-----------|---------|---------|--------|----------|---------|---------|---------|
//! | Idle      | Waiting | -    | -         | -       | -       | -      | -        | -       | -       | -       |
//! | Waiting   | busy    | Idle | Streaming | Refused | Backoff | Idle   | -        | -       | -       | -       |
//! | Refused   | busy    | Idle | -         | -       | Backoff | Idle   | -        | -       | -       | -       |
//! | Streaming | busy    | Idle | -         | -       | Backoff | Idle   | Idle     | Calling | -       | -       |
//! | Backoff   | busy    | Idle | -         | -       | -       | Idle   | -        | -       | -       | Waiting |
//! | Calling   | busy    | Idle | -         | -       | -       | Idle   | -        | -       | Waiting | -       |
//!
//! `-` is ignored and harmless; `busy` is refused as [`Misuse::Busy`](super::Misuse::Busy). A session is again in a
//! phase of rest after every fault: there is no half-alive.

/// Where a session stands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Phase {
    /// Nothing is under way.
    Idle,
    /// A request was sent; its response has not begun.
    Waiting,
    /// The response is an error, whose text is arriving.
    Refused,
    /// The reply is arriving.
    Streaming,
    /// The request failed before anything was shown and will be sent again.
    Backoff,
    /// The reply called tools, which are running.
    Calling,
}

/// What can move a session from one phase to another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// The caller asks something.
    Ask,
    /// The caller stops.
    Stop,
    /// A head of 2xx.
    Accepted,
    /// A head of any other status.
    Refused,
    /// A failure that is worth another try, with nothing shown yet.
    Again,
    /// A failure that is not.
    Failed,
    /// The reply is complete.
    Complete,
    /// The reply is complete and called tools that the driver runs.
    Calls,
    /// The last tool returned.
    Results,
    /// The time to try again has come.
    Due,
}

impl Phase {
    /// The phase after `step`, or `None` where the table has no way.
    pub(super) const fn after(self, step: Step) -> Option<Self> {
        Some(match (self, step) {
            (Self::Idle, Step::Ask) | (Self::Calling, Step::Results) | (Self::Backoff, Step::Due) => {
                Self::Waiting
            }
            (Self::Idle, _) => return None,
            (Self::Waiting, Step::Accepted) => Self::Streaming,
            (Self::Waiting, Step::Refused) => Self::Refused,
            (Self::Waiting | Self::Refused | Self::Streaming, Step::Again) => Self::Backoff,
            (Self::Streaming, Step::Calls) => Self::Calling,
            (Self::Streaming, Step::Complete) | (_, Step::Stop | Step::Failed) => Self::Idle,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHASES: [Phase; 6] =
        [Phase::Idle, Phase::Waiting, Phase::Refused, Phase::Streaming, Phase::Backoff, Phase::Calling];
    const STEPS: [Step; 10] = [
        Step::Ask,
        Step::Stop,
        Step::Accepted,
        Step::Refused,
        Step::Again,
        Step::Failed,
        Step::Complete,
        Step::Calls,
        Step::Results,
        Step::Due,
    ];

    #[test]
    fn every_pair_is_as_the_table_of_this_page_says() {
        let page = include_str!("phase.rs");
        let rows: Vec<Vec<&str>> = page
            .lines()
            .filter_map(|line| line.strip_prefix("//! | "))
            .map(|row| row.trim_end_matches('|').split('|').map(str::trim).collect())
            .collect();
        assert_eq!(rows[0].len(), 1 + STEPS.len());
        for (phase, row) in PHASES.iter().zip(&rows[1..]) {
            assert_eq!(row[0], format!("{phase:?}"));
            for ((step, heading), cell) in STEPS.iter().zip(&rows[0][1..]).zip(&row[1..]) {
                assert_eq!(format!("{step:?}").to_lowercase(), *heading);
                let want = PHASES.iter().find(|phase| format!("{phase:?}") == *cell).copied();
                assert!(want.is_some() || ["-", "busy"].contains(cell), "{cell}");
                assert_eq!(phase.after(*step), want, "{phase:?} {step:?}");
            }
        }
        assert_eq!(rows.len(), 1 + PHASES.len());
    }
}
