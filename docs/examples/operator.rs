//! An operator of gateways, of which several replicas run: the one that leads reports, and tells what it has counted since its
//! last report.
//!
//! `KTEL_HEC_URL` names the receiver, `KTEL_HEC_TOKEN` lets in. The downward API tells `POD_NAMESPACE` and `POD_NAME`.

#![allow(clippy::print_stderr, reason = "the log of an example")]

use std::{
    env, future,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use k8s_openapi::api::{coordination::v1::Lease, core::v1::Service};
use ktel_collector::{Collector, HostFacts, Leadership, Schedule, SelfRef, consent::Setting};
use ktel_splunk::{Hec, Token};
use kube::{Api, Client, api::ListParams};
use tokio::{signal::unix, sync::watch, time::sleep};

/// How often the operator has looked at its gateways since its last report, and how often it could not.
static RECONCILED: AtomicU32 = AtomicU32::new(0);
static FAILED: AtomicU32 = AtomicU32::new(0);

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let client = Client::try_default().await?;
    let own = SelfRef::new(env::var("POD_NAMESPACE")?, env::var("POD_NAME")?);
    let (leads, leadership) = watch::channel(false);
    let telemetry = async {
        if let Err(error) = report(client.clone(), own.clone(), leadership).await {
            eprintln!("no telemetry: {error:#}");
        }
    };
    let operator = async {
        tokio::select! {
            () = reconcile(&client) => {}
            () = follow(&client, &own, &leads) => {}
            () = stopped() => {}
        }
    };
    tokio::join!(operator, telemetry);
    Ok(())
}

/// Reports on the operator until it is asked to stop.
async fn report(client: Client, own: SelfRef, leadership: watch::Receiver<bool>) -> anyhow::Result<()> {
    let Ok(address) = env::var("KTEL_HEC_URL") else { return Ok(()) };
    let sink = Hec::builder(&address)?.token(Token::new(env::var("KTEL_HEC_TOKEN")?)).build()?;
    let mut schedule = Schedule::default();
    // Administrators have ten minutes to read the log and to say no, unless they say how long they need.
    if let Ok(seconds) = env::var("TELEMETRY_GRACE_SECONDS") {
        schedule.grace = Duration::from_secs(seconds.parse()?);
    }
    let collector = Collector::builder(client, "gateway-operator", Setting::on())
        .own_pod(own)
        .leadership(Leadership::Watch(leadership))
        .schedule(schedule)
        .host_facts(|| {
            let mut facts = HostFacts::default();
            facts.product.version = Some(env!("CARGO_PKG_VERSION").to_owned());
            facts.performance.reconcile_count = Some(RECONCILED.swap(0, Relaxed));
            facts.performance.reconcile_failed_count = Some(FAILED.swap(0, Relaxed));
            facts
        })
        .build()?;
    collector.run(sink, stopped()).await;
    Ok(())
}

/// The operator's work: it looks at its gateways, again and again.
async fn reconcile(client: &Client) {
    let services: Api<Service> = Api::all(client.clone());
    loop {
        let gateways = services.list(&ListParams::default().labels("app=gateway")).await;
        RECONCILED.fetch_add(1, Relaxed);
        FAILED.fetch_add(gateways.is_err().into(), Relaxed);
        sleep(Duration::from_secs(10)).await;
    }
}

/// Whoever holds the Lease of the operator's own election leads.
async fn follow(client: &Client, own: &SelfRef, leads: &watch::Sender<bool>) {
    let leases: Api<Lease> = Api::namespaced(client.clone(), &own.namespace);
    loop {
        let lease = leases.get_opt("gateway-operator").await.ok().flatten();
        let holder = lease.and_then(|lease| lease.spec?.holder_identity);
        leads.send_replace(holder.is_some_and(|holder| holder == own.pod));
        sleep(Duration::from_secs(5)).await;
    }
}

/// Kubernetes asks a container to stop with SIGTERM.
async fn stopped() {
    let Ok(mut terminate) = unix::signal(unix::SignalKind::terminate()) else { return future::pending().await };
    terminate.recv().await;
}
