//! `ktel demo`: one report on its real way, between a cluster and a receiver that are both embedded.

use std::time::Duration;

use ktel_collector::{
    Collector, HostFacts, SelfRef,
    consent::{Environment, Setting},
};
use ktel_receiver::{Event, Receiver};
use ktel_sim::{Cluster, DEMO, Server};
use ktel_splunk::{Hec, Token};
use ktel_types::{contract, report::Report};
use kube::{Client, Config};
use serde_json::Value;

use crate::failure::{Failure, chain};

/// A token of a receiver that lives for a second and hears nobody but us.
const TOKEN: &str = "demo";

const HELP: &str = "report this as a fault of ktel";

pub(crate) async fn run() -> Result<(), Failure> {
    let cluster = Cluster::parse(DEMO).map_err(|error| Failure::new(error.to_string(), HELP))?;
    let listen = |why: String| Failure::new(why, "allow this program to listen on loopback");
    let server = Server::start(cluster).await.map_err(|error| listen(format!("cannot listen on loopback: {error}")))?;
    let receiver = Receiver::start(Some(TOKEN)).await.map_err(|error| listen(chain(&error)))?;
    println!("cluster:  an embedded one, EKS with six nodes, at {}", server.url());
    println!("receiver: an embedded one, which speaks Splunk's HEC, at {}\n", receiver.url());

    let mut collector = collector(&server)?;
    let setup = |error: ktel_splunk::SetupError| Failure::new(chain(&error), HELP);
    let mut sink = Hec::builder(&receiver.url()).and_then(|hec| hec.token(Token::new(TOKEN)).build()).map_err(setup)?;
    let sent = collector.send_once(&mut sink, Duration::from_secs(5)).await;
    let sent = sent.map_err(|error| Failure::new(chain(&error), HELP))?;

    let events = receiver.events();
    for Event { report, .. } in &events {
        println!("{}\n", pretty(report));
    }
    println!("read:      {} requests to the API server", server.requests().len());
    println!("sent:      {} events of one report", sent.events);
    println!("accepted:  {} events", events.len());
    let violations: Vec<&String> = events.iter().flat_map(|event| &event.violations).collect();
    if violations.is_empty() && events.len() == sent.events {
        println!("validated: all of them keep {} (hash {})", contract::SCHEMA, contract::SCHEMA_HASH);
        return Ok(());
    }
    let all: Vec<String> = violations.iter().map(|violation| format!("\n  {violation}")).collect();
    Err(Failure::new(format!("the receiver found violations:{}", all.concat()), HELP))
}

/// A report in the order of the standard, or as it came if it is none.
fn pretty(report: &Value) -> String {
    match serde_json::from_value::<Report>(report.clone()) {
        Ok(report) => serde_json::to_string_pretty(&report),
        Err(_) => serde_json::to_string_pretty(report),
    }
    .unwrap_or_default()
}

/// Nothing real is read, and nothing leaves the machine: no consent is asked for.
fn collector(server: &Server) -> Result<Collector, Failure> {
    let url = server.url().parse().map_err(|_| Failure::new("the embedded cluster has no address", HELP))?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::try_from(Config::new(url)).map_err(|error| Failure::new(chain(&error), HELP))?;
    Collector::builder(client, "kong-ingress-controller", Setting::on())
        .environment(Environment::default())
        .own_pod(SelfRef::new("kong", "controller-6c9f7d5b8-x2x4k"))
        .host_facts(facts)
        .build()
        .map_err(|error| Failure::new(error.to_string(), HELP))
}

/// What a controller would tell of itself.
fn facts() -> HostFacts {
    let mut facts = HostFacts::default();
    facts.kong.deployment.discovered_gateway_count = Some(2);
    facts.performance.config_push_count = Some(140);
    facts.performance.config_push_failed_count = Some(2);
    facts.performance.config_push_p95_seconds = Some(0.4);
    facts
}
