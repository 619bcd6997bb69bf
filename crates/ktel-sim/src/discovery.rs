//! Which kinds of objects are served, in both forms of the answer.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use serde_json::{Value, json};

use crate::{answer::Answer, cluster::Cluster, kind::Kind, request::Request};

type Versions<'a> = BTreeMap<&'a str, Vec<&'a Kind>>;

/// Answers `/apis`: all groups but the core group.
pub(crate) fn groups(cluster: &Cluster, request: &Request) -> Answer {
    let groups = by_group(cluster).into_iter().filter(|(group, _)| !group.is_empty());
    if is_aggregated(cluster, request) {
        let groups: Vec<Value> = groups.map(|(name, versions)| aggregated(name, &versions)).collect();
        return aggregated_list(&groups, request);
    }
    let groups: Vec<Value> = groups
        .map(|(name, versions)| {
            let versions: Vec<Value> = newest_first(&versions)
                .map(|version| json!({ "groupVersion": format!("{name}/{version}"), "version": version }))
                .collect();
            json!({ "name": name, "versions": versions, "preferredVersion": versions[0] })
        })
        .collect();
    Answer::json(200, &json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups }))
}

/// Answers `/api`: the core group.
pub(crate) fn core(cluster: &Cluster, request: &Request) -> Answer {
    if is_aggregated(cluster, request) {
        let core = by_group(cluster).remove("").unwrap_or_default();
        return aggregated_list(&[aggregated("", &core)], request);
    }
    Answer::json(200, &json!({ "kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [] }))
}

/// Answers the kinds of one group in one version; `None` if there are none.
pub(crate) fn resources(cluster: &Cluster, group: &str, version: &str) -> Option<Answer> {
    let kinds: Vec<&Kind> = cluster.kinds().filter(|kind| kind.group == group && kind.version == version).collect();
    let group_version = kinds.first()?.api_version();
    let resources: Vec<Value> = kinds
        .iter()
        .map(|kind| {
            let singular = kind.name.to_lowercase();
            json!({
                "name": kind.plural,
                "singularName": singular,
                "namespaced": kind.is_namespaced,
                "kind": kind.name,
                "verbs": VERBS,
            })
        })
        .collect();
    let body = json!({ "kind": "APIResourceList", "groupVersion": group_version, "resources": resources });
    Some(Answer::json(200, &body))
}

const VERBS: [&str; 2] = ["get", "list"];

const AGGREGATED: &str = "APIGroupDiscoveryList";

fn is_aggregated(cluster: &Cluster, request: &Request) -> bool {
    !cluster.has_legacy_discovery && request.form() == AGGREGATED && request.accept.contains("v=v2")
}

fn by_group(cluster: &Cluster) -> BTreeMap<&str, Versions<'_>> {
    let mut groups: BTreeMap<&str, Versions<'_>> = BTreeMap::new();
    for kind in cluster.kinds() {
        groups.entry(&kind.group).or_default().entry(&kind.version).or_default().push(kind);
    }
    groups
}

/// Versions as Kubernetes orders them: `v1` before `v1beta1`, the later one of each first.
fn newest_first<'a>(versions: &Versions<'a>) -> impl Iterator<Item = &'a str> {
    let mut versions: Vec<&str> = versions.keys().copied().collect();
    let is_stable = |version: &str| !version.contains("alpha") && !version.contains("beta");
    versions.sort_by_key(|version| (is_stable(version), *version));
    versions.into_iter().rev()
}

fn aggregated(group: &str, versions: &Versions<'_>) -> Value {
    let versions: Vec<Value> = newest_first(versions)
        .map(|version| {
            let resources: Vec<Value> = versions[version]
                .iter()
                .map(|kind| {
                    json!({
                        "resource": kind.plural,
                        "responseKind": { "group": kind.group, "version": kind.version, "kind": kind.name },
                        "scope": if kind.is_namespaced { "Namespaced" } else { "Cluster" },
                        "singularResource": kind.name.to_lowercase(),
                        "verbs": VERBS,
                    })
                })
                .collect();
            json!({ "version": version, "resources": resources, "freshness": "Current" })
        })
        .collect();
    let metadata = if group.is_empty() { json!({}) } else { json!({ "name": group }) };
    json!({ "metadata": metadata, "versions": versions })
}

/// An answer that is given again only if it has changed since.
fn aggregated_list(groups: &[Value], request: &Request) -> Answer {
    let body = json!({ "kind": AGGREGATED, "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": groups });
    let content_type = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    let answer = Answer { content_type: content_type.to_owned(), ..Answer::json(200, &body) };
    let mut hasher = DefaultHasher::new();
    answer.body.hash(&mut hasher);
    let etag = format!("\"{:016X}\"", hasher.finish());
    let is_known = request.if_none_match.as_ref() == Some(&etag);
    let answer = if is_known { Answer::new(304, content_type, Vec::new()) } else { answer };
    answer.header("etag", etag)
}
