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

/// The resources that each role permits to read, as `plural.group`.
fn roles() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(root().join("docs/generated/rbac/roles.yaml")).unwrap();
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
    assert!(roles.len() > 5, "{roles:?}");
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

/// What is absent for want of a right, where these resources may not be read, in a cluster that has everything and in one that
/// has what only OpenShift has.
async fn refused(forbidden: &BTreeSet<String>, category: Category) -> Vec<String> {
    let everything = fs::read_to_string(file("clusters/everything.yaml")).unwrap();
    let openshift = "version: v1.27.6\nserves: { config.openshift.io/v1: [ClusterVersion] }";
    let mut absent = refused_by(&everything, forbidden, category).await;
    absent.extend(refused_by(openshift, forbidden, category).await);
    absent
}

async fn refused_by(yaml: &str, forbidden: &BTreeSet<String>, category: Category) -> Vec<String> {
    let list = forbidden.iter().cloned().collect::<Vec<_>>().join(", ");
    let server = serve(Cluster::parse(&format!("{yaml}\nforbidden: [{list}]\n")).unwrap()).await;
    let consent = Setting::on().only(&[category]).confirmed();
    let mut collector = Collector::builder(client(&server), "kong-ingress-controller", consent)
        .environment(Environment::default())
        .own_pod(own_pod())
        .host_facts(facts)
        .build()
        .unwrap();
    let events: Vec<Value> = events(&mut collector).await;
    absent(&events, "forbidden")
}

#[tokio::test]
async fn the_roles_of_a_category_permit_what_it_reads_and_nothing_else() {
    let roles = roles();
    for category in [Category::Environment, Category::Usage, Category::Performance] {
        let name = format!("ktel-{}", category.as_str().to_lowercase());
        let of = |name: &str| roles.get(name).cloned().unwrap_or_default();
        let own: BTreeSet<String> = of(&name).union(&of(&format!("{name}-self"))).cloned().collect();
        let always: BTreeSet<String> =
            ["ktel-consent", "ktel-identity", "ktel-self"].iter().flat_map(|name| of(name)).collect();
        let permitted: BTreeSet<String> = own.union(&always).cloned().collect();
        let others: BTreeSet<String> = resources().difference(&permitted).cloned().collect();
        assert_eq!(refused(&others, category).await, [""; 0], "{category}: with its roles alone, no read is refused");
        for resource in &own {
            let mut without = others.clone();
            without.insert(resource.clone());
            assert!(
                !refused(&without, category).await.is_empty(),
                "{category}: {resource} is permitted, and nothing needs it"
            );
        }
    }
}
