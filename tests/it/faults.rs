//! What goes wrong costs the fields that needed it, and nothing else.

use std::{collections::BTreeMap, fs};

use ktel_collector::{CollectError, Limits, Subject};
use ktel_receiver::Judge;
use ktel_sim::{Cluster, Server};
use ktel_types::contract;
use serde_json::Value;

use crate::support::{absent, builder, event, events, file, own_pod, refusing, serve, short_limits};

/// The cluster with something of everything, and something wrong with it.
fn ill(faults: &str) -> Cluster {
    let yaml = fs::read_to_string(file("clusters/everything.yaml")).unwrap();
    Cluster::parse(&format!("{yaml}\nfaults: [{faults}]\n")).unwrap()
}

/// All fields of the report of a cluster: what each is, or why it is not there.
async fn fields(cluster: Cluster) -> BTreeMap<String, Value> {
    let server = serve(cluster).await;
    let mut collector = builder(&server).own_pod(own_pod()).limits(short_limits()).build().unwrap();
    let envelopes = collector.preview().await.unwrap();
    let judge = Judge::new().unwrap();
    let mut all = BTreeMap::new();
    for envelope in &envelopes {
        let event: Value = serde_json::from_str(&envelope.event).unwrap();
        assert_eq!(judge.violations(&event), [""; 0], "the report is valid all the same");
        flatten("", &event, &mut all);
        for (reason, paths) in event["absent"].as_object().into_iter().flatten() {
            all.extend(
                paths
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|path| (path.as_str().unwrap().to_owned(), reason.as_str().into())),
            );
        }
    }
    for envelope in
        ["report_id", "collected_at", "collection_seconds", "uptime_seconds", "event", "identity.instance_id"]
    {
        all.remove(envelope);
    }
    all
}

fn flatten(path: &str, value: &Value, all: &mut BTreeMap<String, Value>) {
    for (name, value) in value.as_object().into_iter().flatten().filter(|(name, _)| *name != "absent") {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match value {
            Value::Object(_) => flatten(&path, value, all),
            value => drop(all.insert(path, value.clone())),
        }
    }
}

/// The fields that are different in a cluster where something goes wrong, each with what it is there.
///
/// A section that is absent as a whole stands for its fields.
async fn lost(faults: &str) -> BTreeMap<String, Value> {
    let well = fields(ill("")).await;
    let found = fields(ill(faults)).await;
    let mut lost = BTreeMap::new();
    for (path, value) in &well {
        let mut section = path.as_str();
        let there = loop {
            match (found.get(section), section.rsplit_once('.')) {
                (None, Some((outer, _))) => section = outer,
                (there, _) => break there,
            }
        };
        // An empty list is not there, and is no absence: its number is zero.
        let there = there.cloned().unwrap_or(Value::Null);
        if there != *value {
            lost.insert(path.clone(), there);
        }
    }
    lost
}

/// What the standard says of a field.
struct Described {
    path: String,
    is_list: bool,
    /// Whether nothing but the number of objects of a kind fills it.
    is_count: bool,
}

/// The fields that the standard says are read of a kind, written as `plural.group`.
fn readers_of(kind: &str) -> Vec<Described> {
    let (plural, group) = kind.split_once('.').unwrap_or((kind, ""));
    let dictionary: Value = serde_json::from_str(contract::DICTIONARY).unwrap();
    let reads_it = |read: &Value| {
        let read = read.as_str().unwrap().split('#').next().unwrap();
        let parts: Vec<&str> = read.trim_start_matches("cluster:").split('/').collect();
        let is_group = if group.is_empty() { parts[0] == "v1" } else { parts[0] == group };
        is_group && parts.contains(&plural)
    };
    let all = dictionary["fields"].as_array().unwrap().iter();
    all.filter(|field| field["reads"].as_array().is_some_and(|reads| reads.iter().any(reads_it)))
        .map(|field| Described {
            path: field["path"].as_str().unwrap().to_owned(),
            is_list: field["presence"] == "list",
            is_count: field["filled_by"] == "count",
        })
        .collect()
}

/// A kind to which something happens: what counts it is lost for this reason, and so is what else is read of it if nothing else
/// tells that; no other field is.
async fn check(kind: &str, answer: &str, reason: &str) {
    let lost = lost(&format!("{{ on: {kind}, answer: {answer} }}")).await;
    let readers = readers_of(kind);
    assert!(!lost.is_empty(), "{kind} {answer}: nothing was lost");
    for (path, value) in &lost {
        let reader = readers.iter().find(|reader| reader.path == *path);
        let reader = reader.unwrap_or_else(|| panic!("{kind} {answer}: {path} was lost, too ({value})"));
        // A list that lost all its items is not there; its number says why.
        assert!(value == reason || (value.is_null() && reader.is_list), "{kind} {answer}: {path} is {value}");
    }
    for reader in readers.iter().filter(|reader| reader.is_count) {
        assert!(lost.contains_key(&reader.path), "{kind} {answer}: {} was not lost", reader.path);
    }
}

#[tokio::test]
async fn what_goes_wrong_with_a_kind_costs_the_fields_that_are_read_of_it() {
    // A kind that is counted alone, one that is listed, one that is selected, and one outside of namespaces.
    for kind in ["kongconsumers.configuration.konghq.com", "httproutes.gateway.networking.k8s.io", "daemonsets.apps"] {
        check(kind, "forbidden", "forbidden").await;
        // The host's client does what a server in trouble asks for, and tries again; the collector's deadline ends that.
        check(kind, "throttled", "timed_out").await;
        check(kind, "error", "failed").await;
        check(kind, "truncated", "failed").await;
        check(kind, "hang", "timed_out").await;
    }
    for kind in ["nodes", "pods", "services", "deployments.apps", "endpointslices.discovery.k8s.io"] {
        check(kind, "forbidden", "forbidden").await;
    }
    check("nodes", "hang", "timed_out").await;
}

/// A kind that nobody has installed has no objects: sums go without it, and what is counted of it alone says so.
#[tokio::test]
async fn a_kind_that_is_not_served_costs_what_is_counted_of_it_alone() {
    let lost = lost("{ on: tcproutes.gateway.networking.k8s.io, answer: not-served }").await;
    let alone = ["gateway_api.tcp_route_count", "kong.routes.tcp_route_count", "kong.rules.tcp_route_rule_count"];
    for path in alone {
        assert_eq!(lost[path], "not_installed");
    }
    assert_eq!(lost["kong.protocols.tcp_protocol_route_count"], 2, "the TCPIngresses are left");
    assert_eq!(lost.len(), alone.len() + 1, "{lost:#?}");
}

/// The token of a page that has expired comes with a fresh one, and so nothing is lost; nor is it if nobody says how many
/// objects are left.
#[tokio::test]
async fn what_only_costs_more_requests_costs_no_field() {
    assert_eq!(lost("{ on: ingresses.networking.k8s.io, answer: expired }").await, BTreeMap::new());
    assert_eq!(lost("{ on: pods, answer: expired }").await, BTreeMap::new());
    assert_eq!(lost("{ on: kongconsumers.configuration.konghq.com, answer: uncounted }").await, BTreeMap::new());
    assert_eq!(
        lost("{ on: kongconsumers.configuration.konghq.com, answer: uncounted }, { on: pods, answer: uncounted }")
            .await,
        BTreeMap::new()
    );
}

/// A report bears the time of the machine that makes it; nothing is reckoned with the server's.
#[tokio::test]
async fn a_clock_that_is_wrong_costs_nothing() {
    let yaml = fs::read_to_string(file("clusters/everything.yaml")).unwrap();
    for skew in [-86_400, 86_400] {
        let cluster = Cluster::parse(&format!("{yaml}\nclockSkewSeconds: {skew}\n")).unwrap();
        assert_eq!(fields(cluster).await, fields(ill("")).await);
    }
}

/// However many reads hang, a collection ends by its deadline, and what was read by then is reported.
#[tokio::test]
async fn a_collection_ends_by_its_deadline() {
    let kinds = ["pods", "services", "nodes", "namespaces", "daemonsets.apps", "ingresses.networking.k8s.io"];
    let faults: Vec<String> = kinds.iter().map(|kind| format!("{{ on: {kind}, answer: hang }}")).collect();
    let server = serve(ill(&faults.join(", "))).await;
    let mut collector = builder(&server).own_pod(own_pod()).limits(short_limits()).build().unwrap();
    let collection = collector.preview();
    // Twice the deadline is the bound of the test, not of the collector: only a collection without end reaches it.
    let envelopes = tokio::time::timeout(2 * short_limits().collection_deadline, collection).await.unwrap().unwrap();
    let environment: Value = serde_json::from_str(&envelopes[0].event).unwrap();
    assert_eq!(environment["cluster"]["kubernetes_version"], "1.34.1");
    let seconds = environment["collection_seconds"].as_f64().unwrap();
    assert!(seconds <= short_limits().collection_deadline.as_secs_f64() + 0.5, "{seconds}");
}

/// An answer without end costs the fields that are read of it, and no memory: it is read up to a limit.
#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read() {
    let limits = Limits { answer_bytes: 64 * 1024, ..short_limits() };
    let server = serve(ill("{ on: pods, answer: endless }")).await;
    let mut collector = builder(&server).limits(limits).build().unwrap();
    let events = events(&mut collector).await;
    assert!(absent(&events, "failed").contains(&"cluster.pod_count".to_owned()), "{events:#?}");
    assert!(event(&events, "ENVIRONMENT")["cluster"]["node_count"].is_u64());
}

/// A kind that comes and goes is noticed at the next report: what is served is asked for each time, by its tag.
#[tokio::test]
async fn a_kind_that_comes_and_goes_is_noticed_at_the_next_report() {
    let kind = "kongconsumers.configuration.konghq.com";
    let server: Server = serve(ill(&format!(
        "{{ on: {kind}, answer: not-served, to: 1 }}, {{ on: {kind}, answer: not-served, from: 3 }}"
    )))
    .await;
    let mut collector = builder(&server).build().unwrap();
    let mut counts = Vec::new();
    for _ in 0..4 {
        let envelopes = collector.preview().await.unwrap();
        let usage: Value = serde_json::from_str(&envelopes[1].event).unwrap();
        counts.push(usage["kong"]["consumers"]["consumer_count"].as_u64());
    }
    assert_eq!(counts, [None, Some(9), None, None]);
}

/// What is served is not told again while it is the same.
#[tokio::test]
async fn discovery_is_told_once() {
    let server = serve(ill("")).await;
    let mut collector = builder(&server).build().unwrap();
    collector.preview().await.unwrap();
    let first = server.bytes();
    collector.preview().await.unwrap();
    let second = server.bytes() - first;
    assert!(first - second > 2_000, "{first} bytes, then {second}");
}

/// If all is refused there is nothing to report.
#[tokio::test]
async fn a_collection_in_which_everything_failed_is_no_report() {
    let server = serve(refusing()).await;
    let error = builder(&server).build().unwrap().preview().await.unwrap_err();
    assert!(matches!(error, CollectError::Nothing), "{error}");
}

/// No more than a few requests are under way at a time: of those that never end, no others are sent.
#[tokio::test]
async fn few_requests_are_under_way_at_a_time() {
    let kinds = ktel_collector::reads::ALL.iter().filter_map(|read| match &read.subject {
        Subject::Path(path) => (*path != "/apis").then(|| (*path).to_owned()),
        Subject::Object(kind, ..) | Subject::List(kind, _) | Subject::Count(kind) => Some(kind.to_string()),
    });
    let faults: Vec<String> = kinds.map(|on| format!("{{ on: {on}, answer: hang }}")).collect();
    let server = serve(ill(&faults.join(", "))).await;
    let mut limits = short_limits();
    limits.collection_deadline = limits.read_deadline;
    let mut collector = builder(&server).limits(limits).build().unwrap();
    assert!(collector.preview().await.is_ok(), "what discovery tells is a report");
    let of_consent = 2;
    let expected = of_consent + 1 + limits.requests_in_flight;
    assert_eq!(server.requests().len(), expected, "whether the cluster says no, discovery, and what hangs");
}
