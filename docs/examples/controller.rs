//! A controller that reports on itself: what is needed besides the controller's own work.
//!
//! `KTEL_HEC_URL` names the receiver. Without it nothing is sent, and nothing is read.

use ktel_collector::{Collector, HostFacts, Leadership, SelfRef, consent::Setting};
use ktel_splunk::{Hec, Token};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let client = kube::Client::try_default().await?;
    // The controller's own leader election says whether this replica is the one that reports.
    let (_leader, leadership) = tokio::sync::watch::channel(true);

    let telemetry = async {
        let Ok(address) = std::env::var("KTEL_HEC_URL") else { return anyhow::Ok(std::future::pending().await) };
        let mut sink = Hec::builder(&address)?;
        if let Ok(token) = std::env::var("KTEL_HEC_TOKEN") {
            sink = sink.token(Token::new(token));
        }
        let collector = Collector::builder(client.clone(), "example-controller", Setting::on())
            .own_pod(SelfRef::new(std::env::var("POD_NAMESPACE")?, std::env::var("POD_NAME")?))
            .leadership(Leadership::Watch(leadership))
            .host_facts(|| {
                let mut facts = HostFacts::default();
                facts.product.version = Some(env!("CARGO_PKG_VERSION").to_owned());
                facts
            })
            .build()?;
        collector.run(sink.build()?, stopped()).await;
        Ok(())
    };

    tokio::select! {
        // Telemetry that cannot be set up is worth a line in the log, and nothing more.
        result = telemetry => println!("telemetry ended: {result:?}"),
        () = reconcile() => {}
    }
    Ok(())
}

/// The controller's work.
async fn reconcile() {
    stopped().await;
}

/// Ready when the process is asked to stop.
async fn stopped() {
    let _ = tokio::signal::ctrl_c().await;
}
