//! Holds examples and patterns against the rules of their fields.

use serde_json::Value;

use crate::{
    automaton::Automaton,
    model::{Kind, Number, Text},
};

/// Reads an example as a value of its field; `None` if it breaks the field's bounds, or if the field is an enum, whose
/// values are not known here.
pub(super) fn parse(kind: &Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Boolean => text.parse::<bool>().ok().map(Value::from),
        Kind::Number(Number::Unsigned { min, max }) => {
            text.parse::<u32>().ok().filter(|number| (min..=max).contains(&number)).map(Value::from)
        }
        Kind::Number(Number::Signed { min, max }) => {
            text.parse::<i32>().ok().filter(|number| (min..=max).contains(&number)).map(Value::from)
        }
        Kind::Number(Number::Double { min, max }) => {
            text.parse::<f64>().ok().filter(|number| (min..=max).contains(&number)).map(Value::from)
        }
        Kind::Text(bounds) => admits(bounds, text).then(|| Value::from(text)),
        Kind::Enum(_) => None,
    }
}

/// Whether the zero value of protobuf is a valid value of the field.
pub(super) fn admits_zero(kind: &Kind) -> bool {
    match kind {
        Kind::Boolean => true,
        Kind::Number(_) => parse(kind, "0").is_some(),
        Kind::Text(bounds) => admits(bounds, ""),
        Kind::Enum(_) => false,
    }
}

/// Whether a pattern means the same to ECMA-262, RE2 and Python.
///
/// # Errors
///
/// What is wrong with it, to stand behind "the pattern".
pub(super) fn check_pattern(pattern: &str) -> Result<(), String> {
    if !pattern.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err("has characters outside of ASCII".into());
    }
    if pattern.starts_with('^') || pattern.ends_with('$') {
        return Err("is anchored: it stands for the whole text as it is".into());
    }
    let escapes = pattern.split('\\').skip(1);
    if escapes.filter(|rest| !rest.is_empty()).any(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric())) {
        return Err("names a class such as `\\d`, which is wider in some languages".into());
    }
    if pattern.contains("(?") {
        return Err("has a group with an extension".into());
    }
    regex_lite::Regex::new(pattern).map_err(|error| format!("cannot be read: {error}"))?;
    Automaton::compile(pattern).map(drop)
}

fn admits(bounds: &Text, text: &str) -> bool {
    let pattern = regex_lite::Regex::new(&format!("^(?:{})$", bounds.pattern));
    let length = u32::try_from(text.chars().count());
    pattern.is_ok_and(|pattern| pattern.is_match(text)) && length.is_ok_and(|length| length <= bounds.max_length)
}
