#![doc = include_str!("../README.md")]
//!
//! # From a cluster to a sink
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
