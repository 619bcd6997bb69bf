//! TCPIngresses and UDPIngresses.

use serde::Deserialize;

use super::{Changed, ingresses::Metadata, protocols::Protocols};

/// All of them.
pub(crate) type List = Vec<Object>;

/// A TCPIngress or a UDPIngress.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Raw")]
pub(crate) struct Object {
    /// The class that its annotation names.
    pub(crate) class: Option<Box<str>>,
    /// The number of its rules.
    pub(crate) rules: usize,
    /// The protocols that its annotation names.
    pub(crate) protocols: Protocols,
    /// When it was last configured.
    pub(crate) changed: Changed,
}

#[derive(Deserialize)]
struct Raw {
    metadata: Metadata,
    #[serde(default)]
    spec: Spec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Spec {
    rules: Vec<serde::de::IgnoredAny>,
}

impl From<Raw> for Object {
    fn from(Raw { metadata, spec }: Raw) -> Self {
        Self {
            class: metadata.annotations.class,
            rules: spec.rules.len(),
            protocols: metadata.annotations.protocols,
            changed: metadata.changed,
        }
    }
}
