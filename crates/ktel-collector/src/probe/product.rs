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

/// The version of the controller, from the image of its container.
pub(crate) fn version(snapshot: &Snapshot) -> Reading<String> {
    let controller = controller(own(snapshot)?).ok_or(Absence::Unknown)?;
    of_image(&controller.image).ok_or(Absence::Unknown)
}

/// The container that is the controller: the one that is named so, else the first one that no mesh has put there.
pub(super) fn controller(pod: &view::pods::Object) -> Option<&view::pods::Container> {
    let containers = || pod.containers().iter();
    let named = containers().find(|container| CONTROLLERS.contains(&container.name.as_str()));
    named.or_else(|| containers().find(|container| !meshes::is_sidecar(&container.name, &container.image)))
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
    use super::of_image;

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
