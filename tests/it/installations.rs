//! Who reports: several products, replicas of each, restarts and changes of leadership.

use std::{collections::BTreeSet, time::Duration};

use ktel_collector::{
    Collector, Leadership, Schedule, SelfRef,
    consent::{Environment, Setting},
};
use ktel_outbox::Outcome;
use serde_json::Value;
use tokio::{sync::watch, time::sleep};

use crate::{
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
