//! Who of several processes reports, decided from what a Lease says: a state machine that is told the time.
//!
//! The rules are those of client-go. Times are durations since this process began: whether a holder is gone is judged by how long
//! ago *this* process saw its record change, so that clocks which differ decide nothing. The times in the record are for people.

use std::time::Duration;

use k8s_openapi::{api::coordination::v1::LeaseSpec, apimachinery::pkg::apis::meta::v1::MicroTime};

/// How long others wait for a holder of which they hear nothing.
pub(super) const LEASE: Duration = Duration::from_secs(15);

/// How long a holder reports that cannot renew: shorter than others wait, so that there are never two.
pub(super) const RENEW: Duration = Duration::from_secs(10);

/// How long to wait before the lease is looked at again.
pub(super) const RETRY: Duration = Duration::from_secs(2);

/// What one process knows of an election.
#[derive(Debug)]
pub(super) struct Election {
    identity: String,
    /// What was last found, and when it was first seen so.
    seen: Option<(LeaseSpec, Duration)>,
    /// Until when this process is the holder, whatever happens.
    held_until: Option<Duration>,
}

impl Election {
    pub(super) fn new(identity: String) -> Self {
        Self { identity, seen: None, held_until: None }
    }

    /// Whether this process reports.
    pub(super) fn is_leader(&self, now: Duration) -> bool {
        self.held_until.is_some_and(|until| now < until)
    }

    /// Until when this process is the holder, if it is.
    pub(super) fn held_until(&self) -> Option<Duration> {
        self.held_until
    }

    /// What to write, having found this; `None` if another one holds it. What is written is nobody's until it has
    /// [arrived](Self::took).
    pub(super) fn decide(&mut self, now: Duration, found: Option<&LeaseSpec>, clock: MicroTime) -> Option<LeaseSpec> {
        let Some(found) = found else { return Some(self.claim(&LeaseSpec::default(), clock)) };
        if self.seen.as_ref().is_none_or(|(seen, _)| seen != found) {
            self.seen = Some((found.clone(), now));
        }
        match found.holder_identity.as_deref() {
            Some(holder) if holder == self.identity => {
                Some(LeaseSpec { renew_time: Some(clock), lease_duration_seconds: seconds(LEASE), ..found.clone() })
            }
            Some(holder) if !holder.is_empty() && !self.is_over(now, found) => {
                self.held_until = None;
                None
            }
            _ => {
                self.held_until = None;
                let transitions = found.lease_transitions.unwrap_or_default().saturating_add(1);
                Some(LeaseSpec { lease_transitions: Some(transitions), ..self.claim(found, clock) })
            }
        }
    }

    /// What was written has arrived, and is there like this. It was under way since `began`: nobody saw it before.
    pub(super) fn took(&mut self, began: Duration, stored: LeaseSpec) {
        self.seen = Some((stored, began));
        self.held_until = Some(began + RENEW);
    }

    /// What to write so that another one takes over at once; `None` if there is nothing to give up.
    pub(super) fn release(&mut self, found: &LeaseSpec, clock: MicroTime) -> Option<LeaseSpec> {
        self.held_until = None;
        let is_ours = found.holder_identity.as_ref() == Some(&self.identity);
        is_ours.then(|| LeaseSpec {
            holder_identity: Some(String::new()),
            lease_duration_seconds: Some(1),
            renew_time: Some(clock),
            ..found.clone()
        })
    }

    /// Whether nothing was heard of the holder for as long as it said that others are to wait.
    fn is_over(&self, now: Duration, found: &LeaseSpec) -> bool {
        let since = self.seen.as_ref().map_or(now, |(_, since)| *since);
        let said = found.lease_duration_seconds.and_then(|seconds| u64::try_from(seconds).ok());
        now.saturating_sub(since) >= said.map_or(LEASE, Duration::from_secs)
    }

    /// A record that names this process. What others say in it of how the holder is chosen stays.
    fn claim(&self, found: &LeaseSpec, clock: MicroTime) -> LeaseSpec {
        LeaseSpec {
            holder_identity: Some(self.identity.clone()),
            lease_duration_seconds: seconds(LEASE),
            acquire_time: Some(clock.clone()),
            renew_time: Some(clock),
            lease_transitions: Some(0),
            ..found.clone()
        }
    }
}

fn seconds(duration: Duration) -> Option<i32> {
    i32::try_from(duration.as_secs()).ok()
}

#[cfg(test)]
mod tests;
