//! Server-sent events to bytes.
//!
//! In: an event's name and data, whatever they hold. Out: lines that every reader takes for that one event. Never: a
//! line end inside a field, by which a text could begin an event of its own.

use super::lines::LineEnds;

/// Writes one event. Its data keeps every character but CR, since each line end arrives as LF; line ends and NUL are
/// left out of its name.
///
/// ```
/// let mut out = Vec::new();
/// hadal::stream::encode(Some("note"), "one\ntwo", &mut out);
/// assert_eq!(out, b"event: note\ndata: one\ndata: two\n\n");
/// ```
pub fn encode(event: Option<&str>, data: &str, out: &mut Vec<u8>) {
    if let Some(event) = event {
        out.extend_from_slice(b"event: ");
        out.extend(event.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n' | 0)));
        out.push(b'\n');
    }
    write_lines(b"data: ", data, out);
    out.push(b'\n');
}

/// Writes a comment as a record of its own: a sign of life that dispatches nothing.
pub fn comment(text: &str, out: &mut Vec<u8>) {
    write_lines(b": ", text, out);
    out.push(b'\n');
}

/// Writes every line of `text` behind `field`. A text without a line end is one line, empty or not.
fn write_lines(field: &[u8], text: &str, out: &mut Vec<u8>) {
    let mut ends = LineEnds::default();
    let mut rest = text.as_bytes();
    while let Some(line) = ends.take(&mut rest) {
        write_line(field, line, out);
    }
    write_line(field, rest, out);
}

fn write_line(field: &[u8], line: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(field);
    out.extend_from_slice(line);
    out.push(b'\n');
}
