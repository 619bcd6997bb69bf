//! How Splunk reads an event.

use super::HEADER;
use crate::model::{Field, Message, Model, Presence, size::EXTRACTED};

pub(super) fn props_conf(model: &Model) -> String {
    let mut text = HEADER.to_owned();
    text += &format!("[{}]\n", model.sourcetype);
    // A setting ends with its line.
    let purpose: Vec<&str> = model.purpose.split_whitespace().collect();
    text += &format!("description = {}\n", purpose.join(" "));
    text += "category = Structured\npulldown_type = true\n";
    text += "
# An event is one line of JSON and comes with its time, so that neither is looked for in its text.
SHOULD_LINEMERGE = false
DATETIME_CONFIG = NONE
";
    text += &format!(
        "
# No event of the standard is larger than {} bytes.
TRUNCATE = {}
",
        EXTRACTED.bytes,
        2 * EXTRACTED.bytes
    );
    text += "
# Names are taken from the event when it is searched. Were they indexed, too, each would have its value twice.
KV_MODE = json
";
    for Alias { path, coalesced } in aliases(model) {
        let deprecated: Vec<String> = coalesced[1..].iter().map(|path| format!("`{path}`")).collect();
        let coalesced: Vec<String> = coalesced.iter().map(|path| format!("'{path}'")).collect();
        text += &format!("\n# Older senders know it as {}.\n", deprecated.join(", "));
        text += &format!("EVAL-{path} = coalesce({})\n", coalesced.join(", "));
    }
    text
}

/// A field under which those can be found, too, that it replaces.
pub(super) struct Alias {
    pub(super) path: String,
    /// The path itself, then those of what it replaces.
    pub(super) coalesced: Vec<String>,
}

/// An alias for each field that replaces others.
///
/// Splunk computes each of them from what was extracted, and none from another one: what replaces something that had itself
/// replaced something names both. Lists have none: the name of a list ends in `{}`, which is no name of a setting.
pub(super) fn aliases(model: &Model) -> Vec<Alias> {
    let mut aliases = Vec::new();
    for (message, field) in model.fields() {
        let path = message.path_of(&field.name);
        let mut coalesced = vec![path.clone()];
        let mut index = 0;
        while let Some(current) = coalesced.get(index) {
            let more: Vec<String> = replaced_by(model, current).filter(|path| !coalesced.contains(path)).collect();
            coalesced.extend(more);
            index += 1;
        }
        if coalesced.len() > 1 && !is_list(field) {
            aliases.push(Alias { path, coalesced });
        }
    }
    aliases
}

fn replaced_by<'a>(model: &'a Model, path: &str) -> impl Iterator<Item = String> {
    let is_replaced = move |(_, field): &(&'a Message, &'a Field)| {
        let replacement = field.deprecated.as_ref().and_then(|deprecation| deprecation.replacement.as_deref());
        replacement == Some(path) && !is_list(field)
    };
    model.fields().filter(is_replaced).map(|(message, field)| message.path_of(&field.name))
}

fn is_list(field: &Field) -> bool {
    matches!(field.presence, Presence::List { .. })
}
