//! What one line of an event stream says.
//!
//! In: a line without its end. Out: its field. Never: what came before it.

/// One line, read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Field<'a> {
    /// The line is empty: the event ends.
    End,
    /// The line begins with a colon.
    Comment,
    /// More of the event's data.
    Data(&'a [u8]),
    /// The event's name.
    Event(&'a [u8]),
    /// The id from here on. Without NUL.
    Id(&'a [u8]),
    /// The time to wait before asking again, in milliseconds.
    Retry(u64),
    /// Nothing that the standard knows.
    Unknown,
}

impl<'a> Field<'a> {
    /// Reads a line. `O(line)`.
    pub(super) fn of(line: &'a [u8]) -> Self {
        // Nearly every line of a model's answer is one of these.
        if let Some(value) = line.strip_prefix(b"data:") {
            return Self::Data(without_space(value));
        }
        // The longest name that counts has five letters, so a colon further on need not be looked for.
        let head = line.get(..NAME_LIMIT).unwrap_or(line);
        let (name, value) = match head.iter().position(|byte| *byte == b':').map(|at| line.split_at(at)) {
            Some((name, colon)) => (name, without_space(colon.get(1..).unwrap_or_default())),
            None => (line, &[][..]),
        };
        match name {
            b"" if line.is_empty() => Self::End,
            b"" => Self::Comment,
            b"data" => Self::Data(value),
            b"event" => Self::Event(value),
            b"id" if !value.contains(&0) => Self::Id(value),
            b"retry" => milliseconds(value).map_or(Self::Unknown, Self::Retry),
            _ => Self::Unknown,
        }
    }
}

/// One more than the longest name, for the colon.
const NAME_LIMIT: usize = b"event:".len();

/// The value behind a colon: one space belongs to the colon, any more to the value, a tab always.
fn without_space(value: &[u8]) -> &[u8] {
    value.strip_prefix(b" ").unwrap_or(value)
}

/// A number of digits and nothing else. One that is too large for any clock is as good as the largest.
fn milliseconds(value: &[u8]) -> Option<u64> {
    if value.is_empty() {
        return None;
    }
    value.iter().try_fold(0_u64, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        Some(sum.saturating_mul(10).saturating_add(digit))
    })
}
