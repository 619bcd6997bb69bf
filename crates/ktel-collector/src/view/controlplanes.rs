//! ControlPlanes of Kong Operator.

use serde::Deserialize;

use super::owners::Owners;

/// All ControlPlanes.
pub(crate) type List = Vec<Object>;

/// A ControlPlane.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Object {
    metadata: Metadata,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    owner_references: Owners,
}

impl Object {
    /// Whether nothing else made it.
    #[must_use]
    pub(crate) fn is_standalone(&self) -> bool {
        self.metadata.owner_references.is_empty()
    }
}
