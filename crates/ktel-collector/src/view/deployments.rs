//! Deployments.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::owners::{Owner, Owners};

/// A Deployment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Object {
    metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    owner_references: Owners,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Spec {
    replicas: Option<u32>,
}

impl Object {
    /// A label.
    #[must_use]
    pub(crate) fn label(&self, name: &str) -> Option<&str> {
        self.metadata.labels.get(name).map(String::as_str)
    }

    /// An annotation.
    #[must_use]
    pub(crate) fn annotation(&self, name: &str) -> Option<&str> {
        self.metadata.annotations.get(name).map(String::as_str)
    }

    /// What sees to it.
    #[must_use]
    pub(crate) fn owner(&self) -> Option<&Owner> {
        self.metadata.owner_references.controller()
    }

    /// The number of replicas that it asks for.
    #[must_use]
    pub(crate) fn replicas(&self) -> u32 {
        self.spec.replicas.unwrap_or(1)
    }
}
