//! What a receiver answered, as far as it matters.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use serde::Deserialize;

/// The most bytes of an answer that are looked at. What HEC says fits many times; what is longer is somebody else's page.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// An answer, reduced to what decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Body,
    /// How long the receiver asks to be left alone.
    pub retry_after: Option<Duration>,
}

/// What the body of an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// An answer of the event collector.
    Hec {
        /// Its code.
        code: u32,
        /// The number of the event that it is about, as the receiver counts.
        event: Option<usize>,
        /// The number under which it acknowledges the batch later.
        ack: Option<u64>,
    },
    /// Something else: a page of a proxy, for example.
    Foreign,
}

#[derive(Deserialize)]
struct Answer {
    /// The event collector always says it in words, too; others that have codes of their own do not call them `text`.
    #[serde(rename = "text")]
    _text: String,
    code: u32,
    #[serde(rename = "invalid-event-number")]
    event: Option<usize>,
    #[serde(rename = "ackId")]
    ack: Option<u64>,
}

/// What a receiver says to the question for acknowledgements.
#[derive(Deserialize)]
struct Acknowledged {
    acks: BTreeMap<String, bool>,
}

/// Whether this body says that what has this number is safe.
pub(crate) fn acknowledges(body: &[u8], number: u64) -> bool {
    let answer: Option<Acknowledged> = object(body);
    answer.is_some_and(|answer| answer.acks.get(&number.to_string()) == Some(&true))
}

impl Reply {
    /// Reads an answer. `retry_after` is the header of that name, `now` the time at which it came.
    #[must_use]
    pub fn read(status: u16, retry_after: Option<&str>, body: &[u8], now: SystemTime) -> Self {
        let body = match object(body) {
            Some(Answer { code, event, ack, .. }) => Body::Hec { code, event, ack },
            None if body.iter().all(u8::is_ascii_whitespace) => Body::Empty,
            None => Body::Foreign,
        };
        Self { status, body, retry_after: retry_after.and_then(|text| pause(text.trim(), now)) }
    }
}

/// Reads an object. A list is none, though serde would take it for one whose parts come in their order.
fn object<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Option<T> {
    if body.trim_ascii_start().starts_with(b"{") { serde_json::from_slice(body).ok() } else { None }
}

/// Reads a number of seconds, or the time that is left until a date. What cannot be read is not there.
fn pause(text: &str, now: SystemTime) -> Option<Duration> {
    // Rust takes a sign as well, which HTTP does not.
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(Duration::from_secs);
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::acknowledges;

    #[test]
    fn only_an_object_acknowledges() {
        assert!(acknowledges(br#" {"acks":{"7":true,"8":false}}"#, 7));
        for body in [r#"{"acks":{"7":false}}"#, r#"{"acks":{"8":true}}"#, r#"[{"7":true}]"#, ""] {
            assert!(!acknowledges(body.as_bytes(), 7), "{body}");
        }
    }
}
