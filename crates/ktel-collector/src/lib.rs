//! Collects telemetry reports from a Kubernetes cluster, with consent, and hands them to a sink.
//!
//! ```no_run
//! use ktel_collector::{Collector, HostFacts, SelfRef, consent::Setting};
//! # struct Nowhere;
//! # impl ktel_outbox::Sink for Nowhere {
//! #     async fn post(&mut self, _: &[std::sync::Arc<ktel_outbox::Envelope>]) -> ktel_outbox::Outcome {
//! #         ktel_outbox::Outcome::Delivered
//! #     }
//! # }
//! # async fn example(client: kube::Client, sink: Nowhere) -> Result<(), ktel_collector::BuildError> {
//! let collector = Collector::builder(client, "kong-operator", Setting::on())
//!     .own_pod(SelfRef::new("kong-system", "kong-operator-6c9f7d5b8-x2x4k"))
//!     .host_facts(|| {
//!         let mut facts = HostFacts::default();
//!         facts.product.version = Some("2.1.0".to_owned());
//!         facts
//!     })
//!     .build()?;
//! collector.run(sink, std::future::pending()).await;
//! # Ok(())
//! # }
//! ```
//!
//! ```text
//! cluster → gather (async) → Snapshot → probes (pure) → Report → Valid<Report> → seal → Envelopes, Line → outbox ⇄ run → Sink
//! ```
//!
//! A report goes out as events, as a line, or as both ([`Sinks`]); with a store ([`Builder::store`]), events survive a restart.
//!
//! # What is deliberately not here
//!
//! No sink: the host brings one. No TLS and no version of Kubernetes: the host brings its client. No task is spawned. No
//! error reaches the host once the collector runs, and no name, address or label of the cluster reaches a log of ours. (The host's own
//! client logs, for debuggers, which paths it asks for: the name of the pod that reports is one of them.)

mod aside;
mod assembly;
mod builder;
mod collector;
pub mod consent;
mod delivery;
pub mod gather;
mod generated;
mod host;
mod identity;
mod limits;
mod metrics;
mod names;
mod occasion;
mod once;
mod outside;
mod preview;
mod probe;
mod read;
mod reading;
mod rules;
mod run;
mod schedule;
mod seal;
mod selection;
mod setup;
mod sinks;
mod view;

pub use builder::{BuildError, Builder};
pub use collector::{CollectError, Collector};
pub use generated::reads;
pub use host::{Leadership, SelfRef};
pub use identity::{Identity, SALT_ANNOTATION, SALT_VARIABLE};
pub use ktel_types::host::HostFacts;
pub use limits::Limits;
pub use metrics::Metrics;
pub use once::{SendError, Sent, send_again};
pub use read::{Name, Part, Read, Resource, Subject};
pub use schedule::Schedule;
pub use seal::reseal;
pub use sinks::Sinks;
