//! A field that was and still is: what is said of it.

use super::{
    Changes, bounds,
    kinds::{
        ANSWERS, COUNTS, DEPRECATED, DEPRECATION, EXAMPLE, EXPIRES, FILLING, HOST_ADDED, HOST_DROPPED,
        IDENTIFIER_INDEXED, INDEXED, LOWERED, MEANING, MERGE, NARROWED, NUMBER, OFTENER, OWNER, PRESENCE, RAISED,
        REPLACEMENT, SOURCE, TYPE, UNCOUNTED, UNDEPRECATED, UNINDEXED, UNIT, WIDENED,
    },
    lines,
};
use crate::model::{Field, Filling, Kind, Merge, Number, Presence, Resource, field::Deprecation};

/// How much a value tells of its sender, the least first.
const SENSITIVITIES: [&str; 3] = ["TECHNICAL", "USAGE", "IDENTIFIER"];

pub(super) fn compare(changes: &mut Changes, path: &str, was: &Field, is: &Field) {
    let at = Some(&is.at);
    changes.note(&NUMBER, path, (was.number, is.number), at);
    let is_integer =
        |field: &Field| matches!(field.kind, Kind::Number(Number::Unsigned { .. } | Number::Signed { .. }));
    let of_type = match (is_integer(was) && is_integer(is), fits(was, is)) {
        (true, true) => &WIDENED,
        (true, false) => &NARROWED,
        (false, _) => &TYPE,
    };
    changes.note(of_type, path, (type_of(was), type_of(is)), at);
    changes.note(&PRESENCE, path, (presence(was), presence(is)), at);
    changes.note(&UNIT, path, (or_none(was.unit.as_deref()), or_none(is.unit.as_deref())), at);
    bounds::compare(changes, path, was, is);
    sensitivity(changes, path, was, is);
    deprecation(changes, path, was, is);
    changes.note(&EXPIRES, path, (or_none(was.expires.as_deref()), or_none(is.expires.as_deref())), at);
    let indexed = match (was.indexed.is_none(), is.is_identifier()) {
        (true, true) => &IDENTIFIER_INDEXED,
        (true, false) => &INDEXED,
        (false, _) => &UNINDEXED,
    };
    changes.note(indexed, path, (or_none(was.indexed.as_deref()), or_none(is.indexed.as_deref())), at);
    lines::compare(changes, path, was, is);
    filling(changes, path, was, is);
    for (kind, was, is) in [
        (&MEANING, was.docs.line(), is.docs.line()),
        (&EXAMPLE, was.example.to_string(), is.example.to_string()),
        (&SOURCE, was.source.clone(), is.source.clone()),
        (&ANSWERS, was.answers.join(", "), is.answers.join(", ")),
        (&OWNER, was.owner.clone(), is.owner.clone()),
    ] {
        changes.note(kind, path, (was, is), at);
    }
}

/// Whether all whole numbers that a field may be now could have been read as what it was.
fn fits(was: &Field, is: &Field) -> bool {
    let readable = match was.kind {
        Kind::Number(Number::Unsigned { .. }) => f64::from(u32::MIN)..=f64::from(u32::MAX),
        _ => f64::from(i32::MIN)..=f64::from(i32::MAX),
    };
    let Kind::Number(number) = &is.kind else { return false };
    let (min, max) = number.bounds();
    readable.contains(&min) && readable.contains(&max)
}

/// The type as the sources have it.
pub(super) fn type_of(field: &Field) -> String {
    match &field.kind {
        Kind::Boolean => "bool".to_owned(),
        Kind::Number(Number::Unsigned { .. }) => "uint32".to_owned(),
        Kind::Number(Number::Signed { .. }) => "int32".to_owned(),
        Kind::Number(Number::Double { .. }) => "double".to_owned(),
        Kind::Text(_) => "string".to_owned(),
        Kind::Enum(name) => name.clone(),
    }
}

/// A field in a few words, for one that came or went.
pub(super) fn said(field: &Field) -> String {
    format!("{} {}, {}", presence(field), type_of(field), field.sensitivity)
}

fn presence(field: &Field) -> &'static str {
    match field.presence {
        Presence::Required => "required",
        Presence::Optional => "optional",
        Presence::List { .. } => "list of",
    }
}

fn or_none(text: Option<&str>) -> &str {
    text.unwrap_or("none")
}

fn sensitivity(changes: &mut Changes, path: &str, was: &Field, is: &Field) {
    let rank = |field: &Field| SENSITIVITIES.iter().position(|known| *known == field.sensitivity);
    let kind = if rank(is) > rank(was) { &RAISED } else { &LOWERED };
    changes.note(kind, path, (&was.sensitivity, &is.sensitivity), Some(&is.at));
}

fn deprecation(changes: &mut Changes, path: &str, was: &Field, is: &Field) {
    let replacement = |deprecation: &Deprecation| or_none(deprecation.replacement.as_deref()).to_owned();
    match (&was.deprecated, &is.deprecated) {
        (None, None) => {}
        (None, Some(now)) => changes.push(&DEPRECATED, path, ("", &now.reason), Some(&is.at)),
        (Some(before), None) => changes.push(&UNDEPRECATED, path, (&before.reason, ""), Some(&is.at)),
        (Some(before), Some(now)) => {
            changes.note(&DEPRECATION, path, (&before.reason, &now.reason), Some(&is.at));
            changes.note(&REPLACEMENT, path, (replacement(before), replacement(now)), Some(&is.at));
        }
    }
}

/// What fills the field. What is read for it is compared for the standard as a whole.
fn filling(changes: &mut Changes, path: &str, was: &Field, is: &Field) {
    let at = Some(&is.at);
    let host = if is.filling.asks_host() { &HOST_ADDED } else { &HOST_DROPPED };
    let told = |field: &Field| if field.filling.asks_host() { "told by the host" } else { "not told by the host" };
    changes.note(host, path, (told(was), told(is)), at);
    if was.filling.asks_host() && is.filling.asks_host() {
        changes.note(&MERGE, path, (merge(was), merge(is)), at);
    }
    if let (Filling::Counts(before), Filling::Counts(now)) = (&was.filling, &is.filling)
        && kind_of_object(before) != kind_of_object(now)
    {
        changes.push(&COUNTS, path, (before, now), at);
    } else if let Filling::Counts(before) = &was.filling
        && !matches!(is.filling, Filling::Counts(_))
    {
        changes.push(&UNCOUNTED, path, (before, is.filling.name()), at);
    } else if was.is_daily && !is.is_daily {
        changes.push(&OFTENER, path, ("once a day", "with each report"), at);
    } else {
        let filled = |field: &Field| {
            let reads: Vec<String> = field.filling.reads().iter().map(ToString::to_string).collect();
            let daily = if field.is_daily { ", once a day" } else { "" };
            format!("{} ({}{daily})", field.filling.name(), reads.join(", "))
        };
        changes.note(&FILLING, path, (filled(was), filled(is)), at);
    }
}

/// A kind of object in whatever version it is served.
fn kind_of_object(resource: &Resource) -> (&str, &str) {
    (&resource.group, &resource.plural)
}

fn merge(field: &Field) -> &'static str {
    match field.merge {
        Merge::Sum => "SUM",
        Merge::Max => "MAX",
        Merge::First => "the first",
    }
}
