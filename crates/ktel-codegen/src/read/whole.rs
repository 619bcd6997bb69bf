//! Rules that no section can keep by itself: they are about the report as a whole.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, context::Context, line};
use crate::model::{Kind, Location, Member, Message, Model, Presence, Size, size::EXTRACTED};

/// What generated code and receivers handle by name in every report.
const ENVELOPE: [&str; 6] = ["schema", "schema_hash", "report_id", "event", "consented", "absent"];

/// What the name of everything that is indexed begins with, and no name inside of an event.
const INDEXED_PREFIX: &str = "ktel_";

/// Holds all messages against the rules; the report comes first.
pub(super) fn check(context: &mut Context<'_>, messages: &[Message]) {
    let Some(report) = messages.first() else { return };
    check_envelope(context, report);
    check_events(context, report, messages);
    line::check_keys(context, messages);
    check_indexed(context, messages);
}

fn check_envelope(context: &mut Context<'_>, report: &Message) {
    let names: BTreeSet<&str> = report.members.iter().map(Member::name).collect();
    for name in ENVELOPE.into_iter().filter(|name| !names.contains(name)) {
        let help = "see the envelope in schema/README.md: collector and receivers handle it by name";
        context.find(&report.at, format!("the report has no `{name}`"), help);
    }
}

/// Every section travels in an event that exists, and every event has sections, all of one category: consent is given and
/// withdrawn for whole events.
fn check_events(context: &mut Context<'_>, report: &Message, messages: &[Message]) {
    let event = report.fields().find(|field| field.name == "event");
    let Some(Kind::Enum(name)) = event.map(|event| &event.kind) else { return };
    let Some(events) = context.enums.iter().find(|known| known.name == *name) else { return };
    let events: Vec<String> = events.values.iter().map(|value| value.name.clone()).collect();
    let mut categories: BTreeMap<&str, &str> = BTreeMap::new();
    let mut find = |at: &Location, message: String, help: &str| context.find(at, message, help);
    for section in messages {
        let (Some(event), Some(category)) = (&section.event, &section.category) else { continue };
        if !events.contains(event) {
            let help = format!("add `{event}` to the values of the report's `event`");
            find(&section.at, format!("`{}` travels in `{event}`, which is no event", section.name), &help);
        }
        let first = categories.entry(event).or_insert(category);
        if first != category {
            let help = "give it an event of its own: consent is given and withdrawn for whole events";
            find(&section.at, format!("`{}` is {category}, and its event `{event}` is {first}", section.name), help);
        }
    }
    for event in events.iter().filter(|event| !categories.contains_key(event.as_str())) {
        find(&report.at, format!("no section travels in the event `{event}`"), "drop it from the values of `event`");
    }
}

/// What is indexed has one value, under a name that is nobody else's: a name that is indexed twice, or inside of the event, too,
/// has several values in every search.
fn check_indexed(context: &mut Context<'_>, messages: &[Message]) {
    let mut names = BTreeSet::new();
    for field in messages.iter().flat_map(Message::fields) {
        let Some(name) = &field.indexed else { continue };
        let mut find = |message: String, help: &str| context.find(&field.at, message, help);
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.len() <= INDEXED_PREFIX.len() || !name.starts_with(INDEXED_PREFIX) || !name.chars().all(is_plain) {
            let help =
                "let it begin with `ktel_` and go on in `snake_case`: no name inside of an event may be the same";
            find(format!("`{}` is indexed as `{name}`", field.name), help);
        }
        if matches!(field.presence, Presence::List { .. }) {
            find(format!("the list `{}` is indexed", field.name), "index a field that has one value");
        }
        if !names.insert(name) {
            find(format!("`{}` is indexed as `{name}`, as another field is", field.name), "choose another name");
        }
    }
    for member in messages.first().iter().flat_map(|report| &report.members) {
        if let Member::Field(field) = member
            && field.name.starts_with(INDEXED_PREFIX)
        {
            let help = "choose a name that does not begin with `ktel_`";
            context.find(&field.at, format!("`{}` has a name that is kept for what is indexed", field.name), help);
        }
    }
}

/// No event may be so large that a receiver reads but a part of it.
pub(super) fn sizes(model: &Model) -> Vec<Finding> {
    let too_large = |size: &Size| size.bytes > EXTRACTED.bytes || size.leaves > EXTRACTED.leaves;
    let sizes = model.events().iter().map(|event| (event, model.largest(&event.name)));
    sizes
        .filter(|(_, size)| too_large(size))
        .map(|(event, Size { bytes, leaves })| Finding {
            at: model.report().at.clone(),
            message: format!("the event `{}` can have {bytes} bytes and {leaves} fields", event.name),
            help: format!(
                "Splunk extracts {} bytes and {} fields: tighten bounds, or give a section an event of its own",
                EXTRACTED.bytes, EXTRACTED.leaves
            ),
        })
        .collect()
}
