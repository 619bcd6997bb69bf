//! Changes as text for a terminal, as Markdown for people, as JSON for tools.

use serde_json::{Value, json};

use super::{Change, Class};

/// How changes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Text,
    /// Tables, one for each class.
    Markdown,
    /// An array of objects.
    Json,
}

/// All changes, in their order.
#[must_use]
pub fn show(changes: &[Change], format: Format) -> String {
    match format {
        Format::Text => changes.iter().map(text).collect(),
        Format::Markdown => Class::GRAVEST_FIRST.into_iter().map(|class| markdown(changes, class)).collect(),
        Format::Json => format!("{:#}\n", Value::Array(changes.iter().map(object).collect())),
    }
}

fn text(change: &Change) -> String {
    let Change { kind, path, at, .. } = change;
    let mut text = format!("{:<9}{path}: {}{}\n", kind.class, kind.name, step(change));
    text += &format!("{:9}{}\n", "", kind.why);
    if let Some(at) = at {
        text += &format!("{:9}{at}\n", "");
    }
    text
}

/// From what it was to what it is.
fn step(change: &Change) -> String {
    match (change.was.as_str(), change.is.as_str()) {
        ("", "") => String::new(),
        ("", is) => format!(", now {is}"),
        (was, "") => format!(", was {was}"),
        (was, is) => format!(", {was} → {is}"),
    }
}

fn markdown(changes: &[Change], class: Class) -> String {
    let of_class = changes.iter().filter(|change| change.kind.class == class);
    let rows: String = of_class
        .map(|Change { kind, path, was, is, .. }| {
            format!("| `{path}` | {} | {} | {} | {} |\n", kind.name, code(was), code(is), kind.why)
        })
        .collect();
    if rows.is_empty() {
        return rows;
    }
    format!("## {class}\n\n| What | Change | Was | Is | Why |\n| --- | --- | --- | --- | --- |\n{rows}\n")
}

/// Text that cannot end a cell of a table, nor be taken for markup.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    match text.as_str() {
        "" => "–".to_owned(),
        text if text.contains('`') => format!("`` {text} ``"),
        text => format!("`{text}`"),
    }
}

fn object(change: &Change) -> Value {
    let Change { kind, path, was, is, at } = change;
    let mut object = json!({
        "class": kind.class.name(),
        "kind": kind.name,
        "path": path,
        "was": was,
        "is": is,
        "why": kind.why,
    });
    if let Some(at) = at {
        object["file"] = json!(at.file);
        object["line"] = json!(at.line);
    }
    object
}
