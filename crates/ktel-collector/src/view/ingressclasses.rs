//! IngressClasses.

use serde::Deserialize;

/// All IngressClasses.
pub(crate) type List = Vec<Object>;

/// An IngressClass.
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
    annotations: Annotations,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Annotations {
    #[serde(rename = "ingressclass.kubernetes.io/is-default-class")]
    is_default: Option<Box<str>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Spec {
    controller: Box<str>,
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
        &self.spec.controller
    }

    /// Whether it is the class of those that name none.
    #[must_use]
    pub(crate) fn is_default(&self) -> bool {
        self.metadata.annotations.is_default.as_deref() == Some("true")
    }
}
