//! What is deployed: manifests that name the version of the workspace, and permit what the generated roles permit. What the Helm
//! chart makes of its values is held by `tests/interop/chart.py`.

use std::{collections::BTreeMap, fs};

use serde_json::Value;

use crate::support::root;

/// The documents of a file of `deploy`, or of one beside it.
fn documents(file: &str) -> Vec<Value> {
    let text = fs::read_to_string(root().join("deploy").join(file)).unwrap();
    let documents: Vec<Value> =
        text.split("---\n").filter_map(|document| serde_saphyr::from_str(document).ok()).collect();
    documents.into_iter().filter(Value::is_object).collect()
}

#[test]
fn the_chart_is_of_the_version_of_the_workspace() {
    let [chart] = &documents("helm/ktel/Chart.yaml")[..] else { panic!("a chart is one document") };
    assert_eq!(chart["appVersion"], env!("CARGO_PKG_VERSION"), "the program");
    assert_eq!(chart["version"], env!("CARGO_PKG_VERSION"), "the chart");
}

#[test]
fn manifests_name_the_image_of_the_version() {
    for file in ["ktel.yaml", "sidecar/agent.yaml"] {
        let documents = documents(file);
        let deployment = documents.iter().find(|document| document["kind"] == "Deployment").unwrap();
        let container = &deployment["spec"]["template"]["spec"]["containers"][0];
        assert_eq!(container["image"], concat!("ktel:", env!("CARGO_PKG_VERSION")), "{file}");
    }
    for (file, line) in [
        ("deploy/Dockerfile", concat!("ARG VERSION=", env!("CARGO_PKG_VERSION"), "\n")),
        ("docs/guide/install.md", concat!("registry.example.com/ktel:", env!("CARGO_PKG_VERSION"), " .\n")),
    ] {
        assert!(fs::read_to_string(root().join(file)).unwrap().contains(line), "{file} without {line}");
    }
}

/// The rules of each role, by kind and name, each as a set of lists.
fn rules(file: &str) -> BTreeMap<(String, String), Vec<Value>> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let roles = documents(file).into_iter().filter(|document| document["rules"].is_array());
    let permits = roles.map(|role| {
        let key = (text(&role["kind"]), text(&role["metadata"]["name"]));
        (key, role["rules"].as_array().unwrap().clone())
    });
    permits.collect()
}

/// By hand, by the manifest and by the sidecar, the same is permitted: only what is read in the controller's namespace takes a pod of
/// it, and only what runs more than once takes a Lease.
#[test]
fn manifests_permit_what_the_generated_roles_permit() {
    let by_hand = rules("../docs/generated/rbac/roles.yaml");
    let cluster = |(kind, _): &(String, String)| kind == "ClusterRole";
    let lease = ("Role".to_owned(), "ktel-lease".to_owned());

    let mut of_cluster = by_hand.clone();
    of_cluster.retain(|key, _| cluster(key));
    assert!(of_cluster.len() >= 4 && by_hand.len() > of_cluster.len());
    assert_eq!(rules("ktel.yaml"), of_cluster);

    let mut sidecar = rules("sidecar/roles.yaml");
    assert!(sidecar.remove(&lease).is_some(), "replicas agree by a Lease");
    assert_eq!(sidecar, by_hand);
}
