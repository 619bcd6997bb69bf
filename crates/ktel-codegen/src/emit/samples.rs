//! Emits samples: reports made of the examples of the standard, as files for tools and as a page for people.
//!
//! The large ones are one of each event with all that it can have. The small one is the least that an event can be.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::{
    DOCS, Error, File, json_schema,
    markdown::{code, head, item, prose},
};
use crate::{
    model::{Field, Kind, Member, Message, Model, Presence},
    standard::Standard,
};

/// The section in which a report says what is not in it.
const ABSENT: &str = "absent";

pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let folder = format!("{DOCS}/samples");
    let mut text = head("Samples") + INTRODUCTION;
    let mut files = Vec::new();
    if let Some(event) = model.events().first() {
        let small = json(&small(model, &event.name))?;
        text += &format!("\n## Small\n\n{SMALL}\n```json\n{small}\n```\n\n");
        text += &envelope(model);
        files.push(File::new(&folder, "small.json", small + "\n"));
    }
    text += &format!("\n## Large\n\n{LARGE}");
    for event in model.events() {
        let name = format!("{}.json", event.name.to_lowercase());
        text += &format!("\n### [`{}`](samples/{name})\n\n{}\n", event.name, prose(&event.docs.line()));
        for message in model.messages.iter().filter(|message| message.event.as_deref() == Some(&event.name)) {
            text += &section(model, message)?;
        }
        files.push(File::new(&folder, &name, json(&large(model, &event.name))? + "\n"));
    }
    files.push(File::new(DOCS, "samples.md", text));
    Ok(files)
}

const INTRODUCTION: &str = "\
What a report looks like, made of the examples that the standard gives for each field: no cluster was asked. A report is cut into
events, and each event is valid by itself; the files are there for whoever writes a receiver.
";

const SMALL: &str = "\
The least that an event can be ([`small.json`](samples/small.json)): an installation that may read nothing but who it is. What is
missing is named in `absent`, with the reason.
";

const LARGE: &str = "\
One of each event, with everything that can be in it. The envelope above is on every one of them, and left out here; it is in the
files.
";

/// An object, its members in the order of the standard.
struct Object(Vec<(String, Node)>);

enum Node {
    Value(Value),
    Object(Object),
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, node)| (name, node)))
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

fn json(object: &Object) -> Result<String, Error> {
    serde_json::to_string_pretty(object).map_err(|error| Error { generator: "samples", why: error.to_string() })
}

fn small(model: &Model, event: &str) -> Object {
    let keep = |message: &Message, field: &Field| {
        message.event.is_none() && (field.presence == Presence::Required || field.name == "consented")
    };
    let mut report = object(model, model.report(), event, &keep);
    let sections = model.sections(model.report()).filter(|(_, section)| has_event(model, section, event));
    let sections: Vec<&str> = sections.map(|(name, _)| name).collect();
    let absent = Object(vec![("forbidden".to_owned(), Node::Value(json!(sections)))]);
    // Where the standard has it: before the first section that is there.
    let place = report.0.iter().position(|(_, node)| matches!(node, Node::Object(_))).unwrap_or(report.0.len());
    report.0.insert(place, (ABSENT.to_owned(), Node::Object(absent)));
    report
}

fn large(model: &Model, event: &str) -> Object {
    // What is no longer to be used is no example to follow.
    let is_in_use = |field: &Field| field.deprecated.is_none() || field.presence == Presence::Required;
    object(model, model.report(), event, &|message, field| message.path != ABSENT && is_in_use(field))
}

/// Whether the section, or any inside of it, travels in the event.
fn has_event(model: &Model, message: &Message, event: &str) -> bool {
    message.event.as_deref() == Some(event)
        || model.sections(message).any(|(_, section)| has_event(model, section, event))
}

fn object(model: &Model, message: &Message, event: &str, keep: &dyn Fn(&Message, &Field) -> bool) -> Object {
    let mut members = Vec::new();
    for member in &message.members {
        match member {
            Member::Field(field) => {
                let travels = message.event.as_deref().is_none_or(|other| other == event);
                if travels && keep(message, field) {
                    members.push((field.name.clone(), Node::Value(value(model, message, field, event))));
                }
            }
            Member::Section { name, message, .. } => {
                let Some(section) = model.message(message) else { continue };
                let object = object(model, section, event, keep);
                if !object.0.is_empty() {
                    members.push((name.clone(), Node::Object(object)));
                }
            }
        }
    }
    Object(members)
}

/// The example of a field; of what a report says of itself, what is true of this one.
fn value(model: &Model, message: &Message, field: &Field, event: &str) -> Value {
    match (message.is_report(), field.name.as_str(), &field.kind) {
        (true, "schema", _) => json!(model.contract()),
        (true, "schema_hash", _) => json!(json_schema::hash(model)),
        (true, "event", _) => json!(event),
        (true, "consented", Kind::Enum(name)) => {
            let values = model.enumeration(name).map_or(&[][..], |categories| &categories.values);
            json!(values.iter().map(|value| &value.name).collect::<Vec<_>>())
        }
        _ => field.example.clone(),
    }
}

/// What the envelope says, line by line.
fn envelope(model: &Model) -> String {
    let always = model.fields().filter(|(message, field)| {
        message.category.is_none() && (field.presence == Presence::Required || field.name == "consented")
    });
    let items: String = always.map(|(message, field)| item("", message, field)).collect();
    format!("What stands there:\n\n{items}")
}

/// A section of a large sample, and what stands in it.
fn section(model: &Model, message: &Message) -> Result<String, Error> {
    let own = message.fields().map(|field| {
        (field.name.clone(), Node::Value(value(model, message, field, message.event.as_deref().unwrap_or_default())))
    });
    let own = Object(own.collect());
    if own.0.is_empty() {
        return Ok(String::new());
    }
    let mut text = format!("\n#### {}\n\n```json\n{}\n```\n\n", code(&message.path), json(&own)?);
    text += &message.fields().map(|field| item("", message, field)).collect::<String>();
    Ok(text)
}
