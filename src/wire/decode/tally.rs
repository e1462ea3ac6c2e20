//! What a reply used, gathered from wherever a provider puts it.
//!
//! In: usage records of either dialect, any number of them. Out: one [`Usage`] with one meaning. Never: a sum, for
//! what providers repeat is cumulative: of each field the last number counts.

use serde::Deserialize;

use crate::{
    chat::Usage,
    models::Style,
    wire::{
        Dialect,
        lenient::{Count, Maybe},
    },
};

/// The numbers so far; also the shape of a usage record, where every field may be missing or null.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tally {
    prompt_tokens: Count,
    completion_tokens: Count,
    input_tokens: Count,
    output_tokens: Count,
    prompt_cache_hit_tokens: Count,
    prompt_cache_miss_tokens: Count,
    cache_read_input_tokens: Count,
    cache_creation_input_tokens: Count,
    cached_tokens: Count,
    reasoning_tokens: Count,
    prompt_tokens_details: Maybe<Details>,
    input_tokens_details: Maybe<Details>,
    completion_tokens_details: Maybe<Details>,
    output_tokens_details: Maybe<Details>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_field_names, reason = "the wire's names")]
struct Details {
    cached_tokens: Count,
    reasoning_tokens: Count,
    thinking_tokens: Count,
}

impl Tally {
    /// Takes in a record: the last number of each field counts.
    pub(super) fn merge(&mut self, record: &Self) {
        for (field, new) in [
            (&mut self.prompt_tokens, record.prompt_tokens),
            (&mut self.completion_tokens, record.completion_tokens),
            (&mut self.input_tokens, record.input_tokens),
            (&mut self.output_tokens, record.output_tokens),
            (&mut self.prompt_cache_hit_tokens, record.prompt_cache_hit_tokens),
            (&mut self.prompt_cache_miss_tokens, record.prompt_cache_miss_tokens),
            (&mut self.cache_read_input_tokens, record.cache_read_input_tokens),
            (&mut self.cache_creation_input_tokens, record.cache_creation_input_tokens),
            (&mut self.cached_tokens, record.cached()),
            (&mut self.reasoning_tokens, record.reasoning()),
        ] {
            *field = new.or(*field);
        }
    }

    /// What it means; `None` as long as nothing but zeros was reported.
    pub(super) fn usage(&self, dialect: Dialect, style: Style) -> Option<Usage> {
        let hit_and_miss = || {
            let (hit, miss) = (self.prompt_cache_hit_tokens.0?, self.prompt_cache_miss_tokens.0?);
            Some(hit.saturating_add(miss))
        };
        // Some gateways send both spellings, the other dialect's as 0.
        let (prompt, output) = match dialect {
            Dialect::Messages => {
                (self.input_tokens.or(self.prompt_tokens), self.output_tokens.or(self.completion_tokens))
            }
            Dialect::Completions => {
                (self.prompt_tokens.or(self.input_tokens), self.completion_tokens.or(self.output_tokens))
            }
        };
        let (prompt, output) = (prompt.0.or_else(hit_and_miss).unwrap_or(0), output.0.unwrap_or(0));
        let cached = [self.prompt_cache_hit_tokens, self.cache_read_input_tokens, self.cached_tokens];
        let cached = cached.into_iter().find_map(|count| count.0).unwrap_or(0);
        let created = self.cache_creation_input_tokens.0.unwrap_or(0);
        let reasoning = self.reasoning_tokens.0.unwrap_or(0);
        // More cached than read at all: whatever the table says, cached tokens are not among the others.
        let excludes = cached > prompt || (dialect == Dialect::Messages && style == Style::ExcludesCached);
        let input = if excludes { prompt.saturating_add(cached).saturating_add(created) } else { prompt };
        // The same of reasoning: some hosts count it beside the answer.
        let output = if reasoning > output { output.saturating_add(reasoning) } else { output };
        // Whoever reports nothing but zeros fills in a form: no prompt is empty.
        (input > 0 || output > 0).then_some(Usage { input, cached_input: cached, output, reasoning })
    }

    fn cached(&self) -> Count {
        let details = [self.prompt_tokens_details, self.input_tokens_details];
        details
            .iter()
            .filter_map(|details| details.0)
            .fold(self.cached_tokens, |count, details| count.or(details.cached_tokens))
    }

    fn reasoning(&self) -> Count {
        let details = [self.completion_tokens_details, self.output_tokens_details];
        details.iter().filter_map(|details| details.0).fold(self.reasoning_tokens, |count, details| {
            count.or(details.reasoning_tokens).or(details.thinking_tokens)
        })
    }
}

impl Count {
    fn or(self, other: Self) -> Self {
        Self(self.0.or(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(dialect: Dialect, style: Style, records: &[&str]) -> Option<(u64, u64, u64, u64)> {
        let mut tally = Tally::default();
        for record in records {
            tally.merge(&serde_json::from_str(record).unwrap());
        }
        tally.usage(dialect, style).map(|u| (u.input, u.cached_input, u.output, u.reasoning))
    }

    #[test]
    fn completions_hosts_say_it_in_many_ways() {
        for (record, expected) in [
            // DeepSeek, V3.2-Exp, thinking
            (
                r#"{"prompt_tokens":10,"completion_tokens":128,"total_tokens":138,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":94},"prompt_cache_hit_tokens":0,"prompt_cache_miss_tokens":10}"#,
                (10, 0, 128, 94),
            ),
            (
                r#"{"prompt_tokens":100,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":64}}"#,
                (100, 64, 5, 0),
            ),
            (
                r#"{"prompt_tokens":7,"completion_tokens":5,"prompt_tokens_details":null,"completion_tokens_details":null}"#,
                (7, 0, 5, 0),
            ),
            (r#"{"prompt_tokens":7,"completion_tokens":5,"reasoning_tokens":2}"#, (7, 0, 5, 2)),
            (r#"{"prompt_tokens":7,"completion_tokens":5,"cached_tokens":3}"#, (7, 3, 5, 0)),
            (
                r#"{"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":6,"completion_tokens":1}"#,
                (70, 64, 1, 0),
            ),
            // Both spellings (new-api)
            (
                r#"{"prompt_tokens":7,"completion_tokens":5,"input_tokens":0,"output_tokens":0,"input_tokens_details":null}"#,
                (7, 0, 5, 0),
            ),
            // Reasoning beside the answer, cached beside the prompt: corrected.
            (r#"{"prompt_tokens":7,"completion_tokens":5,"reasoning_tokens":20}"#, (7, 0, 25, 20)),
            (r#"{"prompt_tokens":7,"completion_tokens":5,"cached_tokens":64}"#, (71, 64, 5, 0)),
        ] {
            assert_eq!(
                read(Dialect::Completions, Style::ExcludesCached, &[record]),
                Some(expected),
                "{record}"
            );
        }
        assert_eq!(read(Dialect::Completions, Style::ExcludesCached, &["{}"]), None);
        let zeros = r#"{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#;
        assert_eq!(read(Dialect::Completions, Style::ExcludesCached, &[zeros]), None);
    }

    #[test]
    fn messages_are_cumulative_and_the_last_number_of_each_field_counts() {
        let start = r#"{"input_tokens":11,"cache_read_input_tokens":64,"cache_creation_input_tokens":0,"output_tokens":1}"#;
        let delta =
            r#"{"input_tokens":null,"output_tokens":30,"output_tokens_details":{"thinking_tokens":8}}"#;
        let excludes = read(Dialect::Messages, Style::ExcludesCached, &[start, delta]);
        assert_eq!(excludes, Some((75, 64, 30, 8)));
        // GLM and MiniMax correct the input at the end.
        let corrected = r#"{"input_tokens":7,"output_tokens":2}"#;
        assert_eq!(
            read(
                Dialect::Messages,
                Style::ExcludesCached,
                &[r#"{"input_tokens":11,"output_tokens":1}"#, corrected]
            ),
            Some((7, 0, 2, 0))
        );
    }

    #[test]
    fn a_gateway_that_includes_cached_tokens_is_not_counted_twice() {
        let record = r#"{"input_tokens":100,"cache_read_input_tokens":64,"output_tokens":5}"#;
        assert_eq!(read(Dialect::Messages, Style::IncludesCached, &[record]), Some((100, 64, 5, 0)));
        assert_eq!(read(Dialect::Messages, Style::ExcludesCached, &[record]), Some((164, 64, 5, 0)));
        // The numbers themselves say that this one excludes them.
        let record = r#"{"input_tokens":36,"cache_read_input_tokens":64,"output_tokens":5}"#;
        assert_eq!(read(Dialect::Messages, Style::IncludesCached, &[record]), Some((100, 64, 5, 0)));
    }
}
