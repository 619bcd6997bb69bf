//! `mesh`: the service meshes of the cluster, and what of it runs inside of them.

use ktel_types::{Absence, report::Mesh};

use super::{number, own, seen};
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
    rules::meshes::{CILIUM_GATEWAYS, CILIUM_INGRESSES, Marks, Signs},
    selection::Purpose,
    view,
};

impl probe::ServiceMesh for Snapshot {
    fn deployed(&self) -> Reading<Vec<Mesh>> {
        Ok(deployed(self)?.iter().collect())
    }

    fn controller_inside(&self) -> Reading<Vec<Mesh>> {
        let signs = controller(self)?;
        Ok(told_apart(self, signs.inside().or(published(self)?)))
    }

    fn controller_annotation(&self) -> Reading<Vec<Mesh>> {
        let signs = controller(self)?;
        Ok(told_apart(self, signs.annotation.or(published(self)?)))
    }

    fn controller_sidecar(&self) -> Reading<Vec<Mesh>> {
        Ok(told_apart(self, controller(self)?.sidecar))
    }

    fn controller_init_container(&self) -> Reading<Vec<Mesh>> {
        Ok(told_apart(self, controller(self)?.init_container))
    }

    fn gateway_inside(&self) -> Reading<Vec<Mesh>> {
        let published = published(self)?;
        let pods = gateway_pods(self)?.iter();
        Ok(told_apart(self, pods.map(|pod| pod.signs().inside().or(published)).fold(Marks::default(), Marks::or)))
    }

    fn gateway_pod_count(&self) -> Reading<u32> {
        Ok(number(gateway_pods(self)?.len()))
    }

    fn gateway_inside_pod_count(&self) -> Reading<u32> {
        let published = published(self)?;
        let is_inside = |pod: &&view::pods::Object| pod.signs().inside().or(published) != Marks::default();
        Ok(number(gateway_pods(self)?.iter().filter(is_inside).count()))
    }

    fn istio_service_count(&self) -> Reading<u32> {
        carried(self, Mesh::Istio)
    }

    fn linkerd_service_count(&self) -> Reading<u32> {
        carried(self, Mesh::Linkerd)
    }

    fn kuma_service_count(&self) -> Reading<u32> {
        carried(self, Mesh::Kuma)
    }

    fn kong_mesh_service_count(&self) -> Reading<u32> {
        carried(self, Mesh::KongMesh)
    }

    fn consul_service_count(&self) -> Reading<u32> {
        carried(self, Mesh::Consul)
    }

    fn traefik_mesh_service_count(&self) -> Reading<u32> {
        annotated(self, Mesh::TraefikMesh)
    }

    fn aws_app_mesh_service_count(&self) -> Reading<u32> {
        carried(self, Mesh::AwsAppMesh)
    }

    fn istio_ambient_service_count(&self) -> Reading<u32> {
        carried(self, Mesh::IstioAmbient)
    }
}

/// Whether it is worth reading which Services are inside of a mesh.
pub(crate) fn is_any_deployed(snapshot: &Snapshot) -> bool {
    known(snapshot) != Marks::default()
}

/// Whether it is worth reading the annotations of all Services.
pub(crate) fn annotates_services(snapshot: &Snapshot) -> bool {
    known(snapshot).intersects(Marks::of(Mesh::TraefikMesh))
}

/// The meshes that are deployed, if all is known of that.
fn deployed(snapshot: &Snapshot) -> Reading<Marks> {
    for mesh in Mesh::ALL {
        is_deployed(snapshot, *mesh)?;
    }
    Ok(known(snapshot))
}

/// The meshes that are known to be deployed. Of others it may not be known.
fn known(snapshot: &Snapshot) -> Marks {
    Mesh::ALL.iter().copied().filter(|mesh| is_deployed(snapshot, *mesh) == Ok(true)).collect()
}

fn is_deployed(snapshot: &Snapshot, mesh: Mesh) -> Reading<bool> {
    let purpose = Purpose::Deployed(mesh);
    match mesh {
        Mesh::IstioAmbient => seen(&snapshot.apps_daemonsets_selected)?.has(purpose),
        Mesh::Cilium => has_cilium(snapshot),
        _ => seen(&snapshot.services_selected)?.has(purpose),
    }
}

/// Cilium is a mesh where it is configured as one, or has a class of Gateways or Ingresses to serve. One sign is enough.
fn has_cilium(snapshot: &Snapshot) -> Reading<bool> {
    let cilium = Purpose::Deployed(Mesh::Cilium);
    let is_configured = [
        seen(&snapshot.cilium_io_ciliumenvoyconfigs_selected).and_then(|found| found.has(cilium)),
        seen(&snapshot.cilium_io_ciliumclusterwideenvoyconfigs_selected).and_then(|found| found.has(cilium)),
    ];
    let gateways = seen(&snapshot.gateway_networking_k8s_io_gatewayclasses);
    let ingresses = seen(&snapshot.networking_k8s_io_ingressclasses);
    let serves = [
        gateways.map(|classes| classes.iter().any(|class| class.controller() == CILIUM_GATEWAYS)),
        ingresses.map(|classes| classes.iter().any(|class| class.controller() == CILIUM_INGRESSES)),
    ];
    let signs = || is_configured.into_iter().chain(serves);
    if signs().any(|sign| sign == Ok(true)) {
        return Ok(true);
    }
    let unread = signs().filter_map(Result::err).find(|absence| *absence != Absence::NotInstalled);
    unread.map_or(Ok(false), Err)
}

/// The signs that the controller's own pod bears.
fn controller(snapshot: &Snapshot) -> Reading<Signs> {
    Ok(own(snapshot)?.signs())
}

/// The meshes that the Service is inside of which the installation publishes; none if it publishes none.
fn published(snapshot: &Snapshot) -> Reading<Marks> {
    match &snapshot.services_published {
        Ok(service) => Ok(service.meshes()),
        Err(Absence::Unknown | Absence::NotApplicable) => Ok(Marks::default()),
        Err(absence) => Err(*absence),
    }
}

fn gateway_pods(snapshot: &Snapshot) -> Reading<&[view::pods::Object]> {
    seen(&snapshot.pods_selected)?.of(Purpose::GatewayPods)
}

/// The meshes of some signs. Kuma and Kong Mesh have the same ones: which it is shows by which of them is deployed.
fn told_apart(snapshot: &Snapshot, marks: Marks) -> Vec<Mesh> {
    let is_known = |mesh| is_deployed(snapshot, mesh) == Ok(true);
    let marks = match (is_known(Mesh::Kuma), is_known(Mesh::KongMesh)) {
        (true, false) => marks.without(Marks::of(Mesh::KongMesh)),
        (false, true) => marks.without(Marks::of(Mesh::Kuma)),
        _ => marks,
    };
    marks.iter().collect()
}

/// The number of Services that lead to a pod whose traffic the mesh carries.
fn carried(snapshot: &Snapshot, mesh: Mesh) -> Reading<u32> {
    if !is_any_deployed(snapshot) {
        return deployed(snapshot).and(Err(Absence::NotApplicable));
    }
    let (pods, slices) = (seen(&snapshot.pods)?, seen(&snapshot.discovery_k8s_io_endpointslices)?);
    let meshes =
        slices.services().map(|targets| targets.iter().map(|pod| pods.meshes(*pod)).fold(Marks::default(), Marks::or));
    Ok(number(meshes.filter(|marks| told_apart(snapshot, *marks).contains(&mesh)).count()))
}

/// The number of Services that are inside of the mesh by their own annotations.
fn annotated(snapshot: &Snapshot, mesh: Mesh) -> Reading<u32> {
    if !is_deployed(snapshot, mesh)? {
        return Err(Absence::NotApplicable);
    }
    Ok(seen(&snapshot.services_metadata)?.inside(Marks::of(mesh)))
}
