//! Holds events against the published schema.

use jsonschema::{ValidationError, Validator};
use ktel_types::contract;
use serde_json::Value;

/// The published strict schema, ready to judge.
#[derive(Debug, Clone)]
pub struct Judge(Validator);

impl Judge {
    /// Compiles the schema of the reports of this version.
    ///
    /// # Errors
    ///
    /// If what was published is no JSON Schema.
    pub fn new() -> Result<Self, ValidationError<'static>> {
        let schema: Value = serde_json::from_str(contract::STRICT).unwrap_or_default();
        jsonschema::draft202012::new(&schema).map(Self)
    }

    /// Where and how an event breaks the schema, without its values. Nothing for an event that keeps it.
    #[must_use]
    pub fn violations(&self, event: &Value) -> Vec<String> {
        self.0
            .iter_errors(event)
            .map(|error| {
                let place = error.instance_path().to_string();
                let place = if place.is_empty() { "/" } else { &place };
                format!("{place}: {}", error.masked())
            })
            .collect()
    }
}
