//! Where a collector sends.

use ktel_outbox::{Line, Nowhere, Sink};

/// Where reports go: as events, as lines, or as both. A sink of events is made into one wherever sinks are asked for.
#[derive(Debug)]
pub struct Sinks<E = Nowhere, L = Nowhere> {
    pub(crate) events: Option<E>,
    pub(crate) lines: Option<L>,
}

impl<E: Sink> Sinks<E> {
    /// Reports go there as events.
    #[must_use]
    pub fn events(sink: E) -> Self {
        Self { events: Some(sink), lines: None }
    }

    /// They also go there, as lines. What one sink does not take is nothing to the other; an attempt of one holds up the other
    /// for half a minute at most.
    #[must_use]
    pub fn and_lines<L: Sink<Line>>(self, sink: L) -> Sinks<E, L> {
        Sinks { events: self.events, lines: Some(sink) }
    }
}

impl<E: Sink, L: Sink<Line>> Sinks<E, L> {
    /// Reports go to those that there are.
    #[must_use]
    pub fn chosen(events: Option<E>, lines: Option<L>) -> Self {
        Self { events, lines }
    }
}

impl<L: Sink<Line>> Sinks<Nowhere, L> {
    /// Reports go there as lines, and nowhere else.
    #[must_use]
    pub fn lines(sink: L) -> Self {
        Self { events: None, lines: Some(sink) }
    }
}

impl<E: Sink> From<E> for Sinks<E> {
    fn from(sink: E) -> Self {
        Self::events(sink)
    }
}
