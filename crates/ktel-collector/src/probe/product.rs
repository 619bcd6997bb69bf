//! Versions of products, as the tags of images tell them.

use ktel_types::Absence;

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

/// The numbers that the tag of an image begins with. What follows them is left out: somebody may have named it.
fn of_image(image: &str) -> Option<String> {
    let image = image.split('@').next()?;
    let (_, tag) = image.rsplit('/').next()?.split_once(':')?;
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    let end = tag.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(tag.len());
    let number = tag[..end].trim_end_matches('.');
    let is_version = number.contains('.') && number.split('.').all(|part| !part.is_empty());
    is_version.then(|| number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{controller, of_image};
    use crate::view;

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
