//! Values of enums.

use super::{
    Changes,
    kinds::{
        MEANING, VALUE_ADDED, VALUE_DEPRECATED, VALUE_GIVEN_UP, VALUE_NOT_RESERVED, VALUE_NUMBER, VALUE_REMOVED,
        VALUE_RENAMED, VALUE_UNDEPRECATED, WORD, WORD_ADDED,
    },
    sections,
};
use crate::model::{Enum, Model, Value};

/// Compares the enums that were in use and still are. Where a field has another one, its type has changed.
pub(super) fn compare(changes: &mut Changes, was: &Model, is: &Model) {
    for now in &is.enums {
        if let Some(before) = was.enumeration(&now.name) {
            matched(changes, before, now);
        }
    }
}

fn matched(changes: &mut Changes, was: &Enum, is: &Enum) {
    let path = |value: &Value| format!("{}.{}", is.name, value.name);
    let find = |values: &[Value], name: &str| values.iter().position(|value| value.name == name);
    let mut new: Vec<&Value> = is.values.iter().filter(|value| find(&was.values, &value.name).is_none()).collect();
    for before in &was.values {
        if let Some(index) = find(&is.values, &before.name) {
            value(changes, &path(before), before, &is.values[index]);
        } else if before.is_deprecated && is.reserved.keeps(before.number.into(), &before.name) {
            changes.push(&VALUE_GIVEN_UP, &path(before), (&before.name, ""), Some(&is.at));
        } else if let Some(index) = new.iter().position(|now| now.number == before.number) {
            let now = new.remove(index);
            changes.push(&VALUE_RENAMED, &path(before), (&before.name, &now.name), Some(&now.at));
        } else {
            let kind = if before.is_deprecated { &VALUE_NOT_RESERVED } else { &VALUE_REMOVED };
            changes.push(kind, &path(before), (&before.name, ""), Some(&is.at));
        }
    }
    for now in new {
        changes.push(&VALUE_ADDED, &path(now), ("", &now.name), Some(&now.at));
    }
    sections::reserved(changes, &is.name, (&was.reserved, &is.reserved), &is.at);
}

fn value(changes: &mut Changes, path: &str, was: &Value, is: &Value) {
    let at = Some(&is.at);
    changes.note(&VALUE_NUMBER, path, (was.number, is.number), at);
    let deprecated = |value: &Value| if value.is_deprecated { "deprecated" } else { "in use" };
    let kind = if is.is_deprecated { &VALUE_DEPRECATED } else { &VALUE_UNDEPRECATED };
    changes.note(kind, path, (deprecated(was), deprecated(is)), at);
    let word = |value: &Value| value.line.clone().unwrap_or_else(|| "none".to_owned());
    changes.note(if was.line.is_none() { &WORD_ADDED } else { &WORD }, path, (word(was), word(is)), at);
    changes.note(&MEANING, path, (was.docs.line(), is.docs.line()), at);
}
