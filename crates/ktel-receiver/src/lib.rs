#![doc = include_str!("../README.md")]
//!
//! # What becomes of an event
//!
//! An event that breaks the schema is taken all the same, as Splunk would take it. Acknowledgements, indexes and back pressure are
//! Splunk's ([`Settings`], [`Pressure`]); faults can be had on demand ([`Step`]). An [`EventCollector`] is the same without a network.

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
