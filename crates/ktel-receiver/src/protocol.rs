//! Reads the body of a request: packed or not, one envelope after the other.

use std::{collections::BTreeMap, io::Read as _};

use flate2::read::MultiGzDecoder;
use serde_json::{Map, Value, value::RawValue};

use crate::{
    answer::Answer,
    settings::{Settings, Token},
};

/// An envelope as it came.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Envelope {
    pub(crate) event: Value,
    pub(crate) rest: Map<String, Value>,
}

/// The envelopes of a body up to the first one that is wrong, and what is wrong with that.
#[derive(Debug)]
pub(crate) struct Envelopes {
    pub(crate) good: Vec<Envelope>,
    pub(crate) refusal: Option<Answer>,
}

/// Undoes the encoding of a body. No more is unpacked than would be taken.
pub(crate) fn decode(body: &[u8], encoding: Option<&str>, most: usize) -> Result<Vec<u8>, Answer> {
    match encoding {
        None | Some("" | "identity") => Ok(body.to_vec()),
        Some("gzip") => {
            let mut decoded = Vec::new();
            let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
            MultiGzDecoder::new(body).take(limit).read_to_end(&mut decoded).map_err(|_| Answer::BadEncoding)?;
            if decoded.len() > most { Err(Answer::TooLarge) } else { Ok(decoded) }
        }
        Some(_) => Err(Answer::UnknownEncoding),
    }
}

/// Reads the envelopes of a body, as Splunk does: one by one, so that what stands before a bad one is read.
pub(crate) fn envelopes(body: &[u8], settings: &Settings, token: Option<&Token>) -> Envelopes {
    let mut good = Vec::new();
    // Nobody should send a list, which is taken all the same.
    let listed: Option<Vec<Box<RawValue>>> =
        if body.trim_ascii_start().starts_with(b"[") { serde_json::from_slice(body).ok() } else { None };
    let texts: Box<dyn Iterator<Item = Result<Box<RawValue>, serde_json::Error>>> = match listed {
        Some(listed) => Box::new(listed.into_iter().map(Ok)),
        None => Box::new(serde_json::Deserializer::from_slice(body).into_iter::<Box<RawValue>>()),
    };
    for (number, text) in texts.enumerate() {
        let envelope = match text {
            Ok(text) if text.get().len() <= settings.max_event_bytes => envelope(number, text.get(), token),
            _ => Err(Answer::InvalidFormat(number)),
        };
        match envelope {
            Ok(envelope) => good.push(envelope),
            Err(refusal) => return Envelopes { good, refusal: Some(refusal) },
        }
    }
    let refusal = good.is_empty().then_some(Answer::NoData);
    Envelopes { good, refusal }
}

fn envelope(number: usize, text: &str, token: Option<&Token>) -> Result<Envelope, Answer> {
    // Each part is read of its own text: serde_json takes an object that bears a certain name for the JSON in its value.
    let written: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(|_| Answer::InvalidFormat(number))?;
    let parts = written.iter().map(|(name, part)| Ok((name.clone(), serde_json::from_str(part.get())?)));
    let parts: Result<Map<String, Value>, serde_json::Error> = parts.collect();
    let mut rest = parts.map_err(|_| Answer::InvalidFormat(number))?;
    let event = rest.remove("event").ok_or(Answer::EventRequired(number))?;
    if event.is_null() || event.as_str().is_some_and(str::is_empty) {
        return Err(Answer::EventBlank(number));
    }
    match rest.get("fields") {
        Some(Value::Object(fields)) if fields.values().any(Value::is_object) => return Err(Answer::BadFields(number)),
        None | Some(Value::Object(_)) => {}
        Some(_) => return Err(Answer::InvalidFormat(number)),
    }
    if written.get("time").is_some_and(|time| !is_time(time.get())) {
        return Err(Answer::BadFields(number));
    }
    let index = rest.get("index").and_then(Value::as_str);
    let is_foreign = |index: &str| {
        token.is_some_and(|token| !token.indexes.is_empty() && !token.indexes.iter().any(|own| own == index))
    };
    if index.is_some_and(is_foreign) {
        return Err(Answer::IncorrectIndex(number));
    }
    Ok(Envelope { event, rest })
}

/// Reads a raw body: a line an event, whatever is in it.
pub(crate) fn lines(body: &[u8]) -> Envelopes {
    let text = String::from_utf8_lossy(body);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let good: Vec<Envelope> = lines.map(|line| Envelope { event: line.into(), rest: Map::new() }).collect();
    let refusal = good.is_empty().then_some(Answer::NoData);
    Envelopes { good, refusal }
}

/// Whether a time, as it is written, is a number or a text that is one, without an exponent. What Rust calls `nan` and `inf`
/// is none.
fn is_time(written: &str) -> bool {
    let number = written.trim_matches('"');
    !number.contains(['e', 'E']) && number.parse().is_ok_and(f64::is_finite)
}
