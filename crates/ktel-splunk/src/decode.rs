//! From a line that was written before back to an envelope.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use ktel_outbox::Envelope;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A line that is not an envelope. The text holds nothing of the line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an envelope: {0}")]
pub struct NotAnEnvelope(String);

#[derive(Deserialize)]
struct Line<'a> {
    time: f64,
    source: String,
    sourcetype: String,
    #[serde(default)]
    index: Option<String>,
    /// The bytes that were validated when they were written, unchanged.
    #[serde(borrow)]
    event: &'a RawValue,
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

/// Reads what [`encode`](crate::encode) wrote, one envelope. Times are exact to the millisecond; fields come in the order of
/// their names.
pub fn decode(line: &str) -> Result<Envelope, NotAnEnvelope> {
    // What serde says where a type is wrong may quote the line.
    let unreadable = |error: serde_json::Error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let what = if error.is_data() { "a part is missing or has the wrong type" } else { "it is not JSON" };
        NotAnEnvelope(format!("{what} ({place})"))
    };
    let refused = |what: &str| NotAnEnvelope(what.to_owned());
    // A list is no object, though serde would take it for one whose parts come in their order.
    if line.trim_ascii_start().starts_with('[') {
        return Err(refused("it is a list"));
    }
    let line: Line<'_> = serde_json::from_str(line).map_err(unreadable)?;
    if !line.event.get().starts_with('{') {
        return Err(refused("its event is no object"));
    }
    let millis = (line.time * 1000.0).round() / 1000.0;
    let time = Duration::try_from_secs_f64(millis).map_err(|error| NotAnEnvelope(format!("its time: {error}")))?;
    let millis = u64::from(time.subsec_nanos().saturating_add(500_000) / 1_000_000);
    Ok(Envelope {
        time: Duration::from_secs(time.as_secs()) + Duration::from_millis(millis),
        source: line.source,
        sourcetype: line.sourcetype,
        index: line.index,
        event: line.event.get().to_owned(),
        fields: line.fields.into_iter().map(|(name, value)| (Cow::Owned(name), value)).collect(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;
    use crate::encode;

    #[test]
    fn what_was_written_is_read_back() {
        for (millis, index) in [(0, None), (1_795_482_000_123, Some("kong_telemetry")), (1_795_482_000_999, None)] {
            let envelope = Envelope {
                time: Duration::from_millis(millis),
                source: "a \"quoted\" product".to_owned(),
                sourcetype: "kong:telemetry:v1".to_owned(),
                index: index.map(str::to_owned),
                event: r#"{"b": 1.50, "a":"\u00e4"}"#.to_owned(),
                fields: vec![("ktel_event".into(), "USAGE".to_owned()), ("ktel_schema".into(), "v1".to_owned())],
            };
            assert_eq!(decode(encode([&envelope]).trim_end()), Ok(envelope));
        }
    }

    #[test]
    fn what_is_no_envelope_is_refused_and_not_quoted() {
        let report = r#"{"event":"USAGE","secret":"a secret"}"#;
        let number = r#"{"time":"a secret","source":"s","sourcetype":"t","event":{}}"#;
        let time = r#"{"time":-1,"source":"s","sourcetype":"t","event":{}}"#;
        // A list of the parts of an envelope, and an event that is none.
        let list = r#"[1,"s","t",null,{"a":"a secret"},{}]"#;
        let text = r#"{"time":1,"source":"s","sourcetype":"t","event":"a secret"}"#;
        for line in ["", "a secret", "{", report, number, time, "[]", list, text] {
            let error = decode(line).unwrap_err().to_string();
            assert!(error.starts_with("not an envelope: ") && !error.contains("secret"), "{error}");
        }
    }
}
