//! `GET /apis`: which kinds of objects the API server serves.
//!
//! A server of our days answers with everything at once (aggregated discovery). An old one answers with the groups and
//! their versions alone; whether it serves a kind then shows when the kind is asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::read::Resource;

/// What to ask `/apis` for, the most welcome first.
pub(crate) const ACCEPT: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
                                 application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,\
                                 application/json";

/// The API groups, each with its versions, each of those with its kinds by plural name: `None` if the server did not say.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Answer")]
pub(crate) struct Object {
    groups: BTreeMap<String, BTreeMap<String, Option<BTreeSet<String>>>>,
}

impl Object {
    /// Whether the group is served at all.
    #[must_use]
    pub(crate) fn has_group(&self, group: &str) -> bool {
        self.groups.contains_key(group)
    }

    /// The versions of a group that are served, in the order of their names.
    pub(crate) fn versions(&self, group: &str) -> impl Iterator<Item = &str> {
        self.groups.get(group).into_iter().flat_map(|versions| versions.keys().map(String::as_str))
    }

    /// Whether the kind is served in this version; `None` if only asking for it can tell.
    #[must_use]
    pub(crate) fn serves(&self, resource: &Resource, version: &str) -> Option<bool> {
        match self.groups.get(resource.group).and_then(|versions| versions.get(version)) {
            None => Some(false),
            Some(None) => None,
            Some(Some(kinds)) => Some(kinds.contains(resource.plural)),
        }
    }
}

/// Either form of the answer.
#[derive(Deserialize)]
struct Answer {
    /// Aggregated discovery.
    #[serde(default)]
    items: Vec<AggregatedGroup>,
    /// The list of old.
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct AggregatedGroup {
    metadata: GroupMetadata,
    #[serde(default)]
    versions: Vec<AggregatedVersion>,
}

#[derive(Deserialize)]
struct GroupMetadata {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct AggregatedVersion {
    version: String,
    #[serde(default)]
    resources: Vec<AggregatedResource>,
    #[serde(default)]
    freshness: String,
}

#[derive(Deserialize)]
struct AggregatedResource {
    resource: String,
}

#[derive(Deserialize)]
struct Group {
    name: String,
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

impl From<Answer> for Object {
    fn from(answer: Answer) -> Self {
        let aggregated = answer.items.into_iter().map(|group| {
            let versions = group.versions.into_iter().map(|version| {
                let kinds = version.resources.into_iter().map(|kind| kind.resource).collect();
                // A stale list belongs to an aggregated API server that is away: what it lacks may be served all the same.
                (version.version, (version.freshness != "Stale").then_some(kinds))
            });
            (group.metadata.name, versions.collect())
        });
        let legacy = answer.groups.into_iter().map(|group| {
            let versions = group.versions.into_iter().map(|version| (version.version, None));
            (group.name, versions.collect())
        });
        Self { groups: aggregated.chain(legacy).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INGRESSES: Resource =
        Resource { is_cluster_scoped: false, group: "networking.k8s.io", versions: &["v1"], plural: "ingresses" };

    fn serves(answer: &str) -> Option<bool> {
        serde_json::from_str::<Object>(answer).unwrap().serves(&INGRESSES, "v1")
    }

    #[test]
    fn both_forms_tell_what_is_served() {
        let aggregated = |kinds: &str, freshness: &str| {
            let version = format!(r#"{{"version":"v1","resources":[{kinds}],"freshness":"{freshness}"}}"#);
            format!(r#"{{"items":[{{"metadata":{{"name":"networking.k8s.io"}},"versions":[{version}]}}]}}"#)
        };
        assert_eq!(serves(&aggregated(r#"{"resource":"ingresses"}"#, "Current")), Some(true));
        assert_eq!(serves(&aggregated("", "Current")), Some(false));
        assert_eq!(serves(&aggregated("", "Stale")), None, "only asking can tell");
        let group = r#"{"name":"networking.k8s.io","versions":[{"version":"v1"}]}"#;
        assert_eq!(serves(&format!(r#"{{"groups":[{group}]}}"#)), None, "only asking can tell");
        assert_eq!(serves(r#"{"groups":[]}"#), Some(false));
    }
}
