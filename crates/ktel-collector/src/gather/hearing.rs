//! What the cluster says of telemetry: all that is read of it before there is consent.

use kube::{
    Client,
    core::{Request, params::GetParams},
};
use tokio::time::Instant;

use super::exchange::{self, Exchange, Failure};
use crate::{
    consent::{Heard, Place},
    limits::Limits,
    view,
};

/// Asks a cluster what its namespaces `kube-system` and `default` say, and perhaps the collector's own. Never fails: what
/// cannot be read is said to be so.
pub(crate) async fn hear(client: &Client, limits: &Limits, own: Option<&str>) -> Vec<Heard> {
    let exchange = Exchange::new(client, limits, Instant::now() + limits.read_deadline);
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
