//! What schemars cannot derive of a text: that it has no control characters.

use schemars::{Schema, json_schema};

/// Refuses control characters in a text, or in every text of a list, whatever its own pattern says: some engines let `$`
/// match before a line feed at the end.
pub(crate) fn without_control_characters(schema: &mut Schema) {
    let text = match schema.get_mut("items") {
        Some(items) => items.as_object_mut(),
        None => schema.as_object_mut(),
    };
    if let Some(text) = text {
        text.insert("not".to_owned(), json_schema!({ "pattern": "[\\u0000-\\u001f\\u007f]" }).to_value());
    }
}
