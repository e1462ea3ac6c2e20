//! The laws of the design as functions: the same ones, with the same seeds, run natively and as wasm.
//!
//! In: a seed and a number of cases. Out: a [`Report`] a law. Never shipped.
//!
//! A room's laws are a file here with a `LAWS` of its own, named in `ROOMS`.

mod cost;
pub mod prompt;
mod session;
mod simulator;
mod stream;
pub mod tokens;
mod wire;

use std::cell::Cell;

use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use serde::Serialize;

/// One law: a sentence about every input, and the way to try it.
#[derive(Clone, Copy, Debug)]
pub struct Law {
    /// The sentence, behind the room it is about.
    pub name: &'static str,
    check: fn(Trial) -> Report,
}

impl Law {
    /// Tries the law on so many inputs. The same seed gives the same inputs.
    #[must_use]
    pub fn check(&self, seed: u64, cases: u32) -> Report {
        (self.check)(Trial { law: self.name, seed, cases })
    }
}

/// What trying a law showed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Report {
    /// The law's name.
    pub law: &'static str,
    /// How many inputs were tried, those that made a failure smaller included.
    pub cases: u32,
    /// What the inputs were made from.
    pub seed: u64,
    /// The smallest input found that breaks the law, and how. `None` when it holds.
    pub failure: Option<String>,
}

/// Every law, in the order of the rooms.
pub fn all() -> impl Iterator<Item = &'static Law> {
    ROOMS.iter().copied().flatten()
}

/// Tries every law.
#[must_use]
pub fn run(seed: u64, cases: u32) -> Vec<Report> {
    all().map(|law| law.check(seed, cases)).collect()
}

const ROOMS: &[&[Law]] =
    &[stream::LAWS, wire::LAWS, session::LAWS, simulator::LAWS, cost::LAWS, prompt::LAWS, tokens::LAWS];

/// One law about to be tried.
#[derive(Clone, Copy, Debug)]
struct Trial {
    law: &'static str,
    seed: u64,
    cases: u32,
}

impl Trial {
    /// Tries `test` on inputs that `strategy` makes, without files, processes or the clock.
    fn of<S: Strategy>(self, strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) -> Report {
        let config = Config {
            cases: self.cases,
            failure_persistence: None,
            rng_algorithm: RngAlgorithm::ChaCha,
            ..Config::default()
        };
        let cases = Cell::new(0_u32);
        let mut runner = TestRunner::new_with_rng(config, self.dice());
        let outcome = runner.run(strategy, |input| {
            cases.set(cases.get().saturating_add(1));
            test(input)
        });
        Report {
            law: self.law,
            cases: cases.get(),
            seed: self.seed,
            failure: outcome.err().map(|error| error.to_string()),
        }
    }

    /// Randomness from the seed and the law's name, so that two laws do not try the same inputs.
    fn dice(self) -> TestRng {
        let mut seed = [0; 32];
        let name = self.seed.to_le_bytes().into_iter().chain(self.law.bytes());
        for (to, from) in seed.iter_mut().zip(name) {
            *to = from;
        }
        TestRng::from_seed(RngAlgorithm::ChaCha, &seed)
    }
}
