//! Emits the table of fields: the bounds that validation holds documents against, and what is said of each field.

use super::{Error, File, TYPES, host_facts, patterns, rust};
use crate::{
    model::{self, Field, Kind, Message, Model, Number, Presence, Text},
    standard::Standard,
};

const HEADER: &str = "\
use crate::{
    Described,
    generated::patterns,
    host,
    report::{self, Category},
    table::{Field, Kind, Manner, Member, Message, Place, Presence, Question, Sensitivity},
};
";

#[allow(clippy::unnecessary_wraps, reason = "all emitters have one signature")]
pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let mut text = rust::header("Every field of the standard, as static data.");
    text += HEADER;
    text += "\n/// Every field, in the order of the standard.\npub static ALL: &[&Field] = &[\n";
    for (message, field) in model.fields() {
        text += &format!("    &{},\n", rust::screaming(&message.path_of(&field.name)));
    }
    text += "];\n";
    for (message, field) in model.fields() {
        text += &field_row(model, message, field);
    }
    for message in &model.messages {
        text += &message_row(model, message, false);
        text += &described(&format!("report::{}", message.name), &message_name(message, false));
    }
    for message in model.messages.iter().filter(|message| host_facts::asks_host(model, message)) {
        text += &message_row(model, message, true);
    }
    text += &described("host::HostFacts", "HOST_FACTS");
    text += "\n/// What the standard wants to know.\npub static QUESTIONS: &[Question] = &[\n";
    for question in &model.questions {
        let (id, words) = (rust::string(&question.id), rust::string(&question.text));
        text += &format!("    Question {{ id: {id}, text: {words} }},\n");
    }
    text += "];\n";
    Ok(vec![File::new(TYPES, "fields.rs", text)])
}

fn field_row(model: &Model, message: &Message, field: &Field) -> String {
    let path = message.path_of(&field.name);
    let option = |value: Option<String>| value.map_or_else(|| "None".to_owned(), |value| format!("Some({value})"));
    let answers: Vec<String> = field.answers.iter().map(|id| rust::string(id)).collect();
    let mut text = format!("\n/// `{path}`: {}\n", rust::inert(field.docs.summary()));
    text += &format!("pub static {}: Field = Field {{\n", rust::screaming(&path));
    for (name, value) in [
        ("path", rust::string(&path)),
        ("meaning", rust::string(&field.docs.line())),
        ("kind", kind(model, field)),
        ("presence", presence(field.presence)),
        ("sensitivity", format!("Sensitivity::{}", rust::camel(&field.sensitivity))),
        ("category", option(message.category.as_ref().map(|name| format!("Category::{}", rust::camel(name))))),
        ("event", option(message.event.as_ref().map(|name| rust::string(name)))),
        ("source", rust::string(&field.source)),
        ("answers", format!("&[{}]", answers.join(", "))),
        ("unit", option(field.unit.as_ref().map(|unit| rust::string(unit)))),
        ("example", rust::string(&field.example.to_string())),
        ("line", places(model, field)),
        ("is_host", field.filling.asks_host().to_string()),
    ] {
        text += &format!("    {name}: {value},\n");
    }
    text + "};\n"
}

fn kind(model: &Model, field: &Field) -> String {
    match &field.kind {
        Kind::Boolean => "Kind::Boolean".to_owned(),
        Kind::Number(number) => {
            let (min, max) = rust::bounds(number);
            let kind = if matches!(number, Number::Double { .. }) { "Number" } else { "Whole" };
            format!("Kind::{kind} {{ min: {min}, max: {max} }}")
        }
        Kind::Text(Text { pattern, max_length, .. }) => {
            let pattern = patterns::name(model, pattern);
            format!("Kind::Text {{ pattern: &patterns::{pattern}, max_length: {max_length} }}")
        }
        Kind::Enum(name) => format!("Kind::Enum(report::{name}::NAMES)"),
    }
}

/// The places in the line format.
fn places(model: &Model, field: &Field) -> String {
    // Of an enum, a value that has no word is left out; of a text, it stands as it is.
    let values = match &field.kind {
        Kind::Enum(name) => model.enumeration(name).map(|an_enum| &an_enum.values),
        _ => None,
    };
    let worded = values.into_iter().flatten().filter_map(|value| Some((&value.name, value.line.as_ref()?)));
    let worded: Vec<_> = worded.collect();
    let places = field.lines.iter().map(|line| {
        let words = worded.iter().copied().chain(line.words.iter().map(|(value, word)| (value, word)));
        let words: Vec<_> = words.map(|(value, word)| format!("({value:?}, {word:?})")).collect();
        format!(
            "Place {{ key: {:?}, prefix: {:?}, suffix: {:?}, manner: Manner::{:?}, words: &[{}] }}",
            line.key,
            line.prefix,
            line.suffix,
            line.manner,
            words.join(", ")
        )
    });
    format!("&[{}]", places.collect::<Vec<_>>().join(", "))
}

fn presence(presence: Presence) -> String {
    match presence {
        Presence::Required => "Presence::Required".to_owned(),
        Presence::Optional => "Presence::Optional".to_owned(),
        Presence::List { max_items } => format!("Presence::List {{ max_items: {max_items} }}"),
    }
}

/// A message and its members; of the host's facts, only those.
fn message_row(model: &Model, message: &Message, is_host: bool) -> String {
    let mut text = format!("\n/// {}\n", rust::inert(message.docs.summary()));
    text += &format!("pub static {}: Message = Message::new(\n", message_name(message, is_host));
    let (mut names, mut members) = (String::new(), String::new());
    for member in &message.members {
        let (name, row) = match member {
            model::Member::Field(field) if !is_host || field.filling.asks_host() => {
                (&field.name, format!("Member::Field(&{})", rust::screaming(&message.path_of(&field.name))))
            }
            model::Member::Field(_) => continue,
            model::Member::Section { name, message: section, .. } => {
                let Some(section) = model.message(section) else { continue };
                if is_host && !host_facts::asks_host(model, section) {
                    continue;
                }
                let is_required = !is_host && model.is_required(section);
                let table = message_name(section, is_host);
                (name, format!("Member::Section {{ message: &{table}, is_required: {is_required} }}"))
            }
        };
        names += &format!("        {},\n", rust::string(name));
        members += &format!("        {row},\n");
    }
    text + &format!("    {},\n    &[\n{names}    ],\n    &[\n{members}    ],\n);\n", rust::string(&message.path))
}

fn message_name(message: &Message, is_host: bool) -> String {
    let name =
        if message.is_report() { "REPORT".to_owned() } else { format!("SECTION_{}", rust::screaming(&message.path)) };
    match (is_host, message.is_report()) {
        (false, _) => name,
        (true, true) => "HOST_FACTS".to_owned(),
        (true, false) => format!("HOST_{}", rust::screaming(&message.path)),
    }
}

fn described(name: &str, table: &str) -> String {
    format!("\nimpl Described for {name} {{\n    fn message() -> &'static Message {{\n        &{table}\n    }}\n}}\n")
}
