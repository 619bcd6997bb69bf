//! A receiver of Splunk's HTTP Event Collector (HEC) protocol, for development and tests.
//!
//! It listens on loopback, answers as HEC does, holds each event against the published strict JSON Schema, and keeps the
//! last ones together with what it found. An event that breaks the schema is taken all the same, as Splunk would take it.
//! Acknowledgements, indexes and back pressure are Splunk's; faults can be had on demand ([`Step`]). An [`EventCollector`] is
//! the same without a network.
//!
//! ```
//! use ktel_receiver::Receiver;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let receiver = Receiver::start(Some("a token")).await?;
//! println!("send to {}", receiver.url());
//! assert!(receiver.events().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod admit;
mod answer;
mod channels;
mod event_collector;
mod judge;
mod protocol;
mod receiver;
mod request;
mod script;
mod settings;

pub use answer::Reply;
pub use event_collector::{Event, EventCollector};
pub use judge::Judge;
pub use receiver::{Receiver, StartError};
pub use request::Request;
pub use script::Step;
pub use settings::{Acks, Pressure, Settings, Token};
