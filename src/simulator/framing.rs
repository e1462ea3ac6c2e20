//! The same records in another dress: what the format allows and few servers do.
//!
//! In: whole records as our encoder writes them (LF, one `data:` line, a space after the colon). Out: bytes that
//! mean the same. Never: a change of what they mean, but for null records, which mean nothing.

/// How records are written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Framing {
    #[default]
    Plain,
    /// Plain, and every byte is a step of its own.
    OneByte,
    Crlf,
    Cr,
    /// Plain, behind a byte order mark.
    Bom,
    MultiLine,
    NoSpace,
    Noise,
    Nulls,
}

/// Lines that are no field, a comment, or a field that does not matter here.
const NOISE: &str = "<!-- <p class=\"a:b\"> -->\nfoobar\nretry: 3000\n: a comment\nunknown: field\n";
const NULLS: &str = "data: null\n\ndata: {}\n\ndata: {\"choices\":null}\n\ndata: {\"type\":null,\"delta\":null}\n\ndata: []\n\n";

impl Framing {
    /// Writes whole records.
    pub(super) fn dress(self, records: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Plain | Self::OneByte | Self::Bom => records,
            Self::Crlf => replace(&records, b"\n", b"\r\n"),
            Self::Cr => replace(&records, b"\n", b"\r"),
            // Between two members of an object a line break is white space.
            Self::MultiLine => replace(&records, b"data: {\"", b"data: {\ndata: \""),
            Self::NoSpace => replace(&replace(&records, b"data: ", b"data:"), b"event: ", b"event:"),
            // Behind the records: a body that begins with `<` is a web page.
            Self::Noise => [&records, NOISE.as_bytes()].concat(),
            Self::Nulls => [&records, NULLS.as_bytes()].concat(),
        }
    }
}

/// Replaces `from` at the start of lines by `to`; a `from` of one byte is replaced everywhere.
fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match (line.strip_prefix(from), line.strip_suffix(from)) {
            (Some(rest), _) if from.len() > 1 => out.extend([to, rest].concat()),
            (_, Some(rest)) => out.extend([rest, to].concat()),
            _ => out.extend_from_slice(line),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dress_is_what_its_name_says() {
        let plain = "event: a\ndata: {\"data: \":\"x\"}\n\ndata: [DONE]\n\n";
        let dressed = |framing: Framing| String::from_utf8(framing.dress(plain.into())).unwrap();
        assert_eq!(
            dressed(Framing::Crlf),
            "event: a\r\ndata: {\"data: \":\"x\"}\r\n\r\ndata: [DONE]\r\n\r\n"
        );
        assert_eq!(dressed(Framing::Cr), "event: a\rdata: {\"data: \":\"x\"}\r\rdata: [DONE]\r\r");
        assert_eq!(dressed(Framing::NoSpace), "event:a\ndata:{\"data: \":\"x\"}\n\ndata:[DONE]\n\n");
        assert_eq!(
            dressed(Framing::MultiLine),
            "event: a\ndata: {\ndata: \"data: \":\"x\"}\n\ndata: [DONE]\n\n"
        );
    }
}
