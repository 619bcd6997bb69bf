//! What waits to be sent, and what to do next.
//!
//! The [`Outbox`] is told the time and what became of an attempt, and answers what to do: send, ask for an acknowledgement,
//! wait, or nothing. It does no I/O, reads no clock and rolls no dice, so that every sequence of events can be tried.
//!
//! ```
//! use std::time::Duration;
//! use ktel_outbox::{Entry, Limits, Next, Outbox, Outcome, Tag};
//!
//! let now = Duration::ZERO;
//! let mut outbox = Outbox::new(Limits::default());
//! outbox.put(now, Entry { item: "a report", bytes: 8, tag: Tag("USAGE") });
//! assert_eq!(outbox.next(now), Next::Send(vec!["a report"]));
//!
//! // The receiver is busy. Half of the longest pause that comes first is chosen.
//! outbox.settle(now, 0.5, Outcome::Retry { after: None });
//! assert_eq!(outbox.next(now), Next::Wait(Duration::from_millis(500)));
//! ```
//!
//! What an entry is, only its owner knows. The [`Envelope`], the [`Line`], the [`Sink`], the [`Store`] and the [`Journal`] are here
//! because those who make envelopes and lines do not know those who send, keep and show them.

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
