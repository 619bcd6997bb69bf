//! GatewayClasses.

use serde::Deserialize;

use super::Changed;

/// All GatewayClasses.
pub(crate) type List = Vec<Object>;

/// A GatewayClass.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Object {
    metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    name: Box<str>,
    #[serde(rename = "managedFields")]
    changed: Changed,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    controller_name: Box<str>,
}

impl Object {
    /// The name.
    #[must_use]
    pub(crate) fn name(&self) -> &str {
        &self.metadata.name
    }

    /// What serves the class.
    #[must_use]
    pub(crate) fn controller(&self) -> &str {
        &self.spec.controller_name
    }

    /// When it was last configured.
    #[must_use]
    pub(crate) fn changed(&self) -> Changed {
        self.metadata.changed
    }
}
