//! Emits the JSON Schemas (draft 2020-12): strict, tolerant, and the one of the host's facts.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{DOCS, Error, File, TYPES, host_facts};
use crate::{
    model::{Enum, Field, Kind, Member, Message, Model, Number, Presence, Text},
    standard::Standard,
};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let mut files = Vec::new();
    for (name, flavour) in [
        ("report.strict.json", Flavour::Strict),
        ("report.tolerant.json", Flavour::Tolerant),
        ("host-facts.json", Flavour::HostFacts),
    ] {
        files.extend(published(name, &document(model, flavour)?));
    }
    Ok(files)
}

/// A contract lies in the documentation, where pipelines fetch it, and in the crate of the types, which can embed only files
/// of its own.
pub(super) fn published(name: &str, text: &str) -> [File; 2] {
    let file = |folder: &str| File::new(&format!("{folder}/schema"), name, text);
    [file(DOCS), file(TYPES)]
}

/// The first 12 hexadecimal digits of the SHA-256 of the strict schema without `$id`, titles, descriptions and examples, in
/// compact JSON with sorted keys.
pub(crate) fn hash(model: &Model) -> String {
    document(model, Flavour::Strict).map_or_else(|_| String::new(), |text| hash_of(&text))
}

/// The same of a strict schema that was written before.
pub(crate) fn hash_of(strict: &str) -> String {
    let mut schema = serde_json::from_str(strict).unwrap_or(Value::Null);
    strip_prose(&mut schema);
    let digest = Sha256::digest(schema.to_string());
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn strip_prose(schema: &mut Value) {
    let Value::Object(keywords) = schema else { return };
    for keyword in ["$id", "title", "description", "examples", "deprecated"] {
        keywords.remove(keyword);
    }
    for (keyword, value) in keywords {
        match (keyword.as_str(), value) {
            // Here the keys are names of fields and of sections, one of which may well be called `title`.
            ("properties" | "$defs", Value::Object(named)) => named.values_mut().for_each(strip_prose),
            (_, value) => strip_prose(value),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flavour {
    /// Closed, with all bounds.
    Strict,
    /// Open, with types alone: fields, values and bounds of later versions pass.
    Tolerant,
    /// The facts of the host, closed, with all bounds.
    HostFacts,
}

/// A schema, its keywords in the order in which people read them.
#[derive(Default)]
struct Schema(Vec<(String, Node)>);

enum Node {
    Value(Value),
    Schema(Schema),
}

impl Schema {
    fn with(mut self, keyword: &str, value: impl Into<Value>) -> Self {
        self.0.push((keyword.to_owned(), Node::Value(value.into())));
        self
    }

    fn with_schema(mut self, keyword: &str, schema: Self) -> Self {
        self.0.push((keyword.to_owned(), Node::Schema(schema)));
        self
    }
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(keyword, node)| (keyword, node)))
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Schema(schema) => schema.serialize(serializer),
        }
    }
}

fn document(model: &Model, flavour: Flavour) -> Result<String, Error> {
    let (name, title) = match flavour {
        Flavour::Strict => ("report.strict", format!("{}: what is sent", model.contract())),
        Flavour::Tolerant => {
            ("report.tolerant", format!("{}: what is received, from this version or a later one", model.contract()))
        }
        Flavour::HostFacts => ("host-facts", format!("{}: what a controller tells the collector", model.contract())),
    };
    let mut definitions = Schema::default();
    for message in model.messages.iter().filter(|message| !message.is_report() && is_part(model, message, flavour)) {
        definitions = definitions.with_schema(&message.name, object(Schema::default(), model, message, flavour));
    }
    for an_enum in model.enums.iter().filter(|an_enum| is_used(model, an_enum, flavour)) {
        definitions = definitions.with_schema(&an_enum.name, enumeration(an_enum, flavour));
    }
    let head = Schema::default()
        .with("$schema", DIALECT)
        .with("$id", format!("{}/{}/{name}.json", model.id_base, model.version))
        .with("title", title);
    let schema = object(head, model, model.report(), flavour).with_schema("$defs", definitions);
    let text = serde_json::to_string_pretty(&schema);
    text.map(|text| text + "\n").map_err(|error| Error { generator: "JSON Schemas", why: error.to_string() })
}

fn is_part(model: &Model, message: &Message, flavour: Flavour) -> bool {
    flavour != Flavour::HostFacts || host_facts::asks_host(model, message)
}

fn is_used(model: &Model, an_enum: &Enum, flavour: Flavour) -> bool {
    let names = |field: &Field| field.kind == Kind::Enum(an_enum.name.clone());
    model.fields().any(|(_, field)| names(field) && (flavour != Flavour::HostFacts || field.filling.asks_host()))
}

fn object(head: Schema, model: &Model, message: &Message, flavour: Flavour) -> Schema {
    let mut properties = Schema::default();
    let mut required = Vec::new();
    for member in &message.members {
        match member {
            Member::Field(field) if flavour != Flavour::HostFacts || field.filling.asks_host() => {
                properties = properties.with_schema(&field.name, described(field, flavour));
                if field.presence == Presence::Required && flavour != Flavour::HostFacts {
                    required.push(field.name.as_str());
                }
            }
            Member::Field(_) => {}
            Member::Section { name, message, .. } => {
                let Some(section) = model.message(message).filter(|section| is_part(model, section, flavour)) else {
                    continue;
                };
                let reference = Schema::default().with("$ref", format!("#/$defs/{message}"));
                properties = properties.with_schema(name, reference);
                if model.is_required(section) && flavour != Flavour::HostFacts {
                    required.push(name);
                }
            }
        }
    }
    let mut schema = head.with("description", message.docs.0.join("\n\n")).with("type", "object");
    schema = schema.with_schema("properties", properties);
    if !required.is_empty() {
        schema = schema.with("required", required);
    }
    if flavour == Flavour::Tolerant { schema } else { schema.with("additionalProperties", false) }
}

fn described(field: &Field, flavour: Flavour) -> Schema {
    let schema = Schema::default().with("description", field.docs.0.join("\n\n"));
    let schema = match field.presence {
        Presence::List { max_items } => {
            let mut schema = schema.with("type", "array");
            if flavour != Flavour::Tolerant {
                // A host may say that there is none; a report leaves the list out.
                let min_items = u32::from(flavour == Flavour::Strict);
                schema = schema.with("minItems", min_items).with("maxItems", max_items);
            }
            schema.with_schema("items", value(Schema::default(), &field.kind, flavour))
        }
        Presence::Required | Presence::Optional => value(schema, &field.kind, flavour),
    };
    let schema = schema.with("examples", json!([field.example]));
    if field.deprecated.is_some() { schema.with("deprecated", true) } else { schema }
}

fn value(schema: Schema, kind: &Kind, flavour: Flavour) -> Schema {
    let is_bound = flavour != Flavour::Tolerant;
    match kind {
        Kind::Boolean => schema.with("type", "boolean"),
        Kind::Number(number) => {
            let (name, min, max) = match number {
                Number::Unsigned { min, max } => ("integer", json!(min), json!(max)),
                Number::Signed { min, max } => ("integer", json!(min), json!(max)),
                Number::Double { min, max } => ("number", plain(*min), plain(*max)),
            };
            let schema = schema.with("type", name);
            if is_bound { schema.with("minimum", min).with("maximum", max) } else { schema }
        }
        Kind::Text(Text { pattern, format, max_length }) => {
            let mut schema = schema.with("type", "string");
            if let Some(format) = format {
                schema = schema.with("format", format.as_str());
            }
            if !is_bound {
                return schema;
            }
            // `$` matches before a line feed at the end in some engines, hence the second pattern.
            schema
                .with("maxLength", *max_length)
                .with("pattern", format!("^(?:{pattern})$"))
                .with("not", json!({ "pattern": "[\\u0000-\\u001f\\u007f]" }))
        }
        Kind::Enum(name) => schema.with("$ref", format!("#/$defs/{name}")),
    }
}

/// Writes a bound without a fraction if it has none.
fn plain(number: f64) -> Value {
    #[allow(clippy::cast_possible_truncation, reason = "only what is whole and small is cast")]
    if number.fract() == 0.0 && number.abs() < 1e15 { json!(number as i64) } else { json!(number) }
}

fn enumeration(an_enum: &Enum, flavour: Flavour) -> Schema {
    let meanings: Vec<String> =
        an_enum.values.iter().map(|value| format!("{}: {}", value.name, value.docs.line())).collect();
    let schema = Schema::default().with("description", meanings.join("\n")).with("type", "string");
    if flavour == Flavour::Tolerant {
        return schema;
    }
    schema.with("enum", an_enum.values.iter().map(|value| value.name.clone()).collect::<Vec<_>>())
}
