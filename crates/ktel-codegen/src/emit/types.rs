//! Emits a report as Rust: a struct a section, an enum a closed list of values, with serde and, as a feature, schemars.

use std::collections::BTreeMap;

use super::{Error, File, TYPES, rust};
use crate::{
    model::{Enum, Field, Kind, Member, Message, Model, Number, Presence, Text},
    standard::Standard,
};

const HEADER: &str = "\
use serde::{Deserialize, Serialize};

use crate::number;
";

#[allow(clippy::unnecessary_wraps, reason = "all emitters have one signature")]
pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let mut text = rust::header("A report and its sections, as they are sent.");
    text += HEADER;
    for message in &model.messages {
        text += &structure(model, message);
    }
    for an_enum in &model.enums {
        text += &enumeration(an_enum);
    }
    text += &category_of_event(model);
    Ok(vec![File::new(TYPES, "report.rs", text)])
}

fn structure(model: &Model, message: &Message) -> String {
    let name = &message.name;
    let default = if rust::has_default(model, message) { "Default, " } else { "" };
    let mut text = format!("\n{}", rust::doc(0, &message.docs));
    text += &format!("#[derive(Debug, Clone, {default}PartialEq, Serialize, Deserialize)]\n");
    text += "#[cfg_attr(feature = \"schemars\", derive(schemars::JsonSchema))]\n";
    text += "#[serde(deny_unknown_fields)]\n#[non_exhaustive]\n";
    text += &format!("pub struct {name} {{\n");
    for member in &message.members {
        text += &match member {
            Member::Field(field) => struct_field(field),
            Member::Section { name, message, .. } => section(model, name, message),
        };
    }
    text += "}\n";
    if !rust::has_default(model, message) {
        text += &constructor(model, message);
    }
    text
}

fn struct_field(field: &Field) -> String {
    let mut text = rust::doc(1, &rust::field_docs(field));
    for attribute in serde_attributes(field) {
        text += &format!("    {attribute}\n");
    }
    if let Some(attribute) = schemars_attribute(field) {
        text += &format!("    #[cfg_attr(feature = \"schemars\", schemars({attribute}))]\n");
    }
    text + &format!("    pub {}: {},\n", rust::identifier(&field.name), rust::field_type(field, ""))
}

fn section(model: &Model, name: &str, message: &str) -> String {
    let section = model.message(message);
    let summary = section.map_or("", |section| section.docs.summary());
    let mut text = format!("    /// {summary}\n");
    if section.is_some_and(|section| model.is_required(section)) {
        return text + &format!("    pub {}: {message},\n", rust::identifier(name));
    }
    text += "    #[serde(default, skip_serializing_if = \"Option::is_none\")]\n";
    text += &format!("    #[cfg_attr(feature = \"schemars\", schemars(with = \"{message}\"))]\n");
    text + &format!("    pub {}: Option<{message}>,\n", rust::identifier(name))
}

fn serde_attributes(field: &Field) -> Vec<String> {
    // JSON knows one kind of number: 3.0 is 3, to every reader of the contract.
    let whole = match (&field.kind, field.presence) {
        (Kind::Number(Number::Unsigned { .. } | Number::Signed { .. }), Presence::Required) => Some("whole"),
        (Kind::Number(Number::Unsigned { .. } | Number::Signed { .. }), Presence::Optional) => Some("optional_whole"),
        (Kind::Number(Number::Unsigned { .. } | Number::Signed { .. }), Presence::List { .. }) => Some("wholes"),
        _ => None,
    };
    let mut parts = Vec::new();
    match field.presence {
        Presence::Required => {}
        Presence::Optional => parts.push("default, skip_serializing_if = \"Option::is_none\"".to_owned()),
        Presence::List { .. } => parts.push("default, skip_serializing_if = \"Vec::is_empty\"".to_owned()),
    }
    if let Some(function) = whole {
        parts.push(format!("deserialize_with = \"number::{function}\""));
    }
    if parts.is_empty() { Vec::new() } else { vec![format!("#[serde({})]", parts.join(", "))] }
}

fn schemars_attribute(field: &Field) -> Option<String> {
    let bounds = match &field.kind {
        Kind::Boolean | Kind::Enum(_) => Vec::new(),
        Kind::Number(number) => {
            let (min, max) = rust::bounds(number);
            vec![format!("range(min = {min}, max = {max})")]
        }
        Kind::Text(Text { pattern, max_length, .. }) => vec![
            format!("length(max = {max_length})"),
            format!("regex(pattern = {})", rust::string(&format!("^(?:{pattern})$"))),
        ],
    };
    let mut parts = Vec::new();
    match field.presence {
        Presence::Required => parts.extend(bounds),
        Presence::Optional => {
            parts.push(format!("with = \"{}\"", rust::scalar(&field.kind, "")));
            parts.extend(bounds);
        }
        Presence::List { max_items } => {
            parts.push(format!("length(min = 1, max = {max_items})"));
            if !bounds.is_empty() {
                parts.push(format!("inner({})", bounds.join(", ")));
            }
        }
    }
    if let Kind::Text(_) = field.kind {
        parts.push("transform = crate::json_schema::without_control_characters".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What has to be there comes in as arguments; the contract is not an argument, since the types keep only one.
fn constructor(model: &Model, message: &Message) -> String {
    let mut arguments = Vec::new();
    let mut lines = Vec::new();
    for member in &message.members {
        let name = rust::identifier(member.name());
        let required = match member {
            Member::Field(field) => (field.presence == Presence::Required).then(|| rust::field_type(field, "")),
            Member::Section { message, .. } => {
                model.message(message).filter(|section| model.is_required(section)).map(|section| section.name.clone())
            }
        };
        match (member.name(), required) {
            ("schema", Some(_)) if message.is_report() => {
                lines.push("schema: super::contract::SCHEMA.to_owned()".into());
            }
            ("schema_hash", Some(_)) if message.is_report() => {
                lines.push("schema_hash: super::contract::SCHEMA_HASH.to_owned()".into());
            }
            (_, Some(required)) => {
                arguments.push(format!("{name}: {required}"));
                lines.push(name);
            }
            (_, None) => lines.push(match member {
                Member::Field(field) if matches!(field.presence, Presence::List { .. }) => {
                    format!("{name}: Vec::new()")
                }
                _ => format!("{name}: None"),
            }),
        }
    }
    let mut text = format!("\nimpl {} {{\n    /// With what has to be there, and nothing else.\n", message.name);
    text += "    #[must_use]\n    #[allow(clippy::too_many_arguments)]\n";
    text += &format!("    pub fn new(\n        {},\n    ) -> Self {{\n", arguments.join(",\n        "));
    text += &format!("        Self {{\n            {},\n        }}\n    }}\n}}\n", lines.join(",\n            "));
    text
}

fn category_of_event(model: &Model) -> String {
    let mut text = format!("\nimpl {} {{\n", model.event_type());
    text += "    /// The category of consent that everything in the event belongs to.\n";
    text += "    #[must_use]\n    pub const fn category(self) -> Category {\n        match self {\n";
    let mut events: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for event in model.events() {
        let category = model.category_of(&event.name).unwrap_or_default();
        events.entry(category).or_default().push(format!("Self::{}", rust::camel(&event.name)));
    }
    for (category, events) in events {
        text += &format!("            {} => Category::{},\n", events.join(" | "), rust::camel(category));
    }
    text + "        }\n    }\n}\n"
}

fn enumeration(an_enum: &Enum) -> String {
    let name = &an_enum.name;
    let mut text = format!("\n/// A value of `{name}`; later versions of the standard may add to them.\n");
    text += "#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]\n";
    text += "#[cfg_attr(feature = \"schemars\", derive(schemars::JsonSchema))]\n#[non_exhaustive]\n";
    text += &format!("pub enum {name} {{\n");
    for value in &an_enum.values {
        text += &rust::doc(1, &value.docs);
        text += &format!("    #[serde(rename = \"{}\")]\n    {},\n", value.name, rust::camel(&value.name));
    }
    text += &format!("}}\n\nimpl {name} {{\n    /// All values, in the order of the standard.\n");
    text += "    pub const ALL: &'static [Self] = &[\n";
    for value in &an_enum.values {
        text += &format!("        Self::{},\n", rust::camel(&value.name));
    }
    text += "    ];\n\n    /// The names of all values, in the same order.\n    pub const NAMES: &'static [&'static str] = &[\n";
    for value in &an_enum.values {
        text += &format!("        \"{}\",\n", value.name);
    }
    text += "    ];\n\n    /// The value as it is sent.\n    #[must_use]\n";
    text += "    pub const fn as_str(self) -> &'static str {\n        Self::NAMES[self as usize]\n    }\n}\n\n";
    text += &format!("impl std::fmt::Display for {name} {{\n");
    text += "    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {\n";
    text + "        f.write_str(self.as_str())\n    }\n}\n"
}
