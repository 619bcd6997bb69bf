//! CustomResourceDefinitions: what their annotations say of the bundle that they came with.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The metadata of a CustomResourceDefinition.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Metadata {
    metadata: Fields,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    annotations: BTreeMap<String, String>,
}

impl Metadata {
    /// An annotation.
    #[must_use]
    pub(crate) fn annotation(&self, name: &str) -> Option<&str> {
        self.metadata.annotations.get(name).map(String::as_str)
    }
}
