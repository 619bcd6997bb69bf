//! What has to be said of a field, and of whatever else people read about.

use super::Fault;
use crate::model::{Field, Model};

pub(super) fn comment(model: &Model) -> Vec<Fault> {
    let fields = model
        .fields()
        .map(|(_, field)| (&field.name, &field.docs, &field.at, "say in one sentence before it what the value means"));
    let messages = model
        .messages
        .iter()
        .map(|message| (&message.name, &message.docs, &message.at, "say in one sentence what the section is about"));
    let values = model
        .enums
        .iter()
        .flat_map(|an_enum| &an_enum.values)
        .map(|value| (&value.name, &value.docs, &value.at, "say in one sentence before it when the value is sent"));
    let all = fields.chain(messages).chain(values);
    all.filter(|(_, docs, ..)| docs.0.is_empty())
        .map(|(name, _, at, help)| Fault::new(at, format!("`{name}` has no comment"), help))
        .collect()
}

pub(super) fn sensitivity(model: &Model) -> Vec<Fault> {
    let help = "add `(ktel.v1.field).sensitivity = TECHNICAL`, USAGE or IDENTIFIER";
    missing(model, "sensitivity", help, |field| field.sensitivity.is_empty())
}

pub(super) fn answers(model: &Model) -> Vec<Fault> {
    let help = format!("add `(ktel.v1.field).answers = …`, one of {}", super::question::asked(model));
    missing(model, "answers", &help, |field| field.answers.is_empty())
}

pub(super) fn source(model: &Model) -> Vec<Fault> {
    let help = "add `(ktel.v1.field).source = \"where the value is read\"`";
    missing(model, "source", help, |field| field.source.trim().is_empty())
}

pub(super) fn example(model: &Model) -> Vec<Fault> {
    let help = "add `(ktel.v1.field).example = \"a valid value\"`";
    let is_missing = |field: &Field| field.example.is_null() || field.example.as_array().is_some_and(Vec::is_empty);
    missing(model, "example", help, is_missing)
}

pub(super) fn owner(model: &Model) -> Vec<Fault> {
    let help = "add `option (ktel.v1.section).owner = \"team\"` to its message";
    missing(model, "owner", help, |field| field.owner.is_empty())
}

pub(super) fn deprecation(model: &Model) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (message, field) in model.fields() {
        let Some(deprecation) = &field.deprecated else { continue };
        if deprecation.reason.trim().is_empty() {
            let help = "add `(ktel.v1.field).deprecated.reason = \"why it is no longer to be used\"`";
            faults.push(Fault::new(&field.at, format!("`{}` is deprecated without a reason", field.name), help));
        }
        let Some(path) = &deprecation.replacement else { continue };
        if model.field(path).is_none() || message.path_of(&field.name) == *path {
            let help = "name another field by its whole path: `cluster.node_count`";
            faults.push(Fault::new(&field.at, format!("`{path}` cannot replace `{}`", field.name), help));
        }
    }
    faults
}

fn missing(model: &Model, what: &str, help: &str, is_missing: impl Fn(&Field) -> bool) -> Vec<Fault> {
    let fields = model.fields().filter(|(_, field)| is_missing(field));
    fields.map(|(_, field)| Fault::new(&field.at, format!("`{}` has no {what}", field.name), help)).collect()
}
