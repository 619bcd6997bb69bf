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
    #[serde(default)]
    annotations: Annotations,
}

/// The only annotations that are looked at.
#[derive(Debug, Clone, Default, Deserialize)]
struct Annotations {
    #[serde(default, rename = "ktel.konghq.com/telemetry")]
    telemetry: Option<String>,
    #[serde(default, rename = "ktel.konghq.com/id-salt")]
    salt: Option<String>,
}

impl Metadata {
    /// The UID, which no other object has ever had.
    #[must_use]
    pub(crate) fn uid(&self) -> &str {
        &self.metadata.uid
    }

    /// What the annotation of [`consent`](crate::consent::ANNOTATION) says, if it is there.
    #[must_use]
    pub(crate) fn telemetry(&self) -> Option<&str> {
        self.metadata.annotations.telemetry.as_deref()
    }

    /// What the annotation [`SALT_ANNOTATION`](crate::SALT_ANNOTATION) says, if it is there.
    #[must_use]
    pub(crate) fn salt(&self) -> Option<&str> {
        self.metadata.annotations.salt.as_deref()
    }
}
