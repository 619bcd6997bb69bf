//! Who reports: several products, replicas of each, restarts and changes of leadership.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use ktel_collector::{
    Collector, Leadership, SALT_ANNOTATION, Schedule, SelfRef,
    consent::{Environment, Setting},
};
use ktel_outbox::Outcome;
use ktel_sim::Cluster;
use ktel_splunk::Spool;
use serde_json::{Value, json};
use tokio::{sync::watch, time::sleep};

use crate::{
    changing::{Changing, Gate},
    schedule::Diary,
    support::{client_without_network, cluster},
};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// The three replicas of a product, for six hours, the leader of which changes after three if there is a second one.
async fn run(product: &str, pods: &str, leaders: &[usize]) -> Vec<Value> {
    let diary = Diary::new(|_| Outcome::Delivered);
    let (elected, _) = watch::channel(leaders[0]);
    let replicas = (1..=3).map(|number| {
        let (leads, leadership) = watch::channel(number == leaders[0]);
        let mut elected = elected.subscribe();
        let collector = Collector::builder(client_without_network(cluster("two-products")), product, Setting::on())
            .environment(Environment::default())
            .own_pod(SelfRef::new("kong", format!("{pods}-{number}")))
            .leadership(Leadership::Watch(leadership))
            .schedule(Schedule { grace: Duration::from_secs(600), period: HOUR })
            .build()
            .unwrap();
        let diary = diary.clone();
        async move {
            let follow = async {
                while elected.changed().await.is_ok() {
                    leads.send(*elected.borrow() == number).unwrap();
                }
            };
            tokio::select! {
                () = collector.run(diary, sleep(6 * HOUR)) => {}
                () = follow => unreachable!("the election outlives the replicas"),
            }
        }
    });
    let mut replicas: Vec<_> = replicas.collect();
    let (third, second, first) = (replicas.pop().unwrap(), replicas.pop().unwrap(), replicas.pop().unwrap());
    let election = async {
        sleep(3 * HOUR).await;
        if let Some(next) = leaders.get(1) {
            elected.send(*next).unwrap();
        }
    };
    tokio::join!(first, second, third, election);
    diary.reports()
}

fn ids(reports: &[Value], name: &str) -> BTreeSet<String> {
    reports.iter().map(|report| report["identity"][name].as_str().unwrap().to_owned()).collect()
}

/// The signals in their order, repetitions left out.
fn signals(reports: &[Value]) -> Vec<&str> {
    let mut signals: Vec<&str> = reports.iter().map(|report| report["signal"].as_str().unwrap()).collect();
    signals.dedup();
    signals
}

#[tokio::test]
async fn installations_are_told_apart_and_replicas_are_not() {
    tokio::time::pause();
    let (controller, operator) = tokio::join!(
        Box::pin(run("kong-ingress-controller", "controller-6c9f7d5b8", &[1, 2])),
        Box::pin(run("kong-operator", "operator-7d8f9c6b4", &[3]))
    );
    let restarted = Box::pin(run("kong-ingress-controller", "controller-6c9f7d5b8", &[2])).await;

    // Only the leader reports. Who takes over does not start, and who was relieved does not stop.
    assert_eq!(signals(&controller), ["START", "HEARTBEAT", "LEADER_CHANGE", "HEARTBEAT", "STOP"]);
    assert_eq!(signals(&operator), ["START", "HEARTBEAT", "STOP"]);
    assert_eq!(signals(&restarted), ["START", "HEARTBEAT", "STOP"]);

    // One cluster, two installations: the same before and after a restart, whichever replica leads.
    let all = [&controller[..], &operator, &restarted].concat();
    assert_eq!(ids(&all, "cluster_id").len(), 1);
    assert_eq!(ids(&controller, "installation_id").len(), 1);
    assert_eq!(ids(&controller, "installation_id"), ids(&restarted, "installation_id"));
    assert!(ids(&controller, "installation_id").is_disjoint(&ids(&operator, "installation_id")));

    // Each process has an identifier of its own: two leaders, and the one that was started anew.
    assert_eq!(ids(&controller, "instance_id").len(), 2);
    assert_eq!(ids(&restarted, "instance_id").len(), 1);
    assert!(ids(&controller, "instance_id").is_disjoint(&ids(&restarted, "instance_id")));

    // The version of each product is told by its own pod.
    let versions = |reports: &[Value]| -> BTreeSet<String> {
        reports.iter().map(|report| report["product"]["version"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(versions(&controller), BTreeSet::from(["3.5.3".to_owned()]));
    assert_eq!(versions(&operator), BTreeSet::from(["2.1.0".to_owned()]));
}

/// A cluster with this salt.
fn salted(salt: &str) -> Cluster {
    let metadata = json!({ "name": "kube-system", "uid": "1", "annotations": { SALT_ANNOTATION: salt } });
    let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": metadata });
    Cluster::parse(&json!({ "version": "v1.34.1", "objects": [namespace] }).to_string()).unwrap()
}

/// A new salt while it runs: from the next report on, cluster, installation and process have other identifiers, and the process
/// counts from one again. The same salt after a restart gives the same identifiers of cluster and installation.
#[tokio::test]
async fn a_salt_cuts_what_is_reported_from_what_was() {
    tokio::time::pause();
    let run = async |stages: Vec<Cluster>| {
        let api = Changing::new(stages);
        let stage = Arc::clone(&api.stage);
        let diary = Diary::new(|_| Outcome::Delivered);
        let collector = Collector::builder(client_without_network(api), "kong-operator", Setting::on())
            .environment(Environment::default())
            .own_pod(SelfRef::new("kong", "kong-0"))
            .schedule(Schedule { grace: Duration::from_secs(600), period: HOUR })
            .build()
            .unwrap();
        let change = async {
            sleep(5 * HOUR).await;
            stage.store(1, Ordering::SeqCst);
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = collector.run(diary.clone(), sleep(10 * HOUR)) => {}
            () = change => unreachable!("it never ends"),
        }
        diary.reports()
    };
    let changed = run(vec![salted(""), salted("breeze")]).await;
    let restarted = run(vec![salted("breeze"), salted("breeze")]).await;
    for name in ["cluster_id", "installation_id", "instance_id"] {
        assert_eq!(ids(&changed, name).len(), 2, "{name}");
        let is_same = !ids(&changed, name).is_disjoint(&ids(&restarted, name));
        assert_eq!(is_same, name != "instance_id", "{name}");
    }
    // What joins in other ways is cut, too: the second process starts, has no report before its first one, and is younger than the
    // change of the salt.
    let begins_anew = |report: &&Value| report["identity"]["instance_id"] != changed[0]["identity"]["instance_id"];
    let first = changed.iter().find(begins_anew).unwrap();
    assert_eq!(first["signal"], "START");
    assert!(first["window_seconds"].is_null() && first["delivery"]["dropped_count"] == 0, "{first:#}");
    let uptimes = |reports: &[Value]| reports.iter().map(|report| report["uptime_seconds"].as_u64().unwrap()).max();
    let of_second: Vec<Value> = changed.iter().filter(begins_anew).cloned().collect();
    assert!(uptimes(&of_second) < Some(5 * 3600) && uptimes(&changed) > Some(4 * 3600), "{of_second:#?}");
    let mut numbers: Vec<(&Value, Vec<u64>)> = Vec::new();
    for report in &changed {
        let (of, number) = (&report["identity"]["instance_id"], report["sequence"].as_u64().unwrap());
        match numbers.last_mut().filter(|(last, _)| *last == of) {
            Some((_, numbers)) => numbers.push(number),
            None => numbers.push((of, vec![number])),
        }
    }
    assert_eq!(numbers.len(), 2, "each process reports one after the other");
    for (_, numbers) in numbers {
        assert!(numbers.len() > 2 && numbers.iter().copied().eq(1..=numbers.len() as u64), "{numbers:?}");
    }
}

/// What waits under the identifiers of before is not sent beside what bears the new ones: neither what the process has made itself,
/// nor what an earlier one has left.
#[tokio::test]
async fn what_waits_under_other_identifiers_is_dropped() {
    tokio::time::pause();
    let spool = tempfile::tempdir().unwrap();
    let collector = |api: Changing| {
        Collector::builder(client_without_network(api), "kong-operator", Setting::on())
            .environment(Environment::default())
            .own_pod(SelfRef::new("kong", "kong-0"))
            .schedule(Schedule { grace: Duration::from_secs(600), period: HOUR })
            .store(Spool::new(spool.path()))
            .build()
            .unwrap()
    };
    let left = Gate::default();
    collector(Changing::new(vec![salted("")])).run(left, sleep(3 * HOUR)).await;
    let api = Changing::new(vec![salted(""), salted("breeze")]);
    let stage = Arc::clone(&api.stage);
    let gate: Gate = Gate::default();
    let change = async {
        sleep(3 * HOUR).await;
        stage.store(1, Ordering::SeqCst);
        gate.is_open.store(1, Ordering::SeqCst);
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = collector(api).run(gate.clone(), sleep(8 * HOUR)) => {}
        () = change => unreachable!("it never ends"),
    }
    let events = |gate: &Gate| -> Vec<Value> {
        let items = gate.items.lock().unwrap();
        items.iter().map(|envelope| serde_json::from_str(&envelope.event).unwrap()).collect()
    };
    let sent = events(&gate);
    assert!(sent.len() > 10 && ids(&sent, "cluster_id").len() == 1 && ids(&sent, "instance_id").len() == 1);
    assert!(sent.iter().all(|event| event["delivery"]["dropped_count"] == 0));

    // A process that starts later finds nothing of before, either.
    let left: Gate = Gate::default();
    collector(Changing::new(vec![salted("gale")])).run(left.clone(), sleep(3 * HOUR)).await;
    let next: Gate = Gate::default();
    next.is_open.store(1, Ordering::SeqCst);
    collector(Changing::new(vec![salted("calm")])).run(next.clone(), sleep(3 * HOUR)).await;
    let sent = events(&next);
    assert!(!sent.is_empty() && ids(&sent, "cluster_id").len() == 1, "{sent:#?}");
}
