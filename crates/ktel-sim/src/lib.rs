#![doc = include_str!("../README.md")]
//!
//! # What a server says
//!
//! What a server says it says as a real one does: an empty list has `null` for items, a kind that is not there is a page and
//! not a `Status`, what is forbidden is so before it is missing. What is not simulated is refused, never guessed.
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
