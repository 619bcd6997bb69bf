//! Reads a cluster from the simulator, and writes it to the real server.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use futures_util::{StreamExt as _, stream};
use kube::Client;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};

use crate::{
    client::{Answered, client, find, send},
    definitions::definition,
};

/// How long the server may take to serve a kind that was defined.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many objects are written at once: a few more than a server of this size works on.
const AT_ONCE: usize = 16;

/// What an object has of the server that holds it.
const OF_THE_SERVER: [&str; 5] = ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"];

/// From where, and to where.
pub(crate) struct Copy {
    from: Client,
    to: Client,
    definitions: PathBuf,
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
        let (from, to) = (client(from, None).await, client(to, None).await);
        Self { from, to, definitions: definitions.to_owned() }
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
        let list = format!("{}/{}", kind.place, kind.plural);
        let there = find(&self.to, &list).await.unwrap();
        let there: BTreeSet<String> = items(&there).map(|object| kind.path_of(object)).collect();
        let described = find(&self.from, &list).await.unwrap();
        stream::iter(items(&described).cloned())
            .for_each_concurrent(AT_ONCE, |object| {
                let is_there = there.contains(&kind.path_of(&object));
                self.object(kind, object, is_there)
            })
            .await;
    }

    async fn object(&self, kind: &Kind, mut object: Value, is_there: bool) {
        let group_version = kind.place.trim_start_matches("/apis/").trim_start_matches("/api/");
        object["apiVersion"] = group_version.into();
        object["kind"] = kind.name.as_str().into();
        let metadata = object["metadata"].as_object_mut().unwrap();
        metadata.retain(|field, _| !OF_THE_SERVER.contains(&field.as_str()));
        let status = object.as_object_mut().unwrap().remove("status");
        let path = kind.path_of(&object);
        // What every server has by itself, or what is a definition, gets what is said of it.
        let answered = if is_there {
            let metadata = &object["metadata"];
            let said = json!({ "labels": metadata["labels"], "annotations": metadata["annotations"] });
            send(&self.to, "PATCH", &path, &json!({ "metadata": said })).await
        } else {
            send(&self.to, "POST", path.rsplit_once('/').unwrap().0, &object).await
        };
        assert_eq!(answered, Answered::Done, "{path}");
        if let Some(status) = status {
            let answered = send(&self.to, "PATCH", &format!("{path}/status"), &json!({ "status": status })).await;
            assert_eq!(answered, Answered::Done, "the status of {path}");
        }
    }
}

impl Kind {
    /// Where an object of this kind is.
    fn path_of(&self, object: &Value) -> String {
        let metadata = &object["metadata"];
        let name = metadata["name"].as_str().unwrap();
        match metadata["namespace"].as_str() {
            Some(namespace) if self.is_namespaced => {
                format!("{}/namespaces/{namespace}/{}/{name}", self.place, self.plural)
            }
            _ => format!("{}/{}/{name}", self.place, self.plural),
        }
    }
}

/// The objects of a list.
fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list["items"].as_array().unwrap().iter()
}
