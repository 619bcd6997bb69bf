//! Routes of the Gateway API, whichever kind they are.

use serde::Deserialize;

use super::{Changed, Key, protocols::Protocols};

/// All routes of a kind.
pub(crate) type List = Vec<Object>;

/// A route.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Raw")]
pub(crate) struct Object {
    /// Where it wants to be attached.
    pub(crate) parents: Vec<Parent>,
    /// The number of its rules.
    pub(crate) rules: usize,
    /// The protocols that its annotation names.
    pub(crate) protocols: Protocols,
    /// When it was last configured.
    pub(crate) changed: Changed,
}

/// A Gateway, or a listener of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parent {
    pub(crate) gateway: Key,
    /// The name of the listener; all listeners if none is named.
    pub(crate) listener: Option<Box<str>>,
}

#[derive(Deserialize)]
struct Raw {
    metadata: Metadata,
    #[serde(default)]
    spec: Spec,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    annotations: Annotations,
    #[serde(default, rename = "managedFields")]
    changed: Changed,
}

#[derive(Default, Deserialize)]
struct Annotations {
    #[serde(default, rename = "konghq.com/protocols")]
    protocols: Protocols,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    parent_refs: Vec<RawParent>,
    rules: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawParent {
    #[serde(default)]
    group: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    namespace: Option<String>,
    name: String,
    #[serde(default)]
    section_name: Option<Box<str>>,
}

impl From<Raw> for Object {
    fn from(Raw { metadata, spec }: Raw) -> Self {
        let is_gateway = |parent: &RawParent| {
            parent.kind.as_deref().is_none_or(|kind| kind == "Gateway")
                && parent.group.as_deref().is_none_or(|group| group == "gateway.networking.k8s.io")
        };
        let read = |parent: RawParent| Parent {
            gateway: Key::new(parent.namespace.as_ref().unwrap_or(&metadata.namespace), &parent.name),
            listener: parent.section_name,
        };
        Self {
            rules: spec.rules.len(),
            parents: spec.parent_refs.into_iter().filter(is_gateway).map(read).collect(),
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
    fn a_parent_is_looked_for_in_the_routes_own_namespace() {
        let parents = json!([{ "name": "a" }, { "name": "a", "namespace": "edge", "sectionName": "tls" }, { "kind": "Service", "name": "a" }]);
        let route = json!({
            "metadata": { "namespace": "shop", "annotations": { "konghq.com/protocols": "https" } },
            "spec": { "parentRefs": parents, "rules": [{}, {}] },
        });
        let route: Object = serde_json::from_value(route).unwrap();
        let parent = |namespace, listener: Option<&str>| Parent {
            gateway: Key::new(namespace, "a"),
            listener: listener.map(Box::from),
        };
        assert_eq!(route.parents, [parent("shop", None), parent("edge", Some("tls"))]);
        assert_eq!(route.rules, 2);
        assert_eq!(route.protocols, Protocols::from("https".to_owned()));
        let empty: Object = serde_json::from_value(json!({ "metadata": {} })).unwrap();
        assert_eq!((empty.parents.len(), empty.rules), (0, 0));
    }
}
