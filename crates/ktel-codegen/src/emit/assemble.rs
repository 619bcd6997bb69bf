//! Emits the assembly: which probe fills which field of which event, section by section.

use super::{COLLECTOR, Error, File, probes, reads, rust};
use crate::{
    model::{Field, Filling, Member, Message, Model, Presence},
    read::Standard,
};

const HEADER: &str = "\
use ktel_types::{
    fields,
    report::{self, Event},
};

use super::probe;
use crate::assembly::{Absences, Sources};

/// One report an event, of the events for which there is consent.
pub(crate) fn reports(from: &Sources<'_>) -> Vec<report::Report> {
    [
";

#[allow(clippy::unnecessary_wraps, reason = "all emitters have one signature")]
pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let mut text = rust::header("From probes to reports.");
    text += "#![allow(clippy::field_reassign_with_default, reason = \"an assignment a probe, in the order of the standard\")]\n\n";
    text += HEADER;
    for event in model.events() {
        text += &format!("        {}(from),\n", event.name.to_lowercase());
    }
    text += "    ]\n    .into_iter()\n    .flatten()\n    .collect()\n}\n";
    for event in model.events() {
        text += &report(model, &event.name);
        for message in &model.messages {
            if !message.is_report() && message.path != "absent" && travels(model, message, &event.name) {
                text += &section(model, message, &event.name);
            }
        }
    }
    text += &envelope(model);
    for message in model.messages.iter().filter(|message| is_envelope(model, message) && !probes::is_absent(message)) {
        text += &envelope_section(model, message);
    }
    Ok(vec![File::new(COLLECTOR, "assemble.rs", text)])
}

/// Whether a message, or a section inside of it, travels in an event alone.
fn travels(model: &Model, message: &Message, event: &str) -> bool {
    (message.event.as_deref() == Some(event) && message.fields().next().is_some())
        || model.sections(message).any(|(_, section)| travels(model, section, event))
}

/// Whether a message belongs to the envelope: it has a field of its own and no event.
fn is_envelope(model: &Model, message: &Message) -> bool {
    !message.is_report()
        && message.event.is_none()
        && !model.events().iter().any(|event| travels(model, message, &event.name))
}

fn report(model: &Model, event: &str) -> String {
    let (function, variant) = (event.to_lowercase(), rust::camel(event));
    let mut text = format!("\nfn {function}(from: &Sources<'_>) -> Option<report::Report> {{\n");
    text += &format!(
        "    if !from.occasion.has_consent_to(Event::{variant}.category()) {{\n        return None;\n    }}\n"
    );
    text += "    let mut absences = Absences::default();\n";
    text += &format!("    let mut report = envelope(from, Event::{variant}, &mut absences);\n");
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
            Member::Section { name, message } => {
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
    let mut text =
        "\nfn envelope(from: &Sources<'_>, event: Event, absences: &mut Absences) -> report::Report {\n".to_owned();
    text += "    let mut report = report::Report::new(\n";
    for member in &report.members {
        let argument = match member {
            Member::Field(field) if field.presence != Presence::Required => continue,
            Member::Field(field) if field.name == "event" => "event".to_owned(),
            Member::Field(field) if probes::probed(report).any(|probed| probed.name == field.name) => {
                format!("probe::Report::{}(from.occasion)", rust::identifier(&field.name))
            }
            Member::Field(_) => continue,
            Member::Section { message, .. } => match model.message(message) {
                Some(section) if model.is_required(section) => {
                    format!("{}(from, absences)", rust::snake(&section.path))
                }
                _ => continue,
            },
        };
        text += &format!("        {argument},\n");
    }
    text += "    );\n";
    for member in &report.members {
        match member {
            Member::Field(field) if field.presence == Presence::Required => {}
            Member::Field(field) => text += &format!("    {}", fill(report, field, "from.occasion", "report")),
            Member::Section { name, message } => {
                let Some(section) = model.message(message) else { continue };
                if is_envelope(model, section) && !probes::is_absent(section) && !model.is_required(section) {
                    let slot = rust::identifier(name);
                    text += &format!("    report.{slot} = {}(from, absences);\n", rust::snake(&section.path));
                }
            }
        }
    }
    text + "    report\n}\n"
}

fn envelope_section(model: &Model, message: &Message) -> String {
    let (name, function) = (&message.name, rust::snake(&message.path));
    let fills = |margin: &str| -> String {
        message
            .fields()
            .filter(|field| field.presence != Presence::Required)
            .map(|field| format!("{margin}{}", fill(message, field, "from.occasion", "section")))
            .collect()
    };
    let mut text = format!("\n#[allow(unused_variables)]\nfn {function}(from: &Sources<'_>, absences: &mut Absences)");
    if !model.is_required(message) {
        text += &format!(" -> Option<report::{name}> {{\n    absences.section(\"{}\", |absences| {{\n", message.path);
        text += &format!("        let mut section = report::{name}::default();\n{}", fills("        "));
        return text + &format!("        (section != report::{name}::default()).then_some(section)\n    }})\n}}\n");
    }
    text += &format!(" -> report::{name} {{\n    #[allow(unused_mut)]\n    let mut section = report::{name}::new(\n");
    for field in message.fields().filter(|field| field.presence == Presence::Required) {
        text += &format!("        probe::{name}::{}(from.occasion),\n", rust::identifier(&field.name));
    }
    text + &format!("    );\n{}    section\n}}\n", fills("    "))
}

/// The line that fills one field that may be absent.
fn fill(message: &Message, field: &Field, subject: &str, target: &str) -> String {
    let path = message.path_of(&field.name);
    let (slot, row) = (rust::identifier(&field.name), rust::screaming(&path));
    let probe = format!("probe::{}::{slot}({subject})", message.name);
    let told = format!("from.host.{}.clone()", rust::place(&path));
    let reading = match &field.filling {
        Filling::Counts(resource) => format!("from.snapshot.{}", reads::name_of_count(resource)),
        Filling::Probe(_) => probe,
        Filling::Host => format!("{told}.ok_or(ktel_types::Absence::Unknown)"),
        Filling::HostElseProbe(_) => format!("{told}.map_or_else(|| {probe}, Ok)"),
    };
    let method = if matches!(field.presence, Presence::List { .. }) { "list" } else { "field" };
    format!("{target}.{slot} = absences.{method}(&fields::{row}, || {reading});\n")
}

fn function_name(event: &str, message: &Message) -> String {
    format!("{}_{}", event.to_lowercase(), message.path.replace('.', "_"))
}
