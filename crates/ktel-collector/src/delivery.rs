//! A sink, what waits for it, and where that survives the process.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use ktel_outbox::{Entry, Envelope, Kept, Limits, Next, Outbox, Recovered, Sink, Store, Tag};
use ktel_types::report::Category;
use tokio::time::Instant;

use crate::{
    aside::{self, Aside},
    consent::{Decision, Environment, Setting, decide},
    identity::Identity,
    metrics::{Kind, Metrics},
    outside, seal,
};

/// Times are durations since a moment that the owner chooses, and that all deliveries of an owner share.
pub(crate) struct Delivery<T, S> {
    sink: S,
    limits: Limits,
    outbox: Outbox<Parcel<T>>,
    store: Option<Aside<dyn Store<T>>>,
    metrics: Metrics,
    kind: Kind,
    /// What the store keeps, by the numbers of what waits.
    kept: BTreeMap<u64, Kept>,
    /// How many items of earlier processes are lost.
    lost: u32,
    /// How many items had been given up when somebody else began to count.
    uncounted: u32,
    /// The number of the next item.
    next: u64,
    began: Instant,
}

/// An item, and its number here.
#[derive(Debug)]
struct Parcel<T> {
    number: u64,
    item: Arc<T>,
}

impl<T> Clone for Parcel<T> {
    fn clone(&self) -> Self {
        Self { number: self.number, item: Arc::clone(&self.item) }
    }
}

impl<T: Send + Sync + 'static, S: Sink<T>> Delivery<T, S> {
    /// A delivery of this kind to a sink, of which nothing is kept and nobody is told what becomes of it.
    pub(crate) fn new(sink: S, kind: Kind, limits: Limits, began: Instant) -> Self {
        let (outbox, metrics) = (Outbox::new(limits), Metrics::default());
        Self {
            sink,
            limits,
            outbox,
            store: None,
            metrics,
            kind,
            kept: BTreeMap::new(),
            lost: 0,
            uncounted: 0,
            next: 0,
            began,
        }
    }

    /// The same, of which is kept there what waits.
    pub(crate) fn kept_in(self, store: Option<Aside<dyn Store<T>>>) -> Self {
        Self { store, ..self }
    }

    /// The same, of which these numbers tell.
    pub(crate) fn told_by(self, metrics: &Metrics) -> Self {
        Self { metrics: metrics.clone(), ..self }
    }

    /// Takes up entries, and has them kept before any of them is sent. If it is dropped meanwhile, they wait all the same.
    pub(crate) async fn put(&mut self, entries: Vec<Entry<Arc<T>>>) {
        let items: Vec<Arc<T>> = entries.iter().map(|entry| Arc::clone(&entry.item)).collect();
        let numbers: Vec<u64> = entries.into_iter().map(|entry| self.queue(entry, Duration::ZERO)).collect();
        let keep =
            move |store: &mut (dyn Store<T> + 'static)| items.iter().map(|item| store.keep(item)).collect::<Vec<_>>();
        let kept = self.ask_store(keep).await.unwrap_or_default();
        self.kept.extend(numbers.into_iter().zip(kept).filter_map(|(number, kept)| Some((number, kept?))));
        self.tidy().await;
    }

    /// Does what can be done now, if anything can. Answers after which pause there may be something to do again, `None` if there
    /// will be nothing.
    ///
    /// May be dropped at any point: an item is then sent again, unchanged.
    pub(crate) async fn step(&mut self) -> Option<Duration> {
        let outcome = match self.outbox.next(self.now()) {
            Next::Send(batch) => {
                let items: Vec<Arc<T>> = batch.into_iter().map(|parcel| parcel.item).collect();
                let outcome = self.sink.post(&items).await;
                self.metrics.attempted(self.kind, outcome, outside::now());
                outcome
            }
            Next::Poll(ack) => {
                let outcome = self.sink.poll(ack).await;
                self.metrics.acknowledged(outcome, outside::now());
                outcome
            }
            next => {
                // Something may have become too old to wait.
                self.tidy().await;
                return if let Next::Wait(pause) = next { Some(pause) } else { None };
            }
        };
        if let Some(ack) = self.outbox.settle(self.now(), outside::random_fraction(), outcome) {
            self.sink.give_up(ack);
        }
        tracing::debug!(?outcome, waiting = self.outbox.len(), "settled");
        self.tidy().await;
        Some(Duration::ZERO)
    }

    /// Whether there is something to do now.
    pub(crate) fn is_due(&self) -> bool {
        self.outbox.is_due(self.now())
    }

    /// Drops what bears one of these tags, from the store, too. It is not counted: nobody wants it delivered any more.
    pub(crate) async fn purge(&mut self, tags: &[Tag]) {
        for tag in tags {
            self.outbox.purge(*tag);
        }
        self.tidy().await;
    }

    /// How many items wait, or are not known to be safe.
    pub(crate) fn waiting(&self) -> usize {
        self.outbox.len()
    }

    /// How many of those that wait the store keeps.
    pub(crate) fn kept(&self) -> usize {
        self.kept.len()
    }

    /// How many items were given up so far.
    pub(crate) fn dropped(&self) -> u32 {
        self.outbox.dropped().saturating_add(self.lost).saturating_sub(self.uncounted)
    }

    /// Counts from zero what is given up from now on.
    pub(crate) fn count_anew(&mut self) {
        self.uncounted = self.outbox.dropped().saturating_add(self.lost);
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Takes up an entry that has waited for a while. Answers its number here.
    fn queue(&mut self, entry: Entry<Arc<T>>, waited: Duration) -> u64 {
        let Entry { item, bytes, tag } = entry;
        let number = self.next;
        self.next += 1;
        self.outbox.put_again(self.now(), waited, Entry { item: Parcel { number, item }, bytes, tag });
        number
    }

    /// Has the store forget what waits no longer, for whatever reason.
    async fn tidy(&mut self) {
        let waiting: BTreeSet<u64> = self.outbox.items().map(|parcel| parcel.number).collect();
        let (still, done): (BTreeMap<_, _>, BTreeMap<_, _>) =
            std::mem::take(&mut self.kept).into_iter().partition(|(number, _)| waiting.contains(number));
        self.kept = still;
        if !done.is_empty() {
            self.ask_store(move |store| done.into_values().for_each(|kept| store.forget(kept))).await;
        }
        self.metrics.waits(self.kind, self.waiting(), self.dropped());
    }

    /// `None` if there is no store, or if it panics or takes too long, which is nothing to the host.
    async fn ask_store<R: Send + 'static>(
        &mut self,
        ask: impl FnOnce(&mut (dyn Store<T> + 'static)) -> R + Send + 'static,
    ) -> Option<R> {
        let answer = aside::ask(self.store.as_ref()?, ask).await;
        if answer.is_err() {
            tracing::warn!("telemetry that waits is not kept any more: the disk does not answer");
            self.store = None;
        }
        answer.ok().flatten()
    }
}

impl<S: Sink> Delivery<Envelope, S> {
    /// Drops all that waits, and all that earlier processes of this product have left: none of it may be sent any more.
    pub(crate) async fn drop_all(&mut self, product: &str) {
        let tags: Vec<Tag> = Category::ALL.iter().map(|category| seal::tag(*category)).collect();
        self.purge(&tags).await;
        self.recover(product, &decide(&Setting::off(), &Environment::default(), &[]), None).await;
    }

    /// Takes up what earlier processes of this product have left, as far as there is consent to it. What is too old, or breaks
    /// the contract by now, is lost. What another product has left stays for that: it may have another receiver. What bears other
    /// identifiers than those of `identity` is not sent beside what bears these.
    pub(crate) async fn recover(&mut self, product: &str, decision: &Decision, identity: Option<&Identity>) {
        let known: BTreeSet<Kept> = self.kept.values().copied().collect();
        let Some(Recovered { items, lost }) = self.ask_store(move |store| store.recover(&known)).await else { return };
        self.lost = self.lost.saturating_add(lost);
        let mut unwanted = Vec::new();
        for (kept, envelope) in items {
            if envelope.source != product {
                continue;
            }
            let waited = outside::now().saturating_sub(envelope.time);
            match seal::reseal_entry(envelope, decision, identity) {
                Ok(Some(entry)) if waited <= self.limits.max_age => {
                    let number = self.queue(entry, waited);
                    self.kept.insert(number, kept);
                }
                Ok(None) => unwanted.push(kept),
                Ok(Some(_)) | Err(_) => {
                    self.lost = self.lost.saturating_add(1);
                    unwanted.push(kept);
                }
            }
        }
        tracing::debug!(waiting = self.waiting(), unreadable = lost, "took up what earlier processes have left");
        if !unwanted.is_empty() {
            self.ask_store(move |store| unwanted.into_iter().for_each(|kept| store.forget(kept))).await;
        }
        self.tidy().await;
    }
}

/// Does what can be done for a delivery, if there is one. See [`Delivery::step`].
pub(crate) async fn step<T: Send + Sync + 'static, S: Sink<T>>(
    delivery: &mut Option<Delivery<T, S>>,
) -> Option<Duration> {
    match delivery {
        Some(delivery) => delivery.step().await,
        None => None,
    }
}

/// Whether there is something to do now, if there is a delivery.
pub(crate) fn is_due<T: Send + Sync + 'static, S: Sink<T>>(delivery: Option<&Delivery<T, S>>) -> bool {
    delivery.is_some_and(Delivery::is_due)
}
