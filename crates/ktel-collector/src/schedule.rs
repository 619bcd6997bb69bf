//! When reports are due. Times are durations since the collector was started.

use std::time::Duration;

use crate::identity::fraction;

/// When reports are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// How long nothing is sent after the start, so that an administrator who reads the log can still say no, and a cluster
    /// that lives for minutes never reports.
    pub grace: Duration,
    /// The time between two reports.
    pub period: Duration,
}

/// The shortest period: what is sent more often tells nothing new.
pub(crate) const SHORTEST_PERIOD: Duration = Duration::from_secs(15 * 60);

/// The longest period, and the longest grace: a year. What is sent less often tells nothing in time.
pub(crate) const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Over how long first reports are spread, so that the installations of a fleet that is upgraded do not report at once.
const START_SPREAD: Duration = Duration::from_secs(15 * 60);

/// How long after a collection that failed it is tried again.
const RETRY: Duration = Duration::from_secs(15 * 60);

impl Default for Schedule {
    fn default() -> Self {
        Self { grace: Duration::from_secs(10 * 60), period: Duration::from_secs(24 * 60 * 60) }
    }
}

impl Schedule {
    /// When the first report is due. Different installations get different times, the same one always the same.
    #[must_use]
    pub(crate) fn start(&self, installation: &str) -> Duration {
        self.grace + START_SPREAD.min(self.period).mul_f64(fraction(&format!("start\n{installation}")))
    }

    /// When the first heartbeat is due after a start at this time: somewhere within a period.
    #[must_use]
    pub(crate) fn first_heartbeat(&self, started: Duration, installation: &str) -> Duration {
        started + self.period.mul_f64(1.0 - fraction(&format!("heartbeat\n{installation}")))
    }

    /// When the next heartbeat is due after one that was due at `due`. What was missed is not made up for.
    #[must_use]
    pub(crate) fn next_heartbeat(&self, due: Duration, now: Duration) -> Duration {
        let missed = now.saturating_sub(due).as_secs() / self.period.as_secs().max(1);
        due + self.period.saturating_mul(u32::try_from(missed).unwrap_or(u32::MAX).saturating_add(1))
    }

    /// When a collection that failed is tried again.
    #[must_use]
    pub(crate) fn retry(&self, now: Duration) -> Duration {
        now + RETRY.min(self.period)
    }
}

#[cfg(test)]
mod fleet;

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    #[test]
    fn installations_start_at_different_times_and_each_at_its_own() {
        let schedule = Schedule::default();
        let starts: Vec<Duration> = (0..100).map(|number| schedule.start(&format!("installation {number}"))).collect();
        assert!(starts.iter().all(|start| (schedule.grace..schedule.grace + START_SPREAD).contains(start)));
        assert!(starts.iter().max() > starts.iter().min());
        assert_eq!(starts[7], schedule.start("installation 7"));
    }

    #[test]
    fn the_first_heartbeat_comes_within_a_period() {
        let schedule = Schedule { period: HOUR, ..Schedule::default() };
        for number in 0..100 {
            let due = schedule.first_heartbeat(HOUR, &format!("installation {number}"));
            assert!(due > HOUR && due <= 2 * HOUR, "{due:?}");
        }
    }

    #[test]
    fn what_was_missed_is_not_made_up_for() {
        let schedule = Schedule { period: HOUR, ..Schedule::default() };
        assert_eq!(schedule.next_heartbeat(HOUR, HOUR), 2 * HOUR);
        assert_eq!(schedule.next_heartbeat(HOUR, HOUR + Duration::from_secs(59)), 2 * HOUR);
        assert_eq!(schedule.next_heartbeat(HOUR, 100 * HOUR), 101 * HOUR);
    }
}
