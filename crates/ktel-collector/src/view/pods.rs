//! Pods.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::{Collection, Key, owners::Owners};
use crate::rules::meshes::{self, Marks};

/// Those that a query selects.
pub(crate) type Selected = crate::selection::Selected<Object>;

/// A pod.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Object {
    metadata: Metadata,
    spec: Spec,
    status: Status,
}

/// All pods, folded: which of them are inside of which mesh.
#[derive(Debug, Clone, Default)]
pub(crate) struct List {
    inside: HashMap<Key, Marks>,
    count: usize,
}

/// What is kept of a pod where there are many: the meshes that carry its traffic.
#[derive(Deserialize)]
#[serde(from = "Object")]
pub(crate) struct Item {
    key: Key,
    carried: Marks,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    name: String,
    namespace: String,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    owner_references: Owners,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    containers: Vec<Container>,
    init_containers: Vec<Container>,
}

/// A container of a pod, as it was asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Container {
    pub(crate) name: String,
    pub(crate) image: String,
    command: Vec<String>,
    args: Vec<String>,
    env: Vec<Variable>,
    resources: Resources,
    /// `Always` makes an init container a native sidecar.
    restart_policy: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Variable {
    name: String,
    value: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Resources {
    limits: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    container_statuses: Vec<ContainerStatus>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ContainerStatus {
    restart_count: u32,
}

impl Object {
    /// The name of the Deployment, StatefulSet or other object that makes the pod.
    ///
    /// A Deployment makes pods by way of a ReplicaSet, which is called like it with the hash of the pod's template behind.
    #[must_use]
    pub(crate) fn workload(&self) -> Option<&str> {
        let owner = self.metadata.owner_references.controller()?;
        if owner.kind == "ReplicaSet" { self.deployment() } else { Some(&owner.name) }
    }

    /// The name of the Deployment that makes the pod; `None` if something else does.
    #[must_use]
    pub(crate) fn deployment(&self) -> Option<&str> {
        let owner = self.metadata.owner_references.controller().filter(|owner| owner.kind == "ReplicaSet")?;
        let hash = self.metadata.labels.get("pod-template-hash")?;
        owner.name.strip_suffix(hash.as_str())?.strip_suffix('-')
    }

    /// The containers, init containers left out.
    #[must_use]
    pub(crate) fn containers(&self) -> &[Container] {
        &self.spec.containers
    }

    /// The signs of each mesh that the pod bears.
    #[must_use]
    pub(crate) fn signs(&self) -> meshes::Signs {
        self.spec.signs(&self.metadata.annotations)
    }

    /// The number of restarts of all containers, since the pod was made.
    #[must_use]
    pub(crate) fn restarts(&self) -> u32 {
        self.status.container_statuses.iter().fold(0, |sum, status| sum.saturating_add(status.restart_count))
    }
}

impl Spec {
    fn signs(&self, annotations: &BTreeMap<String, String>) -> meshes::Signs {
        let is_sidecar = |container: &&Container| container.restart_policy == "Always";
        let native = self.init_containers.iter().filter(is_sidecar);
        let is_init = |container: &&Container| container.restart_policy != "Always";
        meshes::of_pod(
            annotations,
            self.containers.iter().chain(native).map(|container| (container.name.as_str(), container.image.as_str())),
            self.init_containers.iter().filter(is_init).map(|container| container.name.as_str()),
        )
    }
}

impl Container {
    /// The value of the argument `--name=value` or `--name value`, else of the variable. Names are compared as they are.
    #[must_use]
    pub(crate) fn setting(&self, argument: &str, variable: &str) -> Option<&str> {
        let mut arguments = self.command.iter().chain(&self.args);
        let from_argument = arguments.by_ref().find_map(|said| said.strip_prefix(argument).filter(|rest| is_end(rest)));
        let from_argument = from_argument.and_then(|rest| match rest.strip_prefix('=') {
            Some(value) => Some(value),
            // What stands alone is followed by its value, or means yes.
            None => arguments.next().map(String::as_str).filter(|next| !next.starts_with("--")).or(Some("true")),
        });
        from_argument.or_else(|| self.variable(variable))
    }

    /// The value of a setting, as [`setting`](Self::setting) finds it; an empty text if it is made, and its value stands elsewhere.
    #[must_use]
    pub(crate) fn made(&self, argument: &str, variable: &str) -> Option<&str> {
        self.setting(argument, variable).or_else(|| self.set(variable))
    }

    /// The value of a variable of the environment; an empty text if it is set, and its value stands elsewhere.
    #[must_use]
    pub(crate) fn set(&self, name: &str) -> Option<&str> {
        let variable = self.env.iter().find(|variable| variable.name == name)?;
        Some(variable.value.as_deref().unwrap_or_default())
    }

    /// The value of a variable of the environment, if it stands in the pod itself.
    #[must_use]
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.env.iter().find(|variable| variable.name == name).and_then(|variable| variable.value.as_deref())
    }

    /// The limit of a resource: `memory`.
    #[must_use]
    pub(crate) fn limit(&self, resource: &str) -> Option<&str> {
        self.resources.limits.get(resource).map(String::as_str)
    }
}

/// Whether a setting is switched on, as Go reads it.
#[must_use]
pub(crate) fn is_true(value: &str) -> bool {
    ["true", "t", "1"].iter().any(|yes| yes.eq_ignore_ascii_case(value.trim()))
}

/// Whether the name of an argument ends before this.
fn is_end(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('=')
}

impl List {
    /// The meshes that the pod is inside of.
    #[must_use]
    pub(crate) fn meshes(&self, pod: Key) -> Marks {
        self.inside.get(&pod).copied().unwrap_or_default()
    }
}

impl From<Object> for Item {
    fn from(pod: Object) -> Self {
        Self { key: Key::new(&pod.metadata.namespace, &pod.metadata.name), carried: pod.signs().carried() }
    }
}

impl Collection for List {
    type Item = Item;

    fn take(&mut self, Item { key, carried }: Item) {
        self.count += 1;
        if carried != Marks::default() {
            self.inside.insert(key, carried);
        }
    }

    fn count(&self) -> usize {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Container, Object};

    fn workload(owner: &Value) -> Option<String> {
        let labels = json!({ "pod-template-hash": "6c9f7d5b8" });
        let pod = json!({ "metadata": { "labels": labels, "ownerReferences": [owner] } });
        serde_json::from_value::<Object>(pod).unwrap().workload().map(str::to_owned)
    }

    #[test]
    fn a_pod_belongs_to_what_controls_it() {
        let owner = |kind: &str, name: &str| json!({ "kind": kind, "name": name, "controller": true });
        assert_eq!(workload(&owner("ReplicaSet", "kong-6c9f7d5b8")).as_deref(), Some("kong"));
        assert_eq!(workload(&owner("StatefulSet", "kong")).as_deref(), Some("kong"));
        assert_eq!(workload(&owner("ReplicaSet", "somebody-elses")), None);
        assert_eq!(workload(&json!({ "kind": "Node", "name": "not the controller" })), None);
    }

    #[test]
    fn settings_stand_in_arguments_or_in_the_environment() {
        let container = |args: Value| {
            let env = json!([{ "name": "CONTROLLER_GATES", "value": "C=true" }, { "name": "SECRET", "valueFrom": {} }]);
            serde_json::from_value::<Container>(json!({ "args": args, "env": env })).unwrap()
        };
        let gates =
            |args: Value| container(args).setting("--gates", "CONTROLLER_GATES").map(str::to_owned).unwrap_or_default();
        assert_eq!(gates(json!(["--gates=A=true"])), "A=true");
        assert_eq!(gates(json!(["--verbose", "--gates", "B=true"])), "B=true");
        assert_eq!(gates(json!(["--gates", "--verbose"])), "true");
        assert_eq!(gates(json!(["--gates-of-hell=B=true"])), "C=true");
        assert_eq!(container(json!([])).setting("--none", "SECRET"), None, "what stands elsewhere is not looked up");
        assert_eq!(container(json!([])).made("--none", "SECRET"), Some(""), "but it is there");
        assert_eq!(container(json!([])).made("--none", "NOBODY"), None);
        assert_eq!(container(json!(["--none=1"])).made("--none", "SECRET"), Some("1"));
    }
}
