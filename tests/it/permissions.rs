//! The generated roles beside what a collection reads: no more is needed, and nothing of it is idle.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use ktel_collector::{Collector, Subject, consent::Environment, consent::Setting};
use ktel_sim::Cluster;
use ktel_types::report::Category;
use serde_json::Value;

use crate::support::{absent, client, events, facts, file, own_pod, root, serve};

/// The resources that each role of a file permits to read, as `plural.group`.
fn roles(file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(root().join("docs/generated/rbac").join(file)).unwrap();
    let mut roles: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut name, mut group) = (String::new(), String::new());
    for line in text.lines().map(str::trim) {
        if let Some(of) = line.strip_prefix("name: ") {
            of.clone_into(&mut name);
        } else if let Some(of) = line.strip_prefix("- apiGroups: [\"").and_then(|rest| rest.strip_suffix("\"]")) {
            of.clone_into(&mut group);
        } else if let Some(resource) = line.strip_prefix("- ") {
            let plural = resource.split(' ').next().unwrap();
            let full = if group.is_empty() { plural.to_owned() } else { format!("{plural}.{group}") };
            roles.entry(name.clone()).or_default().insert(full);
        }
    }
    assert!(roles.len() >= 5, "{roles:?}");
    roles
}

/// All resources that any read may be of.
fn resources() -> BTreeSet<String> {
    let reads = ktel_collector::reads::ALL.iter().filter_map(|read| match &read.subject {
        Subject::Path(_) => None,
        Subject::Object(kind, ..) | Subject::List(kind, _) | Subject::Count(kind) => Some(kind),
    });
    reads
        .map(
            |kind| {
                if kind.group.is_empty() { kind.plural.to_owned() } else { format!("{}.{}", kind.plural, kind.group) }
            },
        )
        .collect()
}

/// What is absent for want of a right, and what was asked for.
#[derive(Default)]
struct Found {
    refused: Vec<String>,
    requests: Vec<String>,
}

/// What a collection finds where these resources may not be read: in a cluster that has everything, and in one that has what only
/// OpenShift has.
async fn collect(forbidden: &BTreeSet<String>, category: Category, namespaces: &[&str]) -> Found {
    let everything = fs::read_to_string(file("clusters/everything.yaml")).unwrap();
    let openshift = "version: v1.27.6\nserves: { config.openshift.io/v1: [ClusterVersion] }";
    let list = forbidden.iter().cloned().collect::<Vec<_>>().join(", ");
    let mut found = Found::default();
    for yaml in [everything.as_str(), openshift] {
        let server = serve(Cluster::parse(&format!("{yaml}\nforbidden: [{list}]\n")).unwrap()).await;
        let consent = Setting::on().only(&[category]).confirmed();
        let mut collector = Collector::builder(client(&server), "kong-ingress-controller", consent)
            .environment(Environment::default())
            .own_pod(own_pod())
            .namespaces(namespaces.iter().copied())
            .host_facts(facts)
            .build()
            .unwrap();
        let events: Vec<Value> = events(&mut collector).await;
        found.refused.extend(absent(&events, "forbidden"));
        found.requests.extend(server.requests());
    }
    found
}

/// The resources that the roles of a file permit for a category: those of the category, and those of any.
fn permitted(file: &str, category: Category) -> (BTreeSet<String>, BTreeSet<String>) {
    let roles = roles(file);
    let name = format!("ktel-{}", category.as_str().to_lowercase());
    let of = |names: &[&str]| -> BTreeSet<String> {
        names.iter().filter_map(|name| roles.get(*name)).flatten().cloned().collect()
    };
    (of(&[&name, &format!("{name}-self")]), of(&["ktel-consent", "ktel-identity", "ktel-self"]))
}

const CATEGORIES: [Category; 3] = [Category::Environment, Category::Usage, Category::Performance];

#[tokio::test]
async fn the_roles_of_a_category_permit_what_it_reads_and_nothing_else() {
    for category in CATEGORIES {
        let (own, always) = permitted("roles.yaml", category);
        let others: BTreeSet<String> =
            resources().into_iter().filter(|resource| !own.contains(resource) && !always.contains(resource)).collect();
        let refused = collect(&others, category, &[]).await.refused;
        assert_eq!(refused, [""; 0], "{category}: with its roles alone, no read is refused");
        for resource in &own {
            let mut without = others.clone();
            without.insert(resource.clone());
            let refused = collect(&without, category, &[]).await.refused;
            assert!(!refused.is_empty(), "{category}: {resource} is permitted, and nothing needs it");
        }
    }
}

/// An installation without rights on the whole cluster needs no role that has any: with the roles for its namespaces alone, as much
/// is told as if everything might be read, and each resource that they permit is asked for.
#[tokio::test]
async fn the_roles_for_namespaces_permit_what_is_read_in_them_and_nothing_else() {
    let namespaces = ["kong", "default", "istio-system"];
    for category in CATEGORIES {
        let (own, always) = permitted("roles.namespaced.yaml", category);
        let others: BTreeSet<String> =
            resources().into_iter().filter(|resource| !own.contains(resource) && !always.contains(resource)).collect();
        let found = collect(&others, category, &namespaces).await;
        let at_best = collect(&BTreeSet::new(), category, &namespaces).await;
        assert_eq!(found.refused, at_best.refused, "{category}");
        for resource in &own {
            let plural = resource.split('.').next().unwrap();
            let is_asked_for = |request: &String| {
                let path = request.split(['?', ' ']).nth(1).unwrap_or_default();
                path.contains("/namespaces/") && path.split('/').any(|part| part == plural)
            };
            assert!(found.requests.iter().any(is_asked_for), "{category}: {resource} is permitted, and not asked for");
        }
        let is_cluster_wide = |request: &&String| {
            let path = request.split(['?', ' ']).nth(1).unwrap_or_default();
            let is_known =
                path == "/version" || path == "/apis" || path == "/api" || path.starts_with("/api/v1/namespaces/");
            !is_known && !path.contains("/namespaces/")
        };
        assert_eq!(at_best.requests.iter().find(is_cluster_wide), None);
    }
    let text = fs::read_to_string(root().join("docs/generated/rbac/roles.namespaced.yaml")).unwrap();
    assert!(!text.contains("ClusterRole"), "{text}");
}

/// Nothing is changed, and nothing is read that is secret.
#[test]
fn no_role_permits_more_than_to_read() {
    for name in ["roles.yaml", "roles.namespaced.yaml"] {
        let text = fs::read_to_string(root().join("docs/generated/rbac").join(name)).unwrap();
        let verbs: BTreeSet<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("verbs: ")).collect();
        assert_eq!(verbs, BTreeSet::from([r#"["get"]"#, r#"["list"]"#]), "{name}");
        let permitted: BTreeSet<String> = roles(name).into_values().flatten().collect();
        assert!(
            !permitted.iter().any(|resource| ["secrets", "configmaps", "*"].contains(&resource.as_str())),
            "{name}"
        );
    }
}
