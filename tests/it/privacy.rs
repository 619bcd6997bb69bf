//! Nothing that a customer has named leaves the cluster: every name is a canary here, and none may sing.

use ktel_collector::SelfRef;
use ktel_sim::{Answer, Api, Cluster, Request};
use ktel_splunk::encode;

use crate::support::{Log, builder, facts, serve, short_limits};

/// Stands in every name, label, annotation, image, host and identifier that somebody chose.
const CANARY: &str = "canary";

/// Everything that a cluster can hold of what ktel looks at, all of it named by somebody.
const YAML: &str = "
version: v1.31.1
serves:
  canary.example/v1: [Canary]
  config.openshift.io/v1: [ClusterVersion]
  cilium.io/v2: [CiliumEnvoyConfig]
  configuration.konghq.com/v1: [KongPlugin, KongClusterPlugin, KongConsumer]
  configuration.konghq.com/v1beta1: [TCPIngress, UDPIngress]
  gateway-operator.konghq.com/v1beta1: [DataPlane, ControlPlane]
  gateway.networking.k8s.io/v1: [GatewayClass, Gateway, HTTPRoute]
  gateway.networking.k8s.io/canary: [TLSRoute]
objects:
  - apiVersion: v1
    kind: Node
    metadata:
      name: canary-node
      labels: { canary-label: canary-value, kubernetes.io/arch: canary, kubernetes.io/hostname: canary }
      annotations: { canary-annotation: canary-value }
    spec: { providerID: 'canary://canary' }
    status: { nodeInfo: { osImage: canary, kubeletVersion: canary }, addresses: [{ address: canary }] }
  - { apiVersion: v1, kind: Namespace, metadata: { name: canary } }
  - { apiVersion: config.openshift.io/v1, kind: ClusterVersion, metadata: { name: version }, status: { desired: { version: 4.canary } } }
  - apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: canary
      namespace: canary
      labels: { app.kubernetes.io/managed-by: canary, helm.sh/chart: canary, canary: canary }
      annotations: { argocd.argoproj.io/tracking-id: canary, meta.helm.sh/release-name: canary, canary: canary }
    spec: { replicas: 1 }
  - apiVersion: v1
    kind: Pod
    metadata:
      name: canary-abc
      namespace: canary
      labels: { app: canary, pod-template-hash: abc, gateway-operator.konghq.com/selector: canary }
      annotations: { sidecar.istio.io/status: canary, kuma.io/sidecar-injected: canary }
      ownerReferences: [{ kind: ReplicaSet, name: canary-abc, controller: true }]
    spec:
      nodeName: canary
      serviceAccountName: canary
      initContainers: [{ name: canary-init, image: 'canary.example/canary:canary' }]
      containers:
        - name: canary
          image: 'canary.example/canary:canary'
          args: [--feature-gates=CanaryGate=true, --publish-service=canary/canary, --canary=canary]
          env: [{ name: CANARY, value: canary }, { name: KONG_DATABASE, value: canary }, { name: KONG_ROUTER_FLAVOR, value: canary }]
          resources: { limits: { memory: canary } }
        - { name: proxy, image: 'canary.example/canary:3.9-canary', env: [{ name: KONG_DATABASE, value: canary }] }
        - { name: istio-proxy, image: 'canary.example/canary:canary' }
    status: { podIP: canary, hostIP: canary, containerStatuses: [{ name: canary, restartCount: 1 }] }
  - apiVersion: v1
    kind: Service
    metadata: { name: canary, namespace: canary, annotations: { mesh.traefik.io/traffic-type: canary } }
    spec: { selector: { app: canary }, clusterIP: canary, externalName: canary.example }
  - { apiVersion: v1, kind: Service, metadata: { name: istiod, namespace: canary } }
  - { apiVersion: v1, kind: Service, metadata: { name: traefik-mesh-controller, namespace: canary } }
  - apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: { name: canary, namespace: canary, labels: { kubernetes.io/service-name: canary } }
    endpoints: [{ addresses: [canary], hostname: canary, nodeName: canary, targetRef: { kind: Pod, namespace: canary, name: canary-abc } }]
  - { apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: { name: canary }, spec: { controller: ingress-controllers.konghq.com/kong } }
  - apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: canary
      namespace: canary
      annotations: { konghq.com/protocols: canary, konghq.com/plugins: canary }
      managedFields: [{ manager: canary, time: canary }, { manager: canary, time: '2026-11-20T10:11:12Z' }]
    spec:
      ingressClassName: canary
      rules: [{ host: canary.example, http: { paths: [{ path: /canary, backend: { service: { name: canary } } }] } }]
  - { apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: { name: canary }, spec: { controllerName: konghq.com/canary } }
  - apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: { name: canary, namespace: canary }
    spec: { gatewayClassName: canary, listeners: [{ name: canary, protocol: canary.example/canary, hostname: canary.example }] }
    status: { addresses: [{ value: canary }] }
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: { name: canary, namespace: canary, annotations: { konghq.com/protocols: canary } }
    spec: { parentRefs: [{ name: canary, sectionName: canary }], hostnames: [canary.example], rules: [{ matches: [{ path: { value: /canary } }] }] }
  - apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: gateways.gateway.networking.k8s.io
      annotations: { gateway.networking.k8s.io/channel: canary, gateway.networking.k8s.io/bundle-version: canary }
  - { apiVersion: configuration.konghq.com/v1, kind: KongPlugin, metadata: { name: canary, namespace: canary }, plugin: canary-plugin, config: { canary: canary } }
  - { apiVersion: configuration.konghq.com/v1, kind: KongConsumer, metadata: { name: canary, namespace: canary }, username: canary, credentials: [canary] }
  - apiVersion: configuration.konghq.com/v1beta1
    kind: TCPIngress
    metadata: { name: canary, namespace: canary, annotations: { kubernetes.io/ingress.class: canary } }
    spec: { rules: [{ host: canary.example, port: 9000, backend: { serviceName: canary } }] }
  - { apiVersion: gateway-operator.konghq.com/v1beta1, kind: DataPlane, metadata: { name: canary, namespace: canary, ownerReferences: [{ kind: Canary, name: canary }] } }
";

/// Everything that comes out of a collection: the request to the receiver, errors, and the log at its most talkative.
async fn everything_said(api: impl Api, own: Option<SelfRef>) -> String {
    let log = Log::listen();
    let server = serve(api).await;
    let mut builder = builder(&server).limits(short_limits()).host_facts(|| {
        let mut facts = facts();
        facts.features.enabled = Some(vec!["CanaryGate".to_owned()]);
        facts.kong.deployment.gateway_version = Some("canary".to_owned());
        facts
    });
    if let Some(own) = own {
        builder = builder.own_pod(own);
    }
    let said = match builder.build().unwrap().preview().await {
        Ok(envelopes) => format!("{envelopes:?}\n{}", encode(envelopes.iter().map(AsRef::as_ref))),
        Err(error) => format!("{error} {error:?}"),
    };
    let log = log.text();
    assert!(log.contains("ktel"), "the log was not heard");
    format!("{said}\n{log}")
}

/// What is said without the lines in which the host's own client logs which path it asks for: the pod that reports is asked for
/// by its name.
fn without_paths_of_the_client(said: &str) -> String {
    let is_path = |line: &&str| line.contains("HTTP{http.method=GET") && !line.contains(" ktel_");
    said.lines().filter(|line| !is_path(line)).collect::<Vec<_>>().join("\n")
}

fn check_silence(said: &str) {
    let sings = said.lines().find(|line| line.to_lowercase().contains(CANARY));
    assert_eq!(sings, None);
}

#[tokio::test]
async fn no_name_leaves_the_cluster() {
    let said = everything_said(Cluster::parse(YAML).unwrap(), None).await;
    assert!(said.contains(r#""pod_count":1"#) && said.contains(r#""platform":"OPENSHIFT""#), "{said}");
    assert!(said.contains(r#""custom_plugin_count":1"#) && said.contains(r#""ingress_path_count":1"#), "{said}");
    check_silence(&said);
}

/// The same from a pod of that cluster, by whose Deployment, containers and arguments it is seen how it is deployed.
#[tokio::test]
async fn no_name_of_the_installation_leaves_the_cluster() {
    let own = SelfRef::new("canary", "canary-abc").publish_service("canary/canary");
    let said = everything_said(Cluster::parse(YAML).unwrap(), Some(own)).await;
    assert!(said.contains(r#""method":"HELM""#) && said.contains(r#""gitops":"ARGO_CD""#), "{said}");
    assert!(said.contains(r#""controller_inside":["ISTIO"]"#) && said.contains(r#""unknown_count":1"#), "{said}");
    check_silence(&without_paths_of_the_client(&said));
}

/// What is refused, and what goes wrong, is worded by the server with the names of what it is about.
#[tokio::test]
async fn no_name_leaves_with_what_goes_wrong() {
    for answer in ["forbidden", "error", "truncated", "throttled", "expired", "not-served"] {
        let kinds =
            ["pods", "services", "nodes", "ingresses.networking.k8s.io", "kongplugins.configuration.konghq.com"];
        let faults: Vec<String> = kinds.iter().map(|kind| format!("{{ on: {kind}, answer: {answer} }}")).collect();
        let cluster = Cluster::parse(&format!("{YAML}\nfaults: [{}]", faults.join(", "))).unwrap();
        let own = SelfRef::new("canary", "canary-abc");
        check_silence(&without_paths_of_the_client(&everything_said(cluster, Some(own)).await));
    }
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
    let said = everything_said(Babbling, None).await;
    assert!(said.contains("\"failed\":["), "{said}");
    // A page that says it goes on is asked for the next one by the name that it gave: that is the server's own.
    let quoted = said.replace(&format!("continue={CANARY}"), "");
    assert!(!quoted.to_lowercase().contains(CANARY), "{quoted}");
}
