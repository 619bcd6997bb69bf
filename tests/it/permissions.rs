//! The generated roles beside what a collection reads: no more is needed, and nothing of it is idle.

use std::{collections::BTreeSet, fs};

use ktel_collector::{Collector, Subject, consent::Environment, consent::Setting};
use ktel_sim::Cluster;
use ktel_types::report::Category;
use serde::Deserialize;
use serde_json::Value;

use crate::support::{absent, client, events, facts, file, own_pod, root, serve};

/// A role of a file.
#[derive(Deserialize)]
struct Role {
    kind: String,
    metadata: Metadata,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Metadata {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    api_groups: Vec<String>,
    resources: Vec<String>,
    #[serde(default)]
    resource_names: Vec<String>,
    verbs: Vec<String>,
}

fn roles(file: &str) -> Vec<Role> {
    let text = fs::read_to_string(root().join("docs/generated/rbac").join(file)).unwrap();
    let documents = text.split("---\n").skip(1).map(|document| serde_saphyr::from_str(document).unwrap());
    let roles: Vec<Role> = documents.collect();
    assert!(roles.len() >= 5);
    roles
}

/// What an API server asks its roles about.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Access {
    verb: &'static str,
    group: String,
    resource: String,
    namespace: Option<String>,
    name: Option<String>,
}

impl Access {
    /// What a request is about; `None` if it is for a path that everybody may read.
    fn of(request: &str) -> Option<Self> {
        let path = request.strip_prefix("GET /").unwrap().split('?').next().unwrap();
        let parts: Vec<&str> = path.split('/').collect();
        let (group, rest) = match parts[..] {
            ["version" | "api" | "apis"] => return None,
            ["api", _, ref rest @ ..] => ("", rest),
            ["apis", group, _, ref rest @ ..] => (group, rest),
            _ => panic!("{request}"),
        };
        let (namespace, resource, name) = match *rest {
            [resource] => (None, resource, None),
            // A namespace stands in itself.
            ["namespaces", name] => (Some(name), "namespaces", Some(name)),
            [resource, name] => (None, resource, Some(name)),
            ["namespaces", namespace, resource] => (Some(namespace), resource, None),
            ["namespaces", namespace, resource, name] => (Some(namespace), resource, Some(name)),
            _ => panic!("{request}"),
        };
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Some(Self {
            verb: if name.is_some() { "get" } else { "list" },
            group: group.to_owned(),
            resource: resource.to_owned(),
            namespace: owned(namespace),
            name: owned(name),
        })
    }

    /// Whether a rule permits it, bound in these namespaces, or in all of the cluster.
    fn is_permitted_by(&self, rule: &Rule, namespaces: Option<&[&str]>) -> bool {
        let is_named =
            rule.resource_names.is_empty() || self.name.as_ref().is_some_and(|name| rule.resource_names.contains(name));
        let is_there =
            namespaces.is_none_or(|all| self.namespace.as_deref().is_some_and(|namespace| all.contains(&namespace)));
        let is_meant = rule.api_groups.contains(&self.group) && rule.resources.contains(&self.resource);
        is_there && is_named && is_meant && rule.verbs.iter().any(|verb| verb == self.verb)
    }
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

const CATEGORIES: [Category; 3] = [Category::Environment, Category::Usage, Category::Performance];

/// The namespace that the controller runs in.
const OWN: &str = "kong";

/// A rule, and the namespaces that it is bound in; none for all of the cluster.
type Bound<'a> = (&'a Rule, Option<&'a [&'a str]>);

/// The rules that are bound for a category: those of the category, and those of any.
fn bound<'a>(roles: &'a [Role], category: Category, named: &'a [&'a str]) -> (Vec<Bound<'a>>, Vec<Bound<'a>>) {
    let name = format!("ktel-{}", category.as_str().to_lowercase());
    let place = |role: &Role| -> Option<&[&str]> {
        match (role.kind.as_str(), role.metadata.name.as_str()) {
            ("ClusterRole", _) => None,
            (_, "ktel-consent") => Some(&["kube-system", "default", OWN]),
            (_, name) if name.ends_with("-self") => Some(&[OWN]),
            _ => Some(named),
        }
    };
    let all = |is_meant: &dyn Fn(&str) -> bool| {
        let roles = roles.iter().filter(|role| is_meant(&role.metadata.name));
        roles.flat_map(|role| role.rules.iter().map(move |rule| (rule, place(role)))).collect()
    };
    let any = ["ktel-consent", "ktel-identity", "ktel-self"];
    (all(&|of| of == name || of == format!("{name}-self")), all(&|of| any.contains(&of)))
}

/// With the roles of a file, each request is permitted by verb, group, resource, name and namespace; and each rule for a category
/// permits a request.
async fn check(file: &str, namespaces: &[&str]) {
    let roles = roles(file);
    for category in CATEGORIES {
        let found = collect(&BTreeSet::new(), category, namespaces).await;
        let asked: BTreeSet<Access> = found.requests.iter().filter_map(|request| Access::of(request)).collect();
        let (own, always) = bound(&roles, category, namespaces);
        for access in &asked {
            let is_permitted = own.iter().chain(&always).any(|(rule, place)| access.is_permitted_by(rule, *place));
            assert!(is_permitted, "{file}, {category}: {access:?}");
        }
        for (rule, place) in own {
            for resource in &rule.resources {
                let is_used = |access: &Access| access.resource == *resource && access.is_permitted_by(rule, place);
                assert!(asked.iter().any(is_used), "{file}, {category}: nobody asks for {resource}, {:?}", rule.verbs);
            }
        }
    }
}

#[tokio::test]
async fn the_roles_of_a_category_permit_what_it_reads_and_nothing_else() {
    check("roles.yaml", &[]).await;
}

/// An installation without rights on the whole cluster needs no role that has any.
#[tokio::test]
async fn the_roles_for_namespaces_permit_what_is_read_in_them_and_nothing_else() {
    check("roles.namespaced.yaml", &[OWN, "default", "istio-system"]).await;
    assert!(roles("roles.namespaced.yaml").iter().all(|role| role.kind == "Role"));
}

/// With the roles of a category alone, no read is refused; without any one resource that they permit, some field is.
#[tokio::test]
async fn each_resource_of_a_role_is_needed() {
    let roles = roles("roles.yaml");
    let resources = resources();
    let full = |rules: Vec<Bound<'_>>| -> BTreeSet<String> {
        let of = |rule: &Rule| {
            let group = rule.api_groups[0].clone();
            let full = move |plural: &String| {
                if group.is_empty() { plural.clone() } else { format!("{plural}.{group}") }
            };
            rule.resources.iter().map(full).collect::<Vec<_>>()
        };
        rules.into_iter().flat_map(|(rule, _)| of(rule)).collect()
    };
    for category in CATEGORIES {
        let (own, always) = bound(&roles, category, &[]);
        let (own, always) = (full(own), full(always));
        let others: BTreeSet<String> =
            resources.iter().filter(|full| !own.contains(*full) && !always.contains(*full)).cloned().collect();
        assert_eq!(collect(&others, category, &[]).await.refused, [""; 0], "{category}");
        for resource in &own {
            let mut without = others.clone();
            without.insert(resource.clone());
            let refused = collect(&without, category, &[]).await.refused;
            assert!(!refused.is_empty(), "{category}: {resource} is permitted, and nothing needs it");
        }
    }
}

/// Nothing is changed, and nothing is read that is secret.
#[test]
fn no_role_permits_more_than_to_read() {
    for name in ["roles.yaml", "roles.namespaced.yaml"] {
        for rule in roles(name).iter().flat_map(|role| &role.rules) {
            assert!(rule.verbs.iter().all(|verb| verb == "get" || verb == "list"), "{name}");
            let is_secret = |resource: &String| ["secrets", "configmaps", "*"].contains(&resource.as_str());
            assert!(!rule.resources.iter().any(is_secret) && !rule.api_groups.contains(&"*".to_owned()), "{name}");
        }
    }
}
