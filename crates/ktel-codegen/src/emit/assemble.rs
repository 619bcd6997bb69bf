//! Emits the assembly: which probe fills which field of which event, section by section.

use super::{COLLECTOR, Error, File, probes, reads, rust};
use crate::{
    model::{Field, Filling, Kind, Member, Message, Model, Presence},
    standard::Standard,
};

#[allow(clippy::unnecessary_wraps, reason = "all emitters have one signature")]
pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let (report_type, event_type) = (&model.report().name, model.event_type());
    let mut text = rust::header("From probes to reports.");
    text += ALLOWED;
    text += &format!("use ktel_types::{{\n    fields,\n    report::{{self, {event_type}}},\n}};\n\n");
    text += "use super::probe;\nuse crate::assembly::{Absences, Sources};\n\n";
    text += "/// One report an event, of the events for which there is consent.\n";
    text += &format!("pub(crate) fn reports(from: &Sources<'_>) -> Vec<report::{report_type}> {{\n    [\n");
    for event in model.events() {
        text += &format!("        report_{}(from),\n", event.name.to_lowercase());
    }
    text += "    ]\n    .into_iter()\n    .flatten()\n    .collect()\n}\n";
    text += &is_empty(model);
    for event in model.events() {
        text += &report(model, &event.name);
        for message in model.messages.iter().filter(|message| !message.is_report()) {
            if travels(model, message, &event.name) {
                text += &section(model, message, &event.name);
            }
        }
    }
    text += &envelope(model);
    for message in model.messages.iter().filter(|message| is_envelope(model, message)) {
        text += &envelope_section(model, message);
    }
    Ok(vec![File::new(COLLECTOR, "assemble.rs", text)])
}

const ALLOWED: &str = "\
#![allow(clippy::field_reassign_with_default, reason = \"an assignment a probe, in the order of the standard\")]

";

/// Whether a message, or a section inside of it, travels in an event alone.
fn travels(model: &Model, message: &Message, event: &str) -> bool {
    (message.event.as_deref() == Some(event) && message.fields().next().is_some())
        || model.sections(message).any(|(_, section)| travels(model, section, event))
}

/// Whether a section belongs to the envelope, and is not the one that follows from all others.
fn is_envelope(model: &Model, message: &Message) -> bool {
    let has_event = model.events().iter().any(|event| travels(model, message, &event.name));
    !message.is_report() && !has_event && !probes::is_absent(message)
}

/// Whether a report bears its envelope alone.
fn is_empty(model: &Model) -> String {
    let report = model.report();
    let measured = |message: &&Message| model.events().iter().any(|event| travels(model, message, &event.name));
    let slots: Vec<String> = model
        .sections(report)
        .filter(|(_, message)| measured(message))
        .map(|(slot, _)| format!("report.{}.is_none()", rust::identifier(slot)))
        .collect();
    let mut text = "\n/// Whether a report bears nothing but its envelope: nothing could be measured.\n".to_owned();
    text += &format!("pub(crate) fn is_empty(report: &report::{}) -> bool {{\n", report.name);
    text + &format!("    {}\n}}\n", slots.join("\n        && "))
}

fn report(model: &Model, event: &str) -> String {
    let (function, variant) = (event.to_lowercase(), rust::camel(event));
    let (report_type, event_type) = (&model.report().name, model.event_type());
    let mut text = format!("\nfn report_{function}(from: &Sources<'_>) -> Option<report::{report_type}> {{\n");
    text += &format!("    let event = {event_type}::{variant};\n");
    text += "    if !from.occasion.has_consent_to(event.category()) {\n        return None;\n    }\n";
    text += "    let mut absences = Absences::default();\n";
    text += "    let mut report = envelope(from, event, &mut absences);\n";
    for (slot, message) in model.sections(model.report()).filter(|(_, message)| travels(model, message, event)) {
        let (slot, function) = (rust::identifier(slot), function_name(event, message));
        text += &format!("    report.{slot} = {function}(from, &mut absences);\n");
    }
    text + "    report.absent = absences.into_section();\n    Some(report)\n}\n"
}

/// A section that is measured, as far as it travels in an event.
fn section(model: &Model, message: &Message, event: &str) -> String {
    let is_own = message.event.as_deref() == Some(event);
    let (function, name) = (function_name(event, message), &message.name);
    let mut text =
        format!("\nfn {function}(from: &Sources<'_>, absences: &mut Absences) -> Option<report::{name}> {{\n");
    text += &format!("    absences.section(\"{}\", |absences| {{\n", message.path);
    text += &format!("        let mut section = report::{name}::default();\n");
    for member in &message.members {
        match member {
            Member::Field(field) if is_own => {
                text += &format!("        {}", fill(message, field, "from.snapshot", "section"));
            }
            Member::Field(_) => {}
            Member::Section { name, message, .. } => {
                let Some(inner) = model.message(message).filter(|inner| travels(model, inner, event)) else { continue };
                let (slot, function) = (rust::identifier(name), function_name(event, inner));
                text += &format!("        section.{slot} = {function}(from, absences);\n");
            }
        }
    }
    text + &format!("        (section != report::{name}::default()).then_some(section)\n    }})\n}}\n")
}

/// What every event bears.
fn envelope(model: &Model) -> String {
    let report = model.report();
    let (name, event_type) = (&report.name, model.event_type());
    let mut text = format!("\nfn envelope(from: &Sources<'_>, event: {event_type}, absences: &mut Absences) -> ");
    text += &format!("report::{name} {{\n    let mut report = report::{name}::new(\n");
    let (mut arguments, mut fills) = (String::new(), String::new());
    for member in &report.members {
        match member {
            Member::Field(field) if field.name == "event" => arguments += "        event,\n",
            // Which contract a report keeps, its type knows.
            Member::Field(field) if !probes::probed(report).any(|probed| probed.name == field.name) => {}
            Member::Field(field) if field.presence == Presence::Required => {
                arguments += &format!("        probe::{name}::{}(from.occasion),\n", rust::identifier(&field.name));
            }
            Member::Field(field) => fills += &format!("    {}", fill(report, field, "from.occasion", "report")),
            Member::Section { name, message, .. } => {
                let Some(section) = model.message(message).filter(|section| is_envelope(model, section)) else {
                    continue;
                };
                let function = envelope_name(section);
                if model.is_required(section) {
                    arguments += &format!("        {function}(from, absences),\n");
                } else {
                    fills += &format!("    report.{} = {function}(from, absences);\n", rust::identifier(name));
                }
            }
        }
    }
    text + &arguments + "    );\n" + &fills + "    report\n}\n"
}

fn envelope_section(model: &Model, message: &Message) -> String {
    let (name, function) = (&message.name, envelope_name(message));
    let (required, optional): (Vec<&Field>, Vec<&Field>) =
        message.fields().partition(|field| field.presence == Presence::Required);
    let fills = |margin: &str| -> String {
        optional.iter().map(|field| format!("{margin}{}", fill(message, field, "from.occasion", "section"))).collect()
    };
    let absences = if optional.is_empty() { "_" } else { "absences" };
    let mut text = format!("\nfn {function}(from: &Sources<'_>, {absences}: &mut Absences)");
    if !model.is_required(message) {
        text += &format!(" -> Option<report::{name}> {{\n    absences.section(\"{}\", |absences| {{\n", message.path);
        text += &format!("        let mut section = report::{name}::default();\n{}", fills("        "));
        return text + &format!("        (section != report::{name}::default()).then_some(section)\n    }})\n}}\n");
    }
    let arguments: String = required
        .iter()
        .map(|field| format!("        probe::{name}::{}(from.occasion),\n", rust::identifier(&field.name)))
        .collect();
    text += &format!(" -> report::{name} {{\n");
    if optional.is_empty() {
        return text + &format!("    report::{name}::new(\n{arguments}    )\n}}\n");
    }
    text += &format!("    let mut section = report::{name}::new(\n{arguments}    );\n");
    text + &format!("{}    section\n}}\n", fills("    "))
}

/// The line that fills one field that may be absent.
fn fill(message: &Message, field: &Field, subject: &str, target: &str) -> String {
    let (slot, row) = (rust::identifier(&field.name), rust::screaming(&message.path_of(&field.name)));
    let reading = reading(message, field, subject);
    let method = match (&field.presence, &field.filling) {
        (Presence::List { .. }, _) => "list",
        (_, Filling::Length(..)) => "length",
        _ => "field",
    };
    format!("{target}.{slot} = absences.{method}(&fields::{row}, || {reading});\n")
}

/// Where the value of a field comes from; of the length of a list, where the list does.
fn reading(message: &Message, field: &Field, subject: &str) -> String {
    let path = message.path_of(&field.name);
    let probe = format!("probe::{}::{}({subject})", message.name, rust::identifier(&field.name));
    let is_copied = !matches!(field.kind, Kind::Text(_)) && !matches!(field.presence, Presence::List { .. });
    let told = format!("from.host.{}{}", rust::place(&path), if is_copied { "" } else { ".clone()" });
    match &field.filling {
        Filling::Counts(resource) => format!("from.snapshot.{}", reads::name_of_count(resource)),
        Filling::Probe(_) => probe,
        Filling::Host => format!("{told}.ok_or(ktel_types::Absence::Unknown)"),
        Filling::HostElseProbe(_) => format!("{told}.map_or_else(|| {probe}, Ok)"),
        Filling::Length(list, _) => {
            let list = message.fields().find(|field| field.name == *list);
            list.map_or(probe, |list| reading(message, list, subject))
        }
    }
}

fn function_name(event: &str, message: &Message) -> String {
    format!("{}_{}", event.to_lowercase(), message.path.replace('.', "_"))
}

fn envelope_name(message: &Message) -> String {
    format!("envelope_{}", message.path)
}
