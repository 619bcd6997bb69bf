//! What is read of a cluster, for each category of consent.

use super::{
    Changes,
    kinds::{READ, READ_DROPPED},
};
use crate::model::{Location, Model, Part, Read, Resource};

/// A read, the category that it is made for, and a field that it is made for.
struct Reading<'a> {
    category: Option<&'a str>,
    read: Read,
    at: &'a Location,
}

pub(super) fn compare(changes: &mut Changes, was: &Model, is: &Model) {
    let (before, now) = (readings(was), readings(is));
    for reading in now.iter().filter(|reading| !is_made(&before, reading)) {
        changes.push(&READ, category(reading), ("", &reading.read), Some(reading.at));
    }
    for reading in before.iter().filter(|reading| !is_made(&now, reading)) {
        changes.push(&READ_DROPPED, category(reading), (&reading.read, ""), None);
    }
}

/// Every read once for each category.
fn readings(model: &Model) -> Vec<Reading<'_>> {
    let mut readings: Vec<Reading<'_>> = Vec::new();
    for (message, field) in model.fields() {
        for read in field.filling.reads() {
            let category = message.category.as_deref();
            if !readings.iter().any(|known| known.category == category && known.read == read) {
                readings.push(Reading { category, read, at: &field.at });
            }
        }
    }
    readings
}

fn category<'a>(reading: &Reading<'a>) -> &'a str {
    reading.category.unwrap_or("envelope")
}

/// Whether one of the reads shows all that another one does, for whoever allows the category. What the envelope needs is read
/// for everybody.
fn is_made(readings: &[Reading<'_>], wanted: &Reading<'_>) -> bool {
    readings
        .iter()
        .any(|made| (made.category.is_none() || made.category == wanted.category) && covers(&made.read, &wanted.read))
}

fn covers(made: &Read, wanted: &Read) -> bool {
    match (made, wanted) {
        (Read::Object(made, name, part), Read::Object(wanted, other, wanted_part)) => {
            is_kind(made, wanted) && name == other && shows(*part, *wanted_part)
        }
        (Read::List(made, part), Read::List(wanted, wanted_part)) => {
            is_kind(made, wanted) && shows(*part, *wanted_part)
        }
        // Whoever sees any part of the objects of a kind can count them.
        (Read::List(made, _) | Read::Count(made), Read::Count(wanted)) => is_kind(made, wanted),
        (made, wanted) => made == wanted,
    }
}

fn shows(made: Part, wanted: Part) -> bool {
    made == Part::Whole || made == wanted
}

/// Whether both are of one kind, in whatever version. What stands outside of namespaces is asked for by fewer installations.
fn is_kind(made: &Resource, wanted: &Resource) -> bool {
    (&made.group, &made.plural) == (&wanted.group, &wanted.plural)
        && (!made.is_cluster_scoped || wanted.is_cluster_scoped)
}
