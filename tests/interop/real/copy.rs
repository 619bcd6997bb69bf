//! Reads a cluster from the simulator, and writes it to the real server.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};

use crate::{definitions::definition, rights::client};

/// How long the server may take to serve a kind that was defined.
const PATIENCE: Duration = Duration::from_secs(60);

/// What an object has of the server that holds it.
const OF_THE_SERVER: [&str; 5] = ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"];

/// From where, and to where.
pub(crate) struct Copy {
    from: Client,
    to: Client,
    definitions: PathBuf,
}

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    /// It was done.
    Done,
    /// There is one already.
    Exists,
    /// It was refused, with this reason.
    Refused(String),
}

/// A kind, as a server tells of it.
struct Kind {
    /// `/api/v1` or `/apis/group/version`.
    place: String,
    plural: String,
    name: String,
    is_namespaced: bool,
}

impl Copy {
    /// Prepares it.
    pub(crate) async fn new(from: &str, to: &str, definitions: &Path) -> Self {
        let kubeconfig = Kubeconfig::from_yaml(from).unwrap();
        let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
        let from = Client::try_from(config).unwrap();
        Self { from, to: client(to, "admin").await, definitions: definitions.to_owned() }
    }

    /// Copies all that the description names: first the kinds, then the namespaces, then the objects.
    pub(crate) async fn everything(&self, description: &Value) {
        let served = description["serves"].as_object().cloned().unwrap_or_default();
        for (group_version, names) in &served {
            for kind in self.kinds(group_version, names.as_array().unwrap()).await {
                self.define(group_version, &kind).await;
            }
        }
        let objects = description["objects"].as_array().unwrap();
        let text = |object: &Value, key: &str| object[key].as_str().unwrap().to_owned();
        let there: BTreeSet<(String, String)> =
            objects.iter().map(|object| (text(object, "apiVersion"), text(object, "kind"))).collect();
        let (namespaces, rest): (Vec<_>, Vec<_>) = there.into_iter().partition(|(_, kind)| kind == "Namespace");
        for (group_version, name) in namespaces.into_iter().chain(rest) {
            for kind in self.kinds(&group_version, &[name.into()]).await {
                self.objects(&kind).await;
            }
        }
    }

    /// The kinds of these names.
    async fn kinds(&self, group_version: &str, names: &[Value]) -> Vec<Kind> {
        let place = if group_version.contains('/') {
            format!("/apis/{group_version}")
        } else {
            format!("/api/{group_version}")
        };
        let list: Value = find(&self.from, &place).await.unwrap();
        let all = list["resources"].as_array().unwrap().iter().map(|resource| Kind {
            place: place.clone(),
            plural: resource["name"].as_str().unwrap().to_owned(),
            name: resource["kind"].as_str().unwrap().to_owned(),
            is_namespaced: resource["namespaced"] == true,
        });
        let kinds: Vec<Kind> = all.filter(|kind| names.contains(&Value::from(kind.name.as_str()))).collect();
        assert_eq!(kinds.len(), names.len(), "{group_version} serves all of {names:?}");
        kinds
    }

    /// Has the server serve a kind, and waits until it does.
    async fn define(&self, group_version: &str, kind: &Kind) {
        let (group, version) = group_version.split_once('/').unwrap();
        let definition = definition(&self.definitions, group, version, &kind.plural, &kind.name, kind.is_namespaced);
        let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        let answered = send(&self.to, "POST", path, &definition).await;
        assert!(matches!(answered, Answered::Done | Answered::Exists), "{}: {answered:?}", kind.plural);
        let began = Instant::now();
        let list = format!("{}/{}", kind.place, kind.plural);
        while find(&self.to, &list).await.is_err() {
            assert!(began.elapsed() < PATIENCE, "{list} is not served");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Copies all objects of a kind.
    async fn objects(&self, kind: &Kind) {
        let list: Value = find(&self.from, &format!("{}/{}", kind.place, kind.plural)).await.unwrap();
        for mut object in list["items"].as_array().unwrap().iter().cloned() {
            for (field, value) in [
                ("apiVersion", kind.place.trim_start_matches("/apis/").trim_start_matches("/api/")),
                ("kind", &kind.name),
            ] {
                object[field] = value.into();
            }
            let metadata = object["metadata"].as_object_mut().unwrap();
            metadata.retain(|field, _| !OF_THE_SERVER.contains(&field.as_str()));
            let status = object.as_object_mut().unwrap().remove("status");
            self.object(kind, &object, status).await;
        }
    }

    async fn object(&self, kind: &Kind, object: &Value, status: Option<Value>) {
        let name = object["metadata"]["name"].as_str().unwrap();
        let collection = match object["metadata"]["namespace"].as_str() {
            Some(namespace) if kind.is_namespaced => format!("{}/namespaces/{namespace}/{}", kind.place, kind.plural),
            _ => format!("{}/{}", kind.place, kind.plural),
        };
        let path = format!("{collection}/{name}");
        // What every server has by itself, or what is a definition, gets what is said of it.
        let is_there = find(&self.to, &path).await.is_ok();
        let answered = if is_there {
            let metadata = &object["metadata"];
            let said = json!({ "labels": metadata["labels"], "annotations": metadata["annotations"] });
            send(&self.to, "PATCH", &path, &json!({ "metadata": said })).await
        } else {
            send(&self.to, "POST", &collection, object).await
        };
        assert_eq!(answered, Answered::Done, "{path}");
        if let Some(status) = status {
            let of_status = json!({ "status": status });
            assert_eq!(
                send(&self.to, "PATCH", &format!("{path}/status"), &of_status).await,
                Answered::Done,
                "the status of {path}"
            );
        }
    }
}

async fn find(client: &Client, path: &str) -> kube::Result<Value> {
    client.request(http::Request::get(path).body(vec![]).unwrap()).await
}

/// Sends an object; a patch is one to be merged.
pub(crate) async fn send(client: &Client, method: &str, path: &str, object: &Value) -> Answered {
    let form = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
    let request = http::Request::builder().method(method).uri(path).header("content-type", form);
    match client.request::<Value>(request.body(object.to_string().into_bytes()).unwrap()).await {
        Ok(_) => Answered::Done,
        Err(kube::Error::Api(status)) if status.reason == "AlreadyExists" => Answered::Exists,
        Err(error) => Answered::Refused(error.to_string()),
    }
}
