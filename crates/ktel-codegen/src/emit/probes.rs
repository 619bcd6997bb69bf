//! Emits the traits of probes: a trait a section, a method a field. A field that nobody fills does not compile.

use super::{COLLECTOR, Error, File, rust};
use crate::{
    model::{Field, Message, Presence},
    standard::Standard,
};

/// The fields of the report that generated code fills by itself.
const FILLED: [&str; 3] = ["schema", "schema_hash", "event"];

const HEADER: &str = "\
use ktel_types::report;

use crate::reading::Reading;
";

#[allow(clippy::unnecessary_wraps, reason = "all emitters have one signature")]
pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let mut text = rust::header("What has to be told of a cluster: a trait a section, a method a field.");
    text += HEADER;
    for message in &standard.model.messages {
        let fields: Vec<&Field> = probed(message).collect();
        if fields.is_empty() {
            continue;
        }
        text += &format!("\n/// {}\n", rust::inert(message.docs.summary()));
        text += &format!("pub(crate) trait {} {{\n", message.name);
        let methods: Vec<String> = fields.into_iter().map(|field| method(message, field)).collect();
        text += &methods.join("\n");
        text += "}\n";
    }
    Ok(vec![File::new(COLLECTOR, "probe.rs", text)])
}

/// The fields of a message that a probe has to fill.
pub(super) fn probed(message: &Message) -> impl Iterator<Item = &Field> {
    let is_filled = |field: &Field| message.is_report() && FILLED.contains(&field.name.as_str());
    message.fields().filter(move |field| field.filling.needs_probe() && !is_filled(field) && !is_absent(message))
}

/// Whether this is the section that says what is absent, which follows from all others.
pub(super) fn is_absent(message: &Message) -> bool {
    message.path == "absent"
}

fn method(message: &Message, field: &Field) -> String {
    let mut docs = rust::field_docs(field);
    docs.0[0] = format!("`{}`: {}", message.path_of(&field.name), docs.0[0]);
    let value = rust::scalar(&field.kind, "report::");
    let returned = match field.presence {
        Presence::Required => value,
        Presence::Optional => format!("Reading<{value}>"),
        Presence::List { .. } => format!("Reading<Vec<{value}>>"),
    };
    format!("{}    fn {}(&self) -> {returned};\n", rust::doc(1, &docs), rust::identifier(&field.name))
}
