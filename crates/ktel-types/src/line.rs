//! A report as the semicolon line format has it: a key and a text for each place that the standard gives its fields.
//!
//! ```
//! use ktel_types::{Valid, line, report::Product};
//!
//! let product = Valid::<Product>::parse(r#"{"name": "kong-operator", "version": "2.1.0"}"#)?;
//! assert_eq!(line::texts([product.json()]).get("v"), None, "a section is no report: its paths begin elsewhere");
//!
//! let texts = line::texts([r#"{"product": {"name": "kong-operator", "version": "2.1.0"}, "signal": "HEARTBEAT"}"#]);
//! assert_eq!((&*texts["signal"], &*texts["v"]), ("kong-operator-ping", "2.1.0"));
//! # Ok::<(), ktel_types::Invalid>(())
//! ```

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    fields,
    table::{Field, Kind, Manner, Place},
};

/// What the fields that share a key have to say.
#[derive(Default)]
struct Key {
    listed: Vec<String>,
    /// What is listed before all else, if anything else has a value.
    beside: Vec<String>,
    behind: String,
    /// Whether anything has a value that is not only there beside others.
    is_measured: bool,
}

/// The texts of a report, by their keys. The events of the report are given as the JSON that was validated; what stands in
/// every event is taken from the first.
///
/// No text holds what separates fields and records of the format, since no valid value does.
#[must_use]
pub fn texts<'a>(events: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'static str, String> {
    let events: Vec<Value> = events.into_iter().filter_map(|event| serde_json::from_str(event).ok()).collect();
    let mut keys: BTreeMap<&'static str, Key> = BTreeMap::new();
    for field in fields::ALL.iter().filter(|field| !field.line.is_empty()) {
        let Some(value) = events.iter().find_map(|event| event.pointer(&format!("/{}", field.path.replace('.', "/"))))
        else {
            continue;
        };
        for place in field.line {
            keys.entry(place.key).or_default().take(field, place, value);
        }
    }
    keys.into_iter().filter_map(|(name, key)| Some((name, key.text()?))).collect()
}

impl Key {
    fn take(&mut self, field: &Field, place: &Place, value: &Value) {
        self.is_measured |= matches!(place.manner, Manner::Listed | Manner::AboveZero);
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let words = values.iter().filter_map(|value| word(field, place, value));
        let texts = words.map(|word| format!("{}{word}{}", place.prefix, place.suffix));
        match place.manner {
            Manner::AboveZero if value.as_f64() == Some(0.0) => {}
            Manner::Listed | Manner::AboveZero => self.listed.extend(texts),
            Manner::BesideOthers => self.beside.extend(texts),
            Manner::BehindOthers => self.behind.extend(texts),
        }
    }

    /// What stands behind the key; `None` if that is nothing.
    fn text(mut self) -> Option<String> {
        self.listed.sort();
        let mut listed = if self.is_measured { self.beside } else { Vec::new() };
        listed.append(&mut self.listed);
        (!listed.is_empty()).then(|| listed.join(",") + &self.behind)
    }
}

/// The word for a value; `None` for the value of an enum that has none.
fn word(field: &Field, place: &Place, value: &Value) -> Option<String> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let word = place.words.iter().find(|(value, _)| *value == text).map(|(_, word)| (*word).to_owned());
    if matches!(field.kind, Kind::Enum(_)) { word } else { word.or(Some(text)) }
}
