//! All limits, each with its reason.

use std::time::Duration;

/// How much waits, for how long, and how often is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest sum of the entries' bytes. Of events of 2 kB, five a report, a daily report of more than a year fits.
    pub max_bytes: usize,
    /// The longest that an entry waits. A report that is older than the longest holidays answers no question any more.
    pub max_age: Duration,
    /// The most entries of a batch, so that what a receiver refuses is found in few steps.
    pub max_batch_entries: usize,
    /// The most bytes of a batch: half of what Splunk takes by default, so that envelopes fit as well.
    pub max_batch_bytes: usize,
    /// The longest pause after the first failure; it doubles with each of the quick attempts.
    pub first_pause: Duration,
    /// How often is tried again within seconds. What is still away then is no hiccup, and a fleet must not wait at its door.
    pub quick_attempts: u32,
    /// Over how long the next attempt is spread from then on, so that those who fail together do not come back together, and
    /// nobody's log of refused connections is full of them: the period of the reports.
    pub spread: Duration,
    /// The longest pause that a receiver may ask for.
    pub max_asked_pause: Duration,
    /// The pause after the receiver asked for less.
    pub slow_down_pause: Duration,
    /// The pause after the receiver refused everything: a person has to act first.
    pub misconfigured_pause: Duration,
    /// The pause between two questions for an acknowledgement.
    pub ack_pause: Duration,
    /// How long an acknowledgement is waited for before its batch is sent again.
    pub ack_deadline: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        const MINUTE: Duration = Duration::from_secs(60);
        const HOUR: Duration = Duration::from_secs(60 * 60);
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self {
            max_bytes: 4 * 1024 * 1024,
            max_age: 30 * DAY,
            max_batch_entries: 100,
            max_batch_bytes: 500_000,
            first_pause: Duration::from_secs(1),
            quick_attempts: 3,
            spread: DAY,
            max_asked_pause: HOUR,
            slow_down_pause: MINUTE,
            misconfigured_pause: HOUR,
            ack_pause: Duration::from_secs(5),
            ack_deadline: 2 * MINUTE,
        }
    }
}
