//! What a response's body is, told from its first bytes and not from its content type, which hosts get wrong.
//!
//! In: bytes. Out: records of a stream, or one JSON text when it is all there. Never: a page taken for a stream.

use super::{Reading, records::Records};
use crate::{stream::Decoder, wire::ErrorCode};

#[derive(Debug)]
pub(super) enum Body {
    /// Nothing came but white space, which busy providers send to keep the connection.
    Blank {
        reading: Reading,
        /// The last line end or the byte order mark, so far as it came, and the blanks since.
        held: Vec<u8>,
    },
    /// Server-sent events.
    Stream {
        decoder: Box<Decoder>,
        /// Comments that were told of.
        comments: u64,
        /// How it begins, to tell a stream that was cut at once from what never was one.
        lead: Vec<u8>,
    },
    /// One JSON text.
    Json { text: Vec<u8>, limit: usize },
    /// Of no interest any more.
    Over,
}

/// Most blanks before the first word; a reply's line does not begin with more.
const BLANKS: usize = 64;
/// As long as the longest of [`FIELDS`].
const LEAD: usize = 6;
const FIELDS: [&str; 5] = ["data:", "event:", "id:", "retry:", ":"];
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl Body {
    pub(super) const fn new(reading: Reading) -> Self {
        Self::Blank { reading, held: Vec::new() }
    }

    pub(super) fn push(&mut self, bytes: &[u8], records: &mut Records) {
        match self {
            Self::Blank { .. } => self.begin(bytes, records),
            Self::Stream { decoder, comments, lead } => {
                if lead.len() < LEAD {
                    lead.extend(bytes.iter().take(LEAD - lead.len()));
                }
                let pushed = decoder.push(bytes);
                read(decoder, comments, records);
                if pushed.is_err() {
                    let message = "a record is longer than the memory it is given";
                    records.reply.fault(ErrorCode::TooLong, message);
                }
            }
            Self::Json { text, limit } => {
                if bytes.len() > limit.saturating_sub(text.len()) {
                    let message = "the reply is longer than the memory it is given";
                    return records.reply.fault(ErrorCode::TooLong, message);
                }
                if !bytes.is_empty() {
                    records.payloads = records.payloads.saturating_add(1);
                }
                text.extend_from_slice(bytes);
            }
            Self::Over => {}
        }
    }

    pub(super) fn finish(&mut self, records: &mut Records) {
        match self {
            Self::Json { text, .. } => records.take_whole(text),
            Self::Stream { comments: 0, lead, .. } if records.payloads == 0 && !is_stream(lead) => {
                records.reply.fault(ErrorCode::NotSse, "the server's answer is no reply");
            }
            Self::Blank { .. } | Self::Stream { .. } => records.reply.end(),
            Self::Over => {}
        }
    }

    pub(super) fn footprint(&self) -> usize {
        match self {
            Self::Blank { held, .. } => held.capacity(),
            Self::Stream { decoder, lead, .. } => decoder.footprint() + lead.capacity(),
            Self::Json { text, .. } => text.capacity(),
            Self::Over => 0,
        }
    }

    /// Reads white space until a word tells what this is.
    fn begin(&mut self, bytes: &[u8], records: &mut Records) {
        let Self::Blank { reading, held } = self else { return };
        for (at, byte) in bytes.iter().enumerate() {
            let is_mark = BYTE_ORDER_MARK.starts_with(held) && BYTE_ORDER_MARK.get(held.len()) == Some(byte);
            match byte {
                b'\n' | b'\r' => {
                    held.clear();
                    held.push(b'\n');
                    records.reply.out.keep_alive();
                }
                b' ' | b'\t' if held.len() < BLANKS => held.push(*byte),
                _ if is_mark => held.push(*byte),
                _ => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    let (reading, held) = (*reading, std::mem::take(held));
                    return self.choose(*byte, reading, &held, rest, records);
                }
            }
        }
    }

    fn choose(&mut self, first: u8, reading: Reading, held: &[u8], rest: &[u8], records: &mut Records) {
        *self = match first {
            b'{' | b'[' => Self::Json {
                text: Vec::new(),
                limit: reading.reply_limit.saturating_add(reading.record_limit),
            },
            b'<' => {
                let message = "the server answered with a web page";
                return records.reply.fault(ErrorCode::NotSse, message);
            }
            _ => {
                let mut decoder = Box::new(Decoder::new(reading.record_limit));
                // Blanks before a field's name make it another field, so they count. If even they are too long, the
                // decoder says so again with the rest.
                _ = decoder.push(held);
                Self::Stream { decoder, comments: 0, lead: Vec::new() }
            }
        };
        self.push(rest, records);
    }
}

/// Takes every record that is whole.
fn read(decoder: &mut Decoder, comments: &mut u64, records: &mut Records) {
    while !records.reply.out.is_over() {
        let ahead = decoder.comments_ahead();
        if ahead > *comments {
            *comments = ahead;
            records.reply.out.keep_alive();
        }
        let Some(frame) = decoder.next_frame() else { return };
        records.take(frame.event, frame.data);
    }
}

/// Whether a stream may begin so, as far as it came.
fn is_stream(lead: &[u8]) -> bool {
    FIELDS.iter().any(|field| lead.starts_with(field.as_bytes()) || field.as_bytes().starts_with(lead))
}
