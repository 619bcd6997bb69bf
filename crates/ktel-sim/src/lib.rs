//! Simulated Kubernetes clusters: a YAML file, or answers recorded from a real API server, served as a Kubernetes API on
//! loopback.
//!
//! ```
//! use ktel_sim::{Cluster, Server};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let cluster = Cluster::parse("
//!     version: v1.36.2+k3s1
//!     forbidden: [services]
//!     objects:
//!       - { apiVersion: v1, kind: Node, metadata: { name: one } }
//!       - { apiVersion: v1, kind: Pod, metadata: { name: 'pod-{n}', namespace: default }, times: 3000 }
//! ")?;
//! let server = Server::start(cluster).await?;
//! println!("{}", server.kubeconfig());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What a server says it says as a real one does: an empty list has `null` for items, a kind that is not there is a page and
//! not a `Status`, what is forbidden is so before it is missing. What is not simulated is refused, never guessed.
//!
//! Objects that are alike stand in the file once. They are made as they are read, so that a cluster of any size costs
//! nothing until somebody lists it.
//!
//! Nothing can be written but Leases, which is how the replicas of a controller agree on the one that works.

mod answer;
mod change;
mod cluster;
mod discovery;
mod expression;
mod fault;
mod kind;
mod leases;
mod list;
mod recording;
mod refusal;
mod request;
mod routes;
mod selector;
mod server;

pub use answer::{Answer, Delivery};
pub use change::{Change, Verb};
pub use cluster::{Cluster, ClusterError};
pub use recording::{Recording, RecordingError};
pub use request::Request;
pub use server::{Api, Server};

/// A cluster to look at when there is none: small, on a well-known platform, with a bit of everything.
pub const DEMO: &str = include_str!("../clusters/demo.yaml");
