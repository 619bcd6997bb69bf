//! Kinds of objects: those that every cluster has, and how the names of others are made.

/// A kind of object in one version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kind {
    pub(crate) group: String,
    pub(crate) version: String,
    /// The name in manifests: `GatewayClass`.
    pub(crate) name: String,
    /// The name in paths and permissions: `gatewayclasses`.
    pub(crate) plural: String,
    pub(crate) is_namespaced: bool,
}

/// The kinds that are in every cluster, by group and version. Those of the core group have no group.
const BUILT_IN: [(&str, &[&str]); 7] = [
    ("v1", &["ConfigMap", "Endpoints", "Namespace", "Node", "Pod", "Secret", "Service", "ServiceAccount"]),
    ("apps/v1", &["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]),
    ("networking.k8s.io/v1", &["Ingress", "IngressClass", "NetworkPolicy"]),
    ("discovery.k8s.io/v1", &["EndpointSlice"]),
    ("coordination.k8s.io/v1", &["Lease"]),
    ("rbac.authorization.k8s.io/v1", &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]),
    ("apiextensions.k8s.io/v1", &["CustomResourceDefinition"]),
];

/// The kinds that stand outside of namespaces.
const CLUSTER_SCOPED: [&str; 12] = [
    "CiliumClusterwideEnvoyConfig",
    "ClusterRole",
    "ClusterRoleBinding",
    "ClusterVersion",
    "CustomResourceDefinition",
    "GatewayClass",
    "IngressClass",
    "KongClusterPlugin",
    "KongLicense",
    "KongVault",
    "Namespace",
    "Node",
];

impl Kind {
    /// The kind of this name in this group and version: `networking.k8s.io/v1`, or `v1` for the core group.
    pub(crate) fn new(group_version: &str, name: &str) -> Self {
        let (group, version) = group_version.split_once('/').unwrap_or(("", group_version));
        Self {
            group: group.to_owned(),
            version: version.to_owned(),
            name: name.to_owned(),
            plural: plural(name),
            is_namespaced: !CLUSTER_SCOPED.contains(&name),
        }
    }

    /// The kinds that every cluster has.
    pub(crate) fn built_in() -> impl Iterator<Item = Self> {
        BUILT_IN.iter().flat_map(|(group_version, names)| names.iter().map(|name| Self::new(group_version, name)))
    }

    /// Whether it is what processes agree by on who does the work.
    pub(crate) fn is_lease(&self) -> bool {
        self.group == "coordination.k8s.io" && self.plural == "leases"
    }

    /// The group and version as manifests have it.
    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }

    /// The plural name with the group: `gateways.gateway.networking.k8s.io`.
    pub(crate) fn full_name(&self) -> String {
        if self.group.is_empty() { self.plural.clone() } else { format!("{}.{}", self.plural, self.group) }
    }
}

/// The plural that Kubernetes guesses, which is the one that nearly all kinds have.
fn plural(name: &str) -> String {
    let lower = name.to_lowercase();
    match lower.strip_suffix('y') {
        _ if lower == "endpoints" => lower,
        Some(stem) if !stem.ends_with('a') && !stem.ends_with('e') => format!("{stem}ies"),
        _ if lower.ends_with('s') => format!("{lower}es"),
        _ => format!("{lower}s"),
    }
}
