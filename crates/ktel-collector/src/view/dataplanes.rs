//! DataPlanes of Kong Operator.

use serde::Deserialize;

use super::owners::Owners;

/// All DataPlanes.
pub(crate) type List = Vec<Object>;

/// A DataPlane.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Object {
    metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    owner_references: Owners,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Spec {
    deployment: Deployment,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Deployment {
    replicas: Option<u32>,
    scaling: Scaling,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Scaling {
    horizontal: Option<Horizontal>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Horizontal {
    min_replicas: Option<u32>,
}

impl Object {
    /// Whether nothing else made it.
    #[must_use]
    pub(crate) fn is_standalone(&self) -> bool {
        self.metadata.owner_references.is_empty()
    }

    /// The number of replicas that it asks for, or the least number if it is scaled: one where it does not say.
    #[must_use]
    pub(crate) fn replicas(&self) -> u32 {
        let Deployment { replicas, scaling } = &self.spec.deployment;
        let least = scaling.horizontal.as_ref().map(|scaling| scaling.min_replicas.unwrap_or(1));
        least.or(*replicas).unwrap_or(1)
    }
}
