//! Nodes.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The metadata of all nodes.
pub(crate) type MetadataList = Vec<Metadata>;

/// The first nodes, whole.
pub(crate) type FirstPage = Vec<Object>;

/// The metadata of a node.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Metadata {
    metadata: Fields,
}

/// A whole node.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Object {
    metadata: Fields,
    spec: Spec,
    status: Status,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Spec {
    #[serde(rename = "providerID")]
    provider_id: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    node_info: NodeInfo,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NodeInfo {
    os_image: String,
}

/// What rules look at, of a whole node or of its metadata.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marks<'a> {
    /// Labels.
    pub(crate) labels: &'a BTreeMap<String, String>,
    /// Annotations.
    pub(crate) annotations: &'a BTreeMap<String, String>,
    /// `spec.providerID`; empty if only the metadata is known.
    pub(crate) provider_id: &'a str,
    /// `status.nodeInfo.osImage`; empty if only the metadata is known.
    pub(crate) os_image: &'a str,
}

impl Metadata {
    /// The architecture of the processor: `arm64`.
    #[must_use]
    pub(crate) fn architecture(&self) -> Option<&str> {
        self.metadata.labels.get("kubernetes.io/arch").map(String::as_str)
    }

    /// What rules look at.
    #[must_use]
    pub(crate) fn marks(&self) -> Marks<'_> {
        let Fields { labels, annotations } = &self.metadata;
        Marks { labels, annotations, provider_id: "", os_image: "" }
    }
}

impl Object {
    /// What rules look at.
    #[must_use]
    pub(crate) fn marks(&self) -> Marks<'_> {
        let Fields { labels, annotations } = &self.metadata;
        Marks { labels, annotations, provider_id: &self.spec.provider_id, os_image: &self.status.node_info.os_image }
    }
}
