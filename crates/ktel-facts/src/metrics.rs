//! Metrics of a controller: those that tell how it performs.

use std::collections::BTreeMap;

use ktel_types::host::{HostFacts, Performance};
use prometheus_parse::{Labels, Scrape, Value};

use crate::histogram::Histogram;

/// What one scrape of a controller told.
///
/// Source of the names: `internal/metrics/prometheus.go` of Kong Ingress Controller, `pkg/internal/controller/metrics` of
/// controller-runtime, and the collectors of processes and of Go in Prometheus' client library.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metrics {
    /// Each metric by name, each of its series by labels.
    numbers: BTreeMap<String, BTreeMap<String, Number>>,
    histograms: BTreeMap<String, BTreeMap<String, Histogram>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Number {
    value: f64,
    is_success: bool,
}

/// A counter, of which the difference since the last time is told.
struct Counter {
    metric: &'static str,
    which: Which,
    fill: fn(&mut Performance, f64),
}

/// Which series of a metric count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    /// Those whose label `success` is not `true`.
    Failed,
}

/// A histogram of durations.
struct Durations {
    metric: &'static str,
    seconds_per_unit: f64,
    fill: fn(&mut Performance, [Option<f64>; 3]),
}

/// Something that is as it is now.
struct Gauge {
    metric: &'static str,
    fill: fn(&mut Performance, f64),
}

const COUNTERS: &[Counter] = &[
    Counter {
        metric: "ingress_controller_configuration_push_count",
        which: Which::All,
        fill: |facts, value| facts.config_push_count = Some(whole(value)),
    },
    Counter {
        metric: "ingress_controller_configuration_push_count",
        which: Which::Failed,
        fill: |facts, value| facts.config_push_failed_count = Some(whole(value)),
    },
    Counter {
        metric: "ingress_controller_translation_count",
        which: Which::All,
        fill: |facts, value| facts.translation_count = Some(whole(value)),
    },
    Counter {
        metric: "ingress_controller_translation_count",
        which: Which::Failed,
        fill: |facts, value| facts.translation_failed_count = Some(whole(value)),
    },
    Counter {
        metric: "controller_runtime_reconcile_total",
        which: Which::All,
        fill: |facts, value| facts.reconcile_count = Some(whole(value)),
    },
    Counter {
        metric: "controller_runtime_reconcile_errors_total",
        which: Which::All,
        fill: |facts, value| facts.reconcile_failed_count = Some(whole(value)),
    },
    Counter {
        metric: "process_cpu_seconds_total",
        which: Which::All,
        fill: |facts, value| facts.cpu_seconds = Some(thousandths(value)),
    },
];

const DURATIONS: &[Durations] = &[
    Durations {
        metric: "ingress_controller_configuration_push_duration_milliseconds",
        seconds_per_unit: 0.001,
        fill: |facts, [p50, p95, p99]| {
            facts.config_push_p50_seconds = p50;
            facts.config_push_p95_seconds = p95;
            facts.config_push_p99_seconds = p99;
        },
    },
    Durations {
        metric: "ingress_controller_translation_duration_milliseconds",
        seconds_per_unit: 0.001,
        fill: |facts, [p50, p95, p99]| {
            facts.translation_p50_seconds = p50;
            facts.translation_p95_seconds = p95;
            facts.translation_p99_seconds = p99;
        },
    },
    Durations {
        metric: "controller_runtime_reconcile_time_seconds",
        seconds_per_unit: 1.0,
        fill: |facts, [p50, p95, p99]| {
            facts.reconcile_p50_seconds = p50;
            facts.reconcile_p95_seconds = p95;
            facts.reconcile_p99_seconds = p99;
        },
    },
];

/// Where a gauge has several series, the largest counts: the longest queue.
const GAUGES: &[Gauge] = &[
    Gauge { metric: "workqueue_depth", fill: |facts, value| facts.queue_item_count = Some(whole(value)) },
    Gauge {
        metric: "process_resident_memory_bytes",
        fill: |facts, value| facts.resident_memory_mebibytes = Some(thousandths(value / f64::from(1 << 20))),
    },
    Gauge { metric: "go_threads", fill: |facts, value| facts.thread_count = Some(whole(value)) },
];

impl Metrics {
    /// Reads the text format of Prometheus. Lines that are none, and metrics that nobody looks for, are passed over.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut metrics = Self::default();
        let lines = text.lines().filter(|line| is_looked_for(line)).map(|line| Ok(line.to_owned()));
        // Lines that are there already cannot fail to be read.
        let Ok(scrape) = Scrape::parse(lines) else { return metrics };
        for sample in scrape.samples {
            let series = sample.labels.to_string();
            match sample.value {
                Value::Counter(value) | Value::Gauge(value) | Value::Untyped(value) if value.is_finite() => {
                    let number = Number { value, is_success: is_success(&sample.labels) };
                    metrics.numbers.entry(sample.metric).or_default().insert(series, number);
                }
                Value::Histogram(buckets) => {
                    let histogram = metrics.histograms.entry(sample.metric).or_default().entry(series).or_default();
                    for bucket in buckets {
                        histogram.add(bucket.less_than, bucket.count);
                    }
                }
                _ => {}
            }
        }
        metrics
    }

    /// Whether nothing was told that is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.histograms.is_empty()
    }

    /// The facts that these metrics tell: what was counted and measured since an earlier scrape of the same controller.
    ///
    /// Without an earlier scrape nothing can be told of what was counted, and durations are those since the controller was
    /// started. What was reset in between counts from its reset on; no difference is negative.
    #[must_use]
    pub fn since(&self, earlier: Option<&Self>) -> HostFacts {
        let mut facts = HostFacts::default();
        let performance = &mut facts.performance;
        for counter in COUNTERS {
            if let Some(count) = earlier.and_then(|earlier| self.counted(counter, earlier)) {
                (counter.fill)(performance, count);
            }
        }
        for durations in DURATIONS {
            let measured = self.measured(durations.metric, earlier);
            let quantile = |part| measured.quantile(part).map(|units| millionths(units * durations.seconds_per_unit));
            (durations.fill)(performance, [quantile(0.5), quantile(0.95), quantile(0.99)]);
        }
        for gauge in GAUGES {
            let series = self.numbers.get(gauge.metric).into_iter().flat_map(BTreeMap::values);
            if let Some(largest) = series.map(|number| number.value).max_by(f64::total_cmp) {
                (gauge.fill)(performance, largest);
            }
        }
        facts
    }

    /// What was counted since; `None` if the metric is not there.
    fn counted(&self, counter: &Counter, earlier: &Self) -> Option<f64> {
        let before = earlier.numbers.get(counter.metric);
        let series = self.numbers.get(counter.metric)?.iter();
        let counts =
            series.filter(|(_, number)| counter.which == Which::All || !number.is_success).map(|(name, number)| {
                let before = before.and_then(|series| series.get(name)).map_or(0.0, |number| number.value);
                if number.value < before { number.value } else { number.value - before }
            });
        Some(counts.fold(0.0, |sum, count| sum + count))
    }

    /// What was measured since, of all series together.
    fn measured(&self, metric: &str, earlier: Option<&Self>) -> Histogram {
        let mut all = Histogram::default();
        for (name, histogram) in self.histograms.get(metric).into_iter().flatten() {
            let before = earlier.and_then(|earlier| earlier.histograms.get(metric)?.get(name));
            match before {
                Some(before) => all.merge(&histogram.since(before)),
                None => all.merge(histogram),
            }
        }
        all
    }
}

/// Whether a line is about a metric that is looked for: `name…`, `# TYPE name…`.
fn is_looked_for(line: &str) -> bool {
    let line = line.strip_prefix("# TYPE ").unwrap_or(line);
    let counters = COUNTERS.iter().map(|counter| counter.metric);
    let durations = DURATIONS.iter().map(|durations| durations.metric);
    let gauges = GAUGES.iter().map(|gauge| gauge.metric);
    counters.chain(durations).chain(gauges).any(|metric| line.starts_with(metric))
}

fn is_success(labels: &Labels) -> bool {
    labels.get("success") == Some("true")
}

/// A count as the standard has it. What is too large for it is as large as it can be.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` stays within the bounds of the type")]
fn whole(value: f64) -> u32 {
    value.round() as u32
}

fn thousandths(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

fn millionths(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "what is told is rounded")]
mod tests {
    use super::*;

    /// Metrics as Kong Ingress Controller has them, after so many pushes of which some failed.
    fn scrape(pushed: u32, failed: u32, slow: u32) -> Metrics {
        Metrics::parse(&format!(
            "# HELP ingress_controller_configuration_push_count Count of successful/failed configuration pushes.\n\
             # TYPE ingress_controller_configuration_push_count counter\n\
             ingress_controller_configuration_push_count{{dataplane=\"http://10.0.0.1:8444\",protocol=\"db-less\",success=\"true\"}} {pushed}\n\
             ingress_controller_configuration_push_count{{dataplane=\"http://10.0.0.1:8444\",failure_reason=\"network\",protocol=\"db-less\",success=\"false\"}} {failed}\n\
             # TYPE ingress_controller_configuration_push_duration_milliseconds histogram\n\
             ingress_controller_configuration_push_duration_milliseconds_bucket{{protocol=\"db-less\",success=\"true\",le=\"100\"}} {pushed}\n\
             ingress_controller_configuration_push_duration_milliseconds_bucket{{protocol=\"db-less\",success=\"true\",le=\"200\"}} {all}\n\
             ingress_controller_configuration_push_duration_milliseconds_bucket{{protocol=\"db-less\",success=\"true\",le=\"+Inf\"}} {all}\n\
             ingress_controller_configuration_push_duration_milliseconds_sum{{protocol=\"db-less\",success=\"true\"}} 7\n\
             ingress_controller_configuration_push_duration_milliseconds_count{{protocol=\"db-less\",success=\"true\"}} {all}\n\
             # TYPE workqueue_depth gauge\n\
             workqueue_depth{{name=\"ingress\"}} 2\n\
             workqueue_depth{{name=\"secret\"}} 5\n\
             # TYPE process_resident_memory_bytes gauge\n\
             process_resident_memory_bytes 8.912896e+07\n\
             # TYPE process_cpu_seconds_total counter\n\
             process_cpu_seconds_total {pushed}.25\n\
             # TYPE go_goroutines gauge\n\
             go_goroutines 200\n",
            all = pushed + slow,
        ))
    }

    #[test]
    fn the_first_scrape_tells_what_is_and_how_long_things_took() {
        let facts = scrape(100, 3, 0).since(None).performance;
        assert_eq!((facts.config_push_count, facts.cpu_seconds), (None, None), "since when is not known");
        assert_eq!((facts.queue_item_count, facts.resident_memory_mebibytes), (Some(5), Some(85.0)));
        assert_eq!((facts.config_push_p50_seconds, facts.config_push_p99_seconds), (Some(0.05), Some(0.099)));
        assert_eq!((facts.thread_count, facts.reconcile_p50_seconds), (None, None), "nothing tells these");
    }

    #[test]
    fn the_second_scrape_tells_the_difference() {
        let facts = scrape(140, 5, 60).since(Some(&scrape(100, 3, 0))).performance;
        assert_eq!((facts.config_push_count, facts.config_push_failed_count), (Some(42), Some(2)));
        assert_eq!(facts.cpu_seconds, Some(40.0));
        assert_eq!(facts.config_push_p50_seconds, Some(0.116_667), "only what was measured since");
    }

    #[test]
    fn what_was_reset_counts_from_its_reset_on() {
        let facts = scrape(7, 0, 0).since(Some(&scrape(100, 3, 0))).performance;
        assert_eq!((facts.config_push_count, facts.config_push_failed_count), (Some(7), Some(0)));
        assert_eq!(facts.cpu_seconds, Some(7.25));
        assert_eq!(facts.config_push_p50_seconds, Some(0.05));
    }

    #[test]
    fn what_is_no_metric_is_passed_over() {
        for text in ["", "<html>not metrics</html>", "go_threads", "go_threads NaN", "# TYPE go_threads gauge\n"] {
            assert!(Metrics::parse(text).is_empty(), "{text}");
        }
        assert_eq!(Metrics::parse("go_threads 11\n<html>").since(None).performance.thread_count, Some(11));
    }
}
