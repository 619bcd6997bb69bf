//! Sections: where they travel, who allows them, what was given up in them.

use super::{
    Changes,
    kinds::{
        CATEGORY, CATEGORY_TIGHTER, EVENT, MEANING, RESERVED, SECTION_GIVEN_UP, SECTION_NUMBER, SECTION_REMOVED,
        SECTION_TYPE,
    },
};
use crate::model::{Location, Message, Model, Reserved};

/// What stands for the category and the event of the envelope.
const ENVELOPE: &str = "envelope";

pub(super) fn compare(changes: &mut Changes, was: &Model, is: &Model) {
    for before in &was.messages {
        match is.messages.iter().find(|message| message.path == before.path) {
            Some(now) => matched(changes, before, now),
            None => removed(changes, is, before),
        }
    }
}

/// Whether somebody who was asked for no more than `was` sends what is `is`.
///
/// No category contains another one: who allows only one of two may send what moves into it. Everybody sends the envelope.
pub(super) fn is_looser(was: Option<&str>, is: Option<&str>) -> bool {
    was != is && was.is_some()
}

fn matched(changes: &mut Changes, was: &Message, is: &Message) {
    let (path, at) = (if is.is_report() { "report" } else { is.path.as_str() }, Some(&is.at));
    changes.note(&SECTION_NUMBER, path, (was.number, is.number), at);
    changes.note(&SECTION_TYPE, path, (&was.name, &is.name), at);
    changes.note(&EVENT, path, (named(was.event.as_deref()), named(is.event.as_deref())), at);
    let is_loose = is_looser(was.category.as_deref(), is.category.as_deref());
    let category = if is_loose { &CATEGORY } else { &CATEGORY_TIGHTER };
    changes.note(category, path, (named(was.category.as_deref()), named(is.category.as_deref())), at);
    changes.note(&MEANING, path, (was.docs.line(), is.docs.line()), at);
    reserved(changes, path, (&was.reserved, &is.reserved), &is.at);
}

fn removed(changes: &mut Changes, is: &Model, was: &Message) {
    let (above, name) = was.path.rsplit_once('.').unwrap_or(("", &was.path));
    // Nothing can be reserved in a message that is gone; then the section above is what has to be given up.
    let Some(parent) = is.messages.iter().find(|message| message.path == above) else { return };
    let is_deprecated = was.fields().all(|field| field.deprecated.is_some());
    let is_given_up = is_deprecated && parent.reserved.keeps(was.number.into(), name);
    let kind = if is_given_up { &SECTION_GIVEN_UP } else { &SECTION_REMOVED };
    changes.push(kind, &was.path, (&was.name, ""), Some(&parent.at));
}

/// Holds what is reserved against what was.
pub(super) fn reserved(changes: &mut Changes, path: &str, (was, is): (&Reserved, &Reserved), at: &Location) {
    for range in was.numbers.iter().filter(|range| !is.keeps_range(**range)) {
        let (first, last) = range;
        let numbers = if first == last { first.to_string() } else { format!("{first} to {last}") };
        changes.push(&RESERVED, path, (numbers, ""), Some(at));
    }
    for name in was.names.iter().filter(|name| !is.names.contains(name)) {
        changes.push(&RESERVED, path, (name, ""), Some(at));
    }
}

fn named(what: Option<&str>) -> &str {
    what.unwrap_or(ENVELOPE)
}
