//! The list of models, as `GET /v1/models` gives it in either dialect.
//!
//! In: ids, the one date that stands for all. Out: a JSON body that the official SDKs read.

use serde::Serialize;

use super::Dialect;

/// The JSON body that lists `ids`; `created` in seconds since 1970.
#[must_use]
pub fn write_models(dialect: Dialect, ids: &[&str], created: u64) -> String {
    let body = match dialect {
        Dialect::Completions => {
            let row =
                |id: &&'_ str| OpenRow { id: (*id).to_owned(), object: "model", created, owned_by: "hadal" };
            serde_json::to_string(&OpenList { object: "list", data: ids.iter().map(row).collect() })
        }
        Dialect::Messages => {
            let created_at = rfc3339(created);
            let row = |id: &&'_ str| Row {
                kind: "model",
                id: (*id).to_owned(),
                display_name: (*id).to_owned(),
                created_at: created_at.clone(),
            };
            serde_json::to_string(&List {
                data: ids.iter().map(row).collect(),
                has_more: false,
                first_id: ids.first().copied(),
                last_id: ids.last().copied(),
            })
        }
    };
    body.unwrap_or_default()
}

#[derive(Serialize)]
struct OpenList {
    object: &'static str,
    data: Vec<OpenRow>,
}

#[derive(Serialize)]
struct OpenRow {
    id: String,
    object: &'static str,
    created: u64,
    owned_by: &'static str,
}

#[derive(Serialize)]
struct List<'a> {
    data: Vec<Row>,
    has_more: bool,
    first_id: Option<&'a str>,
    last_id: Option<&'a str>,
}

#[derive(Serialize)]
struct Row {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    display_name: String,
    created_at: String,
}

/// `1970-01-01T00:00:00Z` and later. Days to a date by counting in years that begin in March, so that the leap day
/// comes last: 146,097 days are 400 years, and a month's first day is `(153 m + 2) / 5`.
fn rfc3339(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dialect_has_its_list() {
        assert_eq!(
            write_models(Dialect::Completions, &["a", "b\""], 5),
            r#"{"object":"list","data":[{"id":"a","object":"model","created":5,"owned_by":"hadal"},{"id":"b\"","object":"model","created":5,"owned_by":"hadal"}]}"#
        );
        assert_eq!(
            write_models(Dialect::Messages, &["a"], 951_782_399),
            r#"{"data":[{"type":"model","id":"a","display_name":"a","created_at":"2000-02-28T23:59:59Z"}],"has_more":false,"first_id":"a","last_id":"a"}"#
        );
        assert_eq!(
            write_models(Dialect::Messages, &[], 0),
            r#"{"data":[],"has_more":false,"first_id":null,"last_id":null}"#
        );
    }

    #[test]
    fn dates_are_the_calendars() {
        for (seconds, date) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_759_104_000, "2025-09-29T00:00:00Z"),
            (4_102_444_800, "2100-01-01T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(seconds), date);
        }
        assert!(!rfc3339(u64::MAX).is_empty());
    }
}
