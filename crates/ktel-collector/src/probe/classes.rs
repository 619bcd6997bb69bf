//! Which Gateways, routes and Ingresses Kong serves: those of the classes of its controllers.

use std::collections::HashSet;

use super::seen;
use crate::{
    generated::snapshot::Snapshot,
    reading::Reading,
    view::{self, Key},
};

/// What the controllers of Kong's GatewayClasses begin with: the Ingress Controller, the Operator and what is to come.
///
/// Source: the manifests of Kong/kubernetes-ingress-controller (`konghq.com/kic-gateway-controller`), `pkg/vars` of
/// Kong/kong-operator (`konghq.com/gateway-operator`).
const GATEWAY_CONTROLLERS: &str = "konghq.com/";

/// The controller of Kong's IngressClasses, and the name of the class that its annotation means where there is none.
///
/// Source: `internal/store/store.go` and `internal/annotations/annotations.go` of Kong/kubernetes-ingress-controller.
const INGRESS_CONTROLLER: &str = "ingress-controllers.konghq.com/kong";
const INGRESS_CLASS: &str = "kong";

/// The GatewayClasses of Kong's controllers.
pub(super) fn gateway_classes(snapshot: &Snapshot) -> Reading<Vec<&view::gatewayclasses::Object>> {
    let classes = seen(&snapshot.gateway_networking_k8s_io_gatewayclasses)?.iter();
    Ok(classes.filter(|class| class.controller().starts_with(GATEWAY_CONTROLLERS)).collect())
}

/// The Gateways of Kong's classes.
pub(super) fn gateways(snapshot: &Snapshot) -> Reading<Vec<&view::gateways::Object>> {
    let classes: HashSet<&str> =
        gateway_classes(snapshot)?.into_iter().map(view::gatewayclasses::Object::name).collect();
    let gateways = seen(&snapshot.gateway_networking_k8s_io_gateways)?.iter();
    Ok(gateways.filter(|gateway| classes.contains(&*gateway.class)).collect())
}

/// Those of some routes that have one of Kong's Gateways as a parent.
pub(super) fn routes<'a>(
    snapshot: &Snapshot,
    routes: &'a Reading<view::routes::List>,
) -> Reading<Vec<&'a view::routes::Object>> {
    let routes = seen(routes)?;
    let gateways: HashSet<Key> = gateways(snapshot)?.into_iter().map(|gateway| gateway.key).collect();
    Ok(routes.iter().filter(|route| route.parents.iter().any(|parent| gateways.contains(&parent.gateway))).collect())
}

/// Something that names a class of Ingresses.
pub(super) trait Classed {
    /// The name of the class, if it names one.
    fn class(&self) -> Option<&str>;
}

impl Classed for view::ingresses::Object {
    fn class(&self) -> Option<&str> {
        self.class.as_deref()
    }
}

impl Classed for view::tcpingresses::Object {
    fn class(&self) -> Option<&str> {
        self.class.as_deref()
    }
}

/// Those of some Ingresses that are of Kong's classes: by name, or by naming none where Kong's class is the default.
pub(super) fn ingresses<'a, T: Classed>(snapshot: &Snapshot, ingresses: &'a Reading<Vec<T>>) -> Reading<Vec<&'a T>> {
    let ingresses = seen(ingresses)?;
    let classes = seen(&snapshot.networking_k8s_io_ingressclasses)?;
    let kongs = || classes.iter().filter(|class| class.controller() == INGRESS_CONTROLLER);
    let has_default = kongs().any(view::ingressclasses::Object::is_default);
    let names: HashSet<&str> = kongs().map(view::ingressclasses::Object::name).collect();
    let is_kongs = |name: &str| {
        let is_class = classes.iter().any(|class| class.name() == name);
        if is_class { names.contains(name) } else { name == INGRESS_CLASS }
    };
    Ok(ingresses.iter().filter(|ingress| ingress.class().map_or(has_default, is_kongs)).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn list<T: serde::de::DeserializeOwned>(items: Value) -> Vec<T> {
        serde_json::from_value(items).unwrap()
    }

    fn class(name: &str, controller: &str, is_default: bool) -> Value {
        let annotations = json!({ "ingressclass.kubernetes.io/is-default-class": is_default.to_string() });
        json!({ "metadata": { "name": name, "annotations": annotations }, "spec": { "controller": controller } })
    }

    fn check(classes: Value, expected: usize) {
        let networking_k8s_io_ingressclasses = Ok(list(classes));
        let snapshot = Snapshot { networking_k8s_io_ingressclasses, ..Snapshot::default() };
        let spec = |class: &str| json!({ "metadata": {}, "spec": { "ingressClassName": class } });
        let annotated = json!({ "metadata": { "annotations": { "kubernetes.io/ingress.class": "kong" } } });
        let all: Vec<view::ingresses::Object> =
            list(json!([spec("kong"), spec("edge"), spec("nginx"), annotated, { "metadata": {} }]));
        assert_eq!(ingresses(&snapshot, &Ok(all)).unwrap().len(), expected);
    }

    #[test]
    fn ingresses_are_kongs_by_the_controller_of_their_class() {
        let nginx = class("nginx", "k8s.io/ingress-nginx", false);
        let kong = |name, is_default| class(name, INGRESS_CONTROLLER, is_default);
        check(json!([nginx, kong("kong", false)]), 2);
        check(json!([nginx, kong("edge", false)]), 1 + 2);
        check(json!([nginx, kong("kong", true)]), 3);
        // Without any class, the name that Kong goes by counts.
        check(json!([nginx]), 2);
        // Somebody else's class of that name is not Kong's.
        check(json!([class("kong", "example.com/other", false)]), 0);
    }
}
