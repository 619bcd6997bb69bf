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

/// Asks a cluster what its namespaces `kube-system` and `default` say, and perhaps the collector's own. Never fails: what
/// cannot be read is said to be so.
pub(crate) async fn hear(client: &Client, limits: &Limits, deadline: Instant, own: Option<&str>) -> Vec<Heard> {
    let exchange = Exchange::new(client, limits, deadline);
    let own = async {
        match own {
            // It may be one of the two.
            None | Some("kube-system" | "default") => None,
            Some(own) => Some(ask(&exchange, Place::Own, own).await),
        }
    };
    let (system, default, own) =
        tokio::join!(ask(&exchange, Place::KubeSystem, "kube-system"), ask(&exchange, Place::Default, "default"), own);
    [Some(system), Some(default), own].into_iter().flatten().collect()
}

/// Asks the pod of the controller for the switches that Kong's products have had before ktel. A pod that is not there says
/// nothing.
pub(crate) async fn hear_controller(client: &Client, limits: &Limits, deadline: Instant, own: &SelfRef) -> Vec<Heard> {
    let exchange = Exchange::new(client, limits, deadline);
    match controller(&exchange, own).await {
        Ok(pod) => {
            let made = pod.containers().iter().flat_map(|container| {
                SWITCHES.into_iter().filter_map(|name| Some(Heard::switch(name, container.made(ARGUMENT, name)?)))
            });
            made.collect()
        }
        Err(Failure::Status(404)) => Vec::new(),
        Err(_) => vec![Heard::unreadable_pod()],
    }
}

async fn controller(exchange: &Exchange<'_>, own: &SelfRef) -> Result<view::pods::Object, Failure> {
    let request =
        Request::new(format!("/api/v1/namespaces/{}/pods", own.namespace)).get(&own.pod, &GetParams::default());
    exchange::decode(&exchange.fetch(request.map_err(|_| Failure::NotThere)?).await?.body)
}

/// The argument that stands for any of the switches.
const ARGUMENT: &str = "--anonymous-reports";

async fn ask(exchange: &Exchange<'_>, place: Place, name: &str) -> Heard {
    match annotation(exchange, name).await {
        Ok(text) => Heard::annotation(place, text.as_deref()),
        // A namespace that is not there says nothing.
        Err(Failure::Status(404)) => Heard::annotation(place, None),
        Err(_) => Heard::unreadable(place),
    }
}

async fn annotation(exchange: &Exchange<'_>, name: &str) -> Result<Option<String>, Failure> {
    let request = Request::new("/api/v1/namespaces").get_metadata(name, &GetParams::default());
    let answer = exchange.fetch(request.map_err(|_| Failure::NotThere)?).await?;
    let namespace: view::namespaces::Metadata = exchange::decode(&answer.body)?;
    Ok(namespace.telemetry().map(str::to_owned))
}
