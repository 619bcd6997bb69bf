//! Nothing that a customer has named leaves the cluster: every name is a canary here, and none may sing.

use ktel_collector::Collector;
use ktel_sim::{Answer, Api, Cluster, Request};
use ktel_splunk::encode;
use tracing_subscriber::filter::LevelFilter;

use crate::support::{Log, builder, serve};

/// Stands in every name, label, annotation, image, host and identifier that somebody chose.
const CANARY: &str = "canary";

const YAML: &str = "
version: v1.31.1
serves:
  gateway.networking.k8s.io/v1: [GatewayClass, Gateway, HTTPRoute]
  canary.example/v1: [Canary]
objects:
  - apiVersion: v1
    kind: Node
    metadata:
      name: canary-node
      labels: { canary-label: canary-value, kubernetes.io/arch: canary, kubernetes.io/hostname: canary }
      annotations: { canary-annotation: canary-value }
    spec: { providerID: 'canary://canary' }
    status: { nodeInfo: { osImage: canary, kubeletVersion: canary } }
  - { apiVersion: v1, kind: Namespace, metadata: { name: canary } }
  - apiVersion: v1
    kind: Pod
    metadata: { name: canary, namespace: canary, labels: { app: canary } }
    spec: { containers: [{ name: canary, image: canary.example/canary }] }
  - { apiVersion: v1, kind: Service, metadata: { name: canary, namespace: canary } }
  - apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: { name: canary, namespace: canary }
    spec: { rules: [{ host: canary.example }] }
  - { apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: { name: canary } }
  - { apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: canary, namespace: canary } }
";

/// Everything that comes out of a collection: the request to the receiver, errors, and the log at its most talkative.
async fn everything_said(api: impl Api) -> String {
    let log = Log::listen(LevelFilter::TRACE);
    let server = serve(api).await;
    let mut collector: Collector = builder(&server).build().unwrap();
    let said = match collector.preview().await {
        Ok(envelopes) => format!("{envelopes:?}\n{}", encode(envelopes.iter().map(AsRef::as_ref))),
        Err(error) => format!("{error} {error:?}"),
    };
    let log = log.text();
    assert!(log.contains("ktel"), "the log was not heard");
    format!("{said}\n{log}")
}

#[tokio::test]
async fn no_name_leaves_the_cluster() {
    let said = everything_said(Cluster::parse(YAML).unwrap()).await;
    assert!(said.contains("\"pod_count\":1") && said.contains("\"platform\":\"OTHER\""), "{said}");
    assert!(!said.to_lowercase().contains(CANARY), "{said}");
}

/// An API server whose answers are not what they should be.
struct Babbling;

impl Api for Babbling {
    fn answer(&self, request: &Request) -> Answer {
        let body = match request.path.as_str() {
            "/apis" => r#"{"groups":[{"name":"networking.k8s.io","versions":[{"version":"v1"}]}]}"#.to_owned(),
            "/api/v1/pods" => format!(r#"{{"items":["{CANARY}"],"metadata":{{"continue":"{CANARY}"}}}}"#),
            "/version" => format!(r#"{{"gitVersion":{{"{CANARY}":1}}}}"#),
            path if path.contains("ingress") => format!(r#"{{"kind":"Status","message":"{CANARY}","code":500}}"#),
            _ => format!("<html>{CANARY}</html>"),
        };
        let status = if request.path.contains("ingress") { 500 } else { 200 };
        Answer::new(status, "application/json", body)
    }
}

#[tokio::test]
async fn nothing_that_cannot_be_understood_is_quoted() {
    let said = everything_said(Babbling).await;
    assert!(said.contains("\"failed\":["), "{said}");
    // A page that says it goes on is asked for the next one by the name that it gave: that is the server's own.
    let quoted = said.replace(&format!("continue={CANARY}"), "");
    assert!(!quoted.to_lowercase().contains(CANARY), "{quoted}");
}
