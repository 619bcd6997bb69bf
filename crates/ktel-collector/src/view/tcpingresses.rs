//! TCPIngresses and UDPIngresses.

use serde::Deserialize;

use super::{Changed, ingresses::Metadata};

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
    /// Whether a rule is told by the name that TLS asks for.
    pub(crate) has_tls: bool,
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
    rules: Vec<Rule>,
    tls: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(default)]
    host: String,
}

impl From<Raw> for Object {
    fn from(Raw { metadata, spec }: Raw) -> Self {
        Self {
            class: metadata.annotations.class,
            rules: spec.rules.len(),
            has_tls: !spec.tls.is_empty() || spec.rules.iter().any(|rule| !rule.host.is_empty()),
            changed: metadata.changed,
        }
    }
}
