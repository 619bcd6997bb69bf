//! When reports are made, and by whom. Time is virtual here: an hour takes no time, and the network none of it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use ktel_collector::{Collector, Leadership, Schedule};
use ktel_outbox::{Envelope, Outcome, Sink};
use ktel_sim::{Answer, Api, Cluster, DEMO, Request};
use serde_json::Value;
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use crate::support::{Log, builder_for, client_without_network, cluster, refusing};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Notes what arrives, and when.
#[derive(Clone)]
pub(crate) struct Diary {
    began: Instant,
    entries: Arc<Mutex<Vec<(Duration, Value)>>>,
    answer: fn(usize) -> Outcome,
    attempts: Arc<Mutex<usize>>,
}

impl Diary {
    pub(crate) fn new(answer: fn(usize) -> Outcome) -> Self {
        Self { began: Instant::now(), entries: Arc::default(), answer, attempts: Arc::default() }
    }

    /// What arrived of the environment, an event a report.
    pub(crate) fn reports(&self) -> Vec<Value> {
        let entries = self.entries.lock().unwrap();
        entries.iter().map(|(_, report)| report.clone()).filter(|report| report["event"] == "ENVIRONMENT").collect()
    }

    /// The signals that arrived, each with the time since the start, of one event a report.
    fn signals(&self) -> Vec<(Duration, String)> {
        let entries = self.entries.lock().unwrap();
        let of_environment = entries.iter().filter(|(_, report)| report["event"] == "ENVIRONMENT");
        of_environment.map(|(at, report)| (*at, report["signal"].as_str().unwrap().to_owned())).collect()
    }
}

impl Sink for Diary {
    async fn post(&mut self, batch: &[Arc<Envelope>]) -> Outcome {
        let attempt = {
            let mut attempts = self.attempts.lock().unwrap();
            *attempts += 1;
            *attempts - 1
        };
        let outcome = (self.answer)(attempt);
        if outcome == Outcome::Delivered {
            let at = self.began.elapsed();
            let reports = batch.iter().map(|envelope| (at, serde_json::from_str(&envelope.event).unwrap()));
            self.entries.lock().unwrap().extend(reports);
        }
        outcome
    }
}

/// Lets a collector run for a time, as `leadership` says.
async fn run_for(time: Duration, leadership: Leadership, answer: fn(usize) -> Outcome) -> Diary {
    tokio::time::pause();
    let client = client_without_network(Cluster::parse(DEMO).unwrap());
    let collector: Collector = builder_for(client)
        .leadership(leadership)
        .schedule(Schedule { grace: 10 * MINUTE, period: HOUR })
        .build()
        .unwrap();
    let diary = Diary::new(answer);
    collector.run(diary.clone(), sleep(time)).await;
    diary
}

#[tokio::test]
async fn nothing_is_read_or_sent_in_the_grace() {
    tokio::time::pause();
    let requests = Arc::default();
    let api = Asked { cluster: cluster("everything"), requests: Arc::clone(&requests) };
    let schedule = Schedule { grace: 10 * MINUTE, period: HOUR };
    let collector = builder_for(client_without_network(api)).schedule(schedule).build().unwrap();
    let diary = Diary::new(|_| Outcome::Delivered);
    collector.run(diary.clone(), sleep(Duration::from_secs(9 * 60 + 59))).await;
    assert_eq!(diary.signals(), []);
    assert_eq!(requests.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_start_is_followed_by_heartbeats_and_a_stop() {
    let diary = run_for(5 * HOUR, Leadership::Always, |_| Outcome::Delivered).await;
    let signals = diary.signals();
    let names: Vec<&str> = signals.iter().map(|(_, signal)| signal.as_str()).collect();
    assert_eq!(names[0], "START");
    assert_eq!(*names.last().unwrap(), "STOP");
    let heartbeats = &signals[1..signals.len() - 1];
    assert!(heartbeats.iter().all(|(_, signal)| signal == "HEARTBEAT"), "{names:?}");
    assert!((3..=5).contains(&heartbeats.len()), "{names:?}");
    // The start is spread over a quarter of an hour behind the grace, the first heartbeat over a period.
    assert!(signals[0].0 >= 10 * MINUTE && signals[0].0 <= 26 * MINUTE, "{signals:?}");
    assert!(signals[1].0 <= signals[0].0 + HOUR + MINUTE, "{signals:?}");
    for pair in heartbeats.windows(2) {
        let (due, late) = (pair[0].0 + HOUR, pair[0].0 + HOUR + MINUTE);
        assert!((due..late).contains(&(pair[1].0 + Duration::from_secs(30))), "{signals:?}");
    }
    let entries = diary.entries.lock().unwrap();
    let windows: Vec<u64> = entries.iter().filter_map(|(_, report)| report["window_seconds"].as_u64()).collect();
    assert!(!windows.is_empty() && windows.iter().all(|window| *window <= 3660), "{windows:?}");
    let sequences: Vec<u64> = entries.iter().map(|(_, report)| report["sequence"].as_u64().unwrap()).collect();
    assert!(sequences.is_sorted() && sequences[0] == 1, "{sequences:?}");
}

#[tokio::test]
async fn who_takes_over_does_not_start() {
    let (leader, leadership) = watch::channel(false);
    let takes_over = async {
        sleep(2 * HOUR).await;
        leader.send(true).unwrap();
        sleep(HOUR).await;
        leader.send(false).unwrap();
        std::future::pending::<()>().await;
    };
    let diary = tokio::select! {
        diary = run_for(6 * HOUR, Leadership::Watch(leadership), |_| Outcome::Delivered) => diary,
        () = takes_over => unreachable!("it never ends"),
    };
    let signals = diary.signals();
    assert_eq!(signals[0].1, "LEADER_CHANGE");
    assert!(signals[0].0 >= 2 * HOUR, "{signals:?}");
    // Who was relieved says nothing any more, not even that it stops.
    assert!(signals.iter().all(|(at, signal)| *at <= 3 * HOUR + MINUTE && signal != "STOP"), "{signals:?}");
}

/// A machine that was suspended for a week sends one report when it wakes up, and not those of the week.
#[tokio::test]
async fn what_a_suspended_machine_has_missed_is_not_made_up_for() {
    const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
    let asleep_at = 4 * HOUR + HOUR / 2;
    let suspended = async {
        sleep(asleep_at).await;
        tokio::time::advance(WEEK).await;
        std::future::pending::<()>().await;
    };
    let diary = tokio::select! {
        diary = run_for(WEEK + 7 * HOUR, Leadership::Always, |_| Outcome::Delivered) => diary,
        () = suspended => unreachable!("it never ends"),
    };
    let signals = diary.signals();
    let woken = asleep_at + WEEK;
    let between = |from: Duration, to: Duration| signals.iter().filter(|(at, _)| (from..to).contains(at)).count();
    assert!(between(Duration::ZERO, woken) >= 4, "{signals:?}");
    assert_eq!(between(woken, woken + MINUTE), 1, "{signals:?}");
    assert!((2..=4).contains(&between(woken + MINUTE, woken + WEEK)), "heartbeats, and a stop: {signals:?}");
}

#[tokio::test]
async fn what_could_not_be_delivered_is_tried_again() {
    let busy_at_first = |attempt| if attempt < 4 { Outcome::Retry { after: None } } else { Outcome::Delivered };
    let diary = run_for(2 * HOUR, Leadership::Always, busy_at_first).await;
    assert_eq!(diary.signals()[0].1, "START");
    assert!(*diary.attempts.lock().unwrap() >= 5);
}

#[tokio::test]
async fn what_was_given_up_is_told_in_the_next_report() {
    let refuse_one = |attempt| if attempt == 0 { Outcome::Isolate(0) } else { Outcome::Delivered };
    let diary = run_for(3 * HOUR, Leadership::Always, refuse_one).await;
    let entries = diary.entries.lock().unwrap();
    let dropped: Vec<u64> =
        entries.iter().map(|(_, report)| report["delivery"]["dropped_count"].as_u64().unwrap()).collect();
    assert_eq!(dropped[0], 0);
    assert_eq!(*dropped.last().unwrap(), 1);
}

#[tokio::test]
async fn an_endpoint_that_wants_no_more_gets_no_more() {
    let diary = run_for(10 * HOUR, Leadership::Always, |_| Outcome::Gone).await;
    assert_eq!(*diary.attempts.lock().unwrap(), 1);
}

/// A cluster that refuses everything makes no report, which is said once however often it is tried again.
#[tokio::test]
async fn a_cluster_that_refuses_everything_is_said_once() {
    tokio::time::pause();
    let log = Log::listen();
    let schedule = Schedule { grace: 10 * MINUTE, period: HOUR };
    let collector = builder_for(client_without_network(refusing())).schedule(schedule).build().unwrap();
    let diary = Diary::new(|_| Outcome::Delivered);
    collector.run(diary.clone(), sleep(5 * HOUR)).await;
    assert_eq!(*diary.attempts.lock().unwrap(), 0);
    let said = log.text();
    let warnings: Vec<&str> = said.lines().filter(|line| line.contains(" WARN ")).collect();
    assert!(warnings.len() == 1 && warnings[0].contains("no telemetry report was made"), "{warnings:#?}");
    assert!(said.matches("no report was made").count() > 5, "it was tried again, which only a debugger sees");
}

/// A cluster, and what was asked of it.
struct Asked {
    cluster: Cluster,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Api for Asked {
    fn answer(&self, request: &Request) -> Answer {
        self.requests.lock().unwrap().push(request.clone());
        self.cluster.answer(request)
    }
}

/// Whole pods of all of the cluster are read at the first report, and then once a day, however often reports are made.
#[tokio::test]
async fn what_is_costly_is_read_once_a_day() {
    tokio::time::pause();
    let requests = Arc::default();
    let api = Asked { cluster: cluster("everything"), requests: Arc::clone(&requests) };
    let schedule = Schedule { grace: 10 * MINUTE, period: 4 * HOUR };
    let collector = builder_for(client_without_network(api)).schedule(schedule).build().unwrap();
    let diary = Diary::new(|_| Outcome::Delivered);
    collector.run(diary.clone(), sleep(60 * HOUR)).await;
    assert!(diary.reports().len() > 12);
    let is_costly = |request: &&Request| {
        request.path == "/api/v1/pods" && request.form().is_empty() && !request.query.contains_key("labelSelector")
    };
    assert_eq!(requests.lock().unwrap().iter().filter(is_costly).count(), 3);
    // The other reports say that they do not know.
    let entries = diary.entries.lock().unwrap();
    let meshes: Vec<&Value> =
        entries.iter().map(|(_, report)| report).filter(|report| report["event"] == "MESH").collect();
    let told = meshes.iter().filter(|report| report["mesh"]["istio_service_count"] == 10).count();
    let untold = meshes.iter().filter(|report| report["mesh"]["istio_service_count"].is_null()).count();
    assert_eq!((told, told + untold), (3, meshes.len()));
}
