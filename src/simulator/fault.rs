//! The faults by name: what `/fault NAME` may ask for.
//!
//! In: the text of a message. Out: an [`Order`]. Never: how a fault is done, which `mishap` knows.

use std::fmt::Write as _;

/// Gives each fault its name and its line in the table, once.
macro_rules! faults {
    ($($fault:ident $name:literal $does:literal)*) => {
        /// What can go wrong on request.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub(super) enum Fault { $($fault),* }

        /// Every fault that can be asked for with `/fault NAME`: its name, and what it does.
        pub const FAULTS: &[(&str, &str)] = &[$(($name, $does)),*];

        impl Fault {
            fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$fault),)* _ => None }
            }

            /// Its name.
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$fault => $name),* }
            }

            /// What it does, in a clause.
            pub(super) const fn does(self) -> &'static str {
                match self { $(Self::$fault => $does),* }
            }
        }
    };
}

faults! {
    CloseBeforeHeaders "close-before-headers" "the connection breaks before any answer"
    NoHeaders "no-headers" "the connection stays open and nothing comes, not even a status"
    EmptyBody "empty-body" "status 200, and a body of no bytes"
    EofWithoutFinish "eof-without-finish" "the body ends half-way, as if that were all"
    EofAfterFinish "eof-after-finish" "the body ends after the reason to stop, without usage or the last record"
    ResetMidEvent "reset-mid-event" "the connection breaks within a record"
    CutMidEvent "cut-mid-event" "the body ends within a record"
    CutMidUtf8 "cut-mid-utf8" "the body ends within a character"
    OneByteChunks "one-byte-chunks" "each byte comes alone"
    Stall "stall" "the answer stops half-way, the connection stays open"
    KeepAliveForever "keep-alive-forever" "signs of life for ever, and no word"
    Queued "queued" "four seconds of signs of life, then the answer"
    Slow "slow" "eight seconds of silence, then a word a second"
    DuplicateDone "duplicate-done" "the last record comes twice"
    DataAfterDone "data-after-done" "more text follows the last record"
    OpenAfterDone "open-after-done" "the connection stays open after the last record"
    NotJson "not-json" "records that are no JSON, from half-way on"
    NoiseLines "noise-lines" "lines of HTML and of unknown fields between the records"
    NullRecords "null-records" "records that hold `null`, `{}` and nothing of use"
    ErrorInStream "error-in-stream" "an error is reported half-way, under status 200"
    JsonError200 "json-error-200" "an error as JSON under status 200"
    Html200 "html-200" "a web page under status 200"
    NoContentType "no-content-type" "the answer comes without a content type"
    GiantEvent "giant-event" "one record of 8 MB"
    ManyEvents "many-events" "50,000 records as fast as they go"
    Crlf "crlf" "lines end in CR LF"
    Cr "cr" "lines end in CR"
    Bom "bom" "the body begins with a byte order mark"
    MultiLineData "multi-line-data" "each record's data is spread over lines"
    NoSpace "no-space" "no space after the colon of a field"
    InsufficientSystemResource "insufficient-system-resource" "the provider gives up half-way and says so"
    ContentFilter "content-filter" "the provider's filter ends the answer half-way"
    ThinkLeak "think-leak" "the thoughts stand in the answer, between `<think>` marks"
    ReasoningOnly "reasoning-only" "thoughts, and then no answer"
    EmptyJson "empty-json" "a complete answer without a word in it"
    UsageMissing "usage-missing" "an answer that does not say what it used"
    TooMany "429" "too many requests: once, with a second to wait; then the answer"
    TooManyLater "429-later" "too many requests: try again in an hour"
    Overloaded "503-storm" "overloaded, every time"
    NoBalance "402" "no balance"
    BadKey "401" "the key is not valid"
    KeyInError "500-with-key" "a server error whose text holds a key"
    Redirect "redirect" "a redirect to another origin"
    ContextLength "context-length" "the conversation is too long for the model"
    ModelRetired "model-retired" "the model is no longer served"
}

/// Most times that a fault may be asked to happen before it passes.
const MOST_TIMES: u32 = 1000;

/// A fault that was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Order {
    pub(super) fault: Fault,
    /// How often the same request meets it before it is answered; `None`: always.
    pub(super) times: Option<u32>,
}

impl Order {
    /// Reads `/fault NAME` and `/fault NAME times N`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        words.next().filter(|word| *word == "/fault")?;
        let fault = Fault::named(words.next()?)?;
        let times = match (words.next(), words.next(), words.next()) {
            (None, ..) => (fault == Fault::TooMany).then_some(1),
            (Some("times"), Some(times), None) => Some(times.parse::<u32>().ok()?.min(MOST_TIMES)),
            _ => return None,
        };
        Some(Self { fault, times })
    }
}

/// The answer to `/faults`, and to a fault that there is not.
pub(super) fn listing() -> String {
    let mut text = String::from(
        "## What can go wrong\n\nSend `/fault NAME` for any of these. With `times N` behind it, it happens **N times** and \
         then passes.\n\n| Name | What happens |\n| --- | --- |\n",
    );
    for (name, does) in FAULTS {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| `{name}` | {does} |");
    }
    text.push_str("\nFor example: `/fault 503-storm times 2`.");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_by_name_and_times() {
        let read = |text| Order::read(text).map(|order| (order.fault, order.times));
        assert_eq!(read("/fault stall"), Some((Fault::Stall, None)));
        assert_eq!(read("  /fault  503-storm times 2\n"), Some((Fault::Overloaded, Some(2))));
        assert_eq!(read("/fault 429"), Some((Fault::TooMany, Some(1))));
        assert_eq!(read("/fault 429 times 4000000"), Some((Fault::TooMany, Some(1000))));
        for text in [
            "",
            "/fault",
            "/faults",
            "/fault nothing",
            "/fault stall twice",
            "/fault stall times x",
            "fault stall",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_listing_names_every_fault_once() {
        let listing = listing();
        for (name, does) in FAULTS {
            assert_eq!(listing.matches(&format!("| `{name}` | {does} |\n")).count(), 1, "{name}");
        }
    }
}
