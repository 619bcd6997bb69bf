//! Examples keep the bounds of their fields.

use serde_json::Value;

use super::{Fault, pattern};
use crate::model::{Field, Kind, Model, Presence};

pub(super) fn invalid(model: &Model) -> Vec<Fault> {
    model.fields().flat_map(|(_, field)| faults(model, field)).collect()
}

fn faults(model: &Model, field: &Field) -> Vec<Fault> {
    let name = &field.name;
    let (values, max_items) = match (&field.example, field.presence) {
        (Value::Array(values), Presence::List { max_items }) => (values.as_slice(), max_items as usize),
        (Value::Array(values), _) => (values.as_slice(), 1),
        // What is missing is another rule's.
        (Value::Null, _) => (&[][..], 1),
        (value, _) => (std::slice::from_ref(value), 1),
    };
    let mut faults = Vec::new();
    if values.len() > max_items {
        let message = format!("`{name}` has {} examples, and room for {max_items}", values.len());
        faults.push(Fault::new(&field.at, message, "leave no more than the field can hold"));
    }
    for value in values.iter().filter(|value| !fits(model, &field.kind, value)) {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let message = format!("the example `{text}` breaks the bounds of `{name}`");
        faults.push(Fault::new(&field.at, message, "choose a value that the field admits"));
    }
    faults
}

fn fits(model: &Model, kind: &Kind, value: &Value) -> bool {
    match kind {
        Kind::Boolean => value.is_boolean(),
        Kind::Number(number) => {
            let (min, max) = number.bounds();
            value.as_f64().is_some_and(|value| (min..=max).contains(&value))
        }
        Kind::Text(text) => value.as_str().is_some_and(|value| pattern::admits(text, value)),
        Kind::Enum(name) => {
            let values = model.enumeration(name).map_or(&[][..], |an_enum| &an_enum.values);
            values.iter().any(|known| Some(known.name.as_str()) == value.as_str())
        }
    }
}
