#![doc = include_str!("../README.md")]
//!
//! # Who knows what
//!
//! The [`Outbox`] is told the time and what became of an attempt, and answers what to do: send, ask for an acknowledgement, wait, or
//! nothing. What an entry is, only its owner knows. The [`Envelope`], the [`Line`], the [`Sink`], the [`Store`] and the [`Journal`] are
//! here because those who make envelopes and lines do not know those who send, keep and show them.

mod envelope;
mod journal;
mod limits;
mod line;
mod outbox;
mod outcome;
mod sink;
mod store;

pub use envelope::Envelope;
pub use journal::Journal;
pub use limits::Limits;
pub use line::Line;
pub use outbox::{Entry, Next, Outbox, Tag};
pub use outcome::{Ack, Outcome};
pub use sink::{Nowhere, Sink};
pub use store::{Kept, Recovered, Store};
