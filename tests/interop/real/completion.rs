//! What a real server demands of objects, and the simulator does not; and what a real server has by itself.
//!
//! A description is completed once, for both servers, by what no report tells of. What it has stays as it is, but for addresses and ports
//! that a server gives out.

use std::{collections::BTreeSet, path::Path};

use serde_json::{Map, Value, json};

use crate::definitions::published;

/// The version of the real server, of which it claims a variety: the numbers of a description are not to be had there.
pub(crate) const VERSION: &str = "v1.34.1";

/// The namespaces that a server has besides `kube-system`, which the simulator has, too.
const NAMESPACES: [&str; 3] = ["default", "kube-node-lease", "kube-public"];

/// Completes a description.
pub(crate) fn complete(description: &mut Value, definitions: &Path) {
    description["version"] = version(description["version"].as_str().unwrap_or_default()).into();
    let defined = definitions_of(description, definitions);
    if !description["objects"].is_array() {
        description["objects"] = json!([]);
    }
    let objects = description["objects"].as_array_mut().unwrap();
    objects.iter_mut().for_each(fill);
    let named = objects.iter().filter_map(|object| object["metadata"]["namespace"].as_str());
    let used: BTreeSet<String> =
        named.chain(NAMESPACES).filter(|name| !name.contains('{')).map(str::to_owned).collect();
    let there = namespaces(objects);
    for name in used.difference(&there) {
        add(objects, json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } }));
    }
    add(
        objects,
        json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "kubernetes", "namespace": "default" } }),
    );
    for definition in defined {
        add(objects, definition);
    }
}

/// The names of the namespaces that are described.
fn namespaces(objects: &[Value]) -> BTreeSet<String> {
    let described = objects.iter().filter(|object| object["kind"] == "Namespace");
    let names = described.flat_map(|object| {
        let name = object["metadata"]["name"].as_str().unwrap();
        (1..=object["times"].as_u64().unwrap_or(1)).map(move |number| name.replace("{n}", &number.to_string()))
    });
    names.chain(["kube-system".to_owned()]).collect()
}

/// The version that the real server can claim: what comes after the numbers is what tells the platform.
fn version(described: &str) -> String {
    let numbers = described.find(|c: char| !c.is_ascii_digit() && c != '.' && c != 'v').unwrap_or(described.len());
    let rest = &described[numbers..];
    // A build without a version puts a template there, which is none.
    if rest.contains('$') { VERSION.to_owned() } else { format!("{VERSION}{rest}") }
}

/// The definitions of the kinds that are served, as far as somebody reads them: their names and annotations.
fn definitions_of(description: &Value, folder: &Path) -> Vec<Value> {
    let served = description["serves"].as_object().cloned().unwrap_or_default();
    let plurals = served.iter().flat_map(|(group_version, names)| {
        let group = group_version.split('/').next().unwrap().to_owned();
        let names = names.as_array().unwrap().clone();
        names.into_iter().map(move |name| (group.clone(), plural(name.as_str().unwrap())))
    });
    let definition = |(group, plural): (String, String)| {
        let annotations = published(folder, &group, &plural)?["metadata"]["annotations"].clone();
        Some(json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": { "name": format!("{plural}.{group}"), "annotations": annotations },
        }))
    };
    plurals.filter_map(definition).collect()
}

fn plural(name: &str) -> String {
    let lower = name.to_lowercase();
    if lower.ends_with('s') { format!("{lower}es") } else { format!("{lower}s") }
}

/// Adds an object that is not there yet.
fn add(objects: &mut Vec<Value>, mut object: Value) {
    let is_same = |other: &Value| {
        ["apiVersion", "kind"].iter().all(|field| other[*field] == object[*field])
            && ["name", "namespace"].iter().all(|field| other["metadata"][*field] == object["metadata"][*field])
    };
    if !objects.iter().any(is_same) {
        fill(&mut object);
        objects.push(object);
    }
}

/// Adds to an object what the real server demands.
fn fill(object: &mut Value) {
    let name = object["metadata"]["name"].clone();
    // Who wrote what when: a real server keeps that of every object.
    default(object, json!({ "metadata": { "managedFields": [{ "time": "2026-11-24T00:00:00Z" }] } }));
    each(object, "/metadata/ownerReferences", |_, owner| {
        default(owner, json!({ "apiVersion": "apps/v1", "uid": "6f0e8a52-0000-4000-8000-000000000001" }));
    });
    match object["kind"].as_str().unwrap() {
        "Pod" => pod(object),
        "Deployment" | "DaemonSet" => default(
            object,
            json!({ "spec": {
            "selector": { "matchLabels": { "app": name } },
            "template": {
                "metadata": { "labels": { "app": name } },
                "spec": { "containers": [{ "name": "main", "image": "none" }] },
            },
        } }),
        ),
        "Service" => service(object),
        "EndpointSlice" => {
            default(object, json!({ "addressType": "IPv4" }));
            each(object, "/endpoints", |_, endpoint| default(endpoint, json!({ "addresses": ["10.1.0.1"] })));
        }
        "Ingress" if object["apiVersion"] == "networking.k8s.io/v1" => ingress(object),
        "Gateway" => gateway(object),
        "TCPRoute" | "TLSRoute" | "UDPRoute" => each(object, "/spec/rules", |_, rule| {
            default(rule, json!({ "backendRefs": [{ "name": "none", "port": 80 }] }));
        }),
        "ReferenceGrant" => default(
            object,
            json!({ "spec": {
            "from": [{ "group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "default" }],
            "to": [{ "group": "", "kind": "Service" }],
        } }),
        ),
        _ => {}
    }
    if object["kind"] == "TLSRoute" {
        default(object, json!({ "spec": { "hostnames": ["tls.example"] } }));
    }
}

fn pod(pod: &mut Value) {
    default(pod, json!({ "spec": { "containers": [{ "name": "main" }] } }));
    for list in ["/spec/containers", "/spec/initContainers"] {
        each(pod, list, |_, container| default(container, json!({ "image": "none" })));
    }
    let containers = pod["spec"]["containers"].clone();
    each(pod, "/status/containerStatuses", |place, status| {
        let container = &containers[place];
        let rest = json!({ "name": container["name"], "image": container["image"], "imageID": "", "ready": false });
        default(status, rest);
    });
}

/// Addresses and ports of nodes are given out by the server: those of a recording may be another's, or no longer free.
fn service(service: &mut Value) {
    default(service, json!({ "spec": { "ports": [{ "port": 80 }] } }));
    let spec = service["spec"].as_object_mut().unwrap();
    if spec.get("clusterIP").is_some_and(|address| address != "None") {
        spec.retain(|field, _| !["clusterIP", "clusterIPs", "healthCheckNodePort"].contains(&field.as_str()));
    }
    each(service, "/spec/ports", |_, port| drop(port.as_object_mut().unwrap().remove("nodePort")));
}

fn ingress(ingress: &mut Value) {
    let backend = json!({ "service": { "name": "none", "port": { "number": 80 } } });
    if ingress.pointer("/spec/rules").is_none() {
        default(ingress, json!({ "spec": { "defaultBackend": backend } }));
    }
    each(ingress, "/spec/rules", |_, rule| {
        each(rule, "/http/paths", |_, path| default(path, json!({ "pathType": "Prefix", "backend": backend })));
    });
}

fn gateway(gateway: &mut Value) {
    default(gateway, json!({ "spec": { "listeners": [{ "name": "http", "protocol": "HTTP" }] } }));
    each(gateway, "/spec/listeners", |place, listener| {
        default(listener, json!({ "port": 8000 + place }));
        if listener["protocol"] == "HTTPS" {
            default(listener, json!({ "tls": { "certificateRefs": [{ "name": "none" }] } }));
        }
    });
    each(gateway, "/status/conditions", |_, condition| {
        default(condition, json!({ "reason": "Said", "message": "", "lastTransitionTime": "2026-11-24T00:00:00Z" }));
    });
    let listeners = gateway["spec"]["listeners"].clone();
    each(gateway, "/status/listeners", |place, listener| {
        default(listener, json!({ "name": listeners[place]["name"], "supportedKinds": [], "conditions": [] }));
    });
}

/// Does something to each element of a list in an object, if there is one.
fn each(object: &mut Value, list: &str, mut change: impl FnMut(usize, &mut Value)) {
    if let Some(items) = object.pointer_mut(list).and_then(Value::as_array_mut) {
        items.iter_mut().enumerate().for_each(|(place, item)| change(place, item));
    }
}

/// Adds what is not there.
fn default(value: &mut Value, with: Value) {
    match (value, with) {
        (Value::Object(fields), Value::Object(with)) => {
            with.into_iter().for_each(|(name, with)| add_field(fields, name, with));
        }
        (value @ Value::Null, with) => *value = with,
        _ => {}
    }
}

fn add_field(fields: &mut Map<String, Value>, name: String, with: Value) {
    match fields.get_mut(&name) {
        Some(value) => default(value, with),
        None => drop(fields.insert(name, with)),
    }
}
