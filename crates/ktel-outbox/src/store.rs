//! Where what waits survives the process that made it.

use std::collections::BTreeSet;

use crate::Envelope;

/// Something that keeps items on behalf of an outbox: a directory, for example.
///
/// An item is kept before it is sent for the first time, and forgotten when nothing is left to do about it. A process that
/// ends in between leaves it to the next one, so that it arrives at least once.
pub trait Store<T = Envelope>: Send {
    /// Takes up all that is kept but what is `known`: what processes have left that are no more, and what this one has kept
    /// for somebody else before. What processes keep that are alive is theirs.
    fn recover(&mut self, known: &BTreeSet<Kept>) -> Recovered<T>;

    /// Keeps an item until it is forgotten. `None` if it cannot be kept; it then waits in memory alone.
    fn keep(&mut self, item: &T) -> Option<Kept>;

    /// Keeps an item no longer. What is not kept any more need not be forgotten.
    fn forget(&mut self, kept: Kept);
}

/// Names what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kept(pub u64);

/// What was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered<T> {
    /// What can be sent, oldest first. It is still kept.
    pub items: Vec<(Kept, T)>,
    /// How many items cannot be read any more, and are kept no longer.
    pub lost: u32,
}
