//! Simulated clusters and the reports that are expected of them.
//!
//! Each file in `clusters` has one of the same name in `reports`. `UPDATE_EXPECT=1 cargo test -p ktel-tests` writes them.

use std::{
    fs,
    sync::{Arc, Mutex},
};

use expect_test::expect_file;
use ktel_sim::{Answer, Api, Cluster, Request};
use kube::{Client, client::Body};
use serde_json::{Value, json};

use crate::support::{absent, builder, builder_for, cluster, event, events, file, own_pod, report, serve};

#[tokio::test]
async fn each_cluster_gives_its_report() {
    let mut count = 0;
    for entry in fs::read_dir(file("clusters")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let server = serve(cluster(name)).await;
        let mut builder = builder(&server);
        if fs::read_to_string(&path).unwrap().contains(&own_pod().pod) {
            builder = builder.own_pod(own_pod());
        }
        let mut events = events(&mut builder.build().unwrap()).await;
        events.iter_mut().for_each(settle);
        let text = serde_json::to_string_pretty(&events).unwrap() + "\n";
        expect_file![file("reports").join(format!("{name}.json"))].assert_eq(&text);
        count += 1;
    }
    assert!(count >= 5, "the clusters were not found");
}

/// Replaces what is different each time.
fn settle(event: &mut Value) {
    for (pointer, value) in [
        ("/report_id", json!("(new each time)")),
        ("/identity/instance_id", json!("(new each time)")),
        ("/collected_at", json!("(now)")),
        ("/collection_seconds", json!("(short)")),
        ("/uptime_seconds", json!("(short)")),
        ("/schema_hash", json!("(of the standard)")),
    ] {
        *event.pointer_mut(pointer).unwrap() = value;
    }
    if event["identity"]["id_source"] == "RANDOM" {
        event["identity"]["cluster_id"] = json!("(new each time)");
        event["identity"]["installation_id"] = json!("(new each time)");
    }
}

/// A server that does not say what it serves.
struct WithoutDiscovery(Cluster);

impl Api for WithoutDiscovery {
    fn answer(&self, request: &Request) -> Answer {
        if request.path == "/apis" {
            let body = b"{\"kind\":\"Status\",\"code\":403}".to_vec();
            return Answer::new(403, "application/json", body);
        }
        self.0.answer(request)
    }
}

#[tokio::test]
async fn without_discovery_asking_tells_what_is_installed() {
    let events = report(WithoutDiscovery(cluster("old-gateway-api"))).await;
    // HTTPRoute is served as v1beta1 only, which is tried after v1 was not found.
    assert_eq!(event(&events, "USAGE")["gateway_api"]["http_route_count"], 7);
    assert!(absent(&events, "not_installed").contains(&"kong.plugins".to_owned()));
}

/// A server whose lists never end: each page leads to itself.
struct Endless(Cluster);

impl Api for Endless {
    fn answer(&self, request: &Request) -> Answer {
        if request.path != "/api/v1/pods" {
            return self.0.answer(request);
        }
        let body = br#"{"metadata":{"continue":"again"},"items":[{}]}"#.to_vec();
        Answer::new(200, "application/json", body)
    }
}

#[tokio::test]
async fn nobody_is_led_in_a_circle() {
    let server = serve(Endless(cluster("plain"))).await;
    let events = events(&mut builder(&server).build().unwrap()).await;
    assert_eq!(absent(&events, "failed"), ["cluster.pod_count"]);
    let pages = server.requests().iter().filter(|request| request.contains("/pods?")).count();
    assert_eq!(pages, 2);
}

/// Whoever keeps the log of an API server sees who asks.
#[tokio::test]
async fn every_request_says_who_sends_it() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let service = tower::service_fn({
        let (seen, cluster) = (Arc::clone(&seen), cluster("plain"));
        move |request: http::Request<Body>| {
            let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            seen.lock().unwrap().push(header(http::header::USER_AGENT).to_owned());
            let path = request.uri().path_and_query().unwrap().to_string();
            let answer = cluster.answer(&Request::new(&path, header(http::header::ACCEPT), None));
            let response = http::Response::builder().status(answer.status).body(Body::from(answer.body));
            std::future::ready(response)
        }
    });
    events(&mut builder_for(Client::new(service, "default")).build().unwrap()).await;
    let agent = concat!("ktel/", env!("CARGO_PKG_VERSION"));
    let seen = seen.lock().unwrap();
    assert!(seen.len() > 10 && seen.iter().all(|seen| seen == agent), "{seen:?}");
}

/// A server whose selections begin with a page without objects, as a real one's may.
struct Empty(Cluster);

impl Api for Empty {
    fn answer(&self, request: &Request) -> Answer {
        let is_selection = request.query.contains_key("fieldSelector") && !request.query.contains_key("continue");
        if !is_selection {
            return self.0.answer(request);
        }
        Answer::new(200, "application/json", br#"{"metadata":{"continue":"sim.0"},"items":[]}"#.to_vec())
    }
}

#[tokio::test]
async fn what_is_selected_may_be_on_a_later_page() {
    let events = report(Empty(cluster("all-meshes"))).await;
    assert_eq!(event(&events, "MESH")["mesh"]["deployed_count"], 9);
}

/// What is counted costs one request whatever the number. Only what is listed has more pages on a larger cluster.
#[tokio::test]
async fn a_larger_cluster_takes_the_same_requests() {
    let asked = async |times: usize| {
        let object = |api_version: &str, kind: &str| {
            format!(
                "{{ apiVersion: {api_version}, kind: {kind}, times: {times}, metadata: {{ name: 'a-{{n}}', namespace: default }} }}"
            )
        };
        let kinds = [("v1", "Pod"), ("v1", "Service"), ("v1", "Node"), ("networking.k8s.io/v1", "Ingress")];
        let objects: Vec<String> = kinds.iter().map(|(api_version, kind)| object(api_version, kind)).collect();
        let yaml = format!("{{ version: v1.36.0, objects: [{}] }}", objects.join(", "));
        let server = serve(Cluster::parse(&yaml).unwrap()).await;
        events(&mut builder(&server).build().unwrap()).await;
        let mut requests = server.requests();
        requests.sort();
        requests
    };
    let (small, large) = (asked(10).await, asked(1_200).await);
    let pages: Vec<&String> = large.iter().filter(|request| request.contains("continue=")).collect();
    assert!(pages.iter().all(|page| page.contains("/nodes?") || page.contains("/ingresses?")), "{pages:#?}");
    assert_eq!(pages.len(), 2 + 2, "two more pages of 500 for each kind that is listed");
    let first_pages: Vec<&String> = large.iter().filter(|request| !request.contains("continue=")).collect();
    assert_eq!(first_pages, small.iter().collect::<Vec<_>>());
}
