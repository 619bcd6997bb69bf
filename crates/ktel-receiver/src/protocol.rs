//! Reads the body of a request: compressed or not, one envelope after the other.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use serde_json::{Map, Value};

use crate::answer::Answer;

/// The largest body that is taken, compressed or not: Splunk's own default.
pub(crate) const MAX_BYTES: usize = 1_000_000;

/// An envelope as it came.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Envelope {
    pub(crate) event: Value,
    pub(crate) rest: Map<String, Value>,
}

/// Undoes the encoding of a body. No more is unpacked than would be taken.
pub(crate) fn decode(body: &[u8], encoding: Option<&str>) -> Result<Vec<u8>, Answer> {
    match encoding {
        None | Some("" | "identity") => Ok(body.to_vec()),
        Some("gzip") => {
            let mut decoded = Vec::new();
            let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
            MultiGzDecoder::new(body).take(limit).read_to_end(&mut decoded).map_err(|_| Answer::BadEncoding)?;
            if decoded.len() > MAX_BYTES { Err(Answer::TooLarge) } else { Ok(decoded) }
        }
        Some(_) => Err(Answer::UnknownEncoding),
    }
}

/// Reads the envelopes of a body.
pub(crate) fn envelopes(body: &[u8]) -> Result<Vec<Envelope>, Answer> {
    let mut envelopes = Vec::new();
    for (number, value) in serde_json::Deserializer::from_slice(body).into_iter::<Value>().enumerate() {
        let value = value.map_err(|_| Answer::InvalidFormat(number))?;
        let Value::Object(mut rest) = value else { return Err(Answer::InvalidFormat(number)) };
        let event = rest.remove("event").ok_or(Answer::EventRequired(number))?;
        if event.is_null() || event.as_str().is_some_and(str::is_empty) {
            return Err(Answer::EventBlank(number));
        }
        if !is_time(rest.get("time")) || !are_flat(rest.get("fields")) {
            return Err(Answer::BadFields(number));
        }
        envelopes.push(Envelope { event, rest });
    }
    if envelopes.is_empty() { Err(Answer::NoData) } else { Ok(envelopes) }
}

/// Whether a time is a number, or a text that is one, without an exponent.
fn is_time(time: Option<&Value>) -> bool {
    match time {
        None => true,
        Some(Value::Number(number)) => !number.to_string().contains(['e', 'E']),
        Some(Value::String(text)) => !text.contains(['e', 'E']) && text.parse::<f64>().is_ok(),
        Some(_) => false,
    }
}

/// Whether indexed fields are a flat object; a list of values for one field is allowed.
fn are_flat(fields: Option<&Value>) -> bool {
    match fields {
        None => true,
        Some(Value::Object(fields)) => fields.values().all(|value| !value.is_object()),
        Some(_) => false,
    }
}
