//! A report as people look at it: each field with its value, or with the reason why it has none.

use ktel_types::{fields, table::Field};
use serde_json::Value;

/// An event of a report.
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) bytes: usize,
    /// In the order of the standard.
    pub(crate) rows: Vec<Row>,
}

/// A field of an event.
pub(crate) struct Row {
    pub(crate) field: &'static Field,
    pub(crate) cell: Cell,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Value(String),
    /// The reason.
    Absent(String),
}

impl Event {
    /// Reads an event, given as JSON.
    pub(crate) fn read(json: &str) -> Self {
        let report: Value = serde_json::from_str(json).unwrap_or_default();
        let name = report["event"].as_str().unwrap_or_default().to_owned();
        // What is absent is shown where it would stand.
        let is_shown = |field: &Field| {
            field.event.is_none_or(|event| event == name) && !field.path.starts_with("absent.") && field.path != "event"
        };
        let rows = fields::ALL.iter().filter(|field| is_shown(field)).filter_map(|field| {
            let value = at(&report, field.path).map(|value| Cell::Value(shown(value)));
            let cell = value.or_else(|| reason(&report, field.path).map(Cell::Absent))?;
            Some(Row { field, cell })
        });
        Self { rows: rows.collect(), bytes: json.len(), name }
    }
}

impl Row {
    /// Where the field stands, and what it is called there.
    pub(crate) fn place(&self) -> (&'static str, &'static str) {
        self.field.path.rsplit_once('.').unwrap_or(("", self.field.path))
    }

    /// Whether the field travels with every event.
    pub(crate) fn is_of_envelope(&self) -> bool {
        self.field.event.is_none()
    }
}

impl Cell {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Value(value) => value.clone(),
            Self::Absent(reason) => format!("– {reason}"),
        }
    }
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

/// Why a field is absent: it is named, or a section that it stands in.
fn reason(report: &Value, path: &str) -> Option<String> {
    let is_meant = |of: &Value| {
        let rest = of.as_str().and_then(|of| path.strip_prefix(of));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let reasons = report["absent"].as_object()?;
    let (reason, _) =
        reasons.iter().find(|(_, paths)| paths.as_array().is_some_and(|paths| paths.iter().any(is_meant)))?;
    Some(reason.replace('_', " "))
}
