//! The queue, and the decision what to do next.

use std::{collections::VecDeque, time::Duration};

use crate::{Ack, Limits, Outcome};

/// Something that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<T> {
    /// What is sent.
    pub item: T,
    /// How many bytes it takes, in the queue and in a batch.
    pub bytes: usize,
    /// By what it can be called back.
    pub tag: Tag,
}

/// By what entries can be called back: the name of what allowed them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag(pub &'static str);

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next<T> {
    /// Send these, oldest first, then [`settle`](Outbox::settle).
    Send(Vec<T>),
    /// Ask for this acknowledgement, then [`settle`](Outbox::settle).
    Poll(Ack),
    /// Ask again after this time.
    Wait(Duration),
    /// Nothing, until something is put.
    Idle,
}

/// What waits to be sent.
///
/// Times are durations since a moment that the caller chooses once and that never changes; they do not run backwards.
#[derive(Debug, Clone)]
pub struct Outbox<T> {
    limits: Limits,
    queue: VecDeque<Queued<T>>,
    promised: VecDeque<Promise<T>>,
    in_flight: InFlight,
    next_id: u64,
    failures: u32,
    /// When the first attempt failed after which none was a success.
    failing_since: Option<Duration>,
    not_before: Duration,
    batch_entries: usize,
    dropped: u32,
    is_closed: bool,
}

#[derive(Debug, Clone)]
struct Queued<T> {
    id: u64,
    put_at: Duration,
    /// How long it had waited by then.
    waited: Duration,
    entry: Entry<T>,
}

/// A batch that the receiver has, and may still lose.
#[derive(Debug, Clone)]
struct Promise<T> {
    ack: Ack,
    batch: Vec<Queued<T>>,
    ask_at: Duration,
    give_up_at: Duration,
}

#[derive(Debug, Clone)]
enum InFlight {
    Nothing,
    /// The ids of a batch, in its order. They stay in the queue until the receiver has them.
    Batch(Vec<u64>),
    Question(Ack),
}

impl<T: Clone> Outbox<T> {
    /// An empty outbox.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            queue: VecDeque::new(),
            promised: VecDeque::new(),
            in_flight: InFlight::Nothing,
            next_id: 0,
            failures: 0,
            failing_since: None,
            not_before: Duration::ZERO,
            batch_entries: limits.max_batch_entries,
            dropped: 0,
            is_closed: false,
        }
    }

    /// Takes up an entry. The oldest ones make room for it; what is dropped is counted.
    pub fn put(&mut self, now: Duration, entry: Entry<T>) {
        self.put_again(now, Duration::ZERO, entry);
    }

    /// Takes up an entry that has waited for a while already, in another outbox.
    pub fn put_again(&mut self, now: Duration, waited: Duration, entry: Entry<T>) {
        if self.is_closed || entry.bytes > self.limits.max_bytes {
            self.count_dropped(1);
            return;
        }
        self.queue.push_back(Queued { id: self.next_id, put_at: now, waited, entry });
        self.next_id += 1;
        while self.bytes() > self.limits.max_bytes {
            self.drop_oldest();
        }
    }

    /// Whether there is something to send or to ask for now.
    #[must_use]
    pub fn is_due(&self, now: Duration) -> bool {
        let is_asked = self.promised.front().is_some_and(|promise| promise.ask_at <= now);
        !self.is_closed && (is_asked || (!self.queue.is_empty() && self.not_before <= now))
    }

    /// Says what to do. Has to be followed by [`settle`](Self::settle) if that was to send or to ask.
    pub fn next(&mut self, now: Duration) -> Next<T> {
        self.expire(now);
        if self.is_closed {
            return Next::Idle;
        }
        let question = self.promised.front().map(|promise| (promise.ask_at, promise.ack));
        if let Some((_, ack)) = question.filter(|(ask_at, _)| *ask_at <= now) {
            self.in_flight = InFlight::Question(ack);
            return Next::Poll(ack);
        }
        let send_at = (!self.queue.is_empty()).then_some(self.not_before);
        match (send_at, question) {
            (None, None) => Next::Idle,
            (Some(send_at), _) if send_at <= now => Next::Send(self.batch()),
            (send_at, question) => {
                let ask_at = question.map(|(ask_at, _)| ask_at);
                let at = send_at.into_iter().chain(ask_at).min().unwrap_or(now);
                Next::Wait(at.saturating_sub(now))
            }
        }
    }

    /// Is told what became of the last attempt.
    ///
    /// `jitter`, a random number from 0 to 1, is the part of the longest pause that is waited after a failure. Answers
    /// which acknowledgement is waited for no longer, if one did not come in time.
    pub fn settle(&mut self, now: Duration, jitter: f64, outcome: Outcome) -> Option<Ack> {
        let given_up = match std::mem::replace(&mut self.in_flight, InFlight::Nothing) {
            InFlight::Nothing => None,
            InFlight::Batch(ids) => {
                self.settle_batch(now, jitter, outcome, &ids);
                None
            }
            InFlight::Question(ack) => self.settle_question(now, jitter, ack, outcome),
        };
        if outcome == Outcome::Gone {
            self.close();
        }
        given_up
    }

    /// Drops all that bears a tag. It is not counted as lost: nobody wants it delivered any more.
    pub fn purge(&mut self, tag: Tag) {
        self.queue.retain(|queued| queued.entry.tag != tag);
        for promise in &mut self.promised {
            promise.batch.retain(|queued| queued.entry.tag != tag);
        }
        self.promised.retain(|promise| !promise.batch.is_empty());
    }

    /// What waits, or is not known to be safe.
    pub fn items(&self) -> impl Iterator<Item = &T> {
        let promised = self.promised.iter().flat_map(|promise| &promise.batch);
        self.queue.iter().chain(promised).map(|queued| &queued.entry.item)
    }

    /// How many entries were dropped since the outbox exists: too old, too many, refused for good.
    #[must_use]
    pub fn dropped(&self) -> u32 {
        self.dropped
    }

    /// How many entries wait, or are not known to be safe.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queue.len() + self.promised.iter().map(|promise| promise.batch.len()).sum::<usize>()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the receiver asked never to be called again.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    fn batch(&mut self) -> Vec<T> {
        let mut bytes = 0;
        let mut ids = Vec::new();
        let mut items = Vec::new();
        for queued in self.queue.iter().take(self.batch_entries) {
            bytes += queued.entry.bytes;
            // A single entry goes even if it is large: only the receiver knows whether it is too large.
            if bytes > self.limits.max_batch_bytes && !ids.is_empty() {
                break;
            }
            ids.push(queued.id);
            items.push(queued.entry.item.clone());
        }
        self.in_flight = InFlight::Batch(ids);
        items
    }

    fn settle_batch(&mut self, now: Duration, jitter: f64, outcome: Outcome, ids: &[u64]) {
        match outcome {
            Outcome::Delivered => {
                self.take(ids);
                self.succeed(now, Duration::ZERO);
            }
            Outcome::DeliveredSlowDown => {
                self.take(ids);
                self.succeed(now, self.limits.slow_down_pause);
            }
            Outcome::AckPending { ack, is_slow } => {
                let batch = self.take(ids);
                let (ask_at, give_up_at) = (now + self.limits.ack_pause, now + self.limits.ack_deadline);
                self.promised.push_back(Promise { ack, batch, ask_at, give_up_at });
                // A promise is no success yet: to one that is never kept, the pauses grow.
                self.not_before = now + if is_slow { self.limits.slow_down_pause } else { Duration::ZERO };
            }
            Outcome::Retry { after } => self.fail(now, jitter, after),
            Outcome::ResumeAt { index, after } => {
                // A number that names nothing that was sent does not say that anything was taken.
                if !self.take(ids.get(..index).unwrap_or_default()).is_empty() {
                    (self.failures, self.failing_since) = (0, None);
                }
                self.fail(now, jitter, after);
            }
            Outcome::Isolate(index) => match ids.get(index) {
                Some(id) => self.refuse(&[*id]),
                // The number names nothing that was sent, so that the culprit has to be searched for.
                None => self.halve(ids),
            },
            Outcome::Halve => self.halve(ids),
            Outcome::Misconfigured => self.wait_for_a_person(now, jitter),
            Outcome::Gone => {}
        }
    }

    fn settle_question(&mut self, now: Duration, jitter: f64, ack: Ack, outcome: Outcome) -> Option<Ack> {
        let position = self.promised.iter().position(|promise| promise.ack == ack)?;
        let mut promise = self.promised.remove(position)?;
        let is_open = matches!(outcome, Outcome::Retry { .. });
        if matches!(outcome, Outcome::Delivered | Outcome::DeliveredSlowDown) {
            self.recover();
        } else if is_open && now < promise.give_up_at {
            promise.ask_at = now + self.limits.ack_pause;
            self.promised.push_back(promise);
        } else {
            // No promise holds for ever, and no other answer to the question means that the batch is safe.
            self.queue.extend(promise.batch);
            self.queue.make_contiguous().sort_by_key(|queued| queued.id);
            if outcome == Outcome::Misconfigured {
                self.wait_for_a_person(now, jitter);
            } else {
                self.fail(now, jitter, None);
            }
            return is_open.then_some(ack);
        }
        None
    }

    fn succeed(&mut self, now: Duration, pause: Duration) {
        self.recover();
        self.not_before = now + pause;
    }

    /// Something has arrived: nothing fails any more, and more may be sent at once.
    fn recover(&mut self) {
        self.failures = 0;
        self.failing_since = None;
        self.batch_entries = (self.batch_entries * 2).min(self.limits.max_batch_entries);
    }

    fn fail(&mut self, now: Duration, jitter: f64, asked: Option<Duration>) {
        let Limits { first_pause, quick_attempts, spread, max_asked_pause, .. } = self.limits;
        let jitter = jitter.clamp(0.0, 1.0);
        let earlier = self.failures;
        self.failures = earlier.saturating_add(1);
        self.failing_since.get_or_insert(now);
        let pause = match asked {
            // Once, it may be at once: without compression, for example. Not again and again.
            Some(asked) if earlier > 0 => asked.max(first_pause).min(max_asked_pause),
            Some(asked) => asked.min(max_asked_pause),
            None if earlier < quick_attempts => {
                first_pause.saturating_mul(2_u32.saturating_pow(earlier)).mul_f64(jitter)
            }
            // Anywhere within the spread, since all that fail together come here together; from then on about once in one.
            None if earlier == quick_attempts => spread.mul_f64(jitter).max(first_pause),
            None => spread.mul_f64(0.5 + jitter),
        };
        self.not_before = now + pause;
    }

    /// Tries now and then whether somebody has mended what is wrong: less often if nobody has within a period.
    fn wait_for_a_person(&mut self, now: Duration, jitter: f64) {
        let Limits { misconfigured_pause, spread, .. } = self.limits;
        let failing_for = now.saturating_sub(*self.failing_since.get_or_insert(now));
        let usual = if failing_for < spread { misconfigured_pause } else { spread.max(misconfigured_pause) };
        self.not_before = now + usual.mul_f64(0.5 + jitter.clamp(0.0, 1.0));
    }

    /// Sends less at once, or gives up on a single entry.
    fn halve(&mut self, ids: &[u64]) {
        if ids.len() <= 1 {
            self.refuse(ids);
        } else {
            self.batch_entries = ids.len() / 2;
        }
    }

    fn refuse(&mut self, ids: &[u64]) {
        let count = self.take(ids).len();
        self.count_dropped(count);
    }

    /// Removes entries from the queue, as far as they are still there.
    fn take(&mut self, ids: &[u64]) -> Vec<Queued<T>> {
        let (taken, kept): (Vec<_>, Vec<_>) = self.queue.drain(..).partition(|queued| ids.contains(&queued.id));
        self.queue = kept.into();
        taken
    }

    fn expire(&mut self, now: Duration) {
        let is_old =
            |queued: &Queued<T>| now.saturating_sub(queued.put_at).saturating_add(queued.waited) > self.limits.max_age;
        let before = self.queue.len();
        self.queue.retain(|queued| !is_old(queued));
        self.count_dropped(before - self.queue.len());
    }

    fn close(&mut self) {
        self.count_dropped(self.len());
        self.queue.clear();
        self.promised.clear();
        self.is_closed = true;
    }

    /// Drops what has waited longest; what is promised is older than what waits.
    fn drop_oldest(&mut self) {
        let count = match self.promised.pop_front() {
            Some(promise) => promise.batch.len(),
            None => usize::from(self.queue.pop_front().is_some()),
        };
        self.count_dropped(count);
    }

    fn count_dropped(&mut self, count: usize) {
        self.dropped = self.dropped.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
    }

    fn bytes(&self) -> usize {
        let promised = self.promised.iter().flat_map(|promise| &promise.batch);
        self.queue.iter().chain(promised).map(|queued| queued.entry.bytes).sum()
    }
}
