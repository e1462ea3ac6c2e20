//! The tokenizer as native code, beside the crates `tokenizers` and `tiktoken-rs`, in one process.
//!
//! In: the packs, the npm package's `tokenizer.json`, and the texts that `tests/oracle/samples.py` collects. Out: tables for a reader; there is no
//! verdict, but counts that differ where they must not end the run.
//!
//! Each text meets a new instance of each tokenizer: the first pass is with empty caches, warm is the best of those after. Seconds are of processor
//! time. `tiktoken-rs` knows OpenAI's vocabulary, so its work is alike and its counts are not.

mod contenders;
mod edits;

use std::{error::Error, fs, path::PathBuf};

use cpu_time::ProcessTime;

use contenders::{CONTENDERS, Contender};

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const TEXTS: [&str; 6] = ["english", "italian", "chinese", "code", "mixed", "adversarial"];
/// A contender slower than this on a small part of a text, in MB/s, is not asked for the whole.
const SLOWEST: f64 = 0.5;
const PART: usize = 65_536;

fn main() -> Outcome {
    let contenders = CONTENDERS.iter().filter(|contender| contender.is_here()).collect::<Vec<_>>();
    println!(
        "natively, MB/s of processor time, first time / warm; in brackets: how many times faster {} is",
        contenders[0].name
    );
    head("", &contenders);
    let loads = contenders.iter().map(|contender| load(contender)).collect::<Outcome<Vec<_>>>()?;
    line("load, ms", loads.iter().map(|load| format!("{load:.1}")));
    for name in TEXTS {
        let text = sample(name)?;
        let mut speeds = Vec::new();
        let mut counts = Vec::new();
        for contender in &contenders {
            let speed = speed(contender, &text)?;
            counts.extend(speed.as_ref().filter(|_| contender.is_exact).map(|speed| speed.tokens));
            speeds.push(speed);
        }
        line(name, speeds.iter().map(|speed| show(speed.as_ref(), speeds[0].as_ref())));
        if counts.iter().any(|count| *count != counts[0]) {
            // Other tables of Unicode, in one of them, are the only reason that there can be.
            println!("{:<14}counts differ: {counts:?}", "");
        }
    }
    edits::edits()
}

/// A text of the benchmark.
pub(crate) fn sample(name: &str) -> Outcome<String> {
    Ok(fs::read_to_string(place(&format!("target/oracle/samples/{name}.txt")))?)
}

/// A path from the top of the repository.
pub(crate) fn place(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// What one contender does with one text.
struct Speed {
    first: f64,
    warm: f64,
    tokens: usize,
}

/// Milliseconds from bytes in memory to the first count, the best of several.
fn load(contender: &Contender) -> Outcome<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let ready = contender.read()?;
        let begun = ProcessTime::now();
        let mut count = ready()?;
        count("One sentence.");
        best = best.min(begun.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(best)
}

/// None when a part of the text shows that the whole would take too long.
fn speed(contender: &Contender, text: &str) -> Outcome<Option<Speed>> {
    let (part, _) = text.split_at(text.floor_char_boundary(PART));
    let (seconds, _) = timed(|| Ok(contender.read()?()?(part)))?;
    let (loading, _) = timed(|| Ok(contender.read()?()?("")))?;
    if megabytes(part) / (seconds - loading).max(1e-9) < SLOWEST {
        return Ok(None);
    }
    let mut count = contender.read()?()?;
    count("One sentence.");
    let (first, tokens) = timed(|| Ok(count(text)))?;
    // For about a second, three times at least.
    let (mut warm, mut spent, mut times) = (first, 0.0, 0);
    while times < 3 || (spent < 1.0 && times < 100) {
        let (seconds, _) = timed(|| Ok(count(text)))?;
        (warm, spent, times) = (warm.min(seconds), spent + seconds, times + 1);
    }
    Ok(Some(Speed { first: megabytes(text) / first, warm: megabytes(text) / warm, tokens }))
}

/// Seconds of processor time, and the result.
fn timed<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<(f64, T)> {
    let begun = ProcessTime::now();
    let result = work()?;
    Ok((begun.elapsed().as_secs_f64(), result))
}

#[allow(clippy::cast_precision_loss, reason = "a megabyte is no such number")]
fn megabytes(text: &str) -> f64 {
    text.len() as f64 / 1e6
}

fn show(speed: Option<&Speed>, ours: Option<&Speed>) -> String {
    match (speed, ours) {
        (Some(speed), Some(ours)) => {
            let Speed { first, warm, .. } = speed;
            format!("{first:.1} / {warm:.1} ({:.1} / {:.1})", ours.first / first, ours.warm / warm)
        }
        _ => format!("below {SLOWEST}"),
    }
}

fn head(what: &str, contenders: &[&Contender]) {
    line(what, contenders.iter().map(|contender| contender.name.to_owned()));
}

fn line(what: &str, cells: impl Iterator<Item = String>) {
    print!("{what:<14}");
    cells.for_each(|cell| print!("{cell:>30}"));
    println!();
}
