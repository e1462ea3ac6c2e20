//! `cargo xtask test`: everything, in order, to the end.
//!
//! In: the repository. Out: each step with its time and result; at the end `N passed, N failed`, alone on a line. Never: a stop at the first failure.

use std::{
    env,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    time::Instant,
};

use crate::{
    artifacts::{Artifact, Plan},
    build::{self, Scope},
    failure::{Failure, OrFail as _, Outcome},
    project::{Care, Project},
    say, site, size, stamp,
    tally::Tally,
    tools::{self, WASM},
    vocabulary,
};

/// What has tests that run natively: every room. One way of drawing the page will do, and only one can be chosen.
const NATIVE: &str = "laws,edge,ssr,js,demo,tally,tokens";

/// Runs every step; true when nothing failed.
pub(crate) fn test(project: &Project) -> Outcome<bool> {
    let plan = Plan::read(project)?;
    let mut run = Run::default();
    check_sources(&mut run, project, &plan);
    test_natively(&mut run, project);
    let is_built =
        run.check("build of all artifacts", || build::build(project, Care::Release, &Scope::Everything));
    if is_built {
        test_as_built(&mut run, project);
    } else {
        say::line("what needs the artifacts is left out");
    }
    check_docs(&mut run, project, &plan);
    Ok(run.finish())
}

/// What can be said without running anything: form, lints, borders.
fn check_sources(run: &mut Run, project: &Project, plan: &Plan) {
    run.check("wasm target", || tools::ensure_wasm_target(project));
    run.check("format", || tools::run(tools::cargo(project).args(["fmt", "--check"])));
    run.check("format of xtask", || tools::run(xtask(project, "fmt").arg("--check")));
    // Its form alone: what else there is to say of it needs the other tokenizers compiled first.
    run.check("format of bench/native", || {
        tools::run(tools::cargo(project).args([
            "fmt",
            "--check",
            "--manifest-path",
            "bench/native/Cargo.toml",
        ]))
    });
    run.check("clippy of xtask", || {
        tools::run(xtask(project, "clippy").args(["--all-targets", "--locked", "--", "--deny", "warnings"]))
    });
    run.tests("tests of xtask", || Ok(with_target(xtask(project, "test"), project)));
    run.check("clippy, natively", || {
        let mut cargo = tools::cargo(project);
        cargo.args(["clippy", "--locked", "--all-targets", "--features", NATIVE, "--", "--deny", "warnings"]);
        tools::run(&mut cargo)
    });
    for artifact in plan.artifacts() {
        run.check(&format!("clippy of {}", artifact.name), || {
            let mut cargo = tools::cargo_for_artifacts(project);
            cargo.args([
                "clippy",
                "--locked",
                "--lib",
                "--target",
                WASM,
                "--features",
                &artifact.features.join(","),
            ]);
            tools::run(cargo.args(["--", "--deny", "warnings"]))
        });
    }
    run.check("the pure rooms alone", || {
        tools::run(tools::cargo(project).args(["check", "--locked", "--lib", "--no-default-features"]))
    });
    run.check("no browser below the pure rooms", || no_browser(project));
}

/// Cargo's tests: units, laws, tidy and the examples in the documentation.
fn test_natively(run: &mut Run, project: &Project) {
    run.check("vocabulary", || vocabulary::make(project));
    run.tests("native tests", || {
        let mut cargo = tools::cargo(project);
        cargo.args(["test", "--locked", "--features", NATIVE, "--no-fail-fast", "--", "--nocapture"]);
        Ok(cargo)
    });
}

/// What runs the artifacts: types, laws, runtimes, browsers, sizes.
fn test_as_built(run: &mut Run, project: &Project) {
    run.check("types", || site::check_types(project));
    run.tests("laws as wasm", || {
        let mut node = node_test(project)?;
        node.arg("tests/laws.test.mjs");
        Ok(node)
    });
    let tests = stamp::files(&project.at("tests")).unwrap_or_default();
    let is_node_test = |name: &str| name.ends_with(".test.mjs") && !name.ends_with("laws.test.mjs");
    let files = tests.iter().map(|file| project.short(file).to_string()).filter(|name| is_node_test(name));
    let files = files.collect::<Vec<_>>();
    if !files.is_empty() {
        run.tests("runtimes and browsers", || {
            tools::ensure_packages(project, "tests")?;
            let mut node = node_test(project)?;
            node.args(files).env("HADAL_CHROMIUM", tools::chromium()?);
            Ok(node)
        });
    }
    run.check("sizes", || size::size(project));
}

/// Documentation of everything, as each artifact sees it.
fn check_docs(run: &mut Run, project: &Project, plan: &Plan) {
    let doc = |mut cargo: Command, features: &str| {
        cargo.args(["doc", "--locked", "--no-deps", "--document-private-items", "--features", features]);
        tools::run(cargo.env("RUSTDOCFLAGS", "--deny warnings"))
    };
    run.check("documentation", || doc(tools::cargo(project), "laws"));
    for Artifact { name, features, .. } in plan.artifacts() {
        run.check(&format!("documentation of {name}"), || {
            let mut cargo = tools::cargo_for_artifacts(project);
            cargo.env("CARGO_BUILD_TARGET", WASM);
            doc(cargo, &features.join(","))
        });
    }
}

/// What `cargo tree --no-default-features -i web-sys` asks, which ends in an error when it finds nothing.
fn no_browser(project: &Project) -> Outcome {
    let mut cargo = tools::cargo(project);
    cargo.args(["tree", "--locked", "--no-default-features", "--target", WASM]);
    cargo.args(["--edges", "normal", "--prefix", "none"]);
    let tree = tools::answer(&mut cargo)?;
    let found = tree
        .lines()
        .find(|line| ["web-sys ", "js-sys ", "wasm-bindgen "].iter().any(|name| line.starts_with(name)));
    match found {
        None => Ok(()),
        Some(name) => Err(Failure::new(format!("{name} is below the pure rooms"))
            .remedy("`cargo tree --no-default-features -i web-sys` says who brings it: make that optional")),
    }
}

/// Cargo on this package instead of the crate.
fn xtask(project: &Project, command: &str) -> Command {
    let mut cargo = tools::cargo(project);
    cargo.args([command, "--manifest-path", "xtask/Cargo.toml"]);
    if command == "clippy" { with_target(cargo, project) } else { cargo }
}

fn with_target(mut cargo: Command, project: &Project) -> Command {
    cargo.arg("--target-dir").arg(project.at("target/xtask"));
    cargo
}

/// Node's own runner, one file after another: real runtimes and browsers share two cores and some ports.
fn node_test(project: &Project) -> Outcome<Command> {
    let mut node = tools::node()?;
    node.current_dir(project.root()).args(["--test", "--test-reporter=spec", "--test-concurrency=1"]);
    Ok(node)
}

/// The steps so far.
#[derive(Default)]
struct Run {
    tally: Tally,
    lines: Vec<String>,
}

impl Run {
    /// A step that holds or does not; true when it holds.
    fn check(&mut self, name: &str, work: impl FnOnce() -> Outcome) -> bool {
        self.step(name, || work().map(|()| Tally::one_passed()))
    }

    /// A step that counts its own tests.
    fn tests(&mut self, name: &str, command: impl FnOnce() -> Outcome<Command>) -> bool {
        self.step(name, || count(&mut command()?))
    }

    fn step(&mut self, name: &str, work: impl FnOnce() -> Outcome<Tally>) -> bool {
        eprintln!("\n== {name}");
        let begun = Instant::now();
        let tally = work().unwrap_or_else(|failure| {
            eprintln!("{failure}");
            Tally::one_failed()
        });
        let time = say::seconds(begun.elapsed());
        let is_good = tally.failed == 0;
        let result = if is_good { "ok" } else { "FAILED" };
        let counts = format!("{} passed, {} failed", tally.passed, tally.failed);
        self.lines.push(format!("{result:<7} {name:<36} {time:>9}   {counts}"));
        for name in &tally.names {
            self.lines.push(format!("          {name}"));
        }
        self.tally += tally;
        eprintln!("== {name}: {result} ({time})");
        is_good
    }

    /// All steps once more, then the line that a reader waits for.
    fn finish(self) -> bool {
        println!();
        for line in &self.lines {
            println!("{line}");
        }
        println!("\n{} passed, {} failed", self.tally.passed, self.tally.failed);
        self.tally.failed == 0
    }
}

/// Runs a test runner, shows what it says, and counts along.
fn count(command: &mut Command) -> Outcome<Tally> {
    let words = tools::words(command);
    // Colours would hide the summary; a runner inside a runner must not think itself one.
    command.env("NO_COLOR", "1").env("CARGO_TERM_COLOR", "never").env_remove("NODE_TEST_CONTEXT");
    if env::var_os("FORCE_COLOR").is_some() {
        command.env_remove("FORCE_COLOR");
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .or_fail(format!("cannot start `{words}`"))?;
    let mut tally = Tally::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line.or_fail(format!("cannot read what `{words}` says"))?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            tally.read(line.trim_end());
        }
    }
    let status = child.wait().or_fail(format!("cannot wait for `{words}`"))?;
    if status.success() && tally.is_empty() {
        return Err(Failure::new(format!("`{words}` ran no test")));
    }
    if !status.success() && tally.failed == 0 {
        // It broke before or beside its tests: that is one more failure.
        eprintln!("`{words}` failed ({status})");
        tally += Tally::one_failed();
    }
    Ok(tally)
}
