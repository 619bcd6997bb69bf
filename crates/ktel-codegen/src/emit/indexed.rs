//! Emits the names of what is indexed beside an event, for the collector, which makes the values.

use std::collections::BTreeMap;

use super::{COLLECTOR, Error, File, rust};
use crate::standard::Standard;

const CATEGORY: &str = "
/// The category of consent that what is indexed under a name belongs to; none for what is told of every event.
pub(crate) fn category(name: &str) -> Option<Category> {
    match name {
";

#[allow(clippy::unnecessary_wraps, reason = "all emitters have one signature")]
pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let mut text = rust::header("The names of what is indexed beside an event.");
    text += "use ktel_types::report::Category;\n";
    for (name, message, field) in model.indexed() {
        let constant = rust::screaming(name.trim_start_matches("ktel_"));
        text += &format!("\n/// Of `{}`.\n", message.path_of(&field.name));
        text += &format!("pub(crate) const {constant}: &str = {};\n", rust::string(name));
    }
    text += CATEGORY;
    // The names are written out, so that a constant that nobody uses is found by the compiler.
    let mut categories: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, message, _) in model.indexed() {
        if let Some(category) = &message.category {
            categories.entry(category).or_default().push(rust::string(name));
        }
    }
    for (category, names) in categories {
        text += &format!("        {} => Some(Category::{}),\n", names.join(" | "), rust::camel(category));
    }
    text += "        _ => None,\n    }\n}\n";
    Ok(vec![File::new(COLLECTOR, "indexed.rs", text)])
}
