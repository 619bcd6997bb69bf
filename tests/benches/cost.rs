//! What a report costs a cluster and its controller: requests, bytes on the wire, memory, time. On a small cluster and on a
//! large one, and beside it, in the same run, the way of the library that ktel replaces.
//!
//! ```text
//! cargo bench -p ktel-tests --bench cost
//! ```
//!
//! Each way is a process of its own, which measures its memory; the clusters are simulated by the process that starts them,
//! of objects that were recorded. Fails if a report costs more than it may.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a tool of the terminal, which stops if it cannot go on"
)]

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use ktel_collector::{
    Collector, Limits,
    consent::{Environment, Setting},
};
use ktel_sim::{Cluster, Server};
use kube::{
    Client, Config,
    api::{Api, ApiResource, DynamicObject, ListParams, PartialObjectMeta},
};
use serde_json::{Value, json};

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let Some(place) = arguments.iter().position(|argument| argument == "child") {
        return child(&arguments[place + 1], &arguments[place + 2]);
    }
    // `cargo test --benches` only wants to know whether it can be built and run.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return println!("run it with `cargo bench -p ktel-tests --bench cost`");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let small = Size { pods: 100, services: 20, nodes: 5, ingresses: 2, routes: 2 };
    let large = Size { pods: 100_000, services: 20_000, nodes: 5_000, ingresses: 2_000, routes: 2_000 };
    println!("                                requests    MB on the wire    MiB of memory    seconds");
    let row = |name: &str, size: &Size, has_mesh: bool, way: &str| {
        let cost = measure(&runtime, size, has_mesh, way);
        println!(
            "{name:<30} {:>9} {:>17.2} {:>16.1} {:>10.2}",
            cost.requests.len(),
            cost.megabytes,
            cost.mebibytes,
            cost.seconds
        );
        cost
    };
    let heartbeat_small = row("heartbeat, 100 pods", &small, false, "ktel");
    let heartbeat = row("heartbeat, 100,000 pods", &large, false, "ktel");
    row("start with mesh, 100 pods", &small, true, "ktel");
    let start = row("start with mesh, 100,000 pods", &large, true, "ktel");
    let counts = row("prior way, counts", &large, true, "prior-counts");
    let mesh = row("prior way, counts and mesh", &large, true, "prior-mesh");
    println!("\nheartbeat beside the prior way's counts: {}", heartbeat.beside(&counts));
    println!("start beside the prior way with the mesh: {}", start.beside(&mesh));

    assert_eq!(heartbeat_small.kinds(), heartbeat.kinds(), "the same requests but for pages");
    assert!(heartbeat.requests.len() < 60, "a heartbeat takes fewer than 60 requests");
    assert!(heartbeat.megabytes < 3.0, "a heartbeat is less than 3 MB on the wire");
    assert!(heartbeat.mebibytes < 24.0, "a heartbeat adds less than 24 MiB of memory");
    assert!(start.mebibytes < 64.0, "the report with the mesh adds less than 64 MiB of memory");
}

/// How many objects a cluster has.
struct Size {
    pods: usize,
    services: usize,
    nodes: usize,
    ingresses: usize,
    routes: usize,
}

/// What a way of reading costs.
struct Cost {
    requests: Vec<String>,
    megabytes: f64,
    mebibytes: f64,
    seconds: f64,
}

impl Cost {
    /// What was asked for, pages after the first left out.
    fn kinds(&self) -> Vec<&str> {
        let mut kinds: Vec<&str> =
            self.requests.iter().filter(|request| !request.contains("continue=")).map(String::as_str).collect();
        kinds.sort_unstable();
        kinds
    }

    #[allow(clippy::cast_precision_loss, reason = "far fewer than a float can count")]
    fn beside(&self, other: &Self) -> String {
        format!(
            "{:.0} times fewer requests, {:.0} times fewer bytes, {:.1} times less memory, {:.1} times faster",
            other.requests.len() as f64 / self.requests.len() as f64,
            other.megabytes / self.megabytes,
            other.mebibytes / self.mebibytes,
            other.seconds / self.seconds
        )
    }
}

/// Runs a way of reading in a process of its own.
#[allow(clippy::cast_precision_loss, reason = "far fewer than a float can count")]
fn measure(runtime: &tokio::runtime::Runtime, size: &Size, has_mesh: bool, way: &str) -> Cost {
    let server = runtime.block_on(Server::start(cluster(size, has_mesh))).unwrap();
    let mut child = Command::new(env::current_exe().unwrap());
    let output = child.args(["child", way, &server.url()]).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "{way} failed");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    Cost {
        requests: server.requests(),
        megabytes: server.bytes() as f64 / 1e6,
        mebibytes: told["kibibytes"].as_f64().unwrap() / 1024.0,
        seconds: told["seconds"].as_f64().unwrap(),
    }
}

/// A cluster of recorded objects, each as often as it takes, under names and identifiers of their own.
fn cluster(size: &Size, has_mesh: bool) -> Cluster {
    let with_sidecars = size.pods / 10;
    let mut objects = models("objects/pods-page1-full.json", "v1", "Pod", size.pods - with_sidecars);
    objects.extend(models("eks-3000pods/kong-pods.json", "v1", "Pod", with_sidecars));
    objects.extend(models("objects/list-services-first60.json", "v1", "Service", size.services));
    let mut slices =
        models("objects/list-endpointslices-first20.json", "discovery.k8s.io/v1", "EndpointSlice", size.services);
    slices.iter_mut().for_each(lead_to_pods);
    objects.extend(slices);
    objects.extend(models("eks-3000pods/list-nodes.json", "v1", "Node", size.nodes));
    objects.extend(models("eks-3000pods/ingresses-page1.json", "networking.k8s.io/v1", "Ingress", size.ingresses));
    let routes = "gateway.networking.k8s.io/v1";
    objects.extend(models("eks-3000pods/httproutes-page1.json", routes, "HTTPRoute", size.routes));
    objects.extend(models("eks-3000pods/list-gateways.json", routes, "Gateway", 6));
    objects.extend(models("eks-3000pods/list-gatewayclasses.json", routes, "GatewayClass", 3));
    objects.extend(models("eks-3000pods/list-kongplugins.json", "configuration.konghq.com/v1", "KongPlugin", 100));
    if has_mesh {
        let metadata = json!({ "name": "istiod", "namespace": "istio-system" });
        objects.push(json!({ "apiVersion": "v1", "kind": "Service", "metadata": metadata }));
    }
    let serves = json!({
        routes: ["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute", "Gateway", "GatewayClass", "ReferenceGrant"],
        "configuration.konghq.com/v1": ["KongPlugin", "KongClusterPlugin", "KongConsumer"],
        "configuration.konghq.com/v1beta1": ["KongConsumerGroup", "TCPIngress", "UDPIngress"],
    });
    Cluster::parse(&json!({ "version": "v1.36.2", "serves": serves, "objects": objects }).to_string()).unwrap()
}

/// The recorded objects of a file as templates, together as many as that.
fn models(file: &str, api_version: &str, kind: &str, total: usize) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("recorded").join(file);
    let recorded: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let items = recorded["response"]["body"]["items"].as_array().unwrap();
    let mut templates = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let times = total / items.len() + usize::from(place < total % items.len());
        let mut template = item.clone();
        template["apiVersion"] = api_version.into();
        template["kind"] = kind.into();
        template["times"] = times.into();
        let name = template["metadata"]["name"].as_str().unwrap().to_owned();
        template["metadata"]["name"] = format!("{name}-{{n}}").into();
        // What no two objects share: without it, a page would be compressed as no real one is.
        template["metadata"]["uid"] = "{n#}-{n#}".into();
        template["metadata"]["resourceVersion"] = "{n*7+13}".into();
        if kind == "Node" {
            template["spec"]["providerID"] = "aws:///us-east-1a/i-{n#}".into();
            template["metadata"]["annotations"]["csi.volume.kubernetes.io/nodeid"] = "{n#}".into();
        }
        if times > 0 {
            templates.push(template);
        }
    }
    templates
}

/// Lets a slice lead to pods: one that has a sidecar, and others that have none, as many as were recorded.
fn lead_to_pods(slice: &mut Value) {
    for (place, endpoint) in slice["endpoints"].as_array_mut().into_iter().flatten().enumerate() {
        let name = if place == 0 { SIDECAR_POD.to_owned() } else { format!("other-{place}-{{n}}") };
        endpoint["targetRef"] = json!({ "kind": "Pod", "namespace": "kong", "name": name });
    }
    let name = slice["metadata"]["labels"]["kubernetes.io/service-name"].as_str().unwrap().to_owned();
    slice["metadata"]["labels"]["kubernetes.io/service-name"] = format!("{name}-{{n}}").into();
}

/// A pod with a sidecar of the same number as the slice that leads to it.
const SIDECAR_POD: &str = "kong-controller-ttnznbxnr-bmnrr-{n}";

/// The process that is measured.
fn child(way: &str, url: &str) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = Client::try_from(Config::new(url.parse().unwrap())).unwrap();
        let before = kibibytes("VmRSS");
        let began = Instant::now();
        match way {
            "ktel" => report(client).await,
            "prior-counts" => drop(prior_counts(&client).await),
            "prior-mesh" => {
                prior_counts(&client).await;
                prior_mesh(&client).await;
            }
            way => panic!("{way} is no way"),
        }
        let seconds = began.elapsed().as_secs_f64();
        println!("{}", json!({ "kibibytes": kibibytes("VmHWM") - before, "seconds": seconds }));
    });
}

async fn report(client: Client) {
    let mut limits = Limits::default();
    // A simulator on the same two cores is slower than a server of its own.
    limits.collection_deadline *= 10;
    limits.read_deadline *= 10;
    let collector = Collector::builder(client, "kong-ingress-controller", Setting::on());
    let mut collector = collector.environment(Environment::default()).limits(limits).build().unwrap();
    let envelopes = collector.preview().await.unwrap();
    let all: String = envelopes.iter().map(|envelope| envelope.event.as_str()).collect();
    let is_inside = !all.contains(r#""deployed":["ISTIO"]"#) || !all.contains(r#""istio_service_count":0"#);
    assert!(
        is_inside && all.contains(r#""pod_count":"#) && !all.contains("timed_out") && !all.contains(r#""failed""#),
        "{all}"
    );
}

/// The kinds that the prior library counts.
const KINDS: [(&str, &str, &str); 12] = [
    ("", "v1", "Pod"),
    ("", "v1", "Service"),
    ("", "v1", "Node"),
    ("networking.k8s.io", "v1", "Ingress"),
    ("gateway.networking.k8s.io", "v1", "Gateway"),
    ("gateway.networking.k8s.io", "v1", "GatewayClass"),
    ("gateway.networking.k8s.io", "v1", "HTTPRoute"),
    ("gateway.networking.k8s.io", "v1", "GRPCRoute"),
    ("gateway.networking.k8s.io", "v1", "TCPRoute"),
    ("gateway.networking.k8s.io", "v1", "TLSRoute"),
    ("gateway.networking.k8s.io", "v1", "UDPRoute"),
    ("gateway.networking.k8s.io", "v1", "ReferenceGrant"),
];

/// Counts each kind by pages of 100 objects' metadata.
async fn prior_counts(client: &Client) -> usize {
    let mut count = 0;
    for (group, version, kind) in KINDS {
        let resource = ApiResource::from_gvk(&kube::api::GroupVersionKind::gvk(group, version, kind));
        let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
        let mut params = ListParams::default().limit(100);
        loop {
            let page = api.list_metadata(&params).await.unwrap();
            let items: &[PartialObjectMeta<DynamicObject>] = &page.items;
            count += items.len();
            match page.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => params.continue_token = Some(token),
                None => break,
            }
        }
    }
    count
}

/// Reads all pods whole, by pages of 100, and keeps which of them have a sidecar; then all Services and what they lead to.
async fn prior_mesh(client: &Client) {
    let mut inside = std::collections::BTreeMap::new();
    for (group, version, kind) in
        [("", "v1", "Pod"), ("", "v1", "Service"), ("discovery.k8s.io", "v1", "EndpointSlice")]
    {
        let resource = ApiResource::from_gvk(&kube::api::GroupVersionKind::gvk(group, version, kind));
        let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
        let mut params = ListParams::default().limit(100);
        loop {
            let page = api.list(&params).await.unwrap();
            for object in &page.items {
                let containers = object.data["spec"]["containers"].as_array().into_iter().flatten();
                let has_sidecar = containers.filter(|container| container["name"] == "istio-proxy").count() > 0;
                inside.insert((object.metadata.namespace.clone(), object.metadata.name.clone()), has_sidecar);
            }
            match page.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => params.continue_token = Some(token),
                None => break,
            }
        }
    }
    assert!(!inside.is_empty());
}

/// A figure of this process's memory, in KiB, as the kernel tells it.
fn kibibytes(name: &str) -> i64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
