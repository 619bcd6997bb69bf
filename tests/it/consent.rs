//! What is read and sent, depending on who says what.

use std::{sync::Arc, time::Duration};

use ktel_collector::{
    CollectError, SendError,
    consent::{Environment, Setting},
};
use ktel_outbox::{Envelope, Outcome, Sink};
use ktel_sim::{Cluster, DEMO, Server};
use ktel_types::report::Category;
use serde_json::{Value, json};

use crate::support::{builder, events, serve};

/// Takes everything, and remembers how often it was asked to.
#[derive(Default)]
struct Ear {
    batches: usize,
}

impl Sink for Ear {
    async fn post(&mut self, _: &[Arc<Envelope>]) -> Outcome {
        self.batches += 1;
        Outcome::Delivered
    }
}

async fn demo() -> Server {
    serve(Cluster::parse(DEMO).unwrap()).await
}

/// Neither a request nor a batch, and the reason is said.
async fn check_silence(environment: Environment, host: Setting, reason: &str) {
    let server = demo().await;
    let mut collector = ktel_collector::Collector::builder(crate::support::client(&server), "kong-operator", host)
        .environment(environment)
        .build()
        .unwrap();
    let mut ear = Ear::default();
    let error = collector.send_once(&mut ear, Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, SendError::Collect(CollectError::Off(_))), "{error}");
    assert!(error.to_string().contains(reason), "{error}");
    assert_eq!(ear.batches, 0);
    assert_eq!(server.requests(), [""; 0]);
}

#[tokio::test]
async fn nothing_is_read_or_sent_when_somebody_says_no() {
    let do_not_track = |value: &str| Environment { do_not_track: Some(value.into()), ..Environment::default() };
    let telemetry = |value: &str| Environment { ktel_telemetry: Some(value.into()), ..Environment::default() };
    for environment in [do_not_track("1"), do_not_track("true"), do_not_track("please")] {
        check_silence(environment, Setting::on(), "DO_NOT_TRACK").await;
    }
    for environment in [telemetry("off"), telemetry(""), telemetry("yes"), telemetry("usage,everything")] {
        check_silence(environment, Setting::on(), "KTEL_TELEMETRY").await;
    }
    check_silence(Environment::default(), Setting::off(), "the host").await;
    check_silence(telemetry("on"), Setting::off(), "the host").await;
    check_silence(telemetry("usage"), Setting::on().only(&[Category::Environment]), "off").await;
}

#[tokio::test]
async fn local_makes_reports_and_sends_none() {
    let server = demo().await;
    let mut collector = builder(&server)
        .environment(Environment { ktel_telemetry: Some("local".into()), ..Environment::default() })
        .build()
        .unwrap();
    let mut ear = Ear::default();
    let error = collector.send_once(&mut ear, Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, SendError::Collect(CollectError::Off(_))), "{error}");
    // The cluster may say no even to that, and is asked.
    let questions = server.requests();
    assert!(
        ear.batches == 0 && questions.iter().all(|request| request.contains("/api/v1/namespaces/")),
        "{questions:?}"
    );
    assert_eq!(events(&mut collector).await.len(), 5);
}

/// A category without consent is neither read nor sent, and the report says which ones have it.
#[tokio::test]
async fn a_category_without_consent_is_not_even_read() {
    let server = demo().await;
    let mut collector = builder(&server)
        .environment(Environment { ktel_telemetry: Some("usage".into()), ..Environment::default() })
        .build()
        .unwrap();
    let events: Vec<Value> = events(&mut collector).await;
    let names: Vec<&Value> = events.iter().map(|event| &event["event"]).collect();
    assert_eq!(names, ["USAGE", "ROUTES"]);
    assert!(events.iter().all(|event| event["consented"] == json!(["USAGE"])));
    assert_eq!(events[0]["gateway_api"]["http_route_count"], 61);
    let requests = server.requests();
    let is_environment = |request: &&String| {
        ["/version", "/nodes", "/pods", "/services", "/namespaces?"].iter().any(|path| request.contains(path))
    };
    assert_eq!(requests.iter().find(is_environment), None, "{requests:#?}");
}

/// Without consent to the environment, nothing of it rides on other events either.
#[tokio::test]
async fn nothing_of_a_category_without_consent_is_indexed() {
    let server = demo().await;
    let mut collector =
        builder(&server).environment(Environment { ktel_telemetry: Some("usage".into()), ..Environment::default() });
    collector = collector.own_pod(ktel_collector::SelfRef::new("kong", "kong-0"));
    let envelopes = collector.build().unwrap().preview().await.unwrap();
    let names: Vec<&str> = envelopes[0].fields.iter().map(|(name, _)| name.as_ref()).collect();
    assert!(!names.contains(&"ktel_platform") && !names.contains(&"ktel_node_band"), "{names:?}");
    let all = builder(&server).build().unwrap().preview().await.unwrap();
    for envelope in all {
        assert!(envelope.fields.contains(&("ktel_platform".into(), "EKS".to_owned())));
        assert!(envelope.fields.contains(&("ktel_kubernetes_minor".into(), "1.34".to_owned())));
        assert!(envelope.fields.contains(&("ktel_node_band".into(), "6-20".to_owned())));
        let event: Value = serde_json::from_str(&envelope.event).unwrap();
        let inside: Vec<&String> = event.as_object().unwrap().keys().collect();
        assert!(envelope.fields.iter().all(|(name, _)| !inside.iter().any(|inside| **inside == *name)));
    }
}
