//! Answers recorded from a real API server, given to the real client.

use serde_json::json;

use crate::support::{absent, builder, events, recording, report, serve};

#[tokio::test]
async fn an_eks_cluster_is_reported() {
    let server = serve(recording("eks-3000pods", "collector")).await;
    let events = events(&mut builder(&server).build().unwrap()).await;
    let [environment, usage] = &events[..] else { panic!("{events:#?}") };
    let expected = json!({
        "platform": "EKS",
        "cloud": "AWS",
        "kubernetes_version": "1.36.2",
        "architecture": {
            "amd64_node_count": 8,
            "arm64_node_count": 4,
            "ppc64le_node_count": 0,
            "s390x_node_count": 0,
            "riscv64_node_count": 0,
            "other_node_count": 0,
        },
        "node_count": 12,
        "pod_count": 3000,
        "service_count": 812,
        "namespace_count": 72,
    });
    assert_eq!(environment["cluster"], expected);
    let expected = json!({
        "gateway_class_count": 3,
        "gateway_count": 6,
        "http_route_count": 200,
        "grpc_route_count": 20,
        "tcp_route_count": 10,
        "tls_route_count": 8,
        "udp_route_count": 5,
        "reference_grant_count": 4,
    });
    assert_eq!(usage["gateway_api"], expected);
    let expected =
        json!({ "ingress_count": 300, "ingress_class_count": 2, "tcp_ingress_count": 4, "udp_ingress_count": 2 });
    assert_eq!(usage["ingress"], expected);
    let expected = json!({
        "plugins": { "plugin_count": 100, "cluster_plugin_count": 3 },
        "consumers": { "consumer_count": 40, "consumer_group_count": 2 },
    });
    assert_eq!(usage["kong"], expected);
    assert_eq!(absent(&events, "not_installed"), ["ingress.knative_ingress_count"]);
    assert_eq!(absent(&events, "forbidden"), [""; 0]);
}

/// One request for each kind that is counted, and six besides: discovery, the version, the namespace `kube-system`, and
/// nodes in two forms, of which there may be one more page.
#[tokio::test]
async fn an_eks_cluster_costs_a_request_a_kind() {
    let server = serve(recording("eks-3000pods", "collector")).await;
    events(&mut builder(&server).build().unwrap()).await;
    let requests = server.requests();
    let (counts, others): (Vec<_>, Vec<_>) = requests.iter().partition(|request| request.ends_with("?&limit=1"));
    let kinds = ktel_collector::reads::ALL
        .iter()
        .filter(|read| matches!(read.subject, ktel_collector::Subject::Count(_)))
        .count();
    // Knative is not installed, which discovery tells.
    assert_eq!(counts.len(), kinds - 1, "{requests:#?}");
    assert!(others.len() <= 6, "{others:#?}");
}

#[tokio::test]
async fn what_is_forbidden_is_absent_and_the_rest_is_there() {
    let events =
        report(recording("permission-denied", "restricted").over(recording("eks-3000pods", "collector"))).await;
    let [environment, usage] = &events[..] else { panic!("{events:#?}") };
    let forbidden = ["platform", "cloud", "architecture", "node_count", "pod_count", "namespace_count"];
    assert_eq!(absent(&events[..1], "forbidden"), forbidden.map(|field| format!("cluster.{field}")));
    assert_eq!(environment["cluster"]["kubernetes_version"], "1.36.2");
    assert_eq!(environment["cluster"]["service_count"], 812);
    assert_eq!(usage["ingress"]["ingress_count"], 300);
    assert_eq!(usage["kong"]["consumers"]["consumer_count"], 40);
}

#[tokio::test]
async fn what_is_not_installed_is_absent_for_that_reason() {
    let events = report(recording("missing-crds", "collector").over(recording("eks-3000pods", "collector"))).await;
    assert_eq!(
        absent(&events, "not_installed"),
        [
            "gateway_api",
            "ingress.tcp_ingress_count",
            "ingress.udp_ingress_count",
            "ingress.knative_ingress_count",
            "kong"
        ]
    );
    assert_eq!(events[0]["cluster"]["pod_count"], 3000);
    assert_eq!(events[1]["ingress"]["ingress_count"], 300);
}
