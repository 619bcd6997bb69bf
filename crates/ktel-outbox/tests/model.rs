//! The outbox beside a receiver of which everything is known: every short sequence of outcomes, and long random ones.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{collections::BTreeSet, time::Duration};

use ktel_outbox::{Ack, Entry, Limits, Next, Outbox, Outcome, Tag};
use proptest::prelude::*;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn entry(item: u32) -> Entry<u32> {
    Entry { item, bytes: 10, tag: Tag("a tag") }
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    let after = || prop::option::of((0_u64..10_000).prop_map(Duration::from_secs));
    prop_oneof![
        3 => Just(Outcome::Delivered),
        1 => Just(Outcome::DeliveredSlowDown),
        1 => (0_u64..5, any::<bool>()).prop_map(|(id, is_slow)| Outcome::AckPending { ack: Ack(id), is_slow }),
        2 => after().prop_map(|after| Outcome::Retry { after }),
        2 => (0_usize..12, after()).prop_map(|(index, after)| Outcome::ResumeAt { index, after }),
        1 => (0_usize..12).prop_map(Outcome::Isolate),
        1 => Just(Outcome::Halve),
        1 => Just(Outcome::Misconfigured),
    ]
}

/// A state that a sequence of outcomes leads to, and what the receiver has by then.
#[derive(Clone)]
struct State {
    outbox: Outbox<u32>,
    now: Duration,
    delivered: Vec<u32>,
    promised: Vec<(Ack, Vec<u32>)>,
}

const PUT: u32 = 3;

impl State {
    fn new() -> Self {
        let limits = Limits { max_bytes: 30, max_batch_entries: 3, ..Limits::default() };
        let mut outbox = Outbox::new(limits);
        (0..PUT).for_each(|item| outbox.put(Duration::ZERO, entry(item)));
        Self { outbox, now: Duration::ZERO, delivered: Vec::new(), promised: Vec::new() }
    }

    /// Lets this become of the next attempt, for which it may have to wait. `false` if there is none.
    fn step(&mut self, outcome: Outcome) -> bool {
        loop {
            match self.outbox.next(self.now) {
                Next::Wait(pause) => {
                    assert!(pause > Duration::ZERO);
                    self.now += pause;
                }
                Next::Idle => return false,
                Next::Send(batch) => {
                    match outcome {
                        Outcome::Delivered | Outcome::DeliveredSlowDown => self.delivered.extend(&batch),
                        Outcome::ResumeAt { index, .. } => {
                            self.delivered.extend(batch.get(..index).unwrap_or_default());
                        }
                        Outcome::AckPending { ack, .. } => self.promised.push((ack, batch)),
                        _ => {}
                    }
                    break;
                }
                Next::Poll(ack) => {
                    let place = self.promised.iter().position(|promise| promise.0 == ack).unwrap();
                    match outcome {
                        Outcome::Delivered | Outcome::DeliveredSlowDown => {
                            self.delivered.extend(self.promised.remove(place).1);
                        }
                        Outcome::Retry { .. } => {}
                        _ => drop(self.promised.remove(place)),
                    }
                    break;
                }
            }
        }
        if let Some(ack) = self.outbox.settle(self.now, 0.5, outcome) {
            self.promised.retain(|promise| promise.0 != ack);
        }
        true
    }

    /// Each entry is delivered once, or waits, or was counted as lost.
    fn check(&self, outcomes: &[Outcome]) {
        let mut unique = self.delivered.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), self.delivered.len(), "delivered twice after {outcomes:?}");
        let known = self.delivered.len() + self.outbox.len() + usize::try_from(self.outbox.dropped()).unwrap();
        assert_eq!(known, usize::try_from(PUT).unwrap(), "lost after {outcomes:?}");
    }

    /// Whatever came before: once the receiver takes everything, nothing waits any more.
    fn check_end(mut self, outcomes: &[Outcome]) {
        for _ in 0..2 * PUT {
            if !self.step(Outcome::Delivered) {
                break;
            }
        }
        assert!(self.outbox.is_empty(), "some wait for ever after {outcomes:?}");
        self.check(outcomes);
    }
}

/// Tries every way on from a state, and answers how many sequences that were.
fn explore(state: &State, alphabet: &[Outcome], so_far: &mut Vec<Outcome>, depth: usize) -> u64 {
    state.check(so_far);
    if depth == 0 || state.outbox.is_empty() {
        state.clone().check_end(so_far);
        return 1;
    }
    let mut count = 0;
    for outcome in alphabet {
        let mut next = state.clone();
        // The acknowledgement of one batch is not that of another.
        let outcome = match *outcome {
            Outcome::AckPending { is_slow, .. } => {
                Outcome::AckPending { ack: Ack(u64::try_from(so_far.len()).unwrap()), is_slow }
            }
            outcome => outcome,
        };
        so_far.push(outcome);
        next.step(outcome);
        count += explore(&next, alphabet, so_far, depth - 1);
        so_far.pop();
    }
    count
}

/// Every sequence of seven outcomes: nothing is lost without being counted, nothing is sent again that was delivered,
/// and nothing waits for ever.
#[test]
fn every_sequence_of_outcomes_ends_well() {
    let alphabet = [
        Outcome::Delivered,
        Outcome::DeliveredSlowDown,
        Outcome::AckPending { ack: Ack(0), is_slow: false },
        Outcome::Retry { after: None },
        Outcome::Retry { after: Some(Duration::ZERO) },
        Outcome::ResumeAt { index: 1, after: None },
        Outcome::Isolate(0),
        Outcome::Isolate(9),
        Outcome::Halve,
        Outcome::Misconfigured,
        Outcome::Gone,
    ];
    let count = explore(&State::new(), &alphabet, &mut Vec::new(), 7);
    assert!(count > 100_000, "only {count} sequences");
}

proptest! {
    /// Whatever a receiver answers: nothing is lost without being counted, nothing is sent again that was delivered,
    /// nothing waits for ever, and the bytes stay within their limit.
    #[test]
    fn nothing_is_lost_without_being_counted(
        count in 1_u32..40,
        answers in prop::collection::vec((outcomes(), 0.0_f64..1.0), 0..60),
    ) {
        let mut outbox = Outbox::new(Limits { max_bytes: 250, ..Limits::default() });
        let mut answers = answers.into_iter();
        let (mut now, mut put, mut delivered) = (Duration::ZERO, 0, Vec::new());
        for _ in 0..1000 {
            if put < count {
                outbox.put(now, entry(put));
                put += 1;
            }
            prop_assert!(outbox.len() <= 25);
            let next = outbox.next(now);
            let (outcome, jitter) = answers.next().unwrap_or((Outcome::Delivered, 1.0));
            match next {
                Next::Send(batch) => {
                    prop_assert!(!batch.is_empty() && batch.is_sorted(), "the oldest goes first: {batch:?}");
                    match outcome {
                        Outcome::Delivered | Outcome::DeliveredSlowDown => delivered.extend(batch),
                        Outcome::ResumeAt { index, .. } => delivered.extend(batch.get(..index).unwrap_or_default()),
                        _ => {}
                    }
                    outbox.settle(now, jitter, outcome);
                }
                Next::Poll(_) => drop(outbox.settle(now, jitter, Outcome::Retry { after: None })),
                Next::Wait(pause) => {
                    prop_assert!(pause > Duration::ZERO && pause <= DAY * 3 / 2);
                    now += pause;
                }
                Next::Idle if put == count => break,
                Next::Idle => {}
            }
        }
        prop_assert!(outbox.is_empty(), "{} still wait", outbox.len());
        let unique: BTreeSet<u32> = delivered.iter().copied().collect();
        prop_assert_eq!(unique.len(), delivered.len(), "delivered twice: {:?}", delivered);
        prop_assert_eq!(unique.len() + usize::try_from(outbox.dropped()).unwrap(), usize::try_from(count).unwrap());
    }
}
