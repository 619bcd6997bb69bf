//! The one loop: waits until a report is due, makes it, and sees to it that the sinks get it.

use std::{future::Future, pin::pin, time::Duration};

use ktel_outbox::{Envelope, Limits, Line, Sink};
use ktel_types::{
    contract,
    report::{Category, Signal},
};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    collector::{CollectError, Collector},
    consent::{ANNOTATION, Decision, decide},
    delivery::{Delivery, is_due, step},
    host::Leadership,
    metrics::Kind,
    seal,
    sinks::Sinks,
};

/// How long the last report and what still waits may hold up a controller that stops.
const STOP_DEADLINE: Duration = Duration::from_secs(5);

impl Collector {
    /// Makes reports when they are due and sends them, until `stop` is ready. Then makes a last one, within seconds.
    ///
    /// `sinks` is a sink of events, or [`Sinks`]. Nothing that goes wrong here reaches the controller. The future is the
    /// controller's to spawn and to end.
    pub async fn run<E: Sink, L: Sink<Line>>(mut self, sinks: impl Into<Sinks<E, L>>, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        // The cluster is asked when the grace has passed. A no where the collector runs holds for as long as it does.
        let decision = decide(&self.setup.consent, &self.setup.environment, &[]);
        self.decision = decision.clone();
        let mut run = Run::new(self, sinks.into(), &decision);
        if !run.collector.may_report() {
            let hint = if decision.may_collect() {
                "; nothing is read, since there is no journal to write it down"
            } else {
                ""
            };
            tracing::info!("{decision}{hint}");
            let drop_all = async {
                if let Some(delivery) = &mut run.events {
                    delivery.drop_all(&run.collector.setup.product).await;
                }
                std::future::pending::<()>().await;
            };
            // A disk that takes its time holds up no stop.
            return tokio::select! {
                () = stop => {}
                () = drop_all => {}
            };
        }
        run.tell(&decision);
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
}

/// A collector at work. Times are durations since it began.
struct Run<E, L> {
    collector: Collector,
    /// Under which identifier of the process all was reported so far.
    instance: String,
    events: Option<Delivery<Envelope, E>>,
    lines: Option<Delivery<Line, L>>,
    began: Instant,
    phase: Phase,
    /// Until when nothing is sent, since nobody could be asked whether it may be.
    held_until: Duration,
    /// Whether the latest collection failed, which is said once.
    is_failing: bool,
    /// The categories that somebody allowed the last time that nobody was missing.
    allowed: Vec<Category>,
    /// What was said last about consent; a change is said.
    said: String,
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

impl<E: Sink, L: Sink<Line>> Run<E, L> {
    fn new(collector: Collector, sinks: Sinks<E, L>, said: &Decision) -> Self {
        let limits = Limits { spread: collector.setup.schedule.period, ..Limits::default() };
        let (began, instance) = (Instant::now(), collector.instance().to_owned());
        let (store, metrics) = (collector.setup.store.clone(), collector.metrics());
        let events = |sink| Delivery::new(sink, Kind::Events, limits, began).told_by(&metrics).kept_in(store);
        let lines = |sink| Delivery::new(sink, Kind::Lines, limits, began).told_by(&metrics);
        Self {
            collector,
            instance,
            events: sinks.events.map(events),
            lines: sinks.lines.map(lines),
            began,
            phase: Phase::Grace,
            held_until: Duration::ZERO,
            is_failing: false,
            allowed: said.setting().categories().to_vec(),
            said: said.to_string(),
        }
    }

    /// Says once, in a line, what is going to happen, and how it is changed.
    fn tell(&self, decision: &Decision) {
        let minutes = self.collector.setup.schedule.grace.as_secs().div_ceil(60);
        let what = if decision.may_send() {
            format!("the first report is sent in {minutes} minutes at the earliest")
        } else {
            format!(
                "the first report is made in {minutes} minutes at the earliest, for people to read, and none is sent"
            )
        };
        tracing::info!(
            "{decision}; {what}; `ktel preview --annotate` shows what is reported and why, {} documents it; switch it off with \
             KTEL_TELEMETRY=off, or for the whole cluster: kubectl annotate namespace kube-system {ANNOTATION}=off",
            contract::ID_BASE
        );
    }

    /// Does what is next, be it to wait. May be dropped at any point: an event is then sent again, under the same id.
    async fn step(&mut self) {
        let now = self.began.elapsed();
        if self.due().is_some_and(|due| due <= now) {
            return self.act(now).await;
        }
        if self.is_due() && (self.held_until > now || !self.ask_consent().await) {
            return self.wait(self.held_until.checked_sub(now)).await;
        }
        if self.begin_anew_if_salted(now).await {
            return;
        }
        // One holds up the other for no longer than an attempt, which its sink bounds to half a minute.
        let (events, lines) = tokio::join!(step(&mut self.events), step(&mut self.lines));
        let pause = events.into_iter().chain(lines).min();
        if pause != Some(Duration::ZERO) {
            self.wait(pause).await;
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
        let is_leader = self.is_leader();
        let is_reading = is_leader && !matches!(self.phase, Phase::Standby);
        if is_reading {
            self.ask_consent().await;
            if self.begin_anew_if_salted(now).await {
                return;
            }
        }
        let is_allowed = !is_reading || self.collector.may_report();
        // Without consent it is asked again when the next report would be due; nothing else is read by then.
        let next_question =
            if self.collector.decision.is_certain() { now + schedule.period } else { schedule.retry(now) };
        self.phase = match self.phase {
            _ if !is_leader => Phase::Standby,
            Phase::Grace if !is_allowed => Phase::Report { due: next_question, signal: Signal::Start },
            Phase::Report { signal, .. } if !is_allowed => Phase::Report { due: next_question, signal },
            Phase::Standby => Phase::Report { due: now, signal: Signal::LeaderChange },
            Phase::Grace => {
                if let Err(error) = self.collector.identify().await {
                    tracing::debug!("who reports is not known yet: {error}");
                }
                let due = schedule.start(&self.collector.identity().installation);
                tracing::debug!("the first report is due in {} s", due.saturating_sub(now).as_secs());
                Phase::Report { due, signal: Signal::Start }
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
                // Nobody was sent it: to a receiver, the next one is still the first.
                Ok(false) => Phase::Report { due: now + schedule.period, signal },
                Ok(true) if signal == Signal::Heartbeat => {
                    Phase::Report { due: schedule.next_heartbeat(due, now), signal }
                }
                Ok(true) => {
                    let due = schedule.first_heartbeat(now, &self.collector.identity().installation);
                    Phase::Report { due, signal: Signal::Heartbeat }
                }
            },
        };
    }

    /// Under another salt, this is another process, which has nothing to do with the one before: what waits of that is dropped,
    /// nothing is counted or reckoned from it, and the first report comes at a time of its own. Answers whether it is so.
    async fn begin_anew_if_salted(&mut self, now: Duration) -> bool {
        if self.instance == self.collector.instance() {
            return false;
        }
        self.collector.instance().clone_into(&mut self.instance);
        self.collector.begin_anew();
        if let Some(delivery) = &mut self.events {
            delivery.drop_all(&self.collector.setup.product).await;
            delivery.count_anew();
        }
        if let Some(delivery) = &mut self.lines {
            delivery.purge(&[seal::LINES]).await;
            delivery.count_anew();
        }
        let due = self.collector.setup.schedule.first_heartbeat(now, &self.collector.identity().installation);
        self.phase = Phase::Report { due, signal: Signal::Start };
        true
    }

    /// Asks everybody whether anything may be read and sent; answers whether it may be sent. What nobody wants sent any more is
    /// dropped, wherever it waits; if the cluster cannot be asked, it is held until it can be.
    async fn ask_consent(&mut self) -> bool {
        let decision = self.collector.consult().await.clone();
        let product = &self.collector.setup.product;
        if decision.is_certain() {
            let allowed = decision.setting().categories();
            let is_withdrawn = |category: &Category| !allowed.contains(category);
            if let Some(delivery) = &mut self.events {
                // What tells of the environment rides on all events.
                if !decision.may_send()
                    || self.allowed.iter().any(|category| *category == Category::Environment && is_withdrawn(category))
                {
                    delivery.drop_all(product).await;
                } else {
                    let withdrawn = Category::ALL.iter().filter(|category| is_withdrawn(category));
                    delivery.purge(&withdrawn.map(|category| seal::tag(*category)).collect::<Vec<_>>()).await;
                }
            }
            if let Some(delivery) = &mut self.lines
                && (!decision.may_send() || self.allowed.iter().any(is_withdrawn))
            {
                delivery.purge(&[seal::LINES]).await;
            }
            self.allowed = allowed.to_vec();
        } else {
            self.held_until = self.collector.setup.schedule.retry(self.began.elapsed());
        }
        let sentence = decision.to_string();
        if sentence != self.said {
            tracing::info!("{sentence}");
            self.said = sentence;
        }
        decision.may_send()
    }

    /// Makes a report, and puts it where it is to be sent from; answers whether it is.
    async fn report(&mut self, signal: Signal) -> Result<bool, CollectError> {
        let identity = self.collector.identity();
        if let Some(delivery) = self.events.as_mut().filter(|_| self.collector.decision.may_send()) {
            delivery.recover(&self.collector.setup.product, &self.collector.decision, Some(&identity)).await;
        }
        // Where there are events, it is those that a report counts.
        let of_lines = self.lines.as_ref().map_or(0, Delivery::dropped);
        let dropped = self.events.as_ref().map_or(of_lines, Delivery::dropped);
        let sealed = self.collector.report(signal, dropped).await?;
        self.is_failing = false;
        let (report, is_sent) = (sealed.envelopes(), self.collector.decision.may_send());
        if self.instance != self.collector.instance() {
            // It was salted while the report was made, which has a part of both: the next one is of one piece.
            return Ok(false);
        }
        if is_sent {
            // Lines are nowhere but in memory, so that they come first: to keep events may take a moment.
            if let Some(delivery) = &mut self.lines {
                delivery.put(sealed.line.into_iter().collect()).await;
            }
            if let Some(delivery) = &mut self.events {
                delivery.put(sealed.events).await;
            }
        }
        self.collector.write_down(report).await;
        Ok(is_sent)
    }

    /// Waits until the phase ends, for a pause, or until leadership changes.
    async fn wait(&mut self, pause: Option<Duration>) {
        let now = self.began.elapsed();
        let pause = self.due().map(|due| due.saturating_sub(now)).into_iter().chain(pause).min();
        let asleep = async {
            match pause {
                Some(pause) => sleep(pause).await,
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
        let is_waiting = self.is_due();
        if !(is_waiting || self.collector.has_reported())
            || !self.ask_consent().await
            || self.begin_anew_if_salted(self.began.elapsed()).await
        {
            return;
        }
        if self.collector.has_reported()
            && self.is_leader()
            && let Err(error) = self.report(Signal::Stop).await
        {
            tracing::debug!("no last report was made: {error}");
        }
        while self.is_due() && self.ask_consent().await {
            tokio::join!(step(&mut self.events), step(&mut self.lines));
        }
    }

    /// Whether there is something to send now.
    fn is_due(&self) -> bool {
        is_due(self.events.as_ref()) || is_due(self.lines.as_ref())
    }
}
