//! Versions of products, as the tags of images tell them.

use ktel_types::{Absence, host::HostFacts};

use super::own;
use crate::{
    generated::snapshot::Snapshot,
    reading::Reading,
    rules::{deployments::INGRESS_CONTROLLER, meshes},
    view,
};

/// The containers that are a controller of Kong's, as its charts and its operator name them.
const CONTROLLERS: [&str; 3] = [INGRESS_CONTROLLER, "manager", "controller"];

/// What the agent's own container is called, where a controller takes it along.
const AGENT: &str = "ktel";

/// The version of the controller, from the image of its container.
pub(crate) fn version(snapshot: &Snapshot) -> Reading<String> {
    let controller = controller(own(snapshot)?).ok_or(Absence::Unknown)?;
    of_image(&controller.image).ok_or(Absence::Unknown)
}

/// The container that is the controller: the one that is named so, else the first one that neither a mesh nor the agent has put
/// there.
pub(super) fn controller(pod: &view::pods::Object) -> Option<&view::pods::Container> {
    let containers = || pod.containers().iter();
    let named = containers().find(|container| CONTROLLERS.contains(&container.name.as_str()));
    let is_guest = |container: &view::pods::Container| {
        meshes::is_sidecar(&container.name, &container.image) || container.name == AGENT
    };
    named.or_else(|| containers().find(|container| !is_guest(container)))
}

/// The version of the gateway, from the image of its container.
#[must_use]
pub(super) fn of_container(container: &view::pods::Container) -> Option<String> {
    of_image(&container.image)
}

/// What may follow the numbers of a version: words that whoever releases it uses, and nobody's own.
const SUFFIXES: [&str; 6] = ["alpha", "beta", "dev", "enterprise", "nightly", "rc"];

/// Tells the versions that a controller tells as all versions are told: without a `v`, and without what somebody may have named.
pub(crate) fn keep_versions(facts: &mut HostFacts) {
    if let Some(told) = &mut facts.product.version {
        *told = plain(told);
    }
    if let Some(told) = &mut facts.kong.deployment.gateway_version {
        *told = numbers(told).unwrap_or_else(|| told.clone());
    }
}

/// A version without a `v` and without a suffix that is none of ours. What does not begin with a number is left for validation to refuse.
fn plain(version: &str) -> String {
    let version = version.strip_prefix('v').unwrap_or(version);
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    let suffix = version[end..].strip_prefix('-').unwrap_or_default().split('+').next().unwrap_or_default();
    let mut parts = suffix.split('.');
    let is_known = parts.next().is_some_and(|word| SUFFIXES.contains(&word))
        && parts.all(|part| part.chars().all(|c| c.is_ascii_digit()));
    match (end, is_known) {
        (0, _) => version.to_owned(),
        (_, true) => format!("{}-{suffix}", &version[..end]),
        (_, false) => version[..end].trim_end_matches('.').to_owned(),
    }
}

/// The numbers that the tag of an image begins with. What follows them is left out: somebody may have named it.
fn of_image(image: &str) -> Option<String> {
    let image = image.split('@').next()?;
    let (_, tag) = image.rsplit('/').next()?.split_once(':')?;
    numbers(tag)
}

/// The numbers that a version begins with, at least two.
fn numbers(version: &str) -> Option<String> {
    let version = version.strip_prefix('v').unwrap_or(version);
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    let number = version[..end].trim_end_matches('.');
    let is_version = number.contains('.') && number.split('.').all(|part| !part.is_empty());
    is_version.then(|| number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{controller, of_image, plain};
    use crate::view;

    #[test]
    fn a_controllers_version_is_told_without_what_somebody_named() {
        for (told, plainly) in [
            ("3.6.0", "3.6.0"),
            ("v3.6.0", "3.6.0"),
            ("2.1.0-alpha.2", "2.1.0-alpha.2"),
            ("2.1.0-rc.1+build.7", "2.1.0-rc.1"),
            ("3.10.0.2-enterprise", "3.10.0.2-enterprise"),
            ("3.9.1-acme-special", "3.9.1"),
            ("3.9.1-rc.acme", "3.9.1"),
            ("3.9.1+acme", "3.9.1"),
            ("nightly", "nightly"),
        ] {
            assert_eq!(plain(told), plainly, "{told}");
        }
    }

    #[test]
    fn the_agent_beside_a_controller_is_not_the_controller() {
        let container = |name: &str| serde_json::json!({ "name": name, "image": format!("{name}:1.0.0") });
        for (names, expected) in [
            (["ktel", "acme"], Some("acme")),
            (["acme", "ktel"], Some("acme")),
            (["ktel", "manager"], Some("manager")),
            (["ktel", "ktel"], None),
        ] {
            let pod = serde_json::json!({ "spec": { "containers": names.map(container) } });
            let pod: view::pods::Object = serde_json::from_value(pod).unwrap();
            assert_eq!(controller(&pod).map(|container| container.name.as_str()), expected, "{names:?}");
        }
    }

    #[test]
    fn a_tag_tells_a_version_and_nothing_else() {
        for (image, version) in [
            ("kong/kubernetes-ingress-controller:3.4.1", Some("3.4.1")),
            ("registry.example:5000/kong/kubernetes-ingress-controller:2.4", Some("2.4")),
            ("kong/kong-gateway:3.9.1.2-acme-special", Some("3.9.1.2")),
            ("kong:v3.9@sha256:0123", Some("3.9")),
            ("kong:latest", None),
            ("kong:3", None),
            ("registry.example:5000/kong", None),
            ("kong@sha256:0123", None),
            ("", None),
        ] {
            assert_eq!(of_image(image).as_deref(), version, "{image}");
        }
    }
}
