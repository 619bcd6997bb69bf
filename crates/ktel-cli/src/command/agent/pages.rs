//! What the agent tells of itself: whether it is well, and its numbers in the text format of Prometheus.

use std::fmt::Write as _;

use ktel_collector::Metrics;
use tokio::{sync::watch, task::AbortHandle};

use super::{lease::Pulse, process::Process};

/// What the agent tells of itself.
pub(super) struct Pages {
    pub(super) metrics: Metrics,
    /// Whether this process is the one that reports.
    pub(super) leadership: Option<watch::Receiver<bool>>,
    /// The election, if there is one.
    pub(super) pulse: Option<Pulse>,
    /// The loop of reports.
    pub(super) reports: AbortHandle,
}

impl Pages {
    /// What is not as it should be, in a sentence. All of it runs on one thread: if that is held up, nobody is answered at all.
    pub(super) fn ill(&self) -> Option<&'static str> {
        if self.reports.is_finished() {
            return Some("the loop of reports has ended");
        }
        self.pulse.as_ref().is_some_and(Pulse::is_gone).then_some("the election has not come round for half a minute")
    }

    pub(super) fn metrics(&self) -> String {
        let mut text = self.metrics.to_string();
        let is_leader = self.leadership.as_ref().is_none_or(|leadership| *leadership.borrow());
        let version = format!("ktel_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"));
        entry(&mut text, "ktel_build_info", "gauge", "The version of ktel.", &version);
        let leader = format!("ktel_agent_leader {}", u8::from(is_leader));
        entry(&mut text, "ktel_agent_leader", "gauge", "Whether this process is the one that reports.", &leader);
        let Process { resident_bytes, cpu_seconds } = Process::read();
        if let Some(bytes) = resident_bytes {
            let name = "process_resident_memory_bytes";
            entry(&mut text, name, "gauge", "Resident memory size in bytes.", &format!("{name} {bytes}"));
        }
        if let Some(seconds) = cpu_seconds {
            let name = "process_cpu_seconds_total";
            let help = "Total user and system CPU time spent in seconds.";
            entry(&mut text, name, "counter", help, &format!("{name} {seconds:.2}"));
        }
        text
    }
}

fn entry(text: &mut String, name: &str, kind: &str, help: &str, line: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{line}");
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_has_ended_or_does_not_come_round_is_told() {
        let (work, pulse) = (tokio::spawn(std::future::pending::<()>()), Pulse::new());
        let (_leading, leadership) = watch::channel(false);
        let pages = Pages {
            metrics: Metrics::default(),
            leadership: Some(leadership),
            pulse: Some(pulse),
            reports: work.abort_handle(),
        };
        assert_eq!(pages.ill(), None);
        assert!(pages.metrics().contains("\nktel_agent_leader 0\n"));
        tokio::time::sleep(Duration::from_secs(31)).await;
        assert_eq!(pages.ill(), Some("the election has not come round for half a minute"));
        work.abort();
        assert!(work.await.is_err());
        assert_eq!(pages.ill(), Some("the loop of reports has ended"));
    }
}
