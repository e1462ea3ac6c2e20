//! What a keystroke costs in a text of 500 KB: the meter alone, since the other crates have nothing like it.

use std::{fs, hint::black_box, time::Instant};

use hadal::tokens::{Meter, Tokenizer};

use crate::{Outcome, place, sample};

const LONG: usize = 500_000;
const BATCH: usize = 200;
const BATCHES: usize = 15;

/// Prints it for two texts.
pub(crate) fn edits() -> Outcome {
    println!("\nmeter at 500 KB, us");
    println!("{:<14}{:>22}{:>22}", "", "append one character", "edit in the middle");
    let pack = fs::read(place("target/vocabulary/ids.pack"))?;
    for name in ["english", "chinese"] {
        let mut tokenizer = Tokenizer::new(&pack)?;
        let text = sample(name)?;
        let (long, typed) = text.split_at(text.floor_char_boundary(LONG));
        let mut meter = Meter::new();
        meter.append(&mut tokenizer, long);
        let mut letters = typed.chars();
        let append = each(|| {
            if let Some(letter) = letters.next() {
                meter.append(&mut tokenizer, letter.encode_utf8(&mut [0; 4]));
            }
        });
        let half = long.floor_char_boundary(LONG / 2);
        let mut is_in = false;
        let middle = each(|| {
            let (range, letter) = if is_in { (half..half + 1, "") } else { (half..half, "s") };
            is_in = !is_in;
            // The range is of whole characters of the text.
            let _ = black_box(meter.replace(&mut tokenizer, range, letter));
        });
        if meter.count() != tokenizer.count(meter.text()) {
            return Err("the meter and the tokenizer differ".into());
        }
        println!("{name:<14}{append:>22.2}{middle:>22.2}");
    }
    Ok(())
}

/// Microseconds of one of many operations, the best batch of several.
#[allow(clippy::cast_precision_loss, reason = "a batch is no such number")]
fn each(mut operation: impl FnMut()) -> f64 {
    let batch = |_| {
        let begun = Instant::now();
        (0..BATCH).for_each(|_| operation());
        begun.elapsed().as_secs_f64() * 1e6 / BATCH as f64
    };
    (0..BATCHES).map(batch).fold(f64::INFINITY, f64::min)
}
