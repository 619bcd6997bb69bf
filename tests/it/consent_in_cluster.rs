//! What a cluster says of telemetry while a collector runs in it, and what becomes of what waits.

use std::{
    fs,
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use ktel_collector::{
    CollectError, Collector, Schedule, SelfRef, SendError, Sinks,
    consent::{Environment, Setting},
};
use ktel_outbox::Line;
use ktel_sim::Cluster;
use ktel_splunk::Spool;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    changing::{Changing, Gate, hushed, is_question, saying},
    support::client_without_network,
};

const HOUR: Duration = Duration::from_secs(3600);

fn collector(api: Changing, spool: &Path, consent: Setting) -> Collector {
    Collector::builder(client_without_network(api), "kong-operator", consent)
        .environment(Environment::default())
        .own_pod(SelfRef::new("kong", "kong-0"))
        .schedule(Schedule { grace: HOUR / 6, period: HOUR })
        .store(Spool::new(spool))
        .build()
        .unwrap()
}

/// How many files wait in a spool.
fn files(spool: &Path) -> usize {
    let folders = fs::read_dir(spool).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    folders.map(|folder| fs::read_dir(folder).unwrap().count()).sum()
}

/// Whichever namespace says no, and be it in words that nobody understands: nothing is read but what they say, nothing is
/// sent, and nothing is written.
#[tokio::test]
async fn a_cluster_that_says_no_is_asked_nothing_else() {
    tokio::time::pause();
    for (cluster, consent) in [
        (saying("kube-system", Some("off")), Setting::on().confirmed()),
        (saying("default", Some("off")), Setting::on()),
        (saying("kong", Some("nonsense")), Setting::on()),
        (hushed(), Setting::on()),
    ] {
        let api = Changing::new(vec![cluster]);
        let asked = Arc::clone(&api.asked);
        let folder = tempfile::tempdir().unwrap();
        let spool = folder.path().join("spool");
        let gate: Gate = Gate::default();
        let mut collector = collector(api, &spool, consent);
        let error = collector.send_once(&mut gate.clone(), Duration::ZERO).await.unwrap_err();
        assert!(matches!(error, SendError::Collect(CollectError::Off(_))), "{error}");
        collector.run(gate.clone(), sleep(30 * HOUR)).await;
        assert_eq!(gate.attempts.load(Ordering::SeqCst), 0);
        assert!(!spool.exists());
        let asked = asked.lock().unwrap();
        assert!(asked.len() > 20 && asked.iter().all(is_question), "{asked:#?}");
    }
}

/// Switched off while it runs: from the next report or attempt on, nothing is read or sent, and what waits is gone, in memory
/// and on disk. Switched on again, it goes on.
#[tokio::test]
async fn a_cluster_that_changes_its_mind_is_heard_without_a_restart() {
    tokio::time::pause();
    let api = Changing::new(vec![saying("none", None), saying("default", Some("off")), saying("none", None)]);
    let (stage, asked) = (Arc::clone(&api.stage), Arc::clone(&api.asked));
    let spool = tempfile::tempdir().unwrap();
    let gate: Gate = Gate::default();
    let files = || files(spool.path());
    let run = collector(api, spool.path(), Setting::on()).run(gate.clone(), sleep(20 * HOUR));
    let watch = async {
        sleep(5 * HOUR).await;
        assert!(files() >= 4 * 5, "what nobody takes waits: {}", files());
        stage.store(1, Ordering::SeqCst);
        let (before, attempts) = (asked.lock().unwrap().len(), gate.attempts.load(Ordering::SeqCst));
        sleep(5 * HOUR).await;
        assert_eq!(gate.attempts.load(Ordering::SeqCst), attempts, "nothing is sent");
        let later = asked.lock().unwrap()[before..].to_vec();
        assert!(!later.is_empty() && later.iter().all(is_question), "{later:#?}");
        assert_eq!(files(), 0, "nothing waits any more");
        gate.is_open.store(1, Ordering::SeqCst);
        stage.store(2, Ordering::SeqCst);
        sleep(3 * HOUR).await;
        let taken = gate.taken.load(Ordering::SeqCst);
        assert!((5..=20).contains(&taken), "what is made from now on, and nothing of before: {taken}");
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = run => {}
        () = watch => unreachable!("it never ends"),
    }
}

/// While the cluster cannot be asked, nothing else is read and nothing is sent, but what waits is not lost either. Where an
/// administrator has confirmed it, it need not be asked.
#[tokio::test]
async fn what_waits_is_held_while_nobody_can_be_asked() {
    tokio::time::pause();
    let api = Changing::new(vec![saying("none", None), hushed(), saying("none", None)]);
    let (stage, asked) = (Arc::clone(&api.stage), Arc::clone(&api.asked));
    let spool = tempfile::tempdir().unwrap();
    let gate: Gate = Gate::default();
    let run = collector(api, spool.path(), Setting::on()).run(gate.clone(), sleep(12 * HOUR));
    let watch = async {
        sleep(3 * HOUR).await;
        stage.store(1, Ordering::SeqCst);
        gate.is_open.store(1, Ordering::SeqCst);
        let before = asked.lock().unwrap().len();
        sleep(3 * HOUR).await;
        assert_eq!(gate.taken.load(Ordering::SeqCst), 0);
        let later = asked.lock().unwrap()[before..].to_vec();
        assert!(!later.is_empty() && later.len() < 60 && later.iter().all(is_question), "{later:#?}");
        stage.store(2, Ordering::SeqCst);
        sleep(2 * HOUR).await;
        assert!(gate.taken.load(Ordering::SeqCst) >= 4 * 5, "{:?}", gate.taken);
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = run => {}
        () = watch => unreachable!("it never ends"),
    }

    let mut confirmed = collector(Changing::new(vec![hushed()]), spool.path(), Setting::on().confirmed());
    assert!(confirmed.preview().await.is_ok());
}

/// The switch that a product had before ktel is heard where the controller has it: in its pod.
#[tokio::test]
async fn a_switch_in_the_controllers_pod_is_heard() {
    tokio::time::pause();
    let pod = |container: Value| {
        let metadata = json!({ "name": "kong-0", "namespace": "kong" });
        let pod =
            json!({ "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": { "containers": [container] } });
        Cluster::parse(&json!({ "version": "v1.34.1", "objects": [pod] }).to_string()).unwrap()
    };
    let variable = |name: &str, value: Value| json!({ "name": "c", "env": [{ "name": name, "value": value }] });
    let elsewhere = json!({ "name": "c", "env": [{ "name": "CONTROLLER_ANONYMOUS_REPORTS", "valueFrom": {} }] });
    for (container, is_yes) in [
        (json!({ "name": "c" }), true),
        (variable("CONTROLLER_ANONYMOUS_REPORTS", json!("true")), true),
        (variable("CONTROLLER_ANONYMOUS_REPORTS", json!("false")), false),
        (variable("KONG_ANONYMOUS_REPORTS", json!("off")), false),
        (variable("KONG_OPERATOR_ANONYMOUS_REPORTS", json!("perhaps")), false),
        (json!({ "name": "c", "args": ["--anonymous-reports=false"] }), false),
        (json!({ "name": "c", "args": ["--anonymous-reports"] }), true),
        (elsewhere, false),
    ] {
        let spool = tempfile::tempdir().unwrap();
        let api = Changing::new(vec![pod(container.clone())]);
        let asked = Arc::clone(&api.asked);
        let mut collector = collector(api, spool.path(), Setting::on());
        assert_eq!(collector.preview().await.is_ok(), is_yes, "{container}");
        let is_of_consent = |path: &String| is_question(path) || path == "/api/v1/namespaces/kong/pods/kong-0";
        assert_eq!(asked.lock().unwrap().iter().all(is_of_consent), !is_yes, "{container}");
    }
}

/// Where a variable says no, nothing is asked of anybody, however long it runs, and what an earlier process has left is gone.
#[tokio::test]
async fn a_no_where_the_collector_runs_needs_no_question() {
    tokio::time::pause();
    let spool = tempfile::tempdir().unwrap();
    let gate: Gate = Gate::default();
    let left = collector(Changing::new(vec![saying("none", None)]), spool.path(), Setting::on());
    left.run(gate.clone(), sleep(3 * HOUR)).await;
    let files = || files(spool.path());
    assert!(files() > 0);
    let api = Changing::new(vec![saying("none", None)]);
    let asked = Arc::clone(&api.asked);
    let attempts = gate.attempts.load(Ordering::SeqCst);
    let off = Environment { ktel_telemetry: Some("off".into()), ..Environment::default() };
    let silent = Collector::builder(client_without_network(api), "kong-operator", Setting::on())
        .environment(off)
        .store(Spool::new(spool.path()))
        .build()
        .unwrap();
    silent.run(gate.clone(), sleep(30 * HOUR)).await;
    assert_eq!((asked.lock().unwrap().len(), gate.attempts.load(Ordering::SeqCst), files()), (0, attempts, 0));
}

/// A category that is withdrawn while it runs: neither its events nor what rides of it on others is sent, and no line that
/// tells of it, not even if the cluster could not be asked in between.
#[tokio::test]
async fn what_tells_of_a_withdrawn_category_is_dropped() {
    tokio::time::pause();
    let api = Changing::new(vec![saying("none", None), hushed(), saying("default", Some("usage"))]);
    let stage = Arc::clone(&api.stage);
    let spool = tempfile::tempdir().unwrap();
    let (events, lines): (Gate, Gate<Line>) = (Gate::default(), Gate::default());
    let sinks = Sinks::events(events.clone()).and_lines(lines.clone());
    let run = collector(api, spool.path(), Setting::on()).run(sinks, sleep(12 * HOUR));
    let watch = async {
        sleep(3 * HOUR).await;
        stage.store(1, Ordering::SeqCst);
        sleep(HOUR).await;
        stage.store(2, Ordering::SeqCst);
        events.is_open.store(1, Ordering::SeqCst);
        lines.is_open.store(1, Ordering::SeqCst);
        sleep(4 * HOUR).await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = run => {}
        () = watch => unreachable!("it never ends"),
    }
    let events = events.items.lock().unwrap();
    assert!(!events.is_empty());
    for envelope in events.iter() {
        let event: Value = serde_json::from_str(&envelope.event).unwrap();
        assert_eq!(event["consented"], json!(["USAGE"]), "made after the withdrawal");
        assert!(envelope.fields.iter().all(|(name, _)| name != "ktel_platform"), "{:?}", envelope.fields);
    }
    let lines = lines.items.lock().unwrap();
    assert!(!lines.is_empty());
    let keys = |line: &Line| line.groups.concat().iter().map(|(key, _)| key.to_string()).collect::<Vec<_>>();
    assert!(lines.iter().all(|line| !keys(line).iter().any(|key| key == "k8sv")), "{:?}", keys(&lines[0]));
}
