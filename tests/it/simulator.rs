//! The simulator beside the real thing: what was recorded of a real API server, and what the simulator says.

use std::fs;

use ktel_sim::{Api as _, Change, Cluster, Request};
use serde_json::{Value, json};

use crate::support::file;

/// A recorded exchange: what was asked, and the answer.
fn recorded(name: &str) -> (Request, Value) {
    let text = fs::read_to_string(file("recorded").join(name)).unwrap();
    let exchange: Value = serde_json::from_str(&text).unwrap();
    let accept = exchange["request"]["headers"]["Accept"].as_str().unwrap_or_default();
    (Request::new(exchange["request"]["path"].as_str().unwrap(), accept, None), exchange["response"].clone())
}

fn cluster() -> Cluster {
    let yaml = "
        version: v1.36.2
        forbidden: [nodes, httproutes.gateway.networking.k8s.io]
        serves:
          gateway.networking.k8s.io/v1: [HTTPRoute, GatewayClass]
          configuration.konghq.com/v1: [KongConsumer]
        objects:
          - { apiVersion: v1, kind: Pod, times: 3000, metadata: { name: 'pod-{n}', namespace: default } }
          - { apiVersion: v1, kind: Service, metadata: { name: istiod, namespace: istio-system } }
    ";
    Cluster::parse(yaml).unwrap()
}

/// The simulator words a refusal as the real server did, but for the user's name.
fn check_refusal(name: &str) {
    let (request, response) = recorded(name);
    let answer = cluster().answer(&request);
    assert_eq!(json!(answer.status), response["status"], "{name}");
    let content_type = response["headers"].as_array().unwrap().iter().find(|header| header[0] == "Content-Type");
    assert_eq!(answer.content_type, content_type.unwrap()[1].as_str().unwrap(), "{name}");
    let expected = match response["body_text"].as_str() {
        Some(text) => Value::from(text),
        None => serde_json::from_str(&response["body"].to_string().replace("restricted", "sim")).unwrap(),
    };
    let said = String::from_utf8(answer.body).unwrap();
    assert_eq!(serde_json::from_str(&said).unwrap_or(Value::from(said)), expected, "{name}");
}

#[test]
fn refusals_are_worded_as_real_ones() {
    check_refusal("permission-denied/restricted-nodes.json");
    check_refusal("permission-denied/restricted-httproutes.json");
    check_refusal("missing-crds/kongplugins.json");
}

fn ask(path: &str, accept: &str) -> (u16, Value) {
    let answer = cluster().answer(&Request::new(path, accept, None));
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}

const METADATA: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/// The same keys, in list and items, as the real answer to the same question.
#[test]
fn a_page_of_metadata_has_the_shape_of_a_real_one() {
    let (request, response) = recorded("eks-3000pods/limit1-pods.json");
    let answer = cluster().answer(&request);
    let simulated: Value = serde_json::from_slice(&answer.body).unwrap();
    let real = &response["body"];
    for pointer in ["/kind", "/apiVersion", "/items/0/kind", "/items/0/apiVersion", "/metadata/remainingItemCount"] {
        assert_eq!(simulated.pointer(pointer), real.pointer(pointer), "{pointer}");
    }
    assert!(simulated["metadata"]["continue"].is_string() && real["metadata"]["continue"].is_string());
    assert!(simulated["items"][0].get("spec").is_none());
}

#[test]
fn pages_follow_each_other_to_the_end() {
    let (mut names, mut token) = (Vec::new(), String::new());
    loop {
        let (status, page) = ask(&format!("/api/v1/pods?limit=999{token}"), METADATA);
        assert_eq!(status, 200);
        names.extend(page["items"].as_array().unwrap().iter().map(|item| item["metadata"]["name"].to_string()));
        match page["metadata"]["continue"].as_str() {
            Some(next) => token = format!("&continue={next}"),
            None => break,
        }
    }
    assert_eq!(names.len(), 3000);
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 3000);
}

/// Real servers do odd things, and so does this one.
#[test]
fn oddities_are_simulated() {
    // An empty list of metadata has `null` for items, an empty list of objects has an empty list.
    let consumers = "/apis/configuration.konghq.com/v1/kongconsumers?limit=1";
    assert_eq!(ask(consumers, METADATA).1["items"], Value::Null);
    assert_eq!(ask(consumers, "application/json").1["items"], json!([]));
    // A resource version of zero makes the limit go away.
    assert_eq!(ask("/api/v1/pods?limit=1&resourceVersion=0", METADATA).1["items"].as_array().unwrap().len(), 3000);
    // What cannot be read, what cannot be had in that form, and what is not there.
    assert_eq!(ask("/api/v1/pods?limit=x", METADATA).1["reason"], "BadRequest");
    assert_eq!(ask("/api/v1/pods?continue=zzz", METADATA).1["reason"], "BadRequest");
    assert_eq!(ask("/api/v1/pods", "application/json;as=Table;g=meta.k8s.io;v=v1").0, 406);
    assert_eq!(ask("/api/v1/namespaces/default/pods/nope", "application/json").1["reason"], "NotFound");
    assert_eq!(ask("/api/v1/namespaces/nowhere/pods", "application/json").1["items"], json!([]));
    assert_eq!(ask("/nope", "application/json").1["reason"], "Forbidden");
    // What is not simulated is refused, not guessed.
    assert_eq!(ask("/api/v1/pods?labelSelector=app+in+(a,b)", METADATA).0, 501);
}

#[test]
fn a_cluster_that_cannot_be_is_refused() {
    let refusal = |yaml: &str| Cluster::parse(yaml).unwrap_err().to_string();
    assert!(refusal("version: [").contains("cannot be read"));
    assert!(refusal("{ version: v1.36.0, objetcs: [] }").contains("objetcs"));
    let said = refusal("{ version: v1.36.0, objects: [{ apiVersion: a/v1, kind: Thing }] }");
    assert_eq!(said, "object 1 is a Thing of a/v1, which the cluster does not serve: add it to `serves`");
}

/// Leases can be written, and a write is refused if the object is another one by then. Nothing else can be.
#[test]
fn leases_can_be_written() {
    const LEASES: &str = "/apis/coordination.k8s.io/v1/namespaces/kong/leases";
    let described = "{ apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: { name: fixed, namespace: kong } }";
    let cluster = Cluster::parse(&format!("{{ version: v1.36.2, objects: [{described}] }}")).unwrap();
    let change = |method: &str, name: &str, object: &Value| {
        let change = Change::new(method, object.to_string().as_bytes()).unwrap();
        let answer = cluster.change(&Request::new(&format!("{LEASES}{name}"), "application/json", None), &change);
        (answer.status, serde_json::from_slice::<Value>(&answer.body).unwrap())
    };
    let status = |method: &str, name: &str, object: &Value| change(method, name, object).0;
    let get = |name: &str| {
        let answer = cluster.answer(&Request::new(&format!("{LEASES}{name}"), "application/json", None));
        (answer.status, serde_json::from_slice::<Value>(&answer.body).unwrap())
    };
    let lease = json!({ "metadata": { "name": "agent" }, "spec": { "holderIdentity": "one" } });
    assert_eq!(status("PUT", "/agent", &lease), 404);
    assert_eq!(get("/agent").0, 404);
    let (created, made) = change("POST", "", &lease);
    assert_eq!((created, &made["metadata"]["namespace"]), (201, &json!("kong")));
    assert_eq!(change("POST", "", &lease).1["reason"], "AlreadyExists");
    assert_eq!(get("/agent").1, made);
    let (replaced, now) = change("PUT", "/agent", &made);
    assert!(replaced == 200 && now["metadata"]["resourceVersion"] != made["metadata"]["resourceVersion"]);
    let (conflict, said) = change("PUT", "/agent", &made);
    assert_eq!((conflict, &said["reason"]), (409, &json!("Conflict")));
    assert_eq!((status("DELETE", "/agent", &json!({})), get("/agent").0), (200, 404));

    // What the file describes stays as it is, and what is not simulated is refused.
    assert_eq!((get("/fixed").0, status("POST", "", &json!({ "metadata": { "name": "fixed" } }))), (200, 409));
    assert_eq!(status("PUT", "/fixed", &lease), 501);
    assert_eq!((get("").0, status("POST", "", &lease), get("").0), (200, 201, 501));
    let pods = Request::new("/api/v1/namespaces/kong/pods", "application/json", None);
    assert_eq!(cluster.change(&pods, &Change::new("POST", b"{}").unwrap()).status, 501);
    assert_eq!(Change::new("PATCH", b"{}"), None);

    let forbidding = Cluster::parse("{ version: v1.36.2, forbidden: [leases.coordination.k8s.io] }").unwrap();
    let request = Request::new(&format!("{LEASES}/agent"), "application/json", None);
    let answer = forbidding.change(&request, &Change::new("PUT", lease.to_string().as_bytes()).unwrap());
    let said: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(answer.status, 403);
    assert_eq!(
        said["message"],
        "leases.coordination.k8s.io \"agent\" is forbidden: User \"sim\" cannot update resource \"leases\" in API group \
         \"coordination.k8s.io\" in the namespace \"kong\""
    );
}
