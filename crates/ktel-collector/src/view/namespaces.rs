//! Namespaces.

use serde::Deserialize;

/// The metadata of a namespace.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Metadata {
    metadata: Fields,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Fields {
    #[serde(default)]
    uid: String,
}

impl Metadata {
    /// The UID, which no other object has ever had.
    #[must_use]
    pub(crate) fn uid(&self) -> &str {
        &self.metadata.uid
    }
}
