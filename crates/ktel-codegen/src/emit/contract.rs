//! Emits the name, version and hash of the contract, as constants.

use super::{Error, File, TYPES, json_schema, rust};
use crate::standard::Standard;

#[allow(clippy::unnecessary_wraps, reason = "all emitters have one signature")]
pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let mut text = rust::header("The contract that the types of this crate keep.");
    for (docs, name, value) in [
        ("The contract: package and version of the standard.", "SCHEMA", model.contract()),
        (
            "The first 12 hexadecimal digits of the SHA-256 of the strict JSON Schema, without its prose and its `$id`.",
            "SCHEMA_HASH",
            json_schema::hash(model),
        ),
        ("The protobuf message that a report is.", "MESSAGE", format!("{}.{}", model.package, model.report().name)),
        ("What the data is collected for.", "PURPOSE", model.purpose.clone()),
        ("Splunk's sourcetype of every event.", "SOURCETYPE", model.sourcetype.clone()),
        (
            "Where the standard is published: what the `$id` of its schemas begins with.",
            "ID_BASE",
            model.id_base.clone(),
        ),
    ] {
        text += &format!("/// {docs}\npub const {name}: &str = {};\n\n", rust::string(&value));
    }
    let days = model.retention_days;
    text += "/// The number of days after which the receiver deletes what it was sent.\n";
    text += &format!("pub const RETENTION_DAYS: u32 = {days};\n\n");
    for (docs, name, file) in [
        ("The JSON Schema of what is sent, with all bounds: for producers and tests.", "STRICT", "report.strict.json"),
        (
            "The JSON Schema of what is received, open to later versions: for consumers.",
            "TOLERANT",
            "report.tolerant.json",
        ),
        ("The JSON Schema of what a controller tells the collector.", "HOST_FACTS", "host-facts.json"),
        ("Every field with all that is said of it, as JSON.", "DICTIONARY", "telemetry.json"),
    ] {
        text += &format!("/// {docs}\npub const {name}: &str = include_str!(\"schema/{file}\");\n\n");
    }
    Ok(vec![File::new(TYPES, "contract.rs", text.trim_end().to_owned() + "\n")])
}
