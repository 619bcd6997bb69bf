//! Emits the facts that only a controller knows, as plain structs to be filled: the report, reduced to those fields.

use super::{Error, File, TYPES, rust};
use crate::{
    model::{Field, Kind, Merge, Message, Model, Number, Presence},
    standard::Standard,
};

const DERIVES: &str = "\
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
";

#[allow(clippy::unnecessary_wraps, reason = "all emitters have one signature")]
pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let mut body = String::new();
    for message in model.messages.iter().filter(|message| asks_host(model, message)) {
        body += &structure(model, message);
    }
    body += &unanswered(model);
    body += &merge(model);
    body += &fill(model);
    body += "}\n";
    body += "\nfn is_default<T: Default + PartialEq>(value: &T) -> bool {\n    *value == T::default()\n}\n";
    let mut text = rust::header("What only the controller knows that embeds the collector.");
    text += "use serde::{Deserialize, Serialize};\n\n";
    for module in ["merge", "number", "report"].into_iter().filter(|module| body.contains(&format!("{module}::"))) {
        text += &format!("use crate::{module};\n");
    }
    Ok(vec![File::new(TYPES, "host.rs", text + &body)])
}

/// Whether a message, or a section inside of it, has facts of the host.
pub(super) fn asks_host(model: &Model, message: &Message) -> bool {
    message.fields().any(|field| field.filling.asks_host())
        || model.sections(message).any(|(_, section)| asks_host(model, section))
}

fn structure(model: &Model, message: &Message) -> String {
    let mut text = if message.is_report() {
        "\n/// All facts, at the places where the report has them. What is left `None` is reported as unknown.\n"
            .to_owned()
    } else {
        format!("\n/// Facts of the section `{}`.\n", message.path)
    };
    text += DERIVES;
    text += &format!("pub struct {} {{\n", name(message));
    for field in message.fields().filter(|field| field.filling.asks_host()) {
        text += &rust::doc(1, &rust::field_docs(field));
        text += "    #[serde(default, skip_serializing_if = \"Option::is_none\"";
        if let Kind::Number(Number::Unsigned { .. } | Number::Signed { .. }) = field.kind {
            text += ", deserialize_with = \"number::optional_whole\"";
        }
        text += &format!(")]\n    pub {}: {},\n", rust::identifier(&field.name), fact_type(field));
    }
    for (slot, section) in model.sections(message).filter(|(_, section)| asks_host(model, section)) {
        text += &format!("    /// {}\n", section.docs.summary());
        text += "    #[serde(default, skip_serializing_if = \"is_default\")]\n";
        text += &format!("    pub {}: {},\n", rust::identifier(slot), name(section));
    }
    text + "}\n"
}

/// Facts are told or not, lists included: an empty list is told.
fn fact_type(field: &Field) -> String {
    match field.presence {
        Presence::List { .. } => format!("Option<Vec<{}>>", rust::scalar(&field.kind, "report::")),
        _ => format!("Option<{}>", rust::scalar(&field.kind, "report::")),
    }
}

fn name(message: &Message) -> &str {
    if message.is_report() { "HostFacts" } else { &message.name }
}

fn unanswered(model: &Model) -> String {
    let mut text = String::from("\nimpl HostFacts {\n    /// The paths of the facts that are not told.\n");
    text += "    #[must_use]\n    pub fn unanswered(&self) -> Vec<&'static str> {\n        let facts = [\n";
    for (message, field) in model.fields().filter(|(_, field)| field.filling.asks_host()) {
        let path = message.path_of(&field.name);
        text += &format!("            (\"{path}\", self.{}.is_some()),\n", rust::place(&path));
    }
    text += "        ];\n        facts.into_iter().filter(|(_, is_told)| !is_told).map(|(path, _)| path).collect()\n";
    text + "    }\n"
}

fn merge(model: &Model) -> String {
    let mut text =
        String::from("\n    /// Takes up what another control plane of the same installation tells.\n    ///\n");
    text += "    /// What adds up is added, of what does not the worst is kept, and of names all.\n";
    text += "    pub fn merge(&mut self, other: Self) {\n";
    for (message, field) in model.fields().filter(|(_, field)| field.filling.asks_host()) {
        let place = rust::place(&message.path_of(&field.name));
        let way = match (field.merge, field.presence) {
            (_, Presence::List { .. }) => "union",
            (Merge::Sum, _) => "sum",
            (Merge::Max, _) => "max",
            (Merge::First, _) => "first",
        };
        text += &format!("        merge::{way}(&mut self.{place}, other.{place});\n");
    }
    text + "    }\n"
}

fn fill(model: &Model) -> String {
    let mut text = String::from(
        "\n    /// Takes up what another source tells of the same control plane, where nothing is told yet.\n",
    );
    text += "    pub fn fill(&mut self, other: Self) {\n";
    for (message, field) in model.fields().filter(|(_, field)| field.filling.asks_host()) {
        let place = rust::place(&message.path_of(&field.name));
        text += &format!("        merge::first(&mut self.{place}, other.{place});\n");
    }
    text + "    }\n"
}
