//! One upstream reply on its way to the caller.
//!
//! In: the upstream's bytes, cut anywhere; its end; its failure. Out: the caller's bytes. Where both speak the same
//! dialect, records pass byte for byte, each as soon as it is whole, and a decoder reads along; where they do not,
//! the decoder's events are written anew. A record that reports an error never passes, and exactly one terminal
//! record ends a stream. Never: time, sockets, the upstream's own words about its operator.

use serde::de::IgnoredAny;

use super::answer;
use crate::{
    chat::Usage,
    stream::{self, Decoder, Records},
    wire::{
        ApiError, Dialect, ErrorCode, Meta, Reading, ReplyDecoder, ReplyEncoder, ReplyEvent, Secret, Whole,
        write_error,
    },
};

/// Most bytes of one record.
pub const RECORD_LIMIT: usize = 1 << 20;
/// Most bytes of one reply.
pub const REPLY_LIMIT: usize = 8 << 20;

/// What the caller wants of a reply.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The dialect that the caller speaks.
    pub caller: Dialect,
    /// Whether it wants a stream.
    pub stream: bool,
    /// What a reply that is written anew says of itself.
    pub meta: Meta,
    /// How the upstream's reply is to be read.
    pub reading: Reading,
}

/// A reply on its way.
#[derive(Debug)]
pub struct Relay {
    caller: Dialect,
    include_usage: bool,
    decoder: ReplyDecoder,
    form: Form,
    /// Set once; nothing of the upstream's passes afterwards.
    outcome: Option<Result<(), ApiError>>,
    /// Something of the reply was written, be it only its beginning.
    began: bool,
    /// The terminal record was written.
    closed: bool,
}

/// How the reply is written.
#[derive(Debug)]
enum Form {
    /// The dialects agree, and the first byte will tell a stream from a body of JSON.
    Open(Meta),
    Verbatim(Records),
    Anew(ReplyEncoder),
    Whole(Whole),
}

impl Relay {
    /// A relay for one reply.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let form = if !plan.stream {
            Form::Whole(Whole::new(plan.caller, plan.meta.clone()))
        } else if plan.caller == plan.reading.dialect {
            Form::Open(plan.meta.clone())
        } else {
            Form::Anew(ReplyEncoder::new(plan.caller, plan.meta.clone()))
        };
        Self {
            caller: plan.caller,
            include_usage: plan.meta.include_usage,
            decoder: ReplyDecoder::new(plan.reading),
            form,
            outcome: None,
            began: false,
            closed: false,
        }
    }

    /// Takes in some of the upstream's body and appends what the caller may have.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.outcome.is_some() {
            return;
        }
        let bytes = self.begin(bytes);
        let Form::Verbatim(records) = &mut self.form else {
            self.decoder.push(bytes);
            self.drain(out);
            return;
        };
        let fits = records.push(bytes).is_ok();
        while self.outcome.is_none()
            && let Some(record) = records.next_record()
        {
            let (payloads, complete) = (self.decoder.payloads(), self.decoder.is_complete());
            self.decoder.push(record);
            let mut understood = self.decoder.payloads() > payloads;
            while let Some(event) = self.decoder.next_event() {
                understood |= event != ReplyEvent::KeepAlive;
                note(&mut self.outcome, event);
            }
            let kind = Kind::of(record, understood, complete || self.decoder.is_over());
            if kind == Kind::Terminal && self.outcome.is_none() {
                // A gateway writes its last record after a cut as well; whether it may pass, the decoder knows.
                self.outcome = Some(last_word(&mut self.decoder));
            }
            // After the end was told only usage follows, which a caller who did not ask for it may not expect.
            let unasked = complete && !self.include_usage && self.caller == Dialect::Completions;
            let passes = match kind {
                Kind::Content => !unasked,
                Kind::Terminal | Kind::Comment => true,
                Kind::Garbage => false,
            };
            if passes && !matches!(self.outcome, Some(Err(_))) {
                out.extend_from_slice(record);
                self.began |= understood;
                self.closed = kind == Kind::Terminal;
            }
        }
        if !fits && self.outcome.is_none() {
            self.outcome = Some(Err(answer::ours(ErrorCode::TooLong, 502, "")));
        }
    }

    /// The upstream's body ended.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.fail(answer::ours(ErrorCode::Truncated, 502, ""), out);
    }

    /// The upstream failed, or was given up. A reply whose end had been told is whole all the same.
    pub fn fail(&mut self, error: ApiError, out: &mut Vec<u8>) {
        if self.outcome.is_some() {
            return;
        }
        let mut found = None;
        self.decoder.finish();
        while let Some(event) = self.decoder.next_event() {
            // How the upstream failed is known better here than by the decoder, which only saw its bytes end.
            if let ReplyEvent::Failed(seen) = event {
                let seen_more = seen.code != ErrorCode::Truncated || error.code == ErrorCode::Truncated;
                found = Some(if seen_more { seen } else { error.clone() });
                continue;
            }
            self.began |= self.form.write(&event, out);
            note(&mut self.outcome, event);
        }
        if self.outcome.is_none() {
            self.outcome = Some(Err(found.unwrap_or(error)));
        }
    }

    /// Ends a stream: writes the terminal record unless the upstream's own has passed. Once.
    pub fn close(&mut self, key: Option<&Secret>, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.closed, true) {
            return;
        }
        match (&self.outcome, &self.form) {
            (Some(Ok(())), Form::Verbatim(_)) => write_end(self.caller, out),
            // The encoder wrote it with `Done`.
            (Some(Ok(())), _) => {}
            (Some(Err(error)), _) => write_failure(self.caller, error.clone(), key, out),
            (None, _) => write_failure(self.caller, answer::ours(ErrorCode::Truncated, 502, ""), key, out),
        }
    }

    /// The reply as one body, for a caller who wants no stream.
    ///
    /// # Errors
    /// Why there is none.
    pub fn into_body(self) -> Result<(u16, String), ApiError> {
        match (self.outcome, self.form) {
            (Some(Ok(())), Form::Whole(whole)) => Ok(whole.finish()),
            (Some(Err(error)), _) => Err(error),
            _ => Err(answer::ours(ErrorCode::Truncated, 502, "")),
        }
    }

    /// How it ended, once it has.
    #[must_use]
    pub const fn outcome(&self) -> Option<&Result<(), ApiError>> {
        self.outcome.as_ref()
    }

    /// Whether anything of the reply was written: what follows belongs to it, an error as well.
    #[must_use]
    pub const fn began(&self) -> bool {
        self.began
    }

    /// How many records with content the upstream sent: what an idle timer watches.
    #[must_use]
    pub fn payloads(&self) -> u64 {
        self.decoder.payloads()
    }

    /// The upstream said why it stopped: only its last word is awaited.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.decoder.is_complete()
    }

    /// What was used as far as the upstream said.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        self.decoder.usage()
    }

    /// Settles the form by the first byte that is no white space, which is all that it leaves out: blank lines before
    /// a body of JSON are a busy provider's signs of life, and before a stream they mean nothing.
    fn begin<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let Form::Open(meta) = &mut self.form else { return bytes };
        let bytes = bytes.trim_ascii_start();
        match bytes.first() {
            None => {}
            Some(b'{' | b'[' | b'<') => {
                self.form = Form::Anew(ReplyEncoder::new(self.caller, std::mem::take(meta)));
            }
            Some(_) => self.form = Form::Verbatim(Records::new(RECORD_LIMIT)),
        }
        bytes
    }

    /// Writes what the decoder has to tell.
    fn drain(&mut self, out: &mut Vec<u8>) {
        while self.outcome.is_none()
            && let Some(event) = self.decoder.next_event()
        {
            if !matches!(event, ReplyEvent::Failed(_)) {
                self.began |= self.form.write(&event, out);
            }
            note(&mut self.outcome, event);
        }
    }
}

impl Form {
    /// Whether it was part of the reply, not merely a sign of life.
    fn write(&mut self, event: &ReplyEvent, out: &mut Vec<u8>) -> bool {
        match self {
            Self::Anew(_) if *event == ReplyEvent::KeepAlive => {
                stream::comment("keep-alive", out);
                return false;
            }
            Self::Anew(encoder) => encoder.push(event, out),
            Self::Whole(whole) => whole.push(event),
            Self::Open(_) | Self::Verbatim(_) => return false,
        }
        *event != ReplyEvent::KeepAlive
    }
}

/// What a record is to a caller of the same dialect.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Content,
    /// The last record that the dialect knows.
    Terminal,
    /// Nothing is dispatched for it.
    Comment,
    /// Not of the dialect: it would break the caller's reader.
    Garbage,
}

impl Kind {
    /// `understood`: the decoder made something of the record. Only what it did not, or what may be the last record,
    /// is looked at again.
    fn of(record: &[u8], understood: bool, may_be_last: bool) -> Self {
        if understood && !may_be_last {
            return Self::Content;
        }
        let mut decoder = Decoder::new(RECORD_LIMIT);
        if decoder.push(record).is_err() {
            return Self::Garbage;
        }
        let Some(frame) = decoder.next_frame() else { return Self::Comment };
        match frame.data {
            "[DONE]" => Self::Terminal,
            data if may_be_last && is_stop(data) => Self::Terminal,
            _ if understood => Self::Content,
            data if serde_json::from_str::<IgnoredAny>(data).is_ok() => Self::Content,
            _ => Self::Garbage,
        }
    }
}

fn is_stop(data: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Typed<'a> {
        #[serde(borrow)]
        r#type: std::borrow::Cow<'a, str>,
    }
    serde_json::from_str::<Typed<'_>>(data).is_ok_and(|typed| typed.r#type == "message_stop")
}

fn note(outcome: &mut Option<Result<(), ApiError>>, event: ReplyEvent) {
    match event {
        ReplyEvent::Done(_) => *outcome = Some(Ok(())),
        ReplyEvent::Failed(error) => *outcome = Some(Err(error)),
        _ => {}
    }
}

/// How a reply ended whose stream is over.
fn last_word(decoder: &mut ReplyDecoder) -> Result<(), ApiError> {
    let mut outcome = None;
    decoder.finish();
    while let Some(event) = decoder.next_event() {
        note(&mut outcome, event);
    }
    outcome.unwrap_or_else(|| Err(answer::ours(ErrorCode::Truncated, 502, "")))
}

/// The terminal record of a reply that is whole.
fn write_end(dialect: Dialect, out: &mut Vec<u8>) {
    match dialect {
        Dialect::Messages => stream::encode(Some("message_stop"), r#"{"type":"message_stop"}"#, out),
        Dialect::Completions => stream::encode(None, "[DONE]", out),
    }
}

/// The terminal record of a reply that failed.
pub fn write_failure(dialect: Dialect, error: ApiError, key: Option<&Secret>, out: &mut Vec<u8>) {
    let (_, body) = write_error(dialect, &answer::public(error, key));
    match dialect {
        Dialect::Messages => stream::encode(Some("error"), &body, out),
        Dialect::Completions => stream::encode(None, &body, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Style;
    use Dialect::{Completions, Messages};

    const SPOKEN: &str = concat!(
        ": keep-alive\n\n",
        "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n",
        "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Gr\u{fc}\u{df}e \u{1f40b}\"}}]}\r\n\r\n",
        "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    );
    const USAGE: &str = "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}\n\n";
    const DONE: &str = "data: [DONE]\n\n";

    fn plan(caller: Dialect, spoken: Dialect, stream: bool, include_usage: bool) -> Plan {
        let reading = Reading {
            dialect: spoken,
            input: Style::ExcludesCached,
            record_limit: RECORD_LIMIT,
            reply_limit: REPLY_LIMIT,
        };
        Plan { caller, stream, meta: Meta { include_usage, ..Meta::default() }, reading }
    }

    /// What the caller gets of a body that comes in these chunks.
    fn relayed<'a>(plan: &Plan, chunks: impl IntoIterator<Item = &'a [u8]>) -> String {
        let mut relay = Relay::new(plan);
        let mut out = Vec::new();
        chunks.into_iter().for_each(|chunk| relay.push(chunk, &mut out));
        relay.finish(&mut out);
        relay.close(None, &mut out);
        relay.close(None, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn whole(plan: &Plan, body: &str) -> String {
        relayed(plan, [body.as_bytes()])
    }

    #[test]
    fn what_the_dialects_agree_on_passes_byte_for_byte_at_every_cut() {
        let plan = plan(Completions, Completions, true, true);
        let body = [SPOKEN, USAGE, DONE].concat();
        for at in 0..=body.len() {
            let (left, right) = body.as_bytes().split_at(at);
            assert_eq!(relayed(&plan, [left, right]), body, "cut at {at}");
        }
        assert_eq!(relayed(&plan, body.as_bytes().chunks(1)), body);
    }

    #[test]
    fn a_cut_never_shows_in_the_other_dialect_either() {
        let plan = plan(Messages, Completions, true, false);
        let body = [SPOKEN, USAGE, DONE].concat();
        let text = whole(&plan, &body);
        assert!(
            text.contains("\u{1f40b}") && text.ends_with("data: {\"type\":\"message_stop\"}\n\n"),
            "{text}"
        );
        for at in 0..=body.len() {
            let (left, right) = body.as_bytes().split_at(at);
            assert_eq!(relayed(&plan, [left, right]), text, "cut at {at}");
        }
    }

    #[test]
    fn usage_that_was_not_asked_for_is_left_out_and_metered() {
        let plan = plan(Completions, Completions, true, false);
        assert_eq!(whole(&plan, &[SPOKEN, USAGE, DONE].concat()), [SPOKEN, DONE].concat());
        let mut relay = Relay::new(&plan);
        relay.push([SPOKEN, USAGE].concat().as_bytes(), &mut Vec::new());
        assert_eq!(relay.usage().map(|usage| (usage.input, usage.output)), Some((9, 3)));
    }

    #[test]
    fn nothing_passes_after_the_last_record_and_a_missing_one_is_added() {
        let plan = plan(Completions, Completions, true, true);
        let once = [SPOKEN, DONE].concat();
        assert_eq!(whole(&plan, &[SPOKEN, DONE, DONE, SPOKEN].concat()), once);
        assert_eq!(whole(&plan, SPOKEN), once);
    }

    #[test]
    fn a_record_that_reports_an_error_is_replaced_by_its_code() {
        let plan = plan(Completions, Completions, true, true);
        let start = SPOKEN.rsplit_once("data: ").unwrap().0;
        let error = "data: {\"error\":{\"message\":\"sk-CANARY at 10.0.0.7\",\"code\":\"internal\"}}\n\n";
        let text = whole(&plan, &[start, error, DONE].concat());
        let last = text.strip_prefix(start).unwrap();
        assert!(last.starts_with("data: {\"error\":") && last.matches("\n\n").count() == 1, "{last}");
        assert!(!text.contains("CANARY"), "{text}");
    }

    #[test]
    fn an_end_without_a_reason_is_told_even_where_the_upstream_says_done() {
        let plan = plan(Completions, Completions, true, true);
        let start = SPOKEN.rsplit_once("data: ").unwrap().0;
        for body in [start.to_owned(), [start, DONE].concat(), [start, "data: {\"choices\":[{\"del"].concat()]
        {
            let text = whole(&plan, &body);
            assert!(text.strip_prefix(start).unwrap().contains("\"code\":\"truncated\""), "{text}");
        }
    }

    #[test]
    fn what_would_break_the_callers_reader_is_left_out() {
        let plan = plan(Completions, Completions, true, true);
        let noise = "data: <p>busy</p>\n\n";
        assert_eq!(whole(&plan, &[noise, SPOKEN, noise, DONE].concat()), [SPOKEN, DONE].concat());
    }

    #[test]
    fn a_body_of_json_becomes_a_stream_and_a_stream_a_body() {
        let json = "\n\n {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}";
        let text = whole(&plan(Completions, Completions, true, true), json);
        assert!(text.contains("\"content\":\"Hi\"") && text.ends_with(DONE), "{text}");
        for spoken in [[SPOKEN, USAGE, DONE].concat(), json.to_owned()] {
            let mut relay = Relay::new(&plan(Messages, Completions, false, false));
            relay.push(spoken.as_bytes(), &mut Vec::new());
            relay.finish(&mut Vec::new());
            let (status, body) = relay.into_body().unwrap();
            assert!(status == 200 && body.contains("\"type\":\"message\""), "{body}");
        }
    }

    #[test]
    fn a_page_is_no_reply_and_a_record_without_end_is_refused() {
        let plan = plan(Messages, Messages, true, true);
        assert!(whole(&plan, "<!doctype html><p>Sign in</p>").contains("\"code\":\"not_sse\""));
        let long = ["data: ", &"x".repeat(RECORD_LIMIT + 1)].concat();
        assert!(whole(&plan, &long).contains("\"code\":\"too_long\""));
    }

    #[test]
    fn a_reply_that_was_told_to_be_over_survives_the_loss_of_its_connection() {
        let mut relay = Relay::new(&plan(Completions, Completions, true, true));
        let mut out = Vec::new();
        relay.push(SPOKEN.as_bytes(), &mut out);
        relay.fail(answer::lost(), &mut out);
        assert_eq!(relay.outcome(), Some(&Ok(())));
    }
}
