//! When somebody last configured an object.

use std::time::{Duration, UNIX_EPOCH};

use serde::Deserialize;

/// When an object was last configured, since the beginning of 1970 in UTC, as its `metadata.managedFields` tell.
///
/// What is written to a subresource, such as the status, is no configuration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "Option<Vec<Entry>>")]
pub(crate) struct Changed(pub(crate) Option<Duration>);

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    time: String,
    #[serde(default)]
    subresource: String,
}

impl From<Option<Vec<Entry>>> for Changed {
    fn from(entries: Option<Vec<Entry>>) -> Self {
        let configured = entries.into_iter().flatten().filter(|entry| entry.subresource.is_empty());
        Self(configured.filter_map(|entry| instant(&entry.time)).max())
    }
}

fn instant(text: &str) -> Option<Duration> {
    humantime::parse_rfc3339(text).ok()?.duration_since(UNIX_EPOCH).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_to_the_status_is_no_configuration() {
        let changed = |fields| serde_json::from_value::<Changed>(fields).unwrap().0.map(|time| time.as_secs());
        let entry = |time: &str, subresource: &str| json!({ "time": time, "subresource": subresource });
        let early = entry("1970-01-01T01:00:00Z", "");
        let late = entry("1970-01-01T02:00:00Z", "");
        let status = entry("1970-01-01T03:00:00Z", "status");
        assert_eq!(changed(json!([early, late, status])), Some(7200));
        assert_eq!(changed(json!([status])), None);
        assert_eq!(changed(json!([{ "time": "yesterday" }, {}])), None);
        assert_eq!(changed(json!(null)), None);
    }
}
