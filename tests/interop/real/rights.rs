//! The generated roles, bound to one user of the real server.

use std::{collections::BTreeSet, fs, path::Path};

use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};

use crate::copy::{Answered, send};

/// The user, which is also the name of its context.
pub(crate) const USER: &str = "one";

/// How long the server may take to know of a change: its authorizer watches.
const PATIENCE: Duration = Duration::from_secs(20);

const API: &str = "/apis/rbac.authorization.k8s.io/v1";

/// The roles, and who changes them.
pub(crate) struct Rights {
    admin: Client,
    user: Client,
    /// The namespace in which what is a Role, and no `ClusterRole`, is bound.
    namespace: String,
    roles: Vec<Value>,
}

impl Rights {
    /// Reads the roles, and creates and binds them.
    pub(crate) async fn new(kubeconfig: &str, namespace: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/generated/rbac/roles.yaml");
        let text = fs::read_to_string(path).unwrap();
        let roles = text.split("---\n").skip(1).map(|document| serde_saphyr::from_str(document).unwrap()).collect();
        let (admin, user) = (client(kubeconfig, "admin").await, client(kubeconfig, USER).await);
        let rights = Self { admin, user, namespace: namespace.to_owned(), roles };
        for role in &rights.roles {
            assert_eq!(send(&rights.admin, "POST", &rights.collection(role, ""), role).await, Answered::Done);
            let (kind, name) = (role["kind"].as_str().unwrap(), role["metadata"]["name"].as_str().unwrap());
            let binding = json!({
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": format!("{kind}Binding"),
                "metadata": { "name": name },
                "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name },
                "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": USER }],
            });
            assert_eq!(
                send(&rights.admin, "POST", &rights.collection(role, "Binding"), &binding).await,
                Answered::Done
            );
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
            let path = format!("{}/{}", self.collection(&role, ""), role["metadata"]["name"].as_str().unwrap());
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
        let is_of_namespace = role["kind"] == "Role";
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": { "resourceAttributes": {
                "verb": permit["verbs"][0],
                "group": permit["apiGroups"][0],
                "resource": resource,
                "name": permit["resourceNames"][0],
                "namespace": is_of_namespace.then_some(&self.namespace),
            } },
        });
        let request = http::Request::post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
            .header("content-type", "application/json")
            .body(review.to_string().into_bytes());
        let answer: Value = self.user.request(request.unwrap()).await.unwrap();
        answer["status"]["allowed"] == true
    }

    /// Where roles of a kind are, or bindings of them.
    fn collection(&self, role: &Value, of: &str) -> String {
        let plural = format!("{}{}s", role["kind"].as_str().unwrap().to_lowercase(), of.to_lowercase());
        if role["kind"] == "Role" {
            format!("{API}/namespaces/{}/{plural}", self.namespace)
        } else {
            format!("{API}/{plural}")
        }
    }
}

/// A client of a context.
pub(crate) async fn client(kubeconfig: &str, context: &str) -> Client {
    let kubeconfig = Kubeconfig::from_yaml(kubeconfig).unwrap();
    let options = KubeConfigOptions { context: Some(context.to_owned()), ..KubeConfigOptions::default() };
    Client::try_from(Config::from_custom_kubeconfig(kubeconfig, &options).await.unwrap()).unwrap()
}

fn full_name(resource: &str, group: &str) -> String {
    if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") }
}
