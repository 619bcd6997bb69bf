//! The cases of the library that ktel replaces, each put into a simulated cluster and read back from the report.
//!
//! `conformance/prior/kong-line.json` has the inputs and the answers of the prior library. Where ktel answers otherwise on
//! purpose, the case says so here.

use ktel_collector::SelfRef;
use ktel_sim::Cluster;
use serde_json::{Map, Value, json};

use crate::support::{absent, builder, cases, event, events, serve};

/// The events of the report of a cluster that is described as a file would describe it.
async fn report(description: Value, own: Option<SelfRef>) -> Vec<Value> {
    let server = serve(Cluster::parse(&description.to_string()).unwrap()).await;
    let mut builder = builder(&server);
    if let Some(own) = own {
        builder = builder.own_pod(own);
    }
    events(&mut builder.build().unwrap()).await
}

/// The words of the prior library for what is a platform here. It named the cloud where it meant the cloud's platform.
fn platform(word: &str) -> &str {
    match word {
        "AWS" => "EKS",
        "Azure" => "AKS",
        "GKE" => "GKE",
        "kind" => "KIND",
        "k3s" => "K3S",
        "rke2" => "RKE2",
        word => panic!("{word} is not known"),
    }
}

#[tokio::test]
async fn providers_are_platforms() {
    for case in cases("cluster_provider") {
        let nodes = case["nodes"].as_array().unwrap().iter().enumerate().map(|(number, node)| {
            let metadata = json!({ "name": format!("node-{number}"), "labels": node["labels"], "annotations": node["annotations"] });
            json!({ "apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": { "providerID": node["providerID"] } })
        });
        let nodes: Vec<Value> = nodes.map(without_nulls).collect();
        let events = report(json!({ "version": case["gitVersion"], "objects": nodes }), None).await;
        let reported = &event(&events, "ENVIRONMENT")["cluster"]["platform"];
        match case["expected"].as_str().unwrap() {
            // A word for what is not known is an absence here, which has a reason.
            "UNKNOWN" => {
                assert!(absent(&events, "unknown").contains(&"cluster.platform".to_owned()), "{}", case["name"]);
            }
            word => assert_eq!(reported, platform(word), "{}", case["name"]),
        }
    }
}

#[tokio::test]
async fn versions_lose_their_v() {
    for case in cases("cluster_version") {
        let version = json!({ "gitVersion": case["gitVersion"], "major": case["major"], "minor": case["minor"] });
        let events = report(json!({ "version": version, "objects": [] }), None).await;
        let cluster = &event(&events, "ENVIRONMENT")["cluster"];
        let expected = case["expected"]["k8sv_semver"].as_str().unwrap().trim_start_matches('v');
        assert_eq!(cluster["kubernetes_version"], expected, "{}", case["name"]);
        assert_eq!(cluster["api_server_platform"], case["expected"]["k8s_arch"], "{}", case["name"]);
        // The whole version is told in two fields; what does not start with a number is not told.
        match case["gitVersion"].as_str().unwrap().split_once('-').unwrap() {
            ("v1", _) => assert!(absent(&events, "failed").contains(&"cluster.kubernetes_build".to_owned())),
            (_, build) => assert_eq!(cluster["kubernetes_build"], build),
        }
    }
}

#[tokio::test]
async fn openshift_is_told_by_its_operator() {
    for case in cases("openshift_version") {
        let pods = case["pods"].as_array().unwrap().iter().map(pod);
        let objects: Vec<Value> = pods.collect();
        // Every OpenShift serves this group; a cluster that does not is none, whatever its pods are called.
        let serves = json!({ "config.openshift.io/v1": ["ClusterVersion"] });
        let events = report(json!({ "version": "v1.26.0", "serves": serves, "objects": objects }), None).await;
        let cluster = &event(&events, "ENVIRONMENT")["cluster"];
        assert_eq!(cluster["openshift_version"], case["expected"], "{}", case["name"]);
        assert_eq!(cluster["platform"], "OPENSHIFT");
        let elsewhere = report(json!({ "version": "v1.26.0", "objects": objects }), None).await;
        assert!(absent(&elsewhere, "not_applicable").contains(&"cluster.openshift_version".to_owned()));
    }
}

/// The names of meshes in the standard, by those of the prior library.
fn mesh(name: &str) -> String {
    match name {
        "traefik" => "TRAEFIK_MESH".to_owned(),
        name => name.replace('-', "_").to_uppercase(),
    }
}

/// The meshes for which something holds, in the order of the standard.
fn meshes(expected: &Value, holds: impl Fn(&Value) -> bool) -> Value {
    let names = ["istio", "linkerd", "kuma", "kong-mesh", "consul", "traefik", "aws-app-mesh"];
    assert_eq!(expected.as_object().unwrap().len(), names.len());
    names.iter().filter(|name| holds(&expected[**name])).map(|name| mesh(name)).collect::<Vec<_>>().into()
}

#[tokio::test]
async fn meshes_are_deployed_where_their_services_are() {
    for case in cases("mesh_deployment") {
        let services: Vec<Value> = case["services"].as_array().unwrap().iter().map(service).collect();
        let events = report(json!({ "version": "v1.26.0", "objects": services }), None).await;
        let expected = meshes(&case["expected"], |is_deployed| *is_deployed == true);
        let reported = &event(&events, "MESH")["mesh"];
        assert_eq!(reported["deployed"], expected, "{}", case["name"]);
        assert_eq!(reported["deployed_count"], expected.as_array().unwrap().len());
    }
}

#[tokio::test]
async fn the_controller_is_inside_of_meshes_by_their_signs() {
    for case in cases("mesh_run_under") {
        let (own, published) = (&case["pod"], &case["publishService"]);
        let reference = |object: &Value| format!("{}/{}", text(object, "namespace"), text(object, "name"));
        let own_pod = SelfRef::new(text(own, "namespace"), text(own, "name")).publish_service(reference(published));
        let description = json!({ "version": "v1.26.0", "objects": [pod(own), service(published)] });
        let events = report(description, Some(own_pod)).await;
        let reported = &event(&events, "MESH")["mesh"];
        for (sign, field) in [
            ("annotation", "controller_annotation"),
            ("sidecar", "controller_sidecar"),
            ("init", "controller_init_container"),
        ] {
            let expected = meshes(&case["expected"], |signs| signs[sign] == true);
            let count = expected.as_array().unwrap().len();
            assert_eq!(reported[format!("{field}_count")], count, "{} {field}", case["name"]);
            // An empty list is not there; its number says that it is empty.
            assert_eq!(reported[field], if count == 0 { Value::Null } else { expected }, "{} {field}", case["name"]);
        }
        let inside = meshes(&case["expected"], |signs| signs.as_object().unwrap().values().any(|sign| *sign == true));
        assert_eq!(reported["controller_inside_count"], inside.as_array().unwrap().len());
    }
}

#[tokio::test]
async fn services_are_inside_of_meshes_by_their_pods() {
    for case in cases("mesh_distribution") {
        let objects =
            |part: &str, make: fn(&Value) -> Value| case[part].as_array().unwrap().iter().map(make).collect::<Vec<_>>();
        let mut all = objects("services", service);
        all.extend(objects("pods", pod));
        all.extend(objects("endpointSlices", slice));
        // The prior library counted whether a mesh was deployed or not. Here the pods are read only where one is: all of these
        // are, so that none of the counts is left out.
        for name in [
            "istiod",
            "linkerd-proxy-injector",
            "kuma-control-plane",
            "kong-mesh-control-plane",
            "traefik-mesh-controller",
        ] {
            all.push(service(&json!({ "name": name, "namespace": "mesh-system" })));
        }
        let events = report(json!({ "version": "v1.26.0", "objects": all }), None).await;
        let reported = &event(&events, "MESH")["mesh"];
        for (name, count) in case["expected"].as_object().unwrap().iter().filter(|(name, _)| *name != "total") {
            assert_eq!(reported[format!("{}_service_count", mesh(name).to_lowercase())], *count, "{name}");
        }
        assert_eq!(reported["consul_service_count"], 0);
        // The Services of the control planes count among all of them.
        let total = case["expected"]["total"].as_u64().unwrap() + 5;
        assert_eq!(event(&events, "ENVIRONMENT")["cluster"]["service_count"], total);
    }
}

/// Kuma and Kong Mesh have the same sidecar. The prior library counted both; here the one counts that is deployed.
#[tokio::test]
async fn kuma_and_kong_mesh_are_told_apart_by_what_is_deployed() {
    let case = cases("mesh_distribution").remove(0);
    for (control_plane, kuma, kong_mesh) in [("kuma-control-plane", 1, 0), ("kong-mesh-control-plane", 0, 1)] {
        let objects =
            |part: &str, make: fn(&Value) -> Value| case[part].as_array().unwrap().iter().map(make).collect::<Vec<_>>();
        let mut all = objects("pods", pod);
        all.extend(objects("endpointSlices", slice));
        all.push(service(&json!({ "name": control_plane, "namespace": "mesh-system" })));
        let events = report(json!({ "version": "v1.26.0", "objects": all }), None).await;
        let reported = &event(&events, "MESH")["mesh"];
        assert_eq!(reported["kuma_service_count"], kuma, "{control_plane}");
        assert_eq!(reported["kong_mesh_service_count"], kong_mesh, "{control_plane}");
    }
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap()
}

fn pod(case: &Value) -> Value {
    let containers = |part: &str| -> Vec<Value> {
        let all = case[part].as_array().into_iter().flatten();
        let container = |container: &Value| {
            let env = container["env"].as_object().into_iter().flatten();
            let env: Vec<Value> = env.map(|(name, value)| json!({ "name": name, "value": value })).collect();
            json!({ "name": container["name"], "image": container["image"], "env": env })
        };
        all.map(container).collect()
    };
    let spec = json!({ "containers": containers("containers"), "initContainers": containers("initContainers") });
    without_nulls(json!({ "apiVersion": "v1", "kind": "Pod", "metadata": metadata(case), "spec": spec }))
}

fn service(case: &Value) -> Value {
    without_nulls(json!({ "apiVersion": "v1", "kind": "Service", "metadata": metadata(case) }))
}

fn slice(case: &Value) -> Value {
    let mut metadata = metadata(case);
    metadata["labels"] = json!({ "kubernetes.io/service-name": case["service"] });
    without_nulls(json!({
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": metadata,
        "endpoints": case["endpoints"],
    }))
}

fn metadata(case: &Value) -> Value {
    let names = ["name", "namespace", "labels", "annotations"];
    names.iter().map(|name| ((*name).to_owned(), case[*name].clone())).collect::<Map<_, _>>().into()
}

/// A case leaves out what an object does not have.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        value => value,
    }
}
