//! Emits the dictionary: every field with all that is said of it, as JSON for tools.

use serde::Serialize;
use serde_json::Value;

use super::{Error, File, json_schema};
use crate::{
    model::{Field, Kind, Message, Model, Number, Presence, Text},
    standard::Standard,
};

pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let dictionary = Dictionary {
        schema: model.contract(),
        schema_hash: json_schema::hash(model),
        purpose: &model.purpose,
        retention_days: model.retention_days,
        sourcetype: &model.sourcetype,
        questions: model.questions.iter().map(QuestionEntry::from).collect(),
        events: model
            .events()
            .iter()
            .map(|event| {
                let largest = model.largest(&event.name);
                EventEntry {
                    name: &event.name,
                    meaning: event.docs.line(),
                    max_bytes: largest.bytes,
                    max_fields: largest.leaves,
                }
            })
            .collect(),
        enums: model
            .enums
            .iter()
            .map(|an_enum| EnumEntry {
                name: &an_enum.name,
                values: an_enum
                    .values
                    .iter()
                    .map(|value| NamedEntry { name: &value.name, meaning: value.docs.line() })
                    .collect(),
            })
            .collect(),
        fields: model.fields().map(|(message, field)| FieldEntry::new(model, message, field)).collect(),
    };
    let text = serde_json::to_string_pretty(&dictionary)
        .map_err(|error| Error { generator: "dictionary of fields", why: error.to_string() })?;
    Ok(json_schema::published("telemetry.json", &(text + "\n")).into())
}

#[derive(Serialize)]
struct Dictionary<'a> {
    schema: String,
    schema_hash: String,
    purpose: &'a str,
    retention_days: u32,
    sourcetype: &'a str,
    questions: Vec<QuestionEntry<'a>>,
    events: Vec<EventEntry<'a>>,
    fields: Vec<FieldEntry<'a>>,
    enums: Vec<EnumEntry<'a>>,
}

#[derive(Serialize)]
struct QuestionEntry<'a> {
    id: &'a str,
    text: &'a str,
    chart: &'a str,
    about: &'a str,
}

#[derive(Serialize)]
struct EventEntry<'a> {
    name: &'a str,
    meaning: String,
    /// The largest that the event can be.
    max_bytes: usize,
    max_fields: usize,
}

#[derive(Serialize)]
struct NamedEntry<'a> {
    name: &'a str,
    meaning: String,
}

#[derive(Serialize)]
struct EnumEntry<'a> {
    name: &'a str,
    values: Vec<NamedEntry<'a>>,
}

#[derive(Serialize)]
struct FieldEntry<'a> {
    path: String,
    meaning: String,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#enum: Option<&'a str>,
    presence: &'static str,
    #[serde(flatten)]
    bounds: Bounds<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    example: &'a Value,
    sensitivity: &'a str,
    /// `null` for the envelope, which travels with every event.
    category: Option<&'a str>,
    /// `null` for the envelope.
    event: Option<&'a str>,
    answers: &'a [String],
    source: &'a str,
    reads: Vec<String>,
    filled_by: &'static str,
    owner: &'a str,
    /// The first version that has the field, be it this one.
    since: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    line_keys: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    indexed: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecated: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replacement: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<&'a str>,
}

#[derive(Serialize, Default)]
struct Bounds<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_items: Option<u32>,
}

impl<'a> From<&'a crate::model::Question> for QuestionEntry<'a> {
    fn from(question: &'a crate::model::Question) -> Self {
        Self { id: &question.id, text: &question.text, chart: &question.chart, about: &question.about }
    }
}

impl<'a> FieldEntry<'a> {
    fn new(model: &'a Model, message: &'a Message, field: &'a Field) -> Self {
        let (kind, an_enum) = match &field.kind {
            Kind::Boolean => ("boolean", None),
            Kind::Number(Number::Double { .. }) => ("number", None),
            Kind::Number(_) => ("integer", None),
            Kind::Text(_) => ("string", None),
            Kind::Enum(name) => ("enum", model.enumeration(name).map(|an_enum| an_enum.name.as_str())),
        };
        Self {
            path: message.path_of(&field.name),
            meaning: field.docs.line(),
            r#type: kind,
            r#enum: an_enum,
            presence: match field.presence {
                Presence::Required => "required",
                Presence::Optional => "optional",
                Presence::List { .. } => "list",
            },
            bounds: Bounds::of(field),
            unit: field.unit.as_deref(),
            example: &field.example,
            sensitivity: &field.sensitivity,
            category: message.category.as_deref(),
            event: message.event.as_deref(),
            answers: &field.answers,
            source: &field.source,
            reads: field.filling.reads().iter().map(ToString::to_string).collect(),
            filled_by: field.filling.name(),
            owner: &field.owner,
            since: field.since.as_deref().unwrap_or(&model.version),
            line_keys: field.lines.iter().map(|line| line.key.as_str()).collect(),
            indexed: field.indexed.as_deref(),
            deprecated: field.deprecated.as_ref().map(|deprecation| deprecation.reason.as_str()),
            replacement: field.deprecated.as_ref().and_then(|deprecation| deprecation.replacement.as_deref()),
            expires: field.expires.as_deref(),
        }
    }
}

impl<'a> Bounds<'a> {
    fn of(field: &'a Field) -> Self {
        let mut bounds = Self::default();
        match &field.kind {
            Kind::Boolean | Kind::Enum(_) => {}
            Kind::Number(number) => {
                let (min, max) = number.bounds();
                (bounds.min, bounds.max) = (Some(min), Some(max));
            }
            Kind::Text(Text { pattern, max_length, .. }) => {
                (bounds.pattern, bounds.max_length) = (Some(pattern.as_str()), Some(*max_length));
            }
        }
        if let Presence::List { max_items } = field.presence {
            bounds.max_items = Some(max_items);
        }
        bounds
    }
}
