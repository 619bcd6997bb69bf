//! The queries that select the few objects of a kind that are looked at: control planes of meshes, pods of the gateway.

use ktel_types::report::{Category, Mesh};

use super::{Discovery, own::Own};
use crate::{
    read::Resource,
    rules::{meshes, platforms::OPENSHIFT_GROUP},
    selection::Purpose,
};

/// One query.
pub(super) struct Query {
    pub(super) purpose: Purpose,
    /// The only namespace to look in.
    pub(super) namespace: Option<String>,
    pub(super) label: Option<String>,
    pub(super) field: Option<String>,
    /// Whether it is enough to know that there is one.
    pub(super) is_existence: bool,
}

/// The namespace and the label of the pods whose environment tells OpenShift's version.
const OPENSHIFT_OPERATOR: (&str, &str) = ("openshift-apiserver-operator", "app=openshift-apiserver-operator");

/// The label that Kong Operator puts on each pod of a DataPlane, whatever its value.
///
/// Source: `controller/dataplane/controller.go` of Kong/kong-operator.
const DATA_PLANES: &str = "gateway-operator.konghq.com/selector";

/// The API group of DataPlanes.
const DATA_PLANE_GROUP: &str = "gateway-operator.konghq.com";

/// The queries on a kind.
pub(super) fn queries(
    resource: &Resource,
    consented: &[Category],
    own: &Own,
    discovery: Option<&Discovery>,
) -> Vec<Query> {
    let serves = |group: &str| discovery.is_none_or(|discovery| discovery.apis().has_group(group));
    match resource.plural {
        "services" => meshes::ROWS.iter().flat_map(control_plane).collect(),
        "daemonsets" => meshes::ROWS
            .iter()
            .filter_map(|row| row.daemonset.map(|name| Query::named(Purpose::Deployed(row.mesh), name)))
            .collect(),
        "pods" => {
            let gateway = match own.gateway_pods() {
                Ok(Some((namespace, label))) => Some((Some(namespace.clone()), label.clone())),
                Err(_) => None,
                Ok(None) => {
                    (own.may_have_data_planes() && serves(DATA_PLANE_GROUP)).then(|| (None, DATA_PLANES.to_owned()))
                }
            };
            let gateway = gateway.map(|(namespace, label)| Query {
                namespace,
                label: Some(label),
                is_existence: false,
                ..Query::existence(Purpose::GatewayPods)
            });
            let (namespace, label) = OPENSHIFT_OPERATOR;
            // Only the environment wants to know that version, whoever else looks at pods.
            let is_wanted = consented.contains(&Category::Environment) && serves(OPENSHIFT_GROUP);
            let openshift = is_wanted.then(|| Query {
                namespace: Some(namespace.to_owned()),
                label: Some(label.to_owned()),
                is_existence: false,
                ..Query::existence(Purpose::OpenshiftOperator)
            });
            gateway.into_iter().chain(openshift).collect()
        }
        _ => vec![Query::existence(Purpose::Deployed(Mesh::Cilium))],
    }
}

fn control_plane(row: &meshes::Row) -> impl Iterator<Item = Query> {
    let purpose = Purpose::Deployed(row.mesh);
    let named = row.services.iter().map(move |name| Query::named(purpose, name));
    let labelled = row.service_labels.map(|label| Query { label: Some(label.to_owned()), ..Query::existence(purpose) });
    named.chain(labelled)
}

impl Query {
    /// Whether there is any object at all.
    fn existence(purpose: Purpose) -> Self {
        Self { purpose, namespace: None, label: None, field: None, is_existence: true }
    }

    /// Whether there is an object of this name, in whichever namespace.
    fn named(purpose: Purpose, name: &str) -> Self {
        Self { field: Some(format!("metadata.name={name}")), ..Self::existence(purpose) }
    }
}
