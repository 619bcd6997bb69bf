//! A number whose name speaks of a unit has it, and the other way round.

use super::Fault;
use crate::model::{Field, Kind, Model};

/// Last words of names that are units, in full.
const UNITS: [&str; 22] = [
    "bytes",
    "celsius",
    "count",
    "days",
    "dollars",
    "gibibytes",
    "hertz",
    "hours",
    "items",
    "kibibytes",
    "mebibytes",
    "meters",
    "microseconds",
    "milliseconds",
    "minutes",
    "nanoseconds",
    "percent",
    "ratio",
    "requests",
    "seconds",
    "watts",
    "weeks",
];

/// What is short for a unit, and the unit.
const SHORT: [(&str, &str); 20] = [
    ("gb", "gibibytes"),
    ("gib", "gibibytes"),
    ("kb", "kibibytes"),
    ("kib", "kibibytes"),
    ("mb", "mebibytes"),
    ("mib", "mebibytes"),
    ("megabytes", "mebibytes"),
    ("gigabytes", "gibibytes"),
    ("kilobytes", "kibibytes"),
    ("ms", "milliseconds"),
    ("millis", "milliseconds"),
    ("msec", "milliseconds"),
    ("us", "microseconds"),
    ("ns", "nanoseconds"),
    ("s", "seconds"),
    ("sec", "seconds"),
    ("secs", "seconds"),
    ("mins", "minutes"),
    ("pct", "percent"),
    ("num", "count"),
];

/// Words of names that speak of a quantity which has a unit.
const QUANTITIES: [&str; 13] = [
    "age",
    "capacity",
    "delay",
    "duration",
    "elapsed",
    "interval",
    "latency",
    "lifetime",
    "memory",
    "size",
    "temperature",
    "timeout",
    "uptime",
];

pub(super) fn name_unit(model: &Model) -> Vec<Fault> {
    let fields = model.fields().map(|(_, field)| field);
    fields
        .filter_map(|field| {
            let (message, help) = fault(field)?;
            Some(Fault::new(&field.at, message, help))
        })
        .collect()
}

fn fault(field: &Field) -> Option<(String, String)> {
    let name = &field.name;
    let words: Vec<&str> = name.split('_').collect();
    let last = *words.last()?;
    if !matches!(field.kind, Kind::Number(_)) {
        let unit = field.unit.as_ref()?;
        return Some((
            format!("`{name}` is in {unit}, and is no number"),
            "drop `unit`, or make it a number".to_owned(),
        ));
    }
    if let Some((_, unit)) = SHORT.iter().find(|(short, _)| *short == last) {
        let help = format!("write it in full: `_{unit}`, and `(ktel.v1.field).unit = \"{unit}\"`");
        return Some((format!("`{name}` ends in what is short for a unit"), help));
    }
    match &field.unit {
        Some(unit) if last == unit => None,
        Some(unit) => {
            let help = format!("let its name end in `_{unit}`, or mend `unit`");
            Some((format!("`{name}` is in {unit}, and is not named so"), help))
        }
        None if UNITS.contains(&last) => {
            let help = format!("add `(ktel.v1.field).unit = \"{last}\"`");
            Some((format!("`{name}` is named for a unit that it does not say"), help))
        }
        None if words.iter().any(|word| QUANTITIES.contains(word)) => {
            let help = "add `(ktel.v1.field).unit = …`, and let its name end in it: `_seconds`, `_mebibytes`, `_count`";
            Some((format!("`{name}` has no unit"), help.to_owned()))
        }
        None => None,
    }
}
