//! The generated roles, bound to users of the real server.

use std::{collections::BTreeSet, fs, path::Path};

use kube::Client;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};

use crate::client::{Answered, client, send};

/// How long the server may take to know of a change: its authorizer watches.
const PATIENCE: Duration = Duration::from_secs(20);

const API: &str = "/apis/rbac.authorization.k8s.io/v1";

/// Where a user may read.
#[derive(Clone, Copy)]
pub(crate) enum Extent<'a> {
    /// In the whole cluster.
    Cluster,
    /// In these namespaces.
    Namespaces(&'a [&'a str]),
}

/// The roles of a user, and who changes them.
pub(crate) struct Rights {
    admin: Client,
    user: Client,
    roles: Vec<Value>,
}

impl Rights {
    /// Reads the roles, and creates and binds them, for a user whose context has its name.
    ///
    /// What is a Role is bound where the file says that it belongs: in the namespace of the controller, in those that are read, in
    /// those that are asked for consent.
    pub(crate) async fn new(kubeconfig: &str, user: &str, own: &str, extent: Extent<'_>) -> Self {
        let (file, of_extent) = match extent {
            Extent::Cluster => ("roles.yaml", &[][..]),
            Extent::Namespaces(namespaces) => ("roles.namespaced.yaml", namespaces),
        };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/generated/rbac").join(file);
        let text = fs::read_to_string(path).unwrap();
        let documents = text.split("---\n").skip(1).map(|document| serde_saphyr::from_str::<Value>(document).unwrap());
        let everywhere = |mut role: Value| -> Vec<Value> {
            let name = role["metadata"]["name"].as_str().unwrap().to_owned();
            // Two users have roles of their own.
            role["metadata"]["name"] = format!("{name}-{user}").into();
            let places: BTreeSet<&str> = match extent {
                _ if role["kind"] == "ClusterRole" => return vec![role],
                Extent::Namespaces(_) if name == "ktel-consent" => ["kube-system", "default", own].into(),
                Extent::Namespaces(_) if !name.ends_with("-self") => of_extent.iter().copied().collect(),
                _ => [own].into(),
            };
            let placed_in = |place: &str| {
                let mut role = role.clone();
                role["metadata"]["namespace"] = place.into();
                role
            };
            places.into_iter().map(placed_in).collect()
        };
        let roles: Vec<Value> = documents.flat_map(everywhere).collect();
        let rights = Self { admin: client(kubeconfig, None).await, user: client(kubeconfig, Some(user)).await, roles };
        for role in &rights.roles {
            let (kind, metadata) = (role["kind"].as_str().unwrap(), &role["metadata"]);
            let binding = json!({
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": format!("{kind}Binding"),
                "metadata": metadata,
                "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": metadata["name"] },
                "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user }],
            });
            assert_eq!(send(&rights.admin, "POST", &collection(role, ""), role).await, Answered::Done);
            assert_eq!(send(&rights.admin, "POST", &collection(role, "Binding"), &binding).await, Answered::Done);
        }
        rights
    }

    /// All resources that any of the roles permits, as `plural.group`.
    pub(crate) fn resources(&self) -> BTreeSet<String> {
        let rules = self.roles.iter().flat_map(|role| role["rules"].as_array().unwrap());
        let of_rule = |rule: &Value| {
            let group = rule["apiGroups"][0].as_str().unwrap().to_owned();
            let resources = rule["resources"].as_array().unwrap().clone();
            resources.into_iter().map(move |resource| full_name(resource.as_str().unwrap(), &group))
        };
        rules.flat_map(of_rule).collect()
    }

    /// Grants what the roles permit, but for these resources, and waits until that holds.
    pub(crate) async fn grant_all_but(&mut self, refused: &[Value]) {
        for role in &self.roles {
            let mut role = role.clone();
            for rule in role["rules"].as_array_mut().unwrap() {
                let group = rule["apiGroups"][0].as_str().unwrap().to_owned();
                let is_refused =
                    |resource: &Value| refused.contains(&full_name(resource.as_str().unwrap(), &group).into());
                rule["resources"].as_array_mut().unwrap().retain(|resource| !is_refused(resource));
            }
            role["rules"].as_array_mut().unwrap().retain(|rule| rule["resources"] != json!([]));
            let path = format!("{}/{}", collection(&role, ""), role["metadata"]["name"].as_str().unwrap());
            assert_eq!(send(&self.admin, "PUT", &path, &role).await, Answered::Done);
        }
        let began = Instant::now();
        while !self.holds(refused).await {
            assert!(began.elapsed() < PATIENCE, "the server does not heed its roles");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Whether the server lets the user do exactly what was granted.
    async fn holds(&self, refused: &[Value]) -> bool {
        for role in &self.roles {
            for rule in role["rules"].as_array().unwrap() {
                let group = rule["apiGroups"][0].as_str().unwrap();
                for resource in rule["resources"].as_array().unwrap() {
                    let is_refused = refused.contains(&full_name(resource.as_str().unwrap(), group).into());
                    if self.may(role, rule, resource.as_str().unwrap()).await == is_refused {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Whether the user may do what a rule is about.
    async fn may(&self, role: &Value, permit: &Value, resource: &str) -> bool {
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": { "resourceAttributes": {
                "verb": permit["verbs"][0],
                "group": permit["apiGroups"][0],
                "resource": resource,
                "name": permit["resourceNames"][0],
                "namespace": role["metadata"]["namespace"],
            } },
        });
        let request = http::Request::post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
            .header("content-type", "application/json")
            .body(review.to_string().into_bytes());
        let answer: Value = self.user.request(request.unwrap()).await.unwrap();
        answer["status"]["allowed"] == true
    }
}

/// Where roles like this one are, or bindings of them.
fn collection(role: &Value, of: &str) -> String {
    let plural = format!("{}{}s", role["kind"].as_str().unwrap().to_lowercase(), of.to_lowercase());
    match role["metadata"]["namespace"].as_str() {
        Some(namespace) => format!("{API}/namespaces/{namespace}/{plural}"),
        None => format!("{API}/{plural}"),
    }
}

fn full_name(resource: &str, group: &str) -> String {
    if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") }
}
