//! What may become of an attempt to send. The set is closed: every sink speaks this language, and no other.

use std::time::Duration;

/// Names what a receiver has promised to acknowledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ack(pub u64);

/// What became of an attempt. Entries are numbered from zero, as they were in the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has the batch.
    Delivered,
    /// The receiver has the batch, and asks for less.
    DeliveredSlowDown,
    /// The receiver has the batch, and will tell later whether it is safe.
    AckPending {
        /// What to ask for later.
        ack: Ack,
        /// Whether the receiver asks for less.
        is_slow: bool,
    },
    /// The receiver took nothing, for now.
    Retry {
        /// How long the receiver asks to be left alone.
        after: Option<Duration>,
    },
    /// The receiver took what stood before this entry, and no more for now.
    ResumeAt {
        /// The first entry that it did not take.
        index: usize,
        /// How long the receiver asks to be left alone.
        after: Option<Duration>,
    },
    /// The receiver will never take this entry; nothing is known of the others.
    Isolate(usize),
    /// The batch is too large, or something in it is bad and the receiver does not say what.
    Halve,
    /// The receiver refuses whatever is sent: an address, a token or a channel is wrong.
    Misconfigured,
    /// The receiver asks never to be called again.
    Gone,
}
