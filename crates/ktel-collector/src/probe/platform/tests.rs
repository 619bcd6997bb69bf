//! A cluster for each row, and clusters whose nodes do not agree.

use ktel_types::{
    Absence,
    report::{Cloud, Platform},
};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::{cloud, platform};
use crate::{generated::snapshot::Snapshot, reading::Reading};

/// What is read of a cluster with this version, these API groups and these nodes.
fn snapshot(version: &str, groups: &[&str], nodes: &[Value]) -> Snapshot {
    let groups: Vec<Value> = groups.iter().map(|name| json!({ "name": name, "versions": [] })).collect();
    let decoded = |nodes: &[Value]| nodes.iter().map(|node| serde_json::from_value(node.clone()).unwrap()).collect();
    Snapshot {
        version: Ok(serde_json::from_value(json!({ "gitVersion": version })).unwrap()),
        apis: Ok(serde_json::from_value(json!({ "groups": groups })).unwrap()),
        nodes_first_page: Ok(decoded(&nodes[..nodes.len().min(100)])),
        nodes_metadata: Ok(nodes.iter().map(|node| serde_json::from_value(node.clone()).unwrap()).collect()),
        ..Snapshot::default()
    }
}

fn label(name: &str) -> Value {
    json!({ "metadata": { "labels": { name: "x" } } })
}

fn annotation(name: &str) -> Value {
    json!({ "metadata": { "annotations": { name: "x" } } })
}

fn provider(id: &str) -> Value {
    json!({ "spec": { "providerID": id } })
}

fn check(snapshot: &Snapshot, expected: Reading<Platform>, expected_cloud: Reading<Cloud>) {
    assert_eq!((platform(snapshot), cloud(snapshot)), (expected, expected_cloud), "{snapshot:?}");
}

#[test]
fn each_mark_tells_its_platform() {
    const UNKNOWN: Reading<Cloud> = Err(Absence::Unknown);
    let system = json!({ "status": { "nodeInfo": { "osImage": "Talos (v1.9.0)" } } });
    for (version, nodes, expected, expected_cloud) in [
        ("v1.31.1-gke.1400", vec![], Platform::Gke, Ok(Cloud::Gcp)),
        ("v1.31.1", vec![label("cloud.google.com/gke-nodepool")], Platform::Gke, Ok(Cloud::Gcp)),
        ("v1.31.1", vec![annotation("container.googleapis.com/instance_id")], Platform::Gke, Ok(Cloud::Gcp)),
        ("v1.31.1-eks-84b4fe6", vec![], Platform::Eks, UNKNOWN),
        ("v1.31.1-eks-84b4fe6", vec![provider("aws:///eu/i-1")], Platform::Eks, Ok(Cloud::Aws)),
        ("v1.31.1-eks-84b4fe6", vec![provider("vsphere://1")], Platform::Eks, Ok(Cloud::Vsphere)),
        ("v1.31.1", vec![label("eks.amazonaws.com/nodegroup")], Platform::Eks, Ok(Cloud::Aws)),
        ("v1.31.1", vec![label("alpha.eksctl.io/cluster-name")], Platform::Eks, Ok(Cloud::Aws)),
        ("v1.31.1", vec![label("alpha.eksctl.io/instance-id")], Platform::Eks, Ok(Cloud::Aws)),
        ("v1.31.1", vec![label("kubernetes.azure.com/cluster")], Platform::Aks, Ok(Cloud::Azure)),
        ("v1.31.1", vec![label("kubernetes.azure.com/os-sku")], Platform::Aks, Ok(Cloud::Azure)),
        ("v1.31.1", vec![label("kubernetes.azure.com/role")], Platform::Aks, Ok(Cloud::Azure)),
        ("v1.31.1", vec![label("kubernetes.azure.com/node-image-version")], Platform::Aks, Ok(Cloud::Azure)),
        ("v1.27.8+rke2r1", vec![], Platform::Rke2, UNKNOWN),
        ("v1.31.1+k3s1", vec![], Platform::K3s, UNKNOWN),
        ("v1.31.1", vec![provider("rke2://one")], Platform::Rke2, UNKNOWN),
        ("v1.31.1", vec![provider("k3s://one")], Platform::K3s, UNKNOWN),
        ("v1.31.1", vec![provider("k3s://k3d-one-server-0")], Platform::K3s, Ok(Cloud::Local)),
        ("v1.31.1", vec![annotation("k3s.io/hostname")], Platform::K3s, UNKNOWN),
        ("v1.31.1+k0s", vec![], Platform::K0s, UNKNOWN),
        ("v1.31.1", vec![provider("kind://docker/kind/one")], Platform::Kind, Ok(Cloud::Local)),
        ("v1.31.1", vec![label("minikube.k8s.io/name")], Platform::Minikube, Ok(Cloud::Local)),
        ("v1.31.1", vec![label("microk8s.io/cluster")], Platform::Microk8s, UNKNOWN),
        ("v1.31.1", vec![system], Platform::Talos, UNKNOWN),
        ("v1.31.1", vec![label("doks.digitalocean.com/node-id")], Platform::Doks, Ok(Cloud::Digitalocean)),
        ("v1.31.1", vec![label("ibm-cloud.kubernetes.io/zone")], Platform::Iks, Ok(Cloud::Ibm)),
        ("v1.31.1", vec![label("oci.oraclecloud.com/fault-domain")], Platform::Oke, Ok(Cloud::Oracle)),
        ("v1.31.1", vec![provider("ocid1.instance.oc1.eu")], Platform::Oke, Ok(Cloud::Oracle)),
        ("v1.31.1-aliyun.1", vec![], Platform::Ack, Ok(Cloud::Alibaba)),
        ("v1.31.1", vec![label("alibabacloud.com/nodepool-id")], Platform::Ack, Ok(Cloud::Alibaba)),
        ("v1.31.1-aliyun.1", vec![provider("cn-hangzhou.i-v98dklsm")], Platform::Ack, Ok(Cloud::Alibaba)),
        ("v1.31.1", vec![provider("alicloud://cn-hangzhou.i-v98dklsm")], Platform::Other, Ok(Cloud::Alibaba)),
        ("v1.31.1", vec![provider("digitalocean://1")], Platform::Other, Ok(Cloud::Digitalocean)),
        ("v1.31.1", vec![provider("ibm://1")], Platform::Other, Ok(Cloud::Ibm)),
        ("v1.31.1", vec![provider("gce://a/b")], Platform::Other, Ok(Cloud::Gcp)),
        ("v1.31.1", vec![provider("azure:///1")], Platform::Other, Ok(Cloud::Azure)),
        ("v1.31.1", vec![annotation("kubeadm.alpha.kubernetes.io/cri-socket")], Platform::Kubeadm, UNKNOWN),
        ("v1.31.1", vec![label("kubernetes.io/arch")], Platform::Other, UNKNOWN),
        ("v1.31.1", vec![provider("hcloud://1")], Platform::Other, Ok(Cloud::Hetzner)),
        ("v1.31.1", vec![provider("hrobot://1")], Platform::Other, Ok(Cloud::Hetzner)),
        ("v1.31.1", vec![provider("openstack:///1")], Platform::Other, Ok(Cloud::Openstack)),
        ("v1.31.1", vec![provider("homemade://1")], Platform::Other, Ok(Cloud::Other)),
    ] {
        check(&snapshot(version, &["apps"], &nodes), Ok(expected), expected_cloud);
    }
    let openshift = snapshot("v1.31.1", &["config.openshift.io"], &[provider("aws:///eu/i-1")]);
    check(&openshift, Ok(Platform::Openshift), Ok(Cloud::Aws));
}

/// Most nodes decide, and the order of the rows decides between as many: the order of the nodes never does.
#[test]
fn nodes_vote() {
    let (gke, aks) = (label("cloud.google.com/gke-nodepool"), label("kubernetes.azure.com/cluster"));
    let silent = label("kubernetes.io/arch");
    for (nodes, expected) in [
        (vec![&gke, &aks], Platform::Gke),
        (vec![&aks, &gke], Platform::Gke),
        (vec![&aks, &gke, &aks], Platform::Aks),
        (vec![&silent, &silent, &silent, &aks], Platform::Aks),
    ] {
        let nodes: Vec<Value> = nodes.into_iter().cloned().collect();
        assert_eq!(platform(&snapshot("v1.31.1", &[], &nodes)), Ok(expected));
    }
    let clouds = [provider("azure:///1"), provider("aws:///1"), provider("aws:///2"), silent];
    assert_eq!(cloud(&snapshot("v1.31.1", &[], &clouds)), Ok(Cloud::Aws));
}

/// A node that is in both lists has one vote.
#[test]
fn nodes_beyond_the_first_page_vote_with_their_metadata() {
    let mut nodes = vec![label("kubernetes.azure.com/cluster"); 100];
    nodes.extend(vec![label("cloud.google.com/gke-nodepool"); 101]);
    assert_eq!(platform(&snapshot("v1.31.1", &[], &nodes)), Ok(Platform::Gke));
}

#[test]
fn what_was_not_read_is_not_taken_for_nothing() {
    let read = || snapshot("v1.31.1-eks-84b4fe6", &[], &[label("eks.amazonaws.com/nodegroup")]);
    let forbidden =
        Snapshot { nodes_metadata: Err(Absence::Forbidden), nodes_first_page: Err(Absence::Forbidden), ..read() };
    check(&forbidden, Ok(Platform::Eks), Err(Absence::Forbidden));
    let timed_out = Snapshot { version: Err(Absence::TimedOut), ..snapshot("", &[], &[label("kubernetes.io/arch")]) };
    check(&timed_out, Err(Absence::TimedOut), Err(Absence::TimedOut));
    check(&Snapshot { version: Err(Absence::TimedOut), ..read() }, Ok(Platform::Eks), Ok(Cloud::Aws));
    // Without nodes, nothing can be said of a cluster that bears no mark.
    check(&snapshot("v0.0.0-master+$Format:%H$", &[], &[]), Err(Absence::Unknown), Err(Absence::Unknown));
}

/// Nodes that bear marks of several platforms and clouds, some of them several at once.
fn mixed_nodes() -> impl Strategy<Value = Vec<Value>> {
    let labels =
        ["cloud.google.com/gke-nodepool", "kubernetes.azure.com/cluster", "minikube.k8s.io/name", "kubernetes.io/arch"];
    let annotations = ["k3s.io/hostname", "kubeadm.alpha.kubernetes.io/cri-socket", "somebody/else"];
    let providers = ["aws:///eu/i-1", "gce://a/b", "kind://docker/one", "homemade://1", ""];
    let node = (select(labels.to_vec()), select(annotations.to_vec()), select(providers.to_vec())).prop_map(
        |(label, annotation, provider)| {
            json!({
                "metadata": { "labels": { label: "x" }, "annotations": { annotation: "x" } },
                "spec": { "providerID": provider },
            })
        },
    );
    prop::collection::vec(node, 0..40)
}

proptest! {
    /// Which node comes first is chance, and never decides.
    #[test]
    fn the_order_of_nodes_decides_nothing(
        (nodes, shuffled) in mixed_nodes().prop_flat_map(|nodes| (Just(nodes.clone()), Just(nodes).prop_shuffle())),
    ) {
        let (one, other) = (snapshot("v1.31.1", &[], &nodes), snapshot("v1.31.1", &[], &shuffled));
        prop_assert_eq!(platform(&one), platform(&other));
        prop_assert_eq!(cloud(&one), cloud(&other));
    }
}
