//! Which fields were, which are, and which of them are the same.

use super::{
    Changes, field,
    kinds::{
        ADDED, ADDED_IDENTIFIER, ADDED_REQUIRED, GIVEN_UP, MOVED, MOVED_CATEGORY, NOT_RESERVED, REMOVED,
        REMOVED_REQUIRED, RENAMED,
    },
    sections::is_looser,
};
use crate::model::{Field, Message, Model, Presence};

/// A field, with the section that it stands in.
type Placed<'a> = (&'a Message, &'a Field);

pub(super) fn compare(changes: &mut Changes, was: &Model, is: &Model) {
    let mut new: Vec<Placed<'_>> = is.fields().filter(|placed| was.field(&path(*placed)).is_none()).collect();
    for before in was.fields() {
        match is.field(&path(before)) {
            Some((_, now)) => field::compare(changes, &path(before), before.1, now),
            None => gone(changes, is, before, &mut new),
        }
    }
    for (message, field) in new {
        added(changes, &message.path_of(&field.name), field);
    }
}

/// Says why a field is gone. What it has become is no longer among the `new`.
fn gone(changes: &mut Changes, is: &Model, before: Placed<'_>, new: &mut Vec<Placed<'_>>) {
    let (message, field) = before;
    let home = is.messages.iter().find(|now| now.path == message.path);
    let is_required = field.presence == Presence::Required;
    let is_deprecated = field.deprecated.is_some() && !is_required;
    let is_reserved = home.is_some_and(|home| home.reserved.keeps(field.number.into(), &field.name));
    let (was, at) = (field::said(field), home.map(|home| &home.at));
    if is_deprecated && is_reserved {
        changes.push(&GIVEN_UP, &path(before), (was, ""), at);
        return;
    }
    let bears_number = |now: &Placed<'_>| now.0.path == message.path && now.1.number == field.number;
    let bears_name = |now: &Placed<'_>| now.1.name == field.name && field::type_of(now.1) == field::type_of(field);
    let renamed = new.iter().position(bears_number);
    if let Some(index) = renamed.or_else(|| new.iter().position(bears_name)) {
        let now = new.remove(index);
        let kind = if renamed.is_some() { &RENAMED } else { &MOVED };
        changes.push(kind, &path(before), (path(before), path(now)), Some(&now.1.at));
        if is_looser(message.category.as_deref(), now.0.category.as_deref()) {
            let named = |message: &Message| message.category.clone().unwrap_or_else(|| "envelope".to_owned());
            changes.push(&MOVED_CATEGORY, &path(now), (named(message), named(now.0)), Some(&now.1.at));
        }
        field::compare(changes, &path(now), field, now.1);
        return;
    }
    let kind = match (is_required, is_deprecated, home) {
        (true, ..) => &REMOVED_REQUIRED,
        (_, false, _) => &REMOVED,
        (_, true, Some(_)) => &NOT_RESERVED,
        // It went with its section, of which is said whether its place is reserved.
        (_, true, None) => return,
    };
    changes.push(kind, &path(before), (was, ""), at);
}

fn added(changes: &mut Changes, path: &str, field: &Field) {
    let kind = if field.presence == Presence::Required { &ADDED_REQUIRED } else { &ADDED };
    changes.push(kind, path, ("", field::said(field)), Some(&field.at));
    if field.is_identifier() {
        changes.push(&ADDED_IDENTIFIER, path, ("", field.sensitivity.as_str()), Some(&field.at));
    }
}

fn path((message, field): Placed<'_>) -> String {
    message.path_of(&field.name)
}
