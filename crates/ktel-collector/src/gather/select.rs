//! The queries that select the few objects of a kind that are looked at: control planes of meshes, pods of the gateway.

use ktel_types::{Absence, report::Mesh};

use super::{Discovery, own::Own};
use crate::{read::Resource, reading::Reading, rules::meshes};

/// What objects are selected for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To see whether a mesh is deployed.
    Deployed(Mesh),
    /// To look into the pods of the gateway.
    GatewayPods,
    /// To learn the version of OpenShift.
    OpenshiftOperator,
}

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

/// What was found, by purpose.
#[derive(Debug, Clone)]
pub(crate) struct Selected<T>(Vec<(Purpose, Reading<Vec<T>>)>);

/// The namespace and the label of the pods whose environment tells OpenShift's version.
const OPENSHIFT_OPERATOR: (&str, &str) = ("openshift-apiserver-operator", "app=openshift-apiserver-operator");

/// The API group that only OpenShift serves.
pub(crate) const OPENSHIFT_GROUP: &str = "config.openshift.io";

/// The label that Kong Operator puts on each pod of a DataPlane, whatever its value.
///
/// Source: `controller/dataplane/controller.go` of Kong/kong-operator.
const DATA_PLANES: &str = "gateway-operator.konghq.com/selector";

/// The API group of DataPlanes.
const DATA_PLANE_GROUP: &str = "gateway-operator.konghq.com";

/// The queries on a kind.
pub(super) fn queries(resource: &Resource, own: &Own, discovery: Option<&Discovery>) -> Vec<Query> {
    let serves = |group: &str| discovery.is_none_or(|discovery| discovery.apis().has_group(group));
    match resource.plural {
        "services" => meshes::ROWS.iter().flat_map(control_plane).collect(),
        "daemonsets" => meshes::ROWS
            .iter()
            .filter_map(|row| row.daemonset.map(|name| Query::named(Purpose::Deployed(row.mesh), name)))
            .collect(),
        "pods" => {
            let gateway = match own.gateway_pods() {
                Some((namespace, label)) => Some((Some(namespace.clone()), label.clone())),
                None => serves(DATA_PLANE_GROUP).then(|| (None, DATA_PLANES.to_owned())),
            };
            let gateway = gateway.map(|(namespace, label)| Query {
                namespace,
                label: Some(label),
                is_existence: false,
                ..Query::existence(Purpose::GatewayPods)
            });
            let (namespace, label) = OPENSHIFT_OPERATOR;
            let openshift = serves(OPENSHIFT_GROUP).then(|| Query {
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

impl<T> Default for Selected<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Selected<T> {
    /// Takes up what a query found.
    pub(super) fn add(&mut self, purpose: Purpose, found: Reading<Vec<T>>) {
        self.0.push((purpose, found));
    }

    /// What was found for a purpose; unknown if nothing was looked for.
    pub(crate) fn of(&self, purpose: Purpose) -> Reading<&[T]> {
        let found = self.0.iter().find(|(other, _)| *other == purpose);
        let (_, found) = found.ok_or(Absence::Unknown)?;
        found.as_deref().map_err(|absence| *absence)
    }

    /// Whether any of the queries of a purpose found something; nothing if it was not looked for.
    ///
    /// What one query found counts, even if another one failed.
    pub(crate) fn has(&self, purpose: Purpose) -> Reading<bool> {
        let found = || self.0.iter().filter(|(other, _)| *other == purpose).map(|(_, found)| found);
        if found().any(|found| found.as_ref().is_ok_and(|objects| !objects.is_empty())) {
            return Ok(true);
        }
        match found().find_map(|found| found.as_ref().err()) {
            Some(absence) => Err(*absence),
            None => Ok(false),
        }
    }
}
