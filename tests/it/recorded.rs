//! Answers recorded from a real API server, given to the real client.

use ktel_collector::SelfRef;
use serde_json::json;

use crate::support::{absent, builder, event, events, recording, report, serve};

#[tokio::test]
async fn an_eks_cluster_is_reported() {
    let server = serve(recording("eks-3000pods", "collector")).await;
    let events = events(&mut builder(&server).build().unwrap()).await;
    let (environment, usage) = (event(&events, "ENVIRONMENT"), event(&events, "USAGE"));
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
        "api_server_platform": "linux/amd64",
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
        "channel": "EXPERIMENTAL",
        "bundle_version": "1.6.1",
    });
    assert_eq!(usage["gateway_api"], expected);
    let expected = json!({
        "ingress_count": 300,
        "ingress_class_count": 2,
        "tcp_ingress_count": 4,
        "udp_ingress_count": 2,
        "api_versions_served": ["v1"],
        "api_versions_served_count": 1,
    });
    assert_eq!(usage["ingress"], expected);
    let kong = &usage["kong"];
    assert_eq!((&kong["plugins"]["plugin_count"], &kong["plugins"]["cluster_plugin_count"]), (&json!(100), &json!(3)));
    assert_eq!(kong["consumers"], json!({ "consumer_count": 40, "consumer_group_count": 2 }));
    assert_eq!(absent(&events, "not_installed"), ["ingress.knative_ingress_count", "kong.operator"]);
    assert_eq!(absent(&events, "forbidden"), [""; 0]);
}

/// What is inside of the objects that are listed: pages recorded from a server that pages, and objects that it has defaulted.
#[tokio::test]
async fn what_an_eks_cluster_routes_is_reported() {
    let server = serve(recording("eks-3000pods", "collector")).await;
    let events = events(&mut builder(&server).build().unwrap()).await;
    let kong = &event(&events, "ROUTES")["kong"];
    let expected = json!({
        "ingress_count": 275,
        "tcp_ingress_count": 4,
        "udp_ingress_count": 2,
        "http_route_count": 200,
        "grpc_route_count": 20,
        "tcp_route_count": 10,
        "tls_route_count": 8,
        "udp_route_count": 5,
    });
    assert_eq!(kong["routes"], expected);
    assert_eq!(
        (&kong["rules"]["ingress_rule_count"], &kong["rules"]["ingress_path_count"]),
        (&json!(825), &json!(2095))
    );
    assert_eq!(kong["rules"]["http_route_rule_count"], 399);
    assert_eq!(kong["gateways"]["gateway_count"], 3);
    assert_eq!(kong["gateways"]["attached_route_count"], 120);
    assert_eq!(kong["configuration"]["last_changed_at"], "2026-11-24T01:00:00Z");
    assert_eq!(event(&events, "MESH")["mesh"]["deployed"], json!(["ISTIO", "LINKERD", "KUMA"]));
}

/// The same cluster, seen from the pod of its controller.
#[tokio::test]
async fn a_controller_in_an_eks_cluster_tells_how_it_is_deployed() {
    let own = SelfRef::new("kong", "kong-controller-ttnznbxnr-bmnrr").publish_service("kong/kong-gateway-proxy");
    let server = serve(recording("eks-3000pods", "collector")).await;
    let events = events(&mut builder(&server).own_pod(own).build().unwrap()).await;
    let expected = json!({
        "method": "HELM",
        "gitops": "NONE",
        "gateway_version": "3.12.0.0",
        "topology": "GATEWAY_DISCOVERY",
        "konnect_connected": false,
        "replica_count": 2,
    });
    assert_eq!(event(&events, "USAGE")["kong"]["deployment"], expected);
    let mesh = &event(&events, "MESH")["mesh"];
    assert_eq!((&mesh["controller_inside"], &mesh["gateway_inside"]), (&json!(["ISTIO"]), &json!(["ISTIO"])));
    assert_eq!((&mesh["gateway_pod_count"], &mesh["gateway_inside_pod_count"]), (&json!(3), &json!(3)));
}

/// A request for each kind that is counted or listed, and one more for each full page of it; two for each mesh at the most;
/// and what is read of single things.
#[tokio::test]
async fn an_eks_cluster_costs_a_request_a_kind() {
    let server = serve(recording("eks-3000pods", "collector")).await;
    events(&mut builder(&server).build().unwrap()).await;
    let requests = server.requests();
    let of_kind = |path: &str| requests.iter().filter(|request| request.starts_with(&format!("GET {path}?"))).count();
    assert_eq!(of_kind("/apis/gateway.networking.k8s.io/v1/httproutes"), 1, "{requests:#?}");
    assert_eq!(of_kind("/apis/configuration.konghq.com/v1/kongconsumers"), 1);
    assert_eq!(of_kind("/api/v1/nodes"), 2, "their metadata, which counts them, and the first of them whole");
    assert!(requests.len() < 45, "{requests:#?}");
    // What nobody has installed is not asked for: discovery tells.
    assert!(
        !requests.iter().any(|request| request.contains("knative") || request.contains("konnect")),
        "{requests:#?}"
    );
}

#[tokio::test]
async fn what_is_forbidden_is_absent_and_the_rest_is_there() {
    let events =
        report(recording("permission-denied", "restricted").over(recording("eks-3000pods", "collector"))).await;
    let (environment, usage) = (event(&events, "ENVIRONMENT"), event(&events, "USAGE"));
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
    let of_usage = &event(&events, "USAGE")["absent"]["not_installed"];
    let tcp_and_udp = ["ingress.tcp_ingress_count", "ingress.udp_ingress_count", "ingress.knative_ingress_count"];
    for path in
        tcp_and_udp.iter().chain(&["gateway_api.http_route_count", "kong.plugins", "kong.consumers", "kong.operator"])
    {
        assert!(of_usage.as_array().unwrap().contains(&json!(path)), "{path} in {of_usage}");
    }
    assert_eq!(event(&events, "ROUTES")["kong"]["routes"], json!({ "ingress_count": 275 }));
    assert_eq!(event(&events, "ENVIRONMENT")["cluster"]["pod_count"], 3000);
    assert_eq!(event(&events, "USAGE")["ingress"]["ingress_count"], 300);
}
