#![doc = include_str!("../README.md")]
//!
//! # Several of them
//!
//! Both ways lead into the one struct that a controller in Rust fills itself. Where several are named, they are control
//! planes of one installation: what adds up is added, of what does not the worst is kept. What a document tells is taken
//! before what metrics tell.
//!
//! # What is deliberately not here
//!
//! No TLS: the host brings its HTTP client. No value of a document or of a metric in an error. No clock: a window is the
//! time from one call of [`Facts::gather`] to the next.

mod facts;
mod histogram;
mod later;
mod metrics;
mod place;

pub use facts::{Facts, FactsError};
pub use metrics::Metrics;
pub use place::{Place, ReadError};
