//! Nodes. There are thousands of them, so that no more is kept of each than what rules make of it.

use std::collections::BTreeMap;

use ktel_types::report::Cloud;
use serde::Deserialize;

use crate::rules::platforms::{self, Borne};

/// The metadata of all nodes.
pub(crate) type MetadataList = Vec<Metadata>;

/// The first nodes, whole.
pub(crate) type FirstPage = Vec<Object>;

/// What the metadata of a node tells.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Raw")]
pub(crate) struct Metadata {
    /// The platforms of which its metadata bears a mark.
    pub(crate) borne: Borne,
    /// The architecture of its processor: `arm64`.
    pub(crate) architecture: Option<Box<str>>,
}

/// What a whole node tells.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Raw")]
pub(crate) struct Object {
    /// The platforms of which it bears a mark.
    pub(crate) borne: Borne,
    /// The cloud that its provider's identifier tells.
    pub(crate) cloud: Option<Cloud>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Raw {
    metadata: Fields,
    spec: Spec,
    status: Status,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Spec {
    #[serde(rename = "providerID")]
    provider_id: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    node_info: NodeInfo,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NodeInfo {
    os_image: String,
}

impl Raw {
    fn borne(&self) -> Borne {
        Borne::by(&platforms::Node {
            labels: &self.metadata.labels,
            annotations: &self.metadata.annotations,
            provider_id: &self.spec.provider_id,
            os_image: &self.status.node_info.os_image,
        })
    }
}

impl From<Raw> for Metadata {
    fn from(mut node: Raw) -> Self {
        let architecture = node.metadata.labels.remove("kubernetes.io/arch");
        Self { borne: node.borne(), architecture: architecture.map(String::into_boxed_str) }
    }
}

impl From<Raw> for Object {
    fn from(node: Raw) -> Self {
        Self { borne: node.borne(), cloud: platforms::cloud_of(&node.spec.provider_id) }
    }
}
