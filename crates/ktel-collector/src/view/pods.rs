//! Pods.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The metadata of a pod.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Metadata {
    metadata: Fields,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Fields {
    labels: BTreeMap<String, String>,
    owner_references: Vec<Owner>,
}

/// What a pod belongs to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Owner {
    kind: String,
    name: String,
    controller: bool,
}

impl Metadata {
    /// The name of the Deployment, StatefulSet or other object that makes the pod.
    ///
    /// A Deployment makes pods by way of a ReplicaSet, which is called like it with the hash of the pod's template behind.
    #[must_use]
    pub(crate) fn workload(&self) -> Option<&str> {
        let owner = self.metadata.owner_references.iter().find(|owner| owner.controller)?;
        if owner.kind != "ReplicaSet" {
            return Some(&owner.name);
        }
        let hash = self.metadata.labels.get("pod-template-hash")?;
        owner.name.strip_suffix(hash.as_str())?.strip_suffix('-')
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Metadata;

    fn workload(owner: &Value) -> Option<String> {
        let labels = json!({ "pod-template-hash": "6c9f7d5b8" });
        let pod = json!({ "metadata": { "labels": labels, "ownerReferences": [owner] } });
        serde_json::from_value::<Metadata>(pod).unwrap().workload().map(str::to_owned)
    }

    #[test]
    fn a_pod_belongs_to_what_controls_it() {
        let owner = |kind: &str, name: &str| json!({ "kind": kind, "name": name, "controller": true });
        assert_eq!(workload(&owner("ReplicaSet", "kong-6c9f7d5b8")).as_deref(), Some("kong"));
        assert_eq!(workload(&owner("StatefulSet", "kong")).as_deref(), Some("kong"));
        assert_eq!(workload(&owner("ReplicaSet", "somebody-elses")), None);
        assert_eq!(workload(&json!({ "kind": "Node", "name": "not the controller" })), None);
    }
}
