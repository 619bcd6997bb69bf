//! `kong.deployment`: how the controller and the gateway are deployed.

use ktel_types::{
    Absence,
    report::{Database, Gitops, Method, RouterFlavor, Topology},
};

use super::{deployment, own, product, seen};
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
    rules::deployments::{self, INGRESS_CONTROLLER, OPERATOR_GROUPS},
    selection::Purpose,
    view::pods::{Container, Object, is_true},
};

/// The container of the gateway, as charts and operator name it.
const GATEWAY: &str = "proxy";

impl probe::Deployment for Snapshot {
    fn method(&self) -> Reading<Method> {
        let deployment = deployment(self)?;
        let is_operators = deployment
            .owner()
            .is_some_and(|owner| OPERATOR_GROUPS.iter().any(|group| owner.api_version.starts_with(group)));
        if is_operators {
            return Ok(Method::Operator);
        }
        Ok(deployments::first(deployments::METHODS, deployment).unwrap_or(Method::Other))
    }

    fn gitops(&self) -> Reading<Gitops> {
        let deployment = deployment(self)?;
        Ok(deployments::first(deployments::GITOPS, deployment).unwrap_or(Gitops::None))
    }

    fn database(&self) -> Reading<Database> {
        match setting(self, "KONG_DATABASE")? {
            "off" => Ok(Database::Off),
            "postgres" => Ok(Database::Postgres),
            _ => Err(Absence::Failed),
        }
    }

    fn router_flavor(&self) -> Reading<RouterFlavor> {
        match setting(self, "KONG_ROUTER_FLAVOR")? {
            "traditional" => Ok(RouterFlavor::Traditional),
            "traditional_compatible" => Ok(RouterFlavor::TraditionalCompatible),
            "expressions" => Ok(RouterFlavor::Expressions),
            _ => Err(Absence::Failed),
        }
    }

    fn gateway_version(&self) -> Reading<String> {
        gateway(self)?.iter().find_map(|container| product::of_container(container)).ok_or(Absence::Unknown)
    }

    fn topology(&self) -> Reading<Topology> {
        let is_gateway = |container: &Container| container.name == GATEWAY;
        if own(self)?.containers().iter().any(is_gateway) {
            return Ok(Topology::Sidecar);
        }
        if gateway(self)?.is_empty() { Err(Absence::Unknown) } else { Ok(Topology::GatewayDiscovery) }
    }

    fn konnect_connected(&self) -> Reading<bool> {
        let containers = || own(self).map(|pod| pod.containers().iter());
        let said = containers()?
            .find_map(|container| container.setting("--konnect-sync-enabled", "CONTROLLER_KONNECT_SYNC_ENABLED"));
        match said {
            Some(value) => Ok(is_true(value)),
            // Only Kong Ingress Controller has this setting, which is off where nobody says otherwise.
            None if containers()?.any(|container| container.name == INGRESS_CONTROLLER) => Ok(false),
            None => Err(Absence::Unknown),
        }
    }

    fn replica_count(&self) -> Reading<u32> {
        Ok(deployment(self)?.replicas())
    }
}

/// The containers of the gateway, in pods of its own or in the controller's.
fn gateway(snapshot: &Snapshot) -> Reading<Vec<&Container>> {
    let is_gateway = |container: &&Container| container.name == GATEWAY;
    let beside: Vec<&Container> =
        own(snapshot).map(Object::containers).unwrap_or_default().iter().filter(is_gateway).collect();
    match seen(&snapshot.pods_selected).and_then(|pods| pods.of(Purpose::GatewayPods)) {
        Ok(pods) => Ok(pods.iter().flat_map(Object::containers).filter(is_gateway).chain(beside).collect()),
        // A gateway in the controller's own pod is seen all the same.
        Err(_) if !beside.is_empty() => Ok(beside),
        Err(absence) => Err(absence),
    }
}

/// A setting of the gateway, where it stands in its pod.
fn setting<'a>(snapshot: &'a Snapshot, variable: &str) -> Reading<&'a str> {
    gateway(snapshot)?.into_iter().find_map(|container| container.variable(variable)).ok_or(Absence::Unknown)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::generated::probe::Deployment as _;

    /// What is read of a controller whose Deployment has this metadata.
    fn deployed(metadata: &Value) -> Snapshot {
        Snapshot {
            pods_own: Ok(serde_json::from_value(json!({})).unwrap()),
            apps_deployments_workload: Ok(serde_json::from_value(json!({ "metadata": metadata })).unwrap()),
            ..Snapshot::default()
        }
    }

    #[test]
    fn what_owns_a_deployment_tells_before_what_it_bears() {
        let owned = |api_version: &str| {
            let owner = json!({ "apiVersion": api_version, "kind": "Any", "name": "one", "controller": true });
            deployed(&json!({ "ownerReferences": [owner], "labels": { "helm.sh/chart": "controller-3.0.0" } })).method()
        };
        assert_eq!(owned("gateway-operator.konghq.com/v1beta1"), Ok(Method::Operator));
        assert_eq!(owned("gateway.networking.k8s.io/v1"), Ok(Method::Operator), "made for a Gateway");
        assert_eq!(owned("apps.example/v1"), Ok(Method::Helm));
        assert_eq!(deployed(&json!({})).method(), Ok(Method::Other));
        assert_eq!(deployed(&json!({})).gitops(), Ok(Gitops::None));
    }

    #[test]
    fn a_gateway_beside_the_controller_is_a_sidecar() {
        let env = json!([{ "name": "KONG_DATABASE", "value": "postgres" }]);
        let containers =
            json!([{ "name": "ingress-controller" }, { "name": "proxy", "image": "kong:3.9", "env": env }]);
        let pod = json!({ "spec": { "containers": containers } });
        let snapshot = Snapshot { pods_own: Ok(serde_json::from_value(pod).unwrap()), ..Snapshot::default() };
        assert_eq!(snapshot.topology(), Ok(Topology::Sidecar));
        assert_eq!(snapshot.database(), Ok(Database::Postgres));
        assert_eq!(snapshot.gateway_version(), Ok("3.9".to_owned()));
        assert_eq!(snapshot.router_flavor(), Err(Absence::Unknown));
        assert_eq!(Snapshot::default().topology(), Err(Absence::Unknown), "nobody says which pod it is");
    }
}
