//! A report as a table for people: every field that is there, and why the others are not.

use std::fmt::Write as _;

use ktel_types::fields;
use serde_json::Value;

/// Renders the events of a report, which are given as JSON.
pub(crate) fn render<'a>(events: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for event in events {
        let report: Value = serde_json::from_str(event).unwrap_or_default();
        let _ = writeln!(text, "{} ({} bytes)", report["event"].as_str().unwrap_or_default(), event.len());
        for field in fields::ALL.iter().filter(|field| !field.path.starts_with("absent.")) {
            if let Some(value) = at(&report, field.path) {
                let _ = writeln!(text, "  {:<44} {}", field.path, shown(value));
            }
        }
        for (reason, paths) in report["absent"].as_object().into_iter().flatten() {
            for path in paths.as_array().into_iter().flatten() {
                let _ = writeln!(text, "  {:<44} – {}", path.as_str().unwrap_or_default(), reason.replace('_', " "));
            }
        }
        text.push('\n');
    }
    text
}

fn at<'a>(report: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(report, |value, name| value.get(name))
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        value => value.to_string(),
    }
}
