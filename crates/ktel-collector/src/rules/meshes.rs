//! What tells a service mesh.

use std::collections::BTreeMap;

use ktel_types::report::Mesh;

/// What tells a mesh: that it is deployed, and that a pod is inside of it.
pub(crate) struct Row {
    pub(crate) mesh: Mesh,
    /// The names of a Service of its control plane, in whichever namespace.
    pub(crate) services: &'static [&'static str],
    /// Labels of a Service of its control plane, where somebody may choose its name.
    pub(crate) service_labels: Option<&'static str>,
    /// The name of a DaemonSet of its data plane.
    pub(crate) daemonset: Option<&'static str>,
    /// An annotation of a pod inside of it.
    annotation: Option<Annotation>,
    /// An annotation of a Service inside of it.
    service_annotation: Option<Annotation>,
    sidecars: &'static [Container],
    init_containers: &'static [Container],
    /// Where this was checked.
    #[allow(dead_code, reason = "for people")]
    pub(crate) source: &'static str,
}

/// An annotation with one of some values, in any case; without any, whichever it has.
struct Annotation(&'static str, &'static [&'static str]);

/// A container that the mesh puts into the pod.
enum Container {
    /// A container of this name.
    Named(&'static str),
    /// A container whose name starts with this: pods with several services have one for each.
    Prefixed(&'static str),
    /// A container of this name, and of an image whose name contains this.
    OfImage(&'static str, &'static str),
}

/// A mesh without anything that tells it.
const NOTHING: Row = Row {
    mesh: Mesh::Istio,
    services: &[],
    service_labels: None,
    daemonset: None,
    annotation: None,
    service_annotation: None,
    sidecars: &[],
    init_containers: &[],
    source: "",
};

/// Kuma's signs, which Kong Mesh has in common with it.
const KUMA: Row = Row {
    annotation: Some(Annotation("kuma.io/sidecar-injected", &["true", "enabled"])),
    sidecars: &[Container::Named("kuma-sidecar")],
    init_containers: &[Container::Named("kuma-init"), Container::Named("kuma-validation")],
    ..NOTHING
};

/// All meshes, in the order of the standard.
pub(crate) static ROWS: &[Row] = &[
    Row {
        mesh: Mesh::Istio,
        services: &["istiod"],
        service_labels: Some("app=istiod"),
        annotation: Some(Annotation("sidecar.istio.io/status", &[])),
        sidecars: &[Container::Named("istio-proxy")],
        init_containers: &[Container::Named("istio-init"), Container::Named("istio-validation")],
        source: "istio/istio manifests/charts/istio-control/istio-discovery/templates/service.yaml, files/injection-template.yaml, \
                 cni/pkg/util/podutil.go",
        ..NOTHING
    },
    Row {
        mesh: Mesh::Linkerd,
        services: &["linkerd-proxy-injector"],
        annotation: Some(Annotation("linkerd.io/proxy-version", &[])),
        sidecars: &[Container::Named("linkerd-proxy")],
        init_containers: &[Container::Named("linkerd-init"), Container::Named("linkerd-network-validator")],
        source: "linkerd/linkerd2 charts/linkerd-control-plane/templates/proxy-injector.yaml, pkg/k8s/labels.go, \
                 charts/partials/templates/_network-validator.tpl",
        ..NOTHING
    },
    Row {
        mesh: Mesh::Kuma,
        services: &["kuma-control-plane"],
        source: "kumahq/kuma pkg/plugins/runtime/k8s/metadata/annotations.go, deployments/charts/kuma/templates/cp-service.yaml",
        ..KUMA
    },
    Row {
        mesh: Mesh::KongMesh,
        services: &["kong-mesh-control-plane"],
        source: "Kong/kubernetes-telemetry pkg/internal/meshdetect/mesh_kind.go",
        ..KUMA
    },
    Row {
        mesh: Mesh::Consul,
        services: &["consul-server"],
        service_labels: Some("app=consul,component=server"),
        annotation: Some(Annotation("consul.hashicorp.com/connect-inject-status", &["injected"])),
        sidecars: &[Container::Prefixed("consul-dataplane"), Container::Named("envoy-sidecar")],
        init_containers: &[Container::Prefixed("consul-connect-inject-init")],
        source: "hashicorp/consul-k8s charts/consul/templates/server-service.yaml, control-plane/connect-inject/constants, \
                 control-plane/connect-inject/webhook",
        ..NOTHING
    },
    Row {
        mesh: Mesh::TraefikMesh,
        services: &["traefik-mesh-controller"],
        service_labels: Some("app=maesh,component=controller"),
        service_annotation: Some(Annotation("mesh.traefik.io/traffic-type", &["http", "tcp", "udp"])),
        source: "traefik/mesh helm/chart/mesh/templates/controller/controller-service.yaml, docs/content/configuration.md",
        ..NOTHING
    },
    Row {
        mesh: Mesh::AwsAppMesh,
        services: &["appmesh-controller-webhook-service", "appmesh-webhook-service"],
        sidecars: &[Container::OfImage("envoy", "aws-appmesh-envoy")],
        init_containers: &[Container::Named("proxyinit")],
        source: "aws/eks-charts stable/appmesh-controller/templates/service.yaml, \
                 aws/aws-app-mesh-controller-for-k8s pkg/inject/envoy.go, pkg/inject/proxyinit.go",
        ..NOTHING
    },
    Row {
        mesh: Mesh::IstioAmbient,
        daemonset: Some("ztunnel"),
        annotation: Some(Annotation("ambient.istio.io/redirection", &["enabled"])),
        source: "istio/istio manifests/charts/ztunnel/templates/daemonset.yaml, cni/pkg/util/podutil.go",
        ..NOTHING
    },
    // Told by its objects and by the classes that its chart makes where it is to serve them.
    Row {
        mesh: Mesh::Cilium,
        source: "cilium/cilium install/kubernetes/cilium/templates/cilium-ingress-class.yaml, cilium-gateway-api-class.yaml",
        ..NOTHING
    },
];

/// What serves a GatewayClass of Cilium's.
pub(crate) const CILIUM_GATEWAYS: &str = "io.cilium/gateway-controller";

/// What serves an IngressClass of Cilium's.
pub(crate) const CILIUM_INGRESSES: &str = "cilium.io/ingress-controller";

/// Several meshes, a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Marks(u16);

/// The signs of meshes that a pod bears, by what bears them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    pub(crate) annotation: Marks,
    pub(crate) sidecar: Marks,
    pub(crate) init_container: Marks,
}

impl Marks {
    /// One mesh.
    #[must_use]
    pub(crate) fn of(mesh: Mesh) -> Self {
        Self(1 << mesh as u16)
    }

    /// These and those.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These without those.
    #[must_use]
    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether any of these is also one of those.
    #[must_use]
    pub(crate) fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The meshes, in the order of the standard.
    pub(crate) fn iter(self) -> impl Iterator<Item = Mesh> {
        Mesh::ALL.iter().copied().filter(move |mesh| self.intersects(Self::of(*mesh)))
    }
}

impl FromIterator<Mesh> for Marks {
    fn from_iter<I: IntoIterator<Item = Mesh>>(meshes: I) -> Self {
        meshes.into_iter().map(Self::of).fold(Self::default(), Self::or)
    }
}

impl Signs {
    /// The meshes that the pod is inside of, by whichever sign.
    #[must_use]
    pub(crate) fn inside(self) -> Marks {
        self.annotation.or(self.sidecar).or(self.init_container)
    }

    /// The meshes that carry the traffic of the pod: those with a sidecar in it, and of those without sidecars the ones that
    /// have annotated it.
    #[must_use]
    pub(crate) fn carried(self) -> Marks {
        let with_sidecars: Marks = ROWS.iter().filter(|row| !row.sidecars.is_empty()).map(|row| row.mesh).collect();
        self.sidecar.or(self.annotation.without(with_sidecars))
    }
}

/// The signs of a pod: its annotations, the names and images of its containers, the names of its init containers.
pub(crate) fn of_pod<'a>(
    annotations: &BTreeMap<String, String>,
    containers: impl Iterator<Item = (&'a str, &'a str)>,
    init_containers: impl Iterator<Item = &'a str>,
) -> Signs {
    let marks = |is_borne: &dyn Fn(&Row) -> bool| -> Marks {
        ROWS.iter().filter(|row| is_borne(row)).map(|row| row.mesh).collect()
    };
    Signs {
        annotation: marks(&|row| row.annotation.as_ref().is_some_and(|annotation| annotation.is_in(annotations))),
        sidecar: containers
            .map(|(name, image)| marks(&|row| row.sidecars.iter().any(|container| container.is(name, image))))
            .fold(Marks::default(), Marks::or),
        init_container: init_containers
            .map(|name| marks(&|row| row.init_containers.iter().any(|container| container.is(name, ""))))
            .fold(Marks::default(), Marks::or),
    }
}

/// Whether a container is one that a mesh put beside those of the pod.
pub(crate) fn is_sidecar(name: &str, image: &str) -> bool {
    ROWS.iter().any(|row| row.sidecars.iter().any(|container| container.is(name, image)))
}

/// The meshes that a Service is inside of by its annotations.
pub(crate) fn of_service(annotations: &BTreeMap<String, String>) -> Marks {
    let is_borne = |row: &&Row| row.service_annotation.as_ref().is_some_and(|annotation| annotation.is_in(annotations));
    ROWS.iter().filter(is_borne).map(|row| row.mesh).collect()
}

impl Annotation {
    fn is_in(&self, annotations: &BTreeMap<String, String>) -> bool {
        let Self(name, values) = self;
        annotations
            .get(*name)
            .is_some_and(|value| values.is_empty() || values.iter().any(|known| known.eq_ignore_ascii_case(value)))
    }
}

impl Container {
    fn is(&self, container: &str, image: &str) -> bool {
        match self {
            Self::Named(name) => container == *name,
            Self::Prefixed(start) => container.starts_with(start),
            Self::OfImage(name, part) => container == *name && image.contains(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mesh_has_its_row_and_each_row_its_source() {
        let meshes: Vec<Mesh> = ROWS.iter().map(|row| row.mesh).collect();
        assert_eq!(meshes, Mesh::ALL);
        assert!(ROWS.iter().all(|row| !row.source.is_empty()));
    }

    #[test]
    fn init_containers_tell_meshes() {
        for (name, expected) in [
            ("istio-init", &[Mesh::Istio][..]),
            ("istio-validation", &[Mesh::Istio]),
            ("linkerd-init", &[Mesh::Linkerd]),
            ("linkerd-network-validator", &[Mesh::Linkerd]),
            ("kuma-init", &[Mesh::Kuma, Mesh::KongMesh]),
            ("kuma-validation", &[Mesh::Kuma, Mesh::KongMesh]),
            ("consul-connect-inject-init", &[Mesh::Consul]),
            ("consul-connect-inject-init-web", &[Mesh::Consul]),
            ("proxyinit", &[Mesh::AwsAppMesh]),
            ("wait-for-db", &[]),
        ] {
            let signs = of_pod(&BTreeMap::new(), [].into_iter(), [name].into_iter());
            assert_eq!(signs.init_container.iter().collect::<Vec<_>>(), expected, "{name}");
            assert_eq!(signs.carried(), Marks::default(), "what ran once carries no traffic");
        }
    }

    fn check(container: (&str, &str), expected: &[Mesh]) {
        let signs = of_pod(&BTreeMap::new(), [container].into_iter(), [].into_iter());
        assert_eq!(signs.sidecar.iter().collect::<Vec<_>>(), expected, "{container:?}");
        assert_eq!(signs.carried(), signs.sidecar);
    }

    #[test]
    fn sidecars_tell_meshes() {
        check(("istio-proxy", ""), &[Mesh::Istio]);
        check(("linkerd-proxy", ""), &[Mesh::Linkerd]);
        check(("kuma-sidecar", ""), &[Mesh::Kuma, Mesh::KongMesh]);
        check(("consul-dataplane", ""), &[Mesh::Consul]);
        check(("consul-dataplane-web", ""), &[Mesh::Consul]);
        check(("envoy-sidecar", ""), &[Mesh::Consul]);
        check(("envoy", "public.ecr.aws/appmesh/aws-appmesh-envoy:v1"), &[Mesh::AwsAppMesh]);
        check(("envoy", "envoyproxy/envoy:v1"), &[]);
        check(("worker", ""), &[]);
    }

    #[test]
    fn annotations_tell_meshes_by_their_values() {
        let inside = |name: &str, value: &str| {
            let annotations = BTreeMap::from([(name.to_owned(), value.to_owned())]);
            let signs = of_pod(&annotations, [].into_iter(), [].into_iter());
            (signs.inside().iter().collect::<Vec<_>>(), signs.carried().iter().collect::<Vec<_>>())
        };
        let kumas = vec![Mesh::Kuma, Mesh::KongMesh];
        assert_eq!(inside("kuma.io/sidecar-injected", "enabled"), (kumas.clone(), vec![]));
        assert_eq!(inside("kuma.io/sidecar-injected", "true"), (kumas, vec![]));
        assert_eq!(inside("kuma.io/sidecar-injected", "false"), (vec![], vec![]));
        assert_eq!(inside("sidecar.istio.io/status", "{}"), (vec![Mesh::Istio], vec![]));
        let ambient = vec![Mesh::IstioAmbient];
        assert_eq!(inside("ambient.istio.io/redirection", "enabled"), (ambient.clone(), ambient));
        assert_eq!(inside("ambient.istio.io/redirection", "disabled"), (vec![], vec![]));
    }

    #[test]
    fn services_are_inside_of_traefik_whatever_the_case() {
        let of =
            |value: &str| of_service(&BTreeMap::from([("mesh.traefik.io/traffic-type".to_owned(), value.to_owned())]));
        assert_eq!(of("TCP"), Marks::of(Mesh::TraefikMesh));
        assert_eq!(of("http"), Marks::of(Mesh::TraefikMesh));
        assert_eq!(of("carrier-pigeon"), Marks::default());
    }
}
