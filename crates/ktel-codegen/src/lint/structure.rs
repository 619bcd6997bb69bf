//! What a section is made of.

use super::{Fault, event::ENVELOPE};
use crate::model::{Field, Kind, Member, Message, Model, Number, Presence};

pub(super) fn list_count(model: &Model) -> Vec<Fault> {
    let fields = model.fields().filter(|(message, field)| is_list(field) && !is_of_envelope(message, field));
    fields
        .filter(|(message, list)| {
            let name = format!("{}_count", list.name);
            !message
                .fields()
                .any(|field| field.name == name && matches!(field.kind, Kind::Number(_)) && !is_list(field))
        })
        .map(|(_, list)| {
            let name = &list.name;
            let help = format!(
                "add a number `{name}_count` beside it; where nothing else fills it, it is the number of items"
            );
            Fault::new(&list.at, format!("the list `{name}` has no count"), help)
        })
        .collect()
}

pub(super) fn required_zero(model: &Model) -> Vec<Fault> {
    let fields = model.fields().filter(|(_, field)| field.presence == Presence::Required && admits_zero(&field.kind));
    fields
        .map(|(_, field)| {
            let help =
                "make it `optional`, or let its bounds begin above zero: on the wire, zero and nothing are the same";
            Fault::new(&field.at, format!("`{}` is required and may be zero", field.name), help)
        })
        .collect()
}

pub(super) fn section_category(model: &Model) -> Vec<Fault> {
    let is_mixed = |section: &&Message| {
        section.members.iter().any(|member| matches!(member, Member::Field(_)))
            && section.members.iter().any(|member| matches!(member, Member::Section { .. }))
    };
    let sections = model.messages.iter().filter(|section| !section.is_report() && section.category.is_none());
    sections
        .filter(is_mixed)
        .map(|section| {
            let help = "give it a category, or move its fields into a section of their own";
            Fault::new(&section.at, format!("`{}` has no category, but fields beside sections", section.name), help)
        })
        .collect()
}

fn is_list(field: &Field) -> bool {
    matches!(field.presence, Presence::List { .. })
}

/// Whether receivers know what it means that a list is not there: nothing is absent for that reason.
fn is_of_envelope(message: &Message, field: &Field) -> bool {
    message.path == "absent" || (message.is_report() && ENVELOPE.contains(&field.name.as_str()))
}

/// Whether the zero value of protobuf is a valid value of the field.
fn admits_zero(kind: &Kind) -> bool {
    match kind {
        Kind::Boolean => true,
        Kind::Number(Number::Unsigned { min, .. }) => *min == 0,
        Kind::Number(number) => {
            let (min, max) = number.bounds();
            (min..=max).contains(&0.0)
        }
        Kind::Text(bounds) => super::pattern::admits(bounds, ""),
        Kind::Enum(_) => false,
    }
}
