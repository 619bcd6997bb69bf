//! Reports that are made for people to read: what is written down of them, and that nobody is sent any; and the numbers that tell
//! how it goes.

use std::{
    fs,
    path::Path,
    sync::{Arc, Barrier, atomic::Ordering},
    time::Duration,
};

use ktel_collector::{
    Collector, Schedule, SelfRef,
    consent::{Environment, Setting},
};
use ktel_outbox::{Envelope, Journal};
use ktel_splunk::{JournalFile, decode};
use ktel_types::{Valid, report::Report};
use tokio::time::sleep;

use crate::{
    changing::{Changing, Gate, hushed, is_question, saying},
    support::{Log, client_without_network},
};

const HOUR: Duration = Duration::from_secs(3600);

/// A collector that writes down what it makes, where the host says so much.
fn collector(api: Changing, journal: &Path, consent: Setting) -> Collector {
    Collector::builder(client_without_network(api), "kong-operator", consent)
        .environment(Environment::default())
        .own_pod(SelfRef::new("kong", "kong-0"))
        .schedule(Schedule { grace: HOUR / 6, period: HOUR })
        .journal(JournalFile::new(journal))
        .build()
        .unwrap()
}

/// The events of a journal, which are all valid.
fn events(journal: &Path) -> Vec<Valid<Report>> {
    let text = fs::read_to_string(journal).unwrap_or_default();
    text.lines().map(|line| Valid::parse(&decode(line).unwrap().event).unwrap()).collect()
}

/// The reports of a journal, in their order.
fn reports(journal: &Path) -> Vec<String> {
    let mut ids: Vec<String> = events(journal).iter().map(|report| report.report_id.clone()).collect();
    ids.dedup();
    ids
}

/// The value of a metric, without what stands behind the point.
fn metric(text: &str, name: &str) -> u64 {
    let line =
        text.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap_or_else(|| panic!("{name}\n{text}"));
    line.rsplit([' ']).next().unwrap().split('.').next().unwrap().parse().unwrap()
}

/// Whoever says `local`, the host or the cluster while it runs: reports are made at their times and can be read, none is sent, and
/// what waited is gone. To a receiver it is nothing: the first report that it gets is the first one, and says so.
#[tokio::test]
async fn local_writes_down_what_it_makes_and_sends_nothing() {
    tokio::time::pause();
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("reports.ndjson");
    let api =
        Changing::new(vec![saying("default", Some("local")), saying("none", None), saying("kong", Some("local"))]);
    let stage = Arc::clone(&api.stage);
    let gate: Gate = Gate::default();
    gate.is_open.store(1, Ordering::SeqCst);
    let collector = collector(api, &journal, Setting::on());
    let metrics = collector.metrics();
    let run = collector.run(gate.clone(), sleep(100 * HOUR));
    assert_eq!(metric(&metrics.to_string(), "ktel_telemetry_info{telemetry=\"on\"}"), 1, "until the cluster is asked");
    let taken = || gate.taken.load(Ordering::SeqCst);
    let watch = async {
        sleep(24 * HOUR).await;
        assert_eq!(taken(), 0);
        assert_eq!(reports(&journal).len(), 10, "the last ones, and no more of them");
        assert!(events(&journal).iter().all(|report| report.sequence == 1 && report.signal.as_str() == "START"));
        let text = metrics.to_string();
        assert_eq!(metric(&text, "ktel_telemetry_info{telemetry=\"local\"}"), 1);
        assert!(metric(&text, "ktel_reports_total{result=\"made\"}") > 20);
        assert_eq!(metric(&text, "ktel_last_success_timestamp_seconds"), 0);
        stage.store(1, Ordering::SeqCst);
        sleep(3 * HOUR).await;
        let sent = taken();
        assert!((10..=20).contains(&sent), "{sent}");
        assert_eq!(
            metric(&metrics.to_string(), "ktel_delivery_attempts_total{as=\"events\",outcome=\"delivered\"}"),
            3
        );
        assert!(metric(&metrics.to_string(), "ktel_last_success_timestamp_seconds") > 1_700_000_000);
        let first: Valid<Report> = Valid::parse(&gate.items.lock().unwrap()[0].event).unwrap();
        assert_eq!((first.sequence, first.signal.as_str()), (1, "START"));
        assert_eq!(*reports(&journal).last().unwrap(), events(&journal).last().unwrap().report_id);
        let last: Valid<Report> = Valid::parse(&gate.items.lock().unwrap().last().unwrap().event).unwrap();
        assert_eq!(last.report_id, *reports(&journal).last().unwrap(), "what is sent is written down, too");
        stage.store(2, Ordering::SeqCst);
        sleep(24 * HOUR).await;
        assert_eq!(taken(), sent);
        assert_ne!(*reports(&journal).last().unwrap(), last.report_id);
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = run => {}
        () = watch => unreachable!("it never ends"),
    }
}

/// Without a place for them, no report is made that nobody is sent, and the cluster is not read; nor is it if it says off, however
/// long it runs, and then nothing is written.
#[tokio::test]
async fn nothing_is_made_that_nobody_can_read() {
    tokio::time::pause();
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("reports.ndjson");
    for (cluster, has_journal) in
        [(saying("default", Some("local")), false), (saying("default", Some("off")), true), (hushed(), true)]
    {
        let api = Changing::new(vec![cluster]);
        let asked = Arc::clone(&api.asked);
        let gate: Gate = Gate::default();
        let collector = if has_journal {
            collector(api, &journal, Setting::on())
        } else {
            let builder = Collector::builder(client_without_network(api), "kong-operator", Setting::on());
            builder.environment(Environment::default()).own_pod(SelfRef::new("kong", "kong-0")).build().unwrap()
        };
        collector.run(gate.clone(), sleep(30 * HOUR)).await;
        assert_eq!(gate.attempts.load(Ordering::SeqCst), 0);
        assert!(!journal.exists());
        let is_of_consent = |path: &String| is_question(path) || path == "/api/v1/namespaces/kong/pods/kong-0";
        assert!(asked.lock().unwrap().iter().all(is_of_consent), "{asked:#?}");
    }
}

/// The start is told once, in one line, which says what is going to happen and how it is changed. What a sink does not take is
/// nothing to the log of the controller.
#[tokio::test]
async fn one_line_tells_what_is_going_to_happen() {
    tokio::time::pause();
    for (consent, expected) in [
        (Setting::on(), "the first report is sent in 10 minutes at the earliest"),
        (Setting::local(), "for people to read, and none is sent"),
        (Setting::off(), "telemetry is off, decided by the host"),
    ] {
        let log = Log::listen();
        let folder = tempfile::tempdir().unwrap();
        let is_off = consent == Setting::off();
        let collector = collector(Changing::new(vec![saying("none", None)]), &folder.path().join("reports"), consent);
        // Nobody ever takes anything.
        let gate: Gate = Gate::default();
        collector.run(gate.clone(), sleep(5 * HOUR)).await;
        let text = log.text();
        let told: Vec<&str> =
            text.lines().filter(|line| !line.contains(" DEBUG ") && !line.contains(" TRACE ")).collect();
        assert_eq!(told.len(), 1, "{told:#?}");
        assert!(told[0].contains(" INFO ") && told[0].contains(expected), "{told:#?}");
        for what in ["https://schemas.konghq.com/telemetry/v1", "KTEL_TELEMETRY=off", "ktel.konghq.com/telemetry=off"] {
            assert!(is_off || told[0].contains(what), "{told:#?}");
        }
    }
}

/// Numbers are in the text format that Prometheus reads: each metric has its help and its type, and all of them are ours.
#[tokio::test]
async fn metrics_are_in_the_format_of_prometheus() {
    tokio::time::pause();
    let folder = tempfile::tempdir().unwrap();
    let collector = collector(Changing::new(vec![saying("none", None)]), &folder.path().join("reports"), Setting::on());
    let metrics = collector.metrics();
    let gate: Gate = Gate::default();
    collector.run(gate.clone(), sleep(5 * HOUR)).await;
    let text = metrics.to_string();
    let (comments, samples): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('#'));
    for name in comments.iter().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()) {
        assert!(name.starts_with("ktel_") && comments.iter().any(|line| line.starts_with(&format!("# HELP {name} "))));
    }
    for sample in samples {
        let (name, value) = sample.rsplit_once(' ').unwrap();
        let name = name.split('{').next().unwrap();
        assert!(comments.iter().any(|line| line.starts_with(&format!("# TYPE {name} "))), "{sample}");
        assert!(value.parse::<f64>().is_ok_and(f64::is_finite), "{sample}");
    }
    assert!(metric(&text, "ktel_delivery_waiting{as=\"events\"}") >= 20);
    assert!(metric(&text, "ktel_delivery_attempts_total{as=\"events\",outcome=\"busy\"}") > 2);
    assert_eq!(metric(&text, "ktel_delivery_dropped_total{as=\"events\"}"), 0);
}

/// A journal that does not answer holds up neither what is sent nor the end.
#[tokio::test]
async fn a_journal_that_hangs_is_nothing_to_a_report() {
    struct Hanging(Arc<Barrier>);
    impl Journal for Hanging {
        fn record(&mut self, _: &[Arc<Envelope>]) -> bool {
            self.0.wait();
            false
        }
    }
    let end = Arc::new(Barrier::new(2));
    let gate: Gate = Gate::default();
    gate.is_open.store(1, Ordering::SeqCst);
    tokio::time::pause();
    let api = Changing::new(vec![saying("none", None)]);
    let collector = Collector::builder(client_without_network(api), "kong-operator", Setting::on())
        .environment(Environment::default())
        .schedule(Schedule { grace: HOUR / 6, period: HOUR })
        .journal(Hanging(Arc::clone(&end)))
        .build()
        .unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let run = collector.run(gate.clone(), async { drop(stopped.await) });
    let watch = async {
        // Virtual time does not go on by itself while a thread is at work.
        while gate.taken.load(Ordering::SeqCst) == 0 {
            tokio::time::advance(HOUR / 60).await;
            tokio::task::yield_now().await;
        }
        drop(stop);
    };
    tokio::join!(run, watch);
    assert!(gate.taken.load(Ordering::SeqCst) >= 5);
    end.wait();
}
