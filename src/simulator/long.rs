//! A very long answer, for those who want to see whether the page stays smooth.
//!
//! In: nothing. Out: about 200 KB of Markdown, always the same. Never: a section that is just like another.

use std::fmt::Write as _;

/// At least so many bytes.
const LENGTH: usize = 200_000;

/// The text.
pub(super) fn text() -> String {
    let mut text = String::from(
        "# A descent, metre by metre\n\nThis is about **200 KB** of Markdown. Watch whether the page stays smooth, select \
         something above while it grows, and press *Stop* whenever you like.\n",
    );
    text.reserve(LENGTH);
    for depth in (0..).step_by(25) {
        section(depth, &mut text);
        if text.len() >= LENGTH {
            break;
        }
    }
    text.push_str("\n## The bottom\n\nThat was all of it.");
    text
}

/// What there is to say about one depth. Writing to a string cannot fail.
fn section(depth: u32, text: &mut String) {
    let pressure = 1 + depth / 10;
    let light = 1000_u32.saturating_sub(depth);
    let _ = write!(text, "\n## {depth} metres\n\nAt **{depth} m** the pressure is about `{pressure} bar`");
    let _ = match light {
        0 => write!(text, ", and there is no daylight at all. "),
        light => write!(text, ", and the light that is left would fade within *{light} m*. "),
    };
    let _ = writeln!(
        text,
        "{}",
        [
            "Snow falls here that is no snow. ",
            "Something glows and is gone. ",
            "下方仍有深海。 ",
            "Nothing moves. "
        ]
        .get(depth as usize / 25 % 4)
        .copied()
        .unwrap_or_default()
    );
    match depth / 25 % 5 {
        0 => {
            let _ = writeln!(
                text,
                "\n| Quantity | Value |\n| --- | ---: |\n| depth | {depth} m |\n| pressure | {pressure} bar |"
            );
        }
        1 => {
            let _ = writeln!(
                text,
                "\n- sinking for {} minutes\n- {} m to the abyss\n  - and then further",
                depth / 30,
                6000_u32.saturating_sub(depth)
            );
        }
        2 => {
            let _ = writeln!(
                text,
                "\n```rust\nlet depth = {depth}.0_f64;\nlet bar = 1.0 + depth * 0.1006;\nassert!(bar < {}.0);\n```",
                pressure + 200
            );
        }
        3 => {
            let _ = writeln!(text, "\n> The gauge says {pressure}, and the hull answers in a low voice.");
        }
        _ => {
            let _ = writeln!(
                text,
                "\n1. Read the gauge: {pressure}.\n2. Write it down.\n3. Go on to [{} m](https://example.com/{depth}).",
                depth + 25
            );
        }
    }
}
