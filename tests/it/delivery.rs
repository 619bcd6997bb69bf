//! From a cluster to a receiver, with what can go wrong on the way.

use std::{sync::Arc, time::Duration};

use ktel_collector::{CollectError, SendError, gather::GatherError};
use ktel_outbox::{Envelope, Outcome, Sink as _};
use ktel_receiver::Receiver;
use ktel_sim::{Cluster, DEMO};
use ktel_splunk::{Hec, Token, encode};
use serde_json::Value;

use crate::support::{builder, client_of, serve};

fn hec(receiver: &Receiver, token: &str) -> Hec {
    Hec::builder(&receiver.url()).unwrap().token(Token::new(token)).build().unwrap()
}

#[tokio::test]
async fn a_report_arrives_as_it_was_previewed() {
    let server = serve(Cluster::parse(DEMO).unwrap()).await;
    let receiver = Receiver::start(Some("secret")).await.unwrap();
    let mut collector = builder(&server).build().unwrap();
    let preview = collector.preview().await.unwrap();
    let sent = collector.send_once(&mut hec(&receiver, "secret"), Duration::ZERO).await.unwrap();
    assert_eq!((sent.events, sent.lines), (5, 0));

    let events = receiver.events();
    assert_eq!(events.len(), preview.len());
    for (event, previewed) in events.iter().zip(&preview) {
        assert_eq!(event.violations, [""; 0]);
        let settled = |mut report: Value| {
            for name in ["report_id", "collected_at", "collection_seconds"] {
                report[name] = Value::Null;
            }
            report
        };
        assert_eq!(settled(event.report.clone()), settled(serde_json::from_str(&previewed.event).unwrap()));
        assert_eq!(event.envelope["host"], "ktel");
        assert_eq!(event.envelope["source"], "kong-ingress-controller");
        assert_eq!(event.envelope["sourcetype"], "kong:telemetry:v1");
        assert_eq!(event.envelope["fields"]["ktel_event"], event.report["event"]);
    }
    // All events are of one report, and each can be told from the others.
    assert_eq!(events[0].report["report_id"], events[1].report["report_id"]);
    assert_ne!(events[0].report["event"], events[1].report["event"]);
}

/// What a sink posts is what `encode` writes, compressed or not.
#[tokio::test]
async fn what_is_encoded_is_what_arrives() {
    let receiver = Receiver::start(None).await.unwrap();
    let envelope = |event: String| {
        Arc::new(Envelope {
            time: Duration::from_millis(1_795_482_000_123),
            source: "a \"quoted\" product".to_owned(),
            sourcetype: "kong:telemetry:v1".to_owned(),
            index: None,
            event,
            fields: vec![("ktel_event".into(), "USAGE\n".to_owned())],
        })
    };
    let small = envelope(r#"{"n":1}"#.to_owned());
    let large = envelope(format!(r#"{{"n":"{}"}}"#, "x".repeat(10_000)));
    for envelope in [small, large] {
        let mut sink = Hec::builder(&receiver.url()).unwrap().build().unwrap();
        assert_eq!(sink.post(std::slice::from_ref(&envelope)).await, Outcome::Delivered);
        let body = encode([envelope.as_ref()]);
        assert!(body.starts_with(r#"{"time":1795482000.123,"host":"ktel""#), "{body}");
        let sent: Value = serde_json::from_str(&body).unwrap();
        let event = receiver.events().pop().unwrap();
        assert_eq!(event.report, sent["event"]);
        assert_eq!(event.envelope["source"], sent["source"]);
        assert_eq!(event.envelope["fields"], sent["fields"]);
    }
}

#[tokio::test]
async fn a_wrong_token_is_told_and_nothing_is_tried_again_soon() {
    let server = serve(Cluster::parse(DEMO).unwrap()).await;
    let receiver = Receiver::start(Some("secret")).await.unwrap();
    let mut sink = hec(&receiver, "s3cret");
    let error = builder(&server).build().unwrap().send_once(&mut sink, Duration::from_secs(60)).await.unwrap_err();
    assert!(matches!(error, SendError::NotDelivered { undelivered: 5, events: 5, kept: 0, lines: 0 }), "{error}");
    let diagnosis = sink.diagnosis().unwrap().to_string();
    assert!(diagnosis.contains("token") && !diagnosis.contains("s3cret"), "{diagnosis}");
    assert!(!format!("{sink:?}").contains("s3cret"));
    assert!(receiver.events().is_empty());
}

#[tokio::test]
async fn a_receiver_that_is_away_is_told() {
    let server = serve(Cluster::parse(DEMO).unwrap()).await;
    let mut sink = Hec::builder("http://127.0.0.1:1").unwrap().build().unwrap();
    let error = builder(&server).build().unwrap().send_once(&mut sink, Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, SendError::NotDelivered { undelivered: 5, events: 5, kept: 0, lines: 0 }), "{error}");
    assert!(sink.diagnosis().unwrap().problem.contains("cannot be reached"), "{:?}", sink.diagnosis());
}

#[tokio::test]
async fn a_cluster_that_is_away_or_refuses_us_is_told() {
    let mut away = ktel_collector::Collector::builder(
        client_of("http://127.0.0.1:1"),
        "kong-operator",
        ktel_collector::consent::Setting::on().confirmed(),
    )
    .environment(ktel_collector::consent::Environment::default())
    .build()
    .unwrap();
    let error = away.preview().await.unwrap_err();
    assert!(matches!(error, CollectError::Gather(GatherError::Unreachable(_))), "{error}");

    let server = serve(Cluster::parse("{ version: v1.36.0, token: right }").unwrap()).await;
    let error = builder(&server).build().unwrap().preview().await.unwrap_err();
    assert!(matches!(error, CollectError::Gather(GatherError::Unauthorized)), "{error}");
}
