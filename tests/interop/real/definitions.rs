//! Definitions of the kinds that a server does not have by itself.

use std::{fs, path::Path};

use serde_json::{Value, json};

/// The group whose definitions lie in the folder, as the Gateway API publishes them.
const GATEWAY_API: &str = "gateway.networking.k8s.io";

/// The published definition of a kind; where there is none of that version to be had, one of ours, which admits any object.
pub(crate) fn definition(
    folder: &Path,
    group: &str,
    version: &str,
    plural: &str,
    name: &str,
    is_namespaced: bool,
) -> Value {
    published(folder, group, plural)
        .filter(|definition| definition["spec"]["versions"].as_array().unwrap().iter().any(|it| it["name"] == version))
        .unwrap_or_else(|| json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            // The groups of Kubernetes' own want to know who allowed it.
            "metadata": {
                "name": format!("{plural}.{group}"),
                "annotations": { "api-approved.kubernetes.io": "unapproved, for tests" },
            },
            "spec": {
                "group": group,
                "scope": if is_namespaced { "Namespaced" } else { "Cluster" },
                "names": { "plural": plural, "singular": name.to_lowercase(), "kind": name, "listKind": format!("{name}List") },
                "versions": [{
                    "name": version, "served": true, "storage": true,
                    "schema": { "openAPIV3Schema": { "type": "object", "x-kubernetes-preserve-unknown-fields": true } },
                }],
            },
        }))
}

/// What the Gateway API publishes of a kind of its own.
pub(crate) fn published(folder: &Path, group: &str, plural: &str) -> Option<Value> {
    if group != GATEWAY_API {
        return None;
    }
    let text = fs::read_to_string(folder.join(format!("{group}_{plural}.yaml"))).ok()?;
    Some(serde_saphyr::from_str(&text).unwrap())
}
