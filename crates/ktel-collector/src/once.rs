//! What is sent once, while somebody waits for it: one report, or envelopes that were made before.

use std::{sync::Arc, time::Duration};

use ktel_outbox::{Entry, Envelope, Limits, Line, Nowhere, Sink, Tag};
use ktel_types::report::Signal;
use tokio::time::{Instant, sleep};

use crate::{
    collector::{CollectError, Collector},
    delivery::{Delivery, step},
    metrics::Kind,
    sinks::Sinks,
};

/// What came of sending once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// The number of events that the receiver of events has, those included that an earlier process had left.
    pub events: usize,
    /// The number of lines that the receiver of lines has.
    pub lines: usize,
}

/// Why a report was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// There was no report, or none that may be sent.
    #[error(transparent)]
    Collect(#[from] CollectError),
    /// The receiver does not have all of it. What its sink knows of the reason, only the sink can tell.
    #[error("{undelivered} of {events} events were not delivered")]
    NotDelivered {
        /// The number of events that the receiver does not have.
        undelivered: usize,
        /// The number of events that there were.
        events: usize,
        /// The number of undelivered events that the store keeps; none without one.
        kept: usize,
        /// The number of lines that the receiver of lines has all the same.
        lines: usize,
    },
    /// The receiver of lines does not have the line.
    #[error("the report was not delivered as a line")]
    LineNotDelivered {
        /// The number of events that the receiver of events has all the same.
        events: usize,
    },
}

impl Collector {
    /// Makes one report and sends it, trying again for no longer than `patience`. Sends what an earlier process has left in the
    /// store, too; what cannot be sent stays there. Where reports are made for people to read, and not sent, one is made and
    /// written into the journal, if there is one.
    ///
    /// `sinks` is a sink of events, or [`Sinks`].
    pub async fn send_once<E: Sink, L: Sink<Line>>(
        &mut self,
        sinks: impl Into<Sinks<E, L>>,
        patience: Duration,
    ) -> Result<Sent, SendError> {
        let sinks = sinks.into();
        let began = Instant::now();
        let store = self.setup.store.clone();
        let new = |sink| Delivery::new(sink, Kind::Events, limits(), began).told_by(&self.metrics()).kept_in(store);
        let mut events = sinks.events.map(new);
        let new = |sink| Delivery::new(sink, Kind::Lines, limits(), began).told_by(&self.metrics());
        let mut lines = sinks.lines.map(new);
        if !self.consult().await.may_send() {
            let refused = self.refused(&mut events).await;
            if self.may_report() {
                let report = self.report(Signal::OnDemand, 0).await?.envelopes();
                self.write_down(report).await;
            }
            return Err(refused);
        }
        let identity = self.identity();
        if let Some(delivery) = &mut events {
            delivery.recover(&self.setup.product, &self.decision, Some(&identity)).await;
        }
        let lost = events.as_ref().map_or(0, Delivery::dropped);
        let sealed = self.report(Signal::OnDemand, lost).await?;
        let report = sealed.envelopes();
        let mut sent = Sent { events: 0, lines: 0 };
        if let Some(delivery) = &mut events {
            sent.events = delivery.waiting() + sealed.events.len();
            delivery.put(sealed.events).await;
        }
        if let Some(delivery) = &mut lines {
            sent.lines = usize::from(sealed.line.is_some());
            delivery.put(sealed.line.into_iter().collect()).await;
        }
        self.write_down(report).await;
        let deadline = deadline(began, patience);
        loop {
            // It took a while to make the report, and it takes a while until the next attempt.
            if !self.consult().await.may_send() {
                return Err(self.refused(&mut events).await);
            }
            let Some(pause) = attempt(&mut events, &mut lines, deadline).await else { break };
            sleep(pause).await;
        }
        let undelivered = events.as_ref().map_or(0, |delivery| undelivered(delivery, lost));
        let undelivered_lines = lines.as_ref().map_or(0, |delivery| self::undelivered(delivery, 0));
        sent.lines -= undelivered_lines.min(sent.lines);
        if undelivered > 0 {
            let kept = events.as_ref().map_or(0, Delivery::kept);
            return Err(SendError::NotDelivered { undelivered, events: sent.events, kept, lines: sent.lines });
        }
        if undelivered_lines > 0 {
            return Err(SendError::LineNotDelivered { events: sent.events });
        }
        Ok(sent)
    }

    /// Nothing may be sent. If somebody has said so, nothing waits any more.
    async fn refused<E: Sink>(&self, events: &mut Option<Delivery<Envelope, E>>) -> SendError {
        if let Some(delivery) = events
            && self.decision.is_certain()
        {
            delivery.drop_all(&self.setup.product).await;
        }
        CollectError::Off(self.decision.clone()).into()
    }
}

/// Sends envelopes that were made before, trying again for no longer than `patience`.
///
/// They have to fit into an outbox, which gives up the oldest ones else; what is given up counts as not delivered.
pub async fn send_again<S: Sink + Send>(
    envelopes: Vec<Arc<Envelope>>,
    sink: &mut S,
    patience: Duration,
) -> Result<Sent, SendError> {
    let began = Instant::now();
    let entry = |envelope: Arc<Envelope>| Entry { bytes: envelope.bytes(), item: envelope, tag: Tag("made before") };
    let entries: Vec<_> = envelopes.into_iter().map(entry).collect();
    let events = entries.len();
    let mut delivery = Delivery::new(sink, Kind::Events, limits(), began);
    delivery.put(entries).await;
    let mut delivery = Some(delivery);
    while let Some(pause) =
        attempt(&mut delivery, &mut None::<Delivery<Line, Nowhere>>, deadline(began, patience)).await
    {
        sleep(pause).await;
    }
    match delivery.map_or(0, |delivery| undelivered(&delivery, 0)) {
        0 => Ok(Sent { events, lines: 0 }),
        undelivered => Err(SendError::NotDelivered { undelivered, events, kept: 0, lines: 0 }),
    }
}

/// When patience ends: nobody's lasts for more than a year.
fn deadline(began: Instant, patience: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);
    began + patience.min(YEAR)
}

/// While somebody waits, it is tried again for as long as they do, not only within seconds.
fn limits() -> Limits {
    Limits { quick_attempts: 8, ..Limits::default() }
}

/// Makes the attempts that are due. Answers after which pause there are others, `None` if there are none before a deadline.
async fn attempt<E: Sink, L: Sink<Line>>(
    events: &mut Option<Delivery<Envelope, E>>,
    lines: &mut Option<Delivery<Line, L>>,
    deadline: Instant,
) -> Option<Duration> {
    let (of_events, of_lines) = tokio::join!(step(events), step(lines));
    let is_waiting = events.as_ref().is_some_and(|delivery| delivery.waiting() > 0)
        || lines.as_ref().is_some_and(|delivery| delivery.waiting() > 0);
    let pause = of_events.into_iter().chain(of_lines).min()?;
    (is_waiting && Instant::now() + pause <= deadline).then_some(pause)
}

/// How many items a receiver does not have, of those that were put since so many were dropped.
fn undelivered<T: Send + Sync + 'static, S: Sink<T>>(delivery: &Delivery<T, S>, dropped: u32) -> usize {
    delivery.waiting() + usize::try_from(delivery.dropped() - dropped).unwrap_or(usize::MAX)
}
