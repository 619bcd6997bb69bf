//! Facts that only a controller knows, for collectors that do not run inside of it: from a JSON document that the controller
//! serves or writes, and from the metrics that it has anyway.
//!
//! ```no_run
//! use ktel_facts::{Facts, Place};
//!
//! # async fn example(client: reqwest::Client) -> Result<(), ktel_facts::FactsError> {
//! let mut facts = Facts::new(client)
//!     .document(Place::parse("http://127.0.0.1:8080/telemetry"))
//!     .metrics(Place::parse("http://127.0.0.1:10255/metrics"));
//! let told = facts.gather().await?;
//! println!("not told: {:?}", told.unanswered());
//! # Ok(())
//! # }
//! ```
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
mod metrics;
mod place;

pub use facts::{Facts, FactsError};
pub use metrics::Metrics;
pub use place::{Place, ReadError};
