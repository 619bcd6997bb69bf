//! The one loop: waits until a report is due, makes it, and sees to it that the sink gets it.

use std::{future::Future, pin::pin, sync::Arc, time::Duration};

use ktel_outbox::{Entry, Envelope, Limits, Next, Outbox, Sink, Tag};
use ktel_types::report::Signal;
use tokio::time::{Instant, sleep, timeout};

use crate::{
    collector::{CollectError, Collector},
    host::Leadership,
    outside,
};

/// How long the last report and what still waits may hold up a controller that stops.
const STOP_DEADLINE: Duration = Duration::from_secs(5);

/// What came of sending one report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// The number of events that the receiver has.
    pub events: usize,
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
        /// The number of events of the report.
        events: usize,
    },
}

impl Collector {
    /// Makes reports when they are due and sends them, until `stop` is ready. Then makes a last one, within seconds.
    ///
    /// Nothing that goes wrong here reaches the controller. The future is the controller's to spawn and to end.
    pub async fn run<S: Sink>(self, sink: S, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        if !self.decision.may_send() {
            tracing::info!("{}", self.decision);
            return stop.await;
        }
        let minutes = self.setup.schedule.grace.as_secs().div_ceil(60);
        tracing::info!(
            "{}; the first report is sent in {minutes} minutes at the earliest; switch it off with KTEL_TELEMETRY=off",
            self.decision
        );
        let mut run = Run::new(self, sink);
        loop {
            tokio::select! {
                biased;
                () = &mut stop => break,
                () = run.step() => {}
            }
        }
        if timeout(STOP_DEADLINE, run.stop()).await.is_err() {
            tracing::debug!("not all was sent before the stop");
        }
    }

    /// Makes one report and sends it, trying again for no longer than `patience`.
    pub async fn send_once<S: Sink>(&mut self, sink: &mut S, patience: Duration) -> Result<Sent, SendError> {
        if !self.decision.may_send() {
            return Err(CollectError::Off(self.decision.clone()).into());
        }
        deliver(self.collect(Signal::OnDemand, 0).await?, sink, patience).await
    }
}

/// Sends envelopes that were made before, trying again for no longer than `patience`.
///
/// They have to fit into an outbox, which gives up the oldest ones else; what is given up counts as not delivered.
pub async fn send_again<S: Sink>(
    envelopes: Vec<Arc<Envelope>>,
    sink: &mut S,
    patience: Duration,
) -> Result<Sent, SendError> {
    let entry = |envelope: Arc<Envelope>| Entry { bytes: envelope.bytes(), item: envelope, tag: Tag("made before") };
    deliver(envelopes.into_iter().map(entry).collect(), sink, patience).await
}

async fn deliver<S: Sink>(
    entries: Vec<Entry<Arc<Envelope>>>,
    sink: &mut S,
    patience: Duration,
) -> Result<Sent, SendError> {
    let mut outbox = Outbox::new(Limits::default());
    let events = entries.len();
    let began = Instant::now();
    for entry in entries {
        outbox.put(Duration::ZERO, entry);
    }
    while !outbox.is_empty() {
        let now = began.elapsed();
        match outbox.next(now) {
            Next::Wait(pause) if now + pause > patience => break,
            Next::Idle => break,
            next => attempt(next, sink, &mut outbox, began).await,
        }
    }
    let undelivered = outbox.len() + usize::try_from(outbox.dropped()).unwrap_or(usize::MAX);
    if undelivered == 0 { Ok(Sent { events }) } else { Err(SendError::NotDelivered { undelivered, events }) }
}

/// A collector at work. Times are durations since it began.
struct Run<S> {
    collector: Collector,
    sink: S,
    outbox: Outbox<Arc<Envelope>>,
    began: Instant,
    phase: Phase,
    /// Whether the latest collection failed, which is said once.
    is_failing: bool,
}

/// What the loop is waiting for.
#[derive(Debug, Clone, Copy)]
enum Phase {
    /// The end of the grace.
    Grace,
    /// To be the one that reports.
    Standby,
    /// A report to be due.
    Report { due: Duration, signal: Signal },
}

impl<S: Sink> Run<S> {
    fn new(collector: Collector, sink: S) -> Self {
        let outbox = Outbox::new(Limits { spread: collector.setup.schedule.period, ..Limits::default() });
        Self { collector, sink, outbox, began: Instant::now(), phase: Phase::Grace, is_failing: false }
    }

    /// Does what is next, be it to wait. May be dropped at any point: an event is then sent again, under the same id.
    async fn step(&mut self) {
        let now = self.began.elapsed();
        if self.due().is_some_and(|due| due <= now) {
            return self.act(now).await;
        }
        match self.outbox.next(now) {
            Next::Wait(pause) => self.wait(Some(now + pause)).await,
            Next::Idle => self.wait(None).await,
            next => attempt(next, &mut self.sink, &mut self.outbox, self.began).await,
        }
    }

    /// When the phase ends; `None` if only another one's leadership can end it.
    fn due(&self) -> Option<Duration> {
        match self.phase {
            Phase::Grace => Some(self.collector.setup.schedule.grace),
            Phase::Standby => self.is_leader().then_some(Duration::ZERO),
            Phase::Report { due, .. } => Some(due),
        }
    }

    async fn act(&mut self, now: Duration) {
        let schedule = self.collector.setup.schedule;
        self.phase = match self.phase {
            _ if !self.is_leader() => Phase::Standby,
            Phase::Standby => Phase::Report { due: now, signal: Signal::LeaderChange },
            Phase::Grace => {
                if let Err(error) = self.collector.learn_identity().await {
                    tracing::debug!("who reports is not known yet: {error}");
                }
                Phase::Report { due: schedule.start(&self.collector.installation()), signal: Signal::Start }
            }
            Phase::Report { due, signal } => match self.report(signal).await {
                Err(error) => {
                    if self.is_failing {
                        tracing::debug!("no report was made: {error}");
                    } else {
                        tracing::warn!("no telemetry report was made, and none is sent until one can be: {error}");
                    }
                    self.is_failing = true;
                    Phase::Report { due: schedule.retry(now), signal }
                }
                Ok(()) if signal == Signal::Heartbeat => {
                    Phase::Report { due: schedule.next_heartbeat(due, now), signal }
                }
                Ok(()) => {
                    let due = schedule.first_heartbeat(now, &self.collector.installation());
                    Phase::Report { due, signal: Signal::Heartbeat }
                }
            },
        };
    }

    async fn report(&mut self, signal: Signal) -> Result<(), CollectError> {
        let entries = self.collector.collect(signal, self.outbox.dropped()).await?;
        self.is_failing = false;
        let now = self.began.elapsed();
        for entry in entries {
            self.outbox.put(now, entry);
        }
        Ok(())
    }

    /// Waits until the phase ends, until a time, or until leadership changes.
    async fn wait(&mut self, until: Option<Duration>) {
        let now = self.began.elapsed();
        let until = self.due().into_iter().chain(until).min();
        let asleep = async {
            match until {
                Some(until) => sleep(until.saturating_sub(now)).await,
                None => std::future::pending().await,
            }
        };
        match &mut self.collector.setup.leadership {
            Leadership::Always => asleep.await,
            Leadership::Watch(leader) => tokio::select! {
                () = asleep => {}
                // When nobody can change it any more, the last word holds.
                Ok(()) = leader.changed() => {}
                else => {}
            },
        }
    }

    fn is_leader(&self) -> bool {
        match &self.collector.setup.leadership {
            Leadership::Always => true,
            Leadership::Watch(leader) => *leader.borrow(),
        }
    }

    /// Makes a last report, if there was a first one, and sends what can be sent at once.
    async fn stop(&mut self) {
        if self.collector.has_reported()
            && self.is_leader()
            && let Err(error) = self.report(Signal::Stop).await
        {
            tracing::debug!("no last report was made: {error}");
        }
        while let next @ (Next::Send(_) | Next::Poll(_)) = self.outbox.next(self.began.elapsed()) {
            attempt(next, &mut self.sink, &mut self.outbox, self.began).await;
        }
    }
}

/// Does what the outbox says, and tells it what became of that.
async fn attempt<S: Sink>(next: Next<Arc<Envelope>>, sink: &mut S, outbox: &mut Outbox<Arc<Envelope>>, began: Instant) {
    let outcome = match next {
        Next::Send(batch) => sink.post(&batch).await,
        Next::Poll(ack) => sink.poll(ack).await,
        Next::Wait(pause) => return sleep(pause).await,
        Next::Idle => return,
    };
    tracing::debug!(?outcome, waiting = outbox.len(), "settled");
    if let Some(ack) = outbox.settle(began.elapsed(), outside::random_fraction(), outcome) {
        sink.give_up(ack);
    }
}
