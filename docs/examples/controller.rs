//! A controller that reports on itself: what is needed besides the controller's own work.
//!
//! `KTEL_HEC_URL` names the receiver, `KTEL_HEC_TOKEN` lets in. Without a receiver nothing is read and nothing is sent.

#![allow(clippy::print_stderr, reason = "the log of an example")]

use std::{env, future};

use ktel_collector::{Collector, HostFacts, Leadership, SelfRef, consent::Setting};
use ktel_splunk::{Hec, Token};
use tokio::{signal::unix, sync::watch};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    // The process chooses its cryptography; ktel uses what it finds.
    rustls::crypto::ring::default_provider().install_default().ok();
    let client = kube::Client::try_default().await?;
    // The controller's own leader election says whether this replica is the one that reports.
    let (_leader, leadership) = watch::channel(true);
    let telemetry = async {
        // Telemetry that cannot be set up is worth a line in the log, and nothing more.
        if let Err(error) = report(client.clone(), leadership).await {
            eprintln!("no telemetry: {error:#}");
        }
    };
    tokio::join!(reconcile(), telemetry);
    Ok(())
}

/// Reports on the controller until it is asked to stop.
async fn report(client: kube::Client, leadership: watch::Receiver<bool>) -> anyhow::Result<()> {
    let Ok(address) = env::var("KTEL_HEC_URL") else { return Ok(()) };
    let mut sink = Hec::builder(&address)?;
    if let Ok(token) = env::var("KTEL_HEC_TOKEN") {
        sink = sink.token(Token::new(token));
    }
    let collector = Collector::builder(client, "example-controller", Setting::on())
        .own_pod(SelfRef::new(env::var("POD_NAMESPACE")?, env::var("POD_NAME")?))
        .leadership(Leadership::Watch(leadership))
        .host_facts(|| {
            let mut facts = HostFacts::default();
            facts.product.version = Some(env!("CARGO_PKG_VERSION").to_owned());
            facts
        })
        .build()?;
    collector.run(sink.build()?, stopped()).await;
    Ok(())
}

/// The controller's work, until it is asked to stop.
async fn reconcile() {
    stopped().await;
}

/// Kubernetes asks a container to stop with SIGTERM.
async fn stopped() {
    let Ok(mut terminate) = unix::signal(unix::SignalKind::terminate()) else { return future::pending().await };
    terminate.recv().await;
}
