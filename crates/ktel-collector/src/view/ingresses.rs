//! Ingresses.

use serde::Deserialize;

use super::{Changed, protocols::Protocols};

/// All Ingresses.
pub(crate) type List = Vec<Object>;

/// An Ingress.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Raw")]
pub(crate) struct Object {
    /// The class that it names, in its annotation or in its specification.
    pub(crate) class: Option<Box<str>>,
    /// The number of its rules.
    pub(crate) rules: usize,
    /// The number of the paths of its rules.
    pub(crate) paths: usize,
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

/// The metadata of whatever Kong serves as an Ingress.
#[derive(Deserialize)]
pub(super) struct Metadata {
    #[serde(default)]
    pub(super) annotations: Annotations,
    #[serde(default, rename = "managedFields")]
    pub(super) changed: Changed,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Annotations {
    #[serde(rename = "kubernetes.io/ingress.class")]
    pub(super) class: Option<Box<str>>,
    #[serde(rename = "konghq.com/protocols")]
    pub(super) protocols: Protocols,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    ingress_class_name: Option<Box<str>>,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    http: Option<Http>,
}

#[derive(Deserialize)]
struct Http {
    #[serde(default)]
    paths: Vec<serde::de::IgnoredAny>,
}

impl From<Raw> for Object {
    fn from(Raw { metadata, spec }: Raw) -> Self {
        let paths = |rule: &Rule| rule.http.as_ref().map_or(0, |http| http.paths.len());
        Self {
            class: metadata.annotations.class.or(spec.ingress_class_name),
            rules: spec.rules.len(),
            paths: spec.rules.iter().map(paths).sum(),
            protocols: metadata.annotations.protocols,
            changed: metadata.changed,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rules_and_paths_are_counted() {
        let rules = json!([{ "http": { "paths": [{}, {}] } }, { "host": "a.example" }]);
        let ingress = json!({ "metadata": {}, "spec": { "ingressClassName": "kong", "rules": rules } });
        let ingress: Object = serde_json::from_value(ingress).unwrap();
        assert_eq!((ingress.rules, ingress.paths), (2, 2));
        assert_eq!(ingress.class.as_deref(), Some("kong"));
    }
}
