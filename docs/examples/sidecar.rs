//! A sidecar of a controller that is written in another language: it reads the metrics that the controller has anyway, and
//! reports on it. It also writes each report where people can read it.
//!
//! `METRICS_URL` names the metrics, `REPORTS` the file for people, `KTEL_HEC_URL` the receiver (a gateway that adds the token).
//! `KTEL_TELEMETRY=local` lets reports be written and not sent.

#![allow(clippy::print_stderr, reason = "the log of an example")]

use std::{env, future, sync::Arc, time::Duration};

use ktel_collector::{Collector, HostFacts, Schedule, SelfRef, consent::Setting};
use ktel_facts::{Facts, Place};
use ktel_splunk::{Hec, JournalFile};
use tokio::{signal::unix, sync::Mutex};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let own = SelfRef::new(env::var("POD_NAMESPACE")?, env::var("POD_NAME")?);
    let mut schedule = Schedule::default();
    if let Ok(seconds) = env::var("TELEMETRY_GRACE_SECONDS") {
        schedule.grace = Duration::from_secs(seconds.parse()?);
    }
    // What was read the last time is kept: counters are told as the difference to it.
    let facts = Facts::new(reqwest::Client::new()).metrics(Place::parse(&env::var("METRICS_URL")?));
    let facts = Arc::new(Mutex::new(facts));
    let collector = Collector::builder(kube::Client::try_default().await?, "kong-ingress-controller", Setting::on())
        .own_pod(own)
        .schedule(schedule)
        .journal(JournalFile::new(env::var("REPORTS")?))
        .host_facts_from(move || told(Arc::clone(&facts)))
        .build()?;
    let sink = Hec::builder(&env::var("KTEL_HEC_URL")?)?.build()?;
    collector.run(sink, stopped()).await;
    Ok(())
}

/// What the controller tells; nothing, if it does not answer.
async fn told(facts: Arc<Mutex<Facts>>) -> HostFacts {
    facts.lock().await.gather().await.unwrap_or_else(|error| {
        eprintln!("the controller's metrics: {error}");
        HostFacts::default()
    })
}

/// Kubernetes asks a container to stop with SIGTERM.
async fn stopped() {
    let Ok(mut terminate) = unix::signal(unix::SignalKind::terminate()) else { return future::pending().await };
    terminate.recv().await;
}
