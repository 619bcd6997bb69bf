//! What the cluster says of telemetry: all that is read of it before there is consent.

use kube::{
    Client,
    core::{Request, params::GetParams},
};
use tokio::time::Instant;

use super::exchange::{self, Exchange, Failure};
use crate::{
    consent::{Heard, Place, SWITCHES},
    host::SelfRef,
    limits::Limits,
    view,
};

/// What a cluster says, and what was read to hear it: that tells who reports, too.
pub(crate) struct Hearing<T> {
    pub(crate) heard: Vec<Heard>,
    /// The namespace `kube-system`, or the pod of the controller; `None` if it cannot be read or is not there.
    pub(crate) of: Option<T>,
}

/// Asks a cluster what its namespaces `kube-system` and `default` say, and perhaps the collector's own. Never fails: what
/// cannot be read is said to be so.
pub(crate) async fn hear(
    client: &Client,
    limits: &Limits,
    deadline: Instant,
    own: Option<&str>,
) -> Hearing<view::namespaces::Metadata> {
    let exchange = Exchange::new(client, limits, deadline);
    let own_namespace = async {
        match own {
            // It may be one of the two.
            None | Some("kube-system" | "default") => None,
            Some(own) => Some(said(Place::Own, &namespace(&exchange, own).await)),
        }
    };
    let (system, default, own) =
        tokio::join!(namespace(&exchange, "kube-system"), namespace(&exchange, "default"), own_namespace);
    let heard = [Some(said(Place::KubeSystem, &system)), Some(said(Place::Default, &default)), own];
    Hearing { heard: heard.into_iter().flatten().collect(), of: system.ok() }
}

/// Asks the pod of the controller for the switches that Kong's products have had before ktel. A pod that is not there says
/// nothing.
pub(crate) async fn hear_controller(
    client: &Client,
    limits: &Limits,
    deadline: Instant,
    own: &SelfRef,
) -> Hearing<view::pods::Object> {
    let exchange = Exchange::new(client, limits, deadline);
    match controller(&exchange, own).await {
        Ok(pod) => Hearing { heard: pod.containers().iter().flat_map(said_in).collect(), of: Some(pod) },
        Err(Failure::Status(404)) => Hearing { heard: Vec::new(), of: None },
        Err(_) => Hearing { heard: vec![Heard::unreadable_pod()], of: None },
    }
}

/// What a container of the controller's pod says. What stands elsewhere, in a `ConfigMap` for example, cannot be read.
fn said_in(container: &view::pods::Container) -> Vec<Heard> {
    let switches = SWITCHES.into_iter().filter_map(|name| Some(Heard::switch(name, container.made(ARGUMENT, name)?)));
    let telemetry = container.set("KTEL_TELEMETRY").map(Heard::telemetry_of_controller);
    let do_not_track = container.set("DO_NOT_TRACK").map(Heard::do_not_track_of_controller);
    switches.chain(telemetry).chain(do_not_track).collect()
}

async fn controller(exchange: &Exchange<'_>, own: &SelfRef) -> Result<view::pods::Object, Failure> {
    let request =
        Request::new(format!("/api/v1/namespaces/{}/pods", own.namespace)).get(&own.pod, &GetParams::default());
    exchange::decode(&exchange.fetch(request.map_err(|_| Failure::NotThere)?).await?.body)
}

/// The argument that stands for any of the switches.
const ARGUMENT: &str = "--anonymous-reports";

fn said(place: Place, namespace: &Result<view::namespaces::Metadata, Failure>) -> Heard {
    match namespace {
        Ok(namespace) => Heard::annotation(place, namespace.telemetry()),
        // A namespace that is not there says nothing.
        Err(Failure::Status(404)) => Heard::annotation(place, None),
        Err(_) => Heard::unreadable(place),
    }
}

async fn namespace(exchange: &Exchange<'_>, name: &str) -> Result<view::namespaces::Metadata, Failure> {
    let request = Request::new("/api/v1/namespaces").get_metadata(name, &GetParams::default());
    exchange::decode(&exchange.fetch(request.map_err(|_| Failure::NotThere)?).await?.body)
}
