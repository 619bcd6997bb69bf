//! Bounds: whether what was valid still is.

use super::{
    Changes,
    kinds::{FORMAT_ADDED, FORMAT_DROPPED, LOOSER, PATTERN_LOOSER, PATTERN_SAME, PATTERN_TIGHTER, TIGHTER},
    pattern,
};
use crate::model::{Field, Kind, Location, Presence, Text};

pub(super) fn compare(changes: &mut Changes, path: &str, was: &Field, is: &Field) {
    let at = &is.at;
    match (&was.kind, &is.kind) {
        (Kind::Number(before), Kind::Number(now)) => {
            let (was, is) = (before.bounds(), now.bounds());
            bound(changes, path, "min", (was.0, is.0), is.0 < was.0, at);
            bound(changes, path, "max", (was.1, is.1), is.1 > was.1, at);
        }
        (Kind::Text(before), Kind::Text(now)) => {
            let (was, is) = (before.max_length, now.max_length);
            bound(changes, path, "max_length", (was.into(), is.into()), is > was, at);
            text(changes, path, before, now, at);
        }
        // A change of type is a change by itself.
        _ => {}
    }
    if let (Presence::List { max_items: was }, Presence::List { max_items: is }) = (was.presence, is.presence) {
        bound(changes, path, "max_items", (was.into(), is.into()), is > was, at);
    }
}

fn bound(changes: &mut Changes, path: &str, key: &str, (was, is): (f64, f64), is_looser: bool, at: &Location) {
    let kind = if is_looser { &LOOSER } else { &TIGHTER };
    changes.note(kind, path, (format!("{key} {was}"), format!("{key} {is}")), Some(at));
}

fn text(changes: &mut Changes, path: &str, was: &Text, is: &Text, at: &Location) {
    // A named form is its pattern, which is a change only where it is another one.
    let kind = match (pattern::covers(&is.pattern, &was.pattern), pattern::covers(&was.pattern, &is.pattern)) {
        (true, true) => &PATTERN_SAME,
        (true, false) => &PATTERN_LOOSER,
        (false, _) => &PATTERN_TIGHTER,
    };
    changes.note(kind, path, (&was.pattern, &is.pattern), Some(at));
    let format = if is.format.is_some() { &FORMAT_ADDED } else { &FORMAT_DROPPED };
    let named = |text: &Text| text.format.clone().unwrap_or_else(|| "none".to_owned());
    changes.note(format, path, (named(was), named(is)), Some(at));
}
