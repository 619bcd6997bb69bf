//! What a collector has done, as numbers for whoever watches the controller.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ktel_outbox::Outcome;

use crate::consent::{Decision, Mode};

/// The numbers of a collector. Shows itself in the text format of Prometheus, to be appended to what the controller serves.
///
/// A clone shows the same collector. None of the numbers says anything of the cluster.
#[derive(Debug, Clone, Default)]
pub struct Metrics(Arc<Mutex<Numbers>>);

#[derive(Debug, Default)]
struct Numbers {
    mode: Option<Mode>,
    made: u64,
    failed: u64,
    /// How long the latest report took to be made.
    collection: Duration,
    /// When a receiver last had a batch, since the beginning of 1970.
    last_success: Duration,
    of: BTreeMap<Kind, OfKind>,
}

/// What is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Events,
    Lines,
}

#[derive(Debug, Default)]
struct OfKind {
    attempts: BTreeMap<&'static str, u64>,
    waiting: usize,
    dropped: u32,
}

impl Metrics {
    pub(crate) fn decided(&self, decision: &Decision) {
        self.lock().mode = Some(decision.setting().mode());
    }

    /// A report was made, and it took that long.
    pub(crate) fn made(&self, collection: Duration) {
        let mut numbers = self.lock();
        numbers.made += 1;
        numbers.collection = collection;
    }

    /// A report was due, and none could be made.
    pub(crate) fn failed(&self) {
        self.lock().failed += 1;
    }

    /// An attempt was made, and this became of it; `now` is the time since the beginning of 1970.
    pub(crate) fn attempted(&self, kind: Kind, outcome: Outcome, now: Duration) {
        let name = match outcome {
            Outcome::Delivered | Outcome::DeliveredSlowDown => "delivered",
            Outcome::AckPending { .. } => "pending",
            Outcome::Retry { .. } | Outcome::ResumeAt { .. } => "busy",
            Outcome::Isolate(_) | Outcome::Halve => "refused",
            Outcome::Misconfigured => "misconfigured",
            Outcome::Gone => "gone",
        };
        *self.lock().of.entry(kind).or_default().attempts.entry(name).or_default() += 1;
        self.acknowledged(outcome, now);
    }

    /// A receiver has said whether it has something, which is no attempt to send.
    pub(crate) fn acknowledged(&self, outcome: Outcome, now: Duration) {
        if matches!(outcome, Outcome::Delivered | Outcome::DeliveredSlowDown) {
            self.lock().last_success = now;
        }
    }

    pub(crate) fn waits(&self, kind: Kind, waiting: usize, dropped: u32) {
        let mut numbers = self.lock();
        let of = numbers.of.entry(kind).or_default();
        (of.waiting, of.dropped) = (waiting, dropped);
    }

    fn lock(&self) -> MutexGuard<'_, Numbers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Lines => "lines",
        }
    }
}

impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = self.lock();
        let Numbers { mode, made, failed, collection, last_success, of } = &*numbers;
        head(f, "ktel_telemetry_info", "gauge", "Whether reports are sent: on, local or off.")?;
        let mode = match mode {
            None | Some(Mode::Off) => "off",
            Some(Mode::Local) => "local",
            Some(Mode::On) => "on",
        };
        writeln!(f, "ktel_telemetry_info{{telemetry=\"{mode}\"}} 1")?;
        head(f, "ktel_reports_total", "counter", "Reports that were due, by whether they could be made.")?;
        writeln!(f, "ktel_reports_total{{result=\"made\"}} {made}")?;
        writeln!(f, "ktel_reports_total{{result=\"failed\"}} {failed}")?;
        head(f, "ktel_collection_duration_seconds", "gauge", "How long the latest report took to be made.")?;
        writeln!(f, "ktel_collection_duration_seconds {:.3}", collection.as_secs_f64())?;
        let help = "When a receiver last took something, in seconds since 1970; 0 for not yet.";
        head(f, "ktel_last_success_timestamp_seconds", "gauge", help)?;
        writeln!(f, "ktel_last_success_timestamp_seconds {:.3}", last_success.as_secs_f64())?;
        head(f, "ktel_delivery_attempts_total", "counter", "Attempts to send, by what became of them.")?;
        for (kind, of) in of {
            for (outcome, count) in &of.attempts {
                writeln!(f, "ktel_delivery_attempts_total{{as=\"{}\",outcome=\"{outcome}\"}} {count}", kind.name())?;
            }
        }
        head(f, "ktel_delivery_waiting", "gauge", "What waits to be sent, or is not known to be safe.")?;
        for (kind, of) in of {
            writeln!(f, "ktel_delivery_waiting{{as=\"{}\"}} {}", kind.name(), of.waiting)?;
        }
        head(f, "ktel_delivery_dropped_total", "counter", "What was given up.")?;
        for (kind, of) in of {
            writeln!(f, "ktel_delivery_dropped_total{{as=\"{}\"}} {}", kind.name(), of.dropped)?;
        }
        Ok(())
    }
}

fn head(f: &mut fmt::Formatter<'_>, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(f, "# HELP {name} {help}\n# TYPE {name} {kind}")
}
