//! Emits a sample of each event, made of the fields' examples: a report that is as good as one that was sent.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::{DOCS, Error, File, json_schema};
use crate::{
    model::{Field, Member, Message, Model, Presence},
    read::Standard,
};

pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let samples = model.events().iter().map(|event| {
        let sample = section(model, model.report(), &event.name);
        let text = serde_json::to_string_pretty(&sample);
        let text = text.map_err(|error| Error { generator: "a sample of each event", why: error.to_string() })?;
        Ok(File::new(&format!("{DOCS}/samples"), &format!("{}.json", event.name.to_lowercase()), text + "\n"))
    });
    samples.collect()
}

/// What a section holds, in the order of the sources.
struct Section<'a>(Vec<(&'a str, Node<'a>)>);

#[derive(Serialize)]
#[serde(untagged)]
enum Node<'a> {
    Value(Value),
    Section(Section<'a>),
}

impl Serialize for Section<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, node)| (name, node)))
    }
}

fn section<'a>(model: &'a Model, message: &'a Message, event: &'a str) -> Section<'a> {
    let is_here = message.event.is_none() || message.event.as_deref() == Some(event);
    let mut members = Vec::new();
    for member in &message.members {
        match member {
            // What is no longer to be used is no example to follow.
            Member::Field(field) if is_here && (field.deprecated.is_none() || field.presence == Presence::Required) => {
                members.push((field.name.as_str(), Node::Value(value(model, message, field, event))));
            }
            Member::Field(_) => {}
            Member::Section { name, message, .. } => {
                // Of a sample, nothing is absent.
                let inside = model.message(message).filter(|section| section.path != "absent");
                let inside = inside.map(|inside| section(model, inside, event));
                if let Some(inside) = inside.filter(|inside| !inside.0.is_empty()) {
                    members.push((name, Node::Section(inside)));
                }
            }
        }
    }
    Section(members)
}

fn value(model: &Model, message: &Message, field: &Field, event: &str) -> Value {
    match field.name.as_str() {
        "schema" if message.is_report() => json!(model.contract()),
        "schema_hash" if message.is_report() => json!(json_schema::hash(model)),
        "event" if message.is_report() => json!(event),
        "consented" if message.is_report() => json!(model.category_of(event).into_iter().collect::<Vec<_>>()),
        _ => field.example.clone(),
    }
}
