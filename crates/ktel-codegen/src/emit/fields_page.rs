//! Emits the page of fields: what is collected, for people.
//!
//! A field is a heading, so that a search in the book that finds a word of it, or of the question that it answers, leads to it.

use super::{
    DOCS, Error, File,
    markdown::{anchor, anchor_name, code, count, head, prose, question},
    tally::Tally,
};
use crate::{
    model::{Field, Kind, Message, Model, Presence, Read},
    standard::Standard,
};

/// What the words say that stand at each field.
const LEGEND: &str = "\
**Sensitivity**: *technical* says nothing of who sends it; *usage* says how the product is used, as a number or a choice from a
list; an *identifier* joins reports. **Takes** is the permission that a field needs; without it, the field is absent, and
nothing else is. A field that could not be measured is left out, and `absent` says why.
";

#[allow(clippy::unnecessary_wraps, reason = "all emitters have one signature")]
pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let mut text = head(&format!("Fields of `{}`", model.contract()));
    text += &format!("{}\n\n{}\n\n{LEGEND}\n", prose(&model.purpose), Tally::of(model).sentence());
    let sections: Vec<&Message> = model.messages.iter().filter(|message| message.fields().next().is_some()).collect();
    for message in &sections {
        let fields = count(message.fields().count(), "field");
        let place = anchor_name("section", name(message));
        text += &format!("- [{}](#{place}): {} ({fields})\n", title(message), prose(message.docs.summary()));
    }
    text += &sections.iter().map(|message| section(model, message)).collect::<String>();
    Ok(vec![File::new(DOCS, "fields.md", text)])
}

fn name(message: &Message) -> &str {
    if message.is_report() { "envelope" } else { &message.path }
}

fn title(message: &Message) -> String {
    if message.is_report() { "Envelope".to_owned() } else { code(&message.path) }
}

fn section(model: &Model, message: &Message) -> String {
    let mut text = format!("\n{}## {}\n\n", anchor("section", name(message)), title(message));
    for paragraph in &message.docs.0 {
        text += &format!("{}\n\n", prose(paragraph));
    }
    text += &match &message.category {
        Some(category) => format!("Consent category: **{category}**.\n"),
        None => "Travels with every event, whichever category is allowed.\n".to_owned(),
    };
    text + &message.fields().map(|field| block(model, message, field)).collect::<String>()
}

/// All that is said of a field: its meaning, then a short list.
fn block(model: &Model, message: &Message, field: &Field) -> String {
    let path = message.path_of(&field.name);
    let struck = if field.deprecated.is_some() { "~~" } else { "" };
    let mut text = format!("\n{}### {struck}`{path}`{struck}\n\n", anchor("field", &path));
    if let Some(deprecation) = &field.deprecated {
        let replacement = deprecation.replacement.as_ref();
        let instead = replacement.map(|path| format!(" Use [`{path}`](#{}).", anchor_name("field", path)));
        text += &format!("**Deprecated.** {}{}\n\n", prose(&deprecation.reason), instead.unwrap_or_default());
    }
    for paragraph in &field.docs.0 {
        text += &format!("{}\n\n", prose(paragraph));
    }
    let asked = model.questions.iter().filter(|asked| field.answers.contains(&asked.id));
    let asked: Vec<String> = asked.map(|asked| question("questions/", asked)).collect();
    let mut lines = vec![
        ("Why", asked.join("<br>")),
        ("Value", format!("{}; for example {}", type_and_bounds(field), code(&field.example.to_string()))),
        ("Read from", prose(&field.source)),
        ("Sensitivity", field.sensitivity.to_lowercase()),
        ("Since", since(model, field)),
    ];
    let permissions = permissions(field);
    if !permissions.is_empty() {
        lines.insert(3, ("Takes", permissions.join(", ")));
    }
    if let Some(name) = &field.indexed {
        lines.push(("Indexed as", code(name)));
    }
    if let Some(expires) = &field.expires {
        lines.push(("Sent until", expires.clone()));
    }
    text += &lines.iter().map(|(name, value)| format!("- **{name}:** {value}\n")).collect::<String>();
    text + &values(model, message, field)
}

/// The version in which the field came.
fn since(model: &Model, field: &Field) -> String {
    field.since.clone().unwrap_or_else(|| model.version.clone())
}

/// What the roles have to permit for the field.
fn permissions(field: &Field) -> Vec<String> {
    let permission = |read: &Read| {
        let resource = read.resource()?;
        let group = if resource.group.is_empty() { String::new() } else { format!(".{}", resource.group) };
        let verb = if matches!(read, Read::Object(..)) { "get" } else { "list" };
        Some(format!("{verb} `{}{group}`", resource.plural))
    };
    let mut permissions: Vec<String> = field.filling.reads().iter().filter_map(permission).collect();
    permissions.sort();
    permissions.dedup();
    permissions
}

fn type_and_bounds(field: &Field) -> String {
    let name = match &field.kind {
        Kind::Boolean => "true or false".to_owned(),
        Kind::Number(_) => field.unit.clone().unwrap_or_else(|| "number".to_owned()),
        Kind::Text(_) => "text".to_owned(),
        Kind::Enum(name) => format!("one of [{name}](#{})", anchor_name("values", name)),
    };
    let presence = match field.presence {
        Presence::Required => ", always there".to_owned(),
        Presence::Optional => String::new(),
        Presence::List { max_items } => format!(", up to {max_items} of them"),
    };
    let bounds = field.kind.bounds().map_or_else(String::new, |bounds| format!(", {}", lower(&bounds)));
    name + &bounds + &presence
}

/// A phrase that goes on in the middle of a sentence.
fn lower(phrase: &str) -> String {
    let (first, rest) = phrase.split_at(phrase.chars().next().map_or(0, char::len_utf8));
    first.to_lowercase() + rest
}

/// The values of an enum, under the first field that has them.
fn values(model: &Model, message: &Message, field: &Field) -> String {
    let Kind::Enum(name) = &field.kind else { return String::new() };
    let mut users = model.fields().filter(|(_, other)| other.kind == field.kind);
    let is_first = users.next().is_some_and(|(first, other)| first.path == message.path && other.name == field.name);
    let Some(an_enum) = model.enumeration(name).filter(|_| is_first) else { return String::new() };
    let meanings = an_enum.values.iter().map(|value| format!("- `{}` – {}\n", value.name, prose(&value.docs.line())));
    format!("\n{}The values of {name}:\n\n{}", anchor("values", name), meanings.collect::<String>())
}
