//! The report as a whole: what it says of itself, its envelope and its events.

use std::collections::{BTreeMap, BTreeSet};

use super::Fault;
use crate::model::{Kind, Member, Model, Size, Value, size::EXTRACTED};

/// What generated code and receivers handle by name in every report.
pub(super) const ENVELOPE: [&str; 6] = ["schema", "schema_hash", "report_id", "event", "consented", "absent"];

pub(super) fn report_complete(model: &Model) -> Vec<Fault> {
    let said = [
        ("purpose", model.purpose.trim().is_empty()),
        ("retention_days", model.retention_days == 0),
        ("sourcetype", model.sourcetype.is_empty()),
        ("id_base", model.id_base.is_empty()),
        ("questions", model.questions.is_empty()),
    ];
    let missing = said.into_iter().filter(|(_, is_missing)| *is_missing);
    missing
        .map(|(key, _)| {
            let help = format!("add `option (ktel.v1.report).{key} = …;`");
            Fault::new(&model.report().at, format!("the report has no `{key}`"), help)
        })
        .collect()
}

pub(super) fn envelope(model: &Model) -> Vec<Fault> {
    let report = model.report();
    let names: BTreeSet<&str> = report.members.iter().map(Member::name).collect();
    let missing = ENVELOPE.into_iter().filter(|name| !names.contains(name));
    missing
        .map(|name| {
            let help = "see the envelope in schema/README.md: collector and receivers handle it by name";
            Fault::new(&report.at, format!("the report has no `{name}`"), help)
        })
        .collect()
}

pub(super) fn unknown(model: &Model) -> Vec<Fault> {
    let Some(events) = events(model) else { return Vec::new() };
    let sections = model.messages.iter().filter(|section| section.category.is_some());
    sections
        .filter_map(|section| Some((section, section.event.as_ref()?)))
        .filter(|(_, event)| !events.iter().any(|known| known.name == **event))
        .map(|(section, event)| {
            let help = format!("add `{event}` to the values of the report's `event`");
            Fault::new(&section.at, format!("`{}` travels in `{event}`, which is no event", section.name), help)
        })
        .collect()
}

pub(super) fn empty(model: &Model) -> Vec<Fault> {
    let Some(events) = events(model) else { return Vec::new() };
    let empty = events.iter().filter(|event| model.category_of(&event.name).is_none());
    empty
        .map(|event| {
            let message = format!("no section travels in the event `{}`", event.name);
            Fault::new(&event.at, message, "drop it from the values of `event`")
        })
        .collect()
}

pub(super) fn category(model: &Model) -> Vec<Fault> {
    let mut categories: BTreeMap<&str, &str> = BTreeMap::new();
    let mut faults = Vec::new();
    for section in &model.messages {
        let (Some(event), Some(category)) = (&section.event, &section.category) else { continue };
        let first = categories.entry(event).or_insert(category);
        if first != category {
            let message = format!("`{}` is {category}, and its event `{event}` is {first}", section.name);
            let help = "give it an event of its own: consent is given and withdrawn for whole events";
            faults.push(Fault::new(&section.at, message, help));
        }
    }
    faults
}

pub(super) fn size(model: &Model) -> Vec<Fault> {
    let too_large = |size: &Size| size.bytes > EXTRACTED.bytes || size.leaves > EXTRACTED.leaves;
    let sizes = model.events().iter().map(|event| (event, model.largest(&event.name)));
    sizes
        .filter(|(_, size)| too_large(size))
        .map(|(event, Size { bytes, leaves })| {
            let message = format!("the event `{}` can have {bytes} bytes and {leaves} fields", event.name);
            let help = format!(
                "Splunk extracts {} bytes and {} fields: tighten bounds, or give a section an event of its own",
                EXTRACTED.bytes, EXTRACTED.leaves
            );
            Fault::new(&event.at, message, help)
        })
        .collect()
}

/// The events, unless the report has no such field, which is another rule's.
fn events(model: &Model) -> Option<&[Value]> {
    let event = model.report().fields().find(|field| field.name == "event")?;
    matches!(event.kind, Kind::Enum(_)).then(|| model.events())
}
