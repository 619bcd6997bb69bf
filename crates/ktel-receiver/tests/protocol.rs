//! What the receiver answers, as Splunk's event collector does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use ktel_receiver::Receiver;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const EVENT: &str = "/services/collector/event";
const SUCCESS: &str = r#"{"code":0,"text":"Success"}"#;

/// Sends one request as it stands, and returns the status and the body of the answer.
async fn ask(receiver: &Receiver, method_and_path: &str, headers: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(receiver.url().trim_start_matches("http://")).await.unwrap();
    let length = body.len();
    let head = format!(
        "{method_and_path} HTTP/1.1\r\nhost: r\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // A receiver that has seen enough may close before all is sent.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

async fn post(receiver: &Receiver, headers: &str, body: &[u8]) -> (u16, String) {
    ask(receiver, &format!("POST {EVENT}"), headers, body).await
}

/// Posts a body, and looks at the answer and at what was kept.
async fn check(body: &str, status: u16, expected: &str, events: usize) {
    let receiver = Receiver::start(None).await.unwrap();
    assert_eq!(post(&receiver, "", body.as_bytes()).await, (status, expected.to_owned()), "{body}");
    assert_eq!(receiver.events().len(), events, "{body}");
}

#[tokio::test]
async fn envelopes_follow_each_other_with_or_without_space() {
    check(r#"{"event":"a"}"#, 200, SUCCESS, 1).await;
    check(r#"{"event":"a"}{"event":"b"}"#, 200, SUCCESS, 2).await;
    check("{\"event\":\"a\"}\n {\"event\":{\"b\":1}}\n", 200, SUCCESS, 2).await;
    check(r#"{"time":1795482000.123,"event":"a","fields":{"x":["y","z"]}}"#, 200, SUCCESS, 1).await;
    check(r#"{"time":"1795482000.123","event":"a"}"#, 200, SUCCESS, 1).await;
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_number() {
    for (body, text, code, number) in [
        ("{not json", "Invalid data format", 6, 0),
        (r#"{"event":"ok"}{"event":"bad""#, "Invalid data format", 6, 1),
        (r#"{"event":"ok"}xyz"#, "Invalid data format", 6, 1),
        (r#"{"event":1}{"event":1}{"host":"h"}"#, "Event field is required", 12, 2),
        (r#"{"event":""}"#, "Event field cannot be blank", 13, 0),
        (r#"{"event":null}"#, "Event field cannot be blank", 13, 0),
        (r#"{"event":1,"fields":{"a":{"b":1}}}"#, "Error in handling indexed fields", 15, 0),
        (r#"{"event":1,"time":"nope"}"#, "Error in handling indexed fields", 15, 0),
        (r#"{"event":1,"time":"1.7e9"}"#, "Error in handling indexed fields", 15, 0),
        (r#"{"event":1,"time":"nan"}"#, "Error in handling indexed fields", 15, 0),
        (r#"{"event":1,"time":"-inf"}"#, "Error in handling indexed fields", 15, 0),
        // A name that serde_json gives a meaning of its own has none here.
        (r#"{"$serde_json::private::RawValue":"{\"event\":1}"}"#, "Event field is required", 12, 0),
    ] {
        let expected = format!(r#"{{"code":{code},"invalid-event-number":{number},"text":"{text}"}}"#);
        // What stands before it is taken by then: a body is read as a stream.
        check(body, 400, &expected, number).await;
    }
    check("", 400, r#"{"code":5,"text":"No data"}"#, 0).await;
}

#[tokio::test]
async fn only_who_bears_the_token_is_let_in() {
    let receiver = Receiver::start(Some("right")).await.unwrap();
    for (headers, status, code) in [
        ("", 401, 2),
        ("authorization:\r\n", 401, 2),
        ("authorization: Bearer right\r\n", 401, 3),
        ("authorization: Splunk wrong\r\n", 403, 4),
        ("authorization: Splunk right\r\n", 200, 0),
    ] {
        let (answered, text) = post(&receiver, headers, br#"{"event":"a"}"#).await;
        assert_eq!(answered, status, "{headers}");
        assert!(text.contains(&format!("\"code\":{code},")), "{headers}: {text}");
    }
    assert_eq!(receiver.events().len(), 1);
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn bodies_are_unpacked_but_no_more_than_would_be_taken() {
    let receiver = Receiver::start(None).await.unwrap();
    let gzipped = "content-encoding: gzip\r\n";
    assert_eq!(post(&receiver, gzipped, &gzip(br#"{"event":"a"}"#)).await.0, 200);
    assert_eq!(post(&receiver, gzipped, br#"{"event":"a"}"#).await.0, 400);
    assert_eq!(post(&receiver, "content-encoding: br\r\n", br#"{"event":"a"}"#).await.0, 415);
    assert_eq!(post(&receiver, gzipped, &gzip(&vec![b' '; 100_000_000])).await.0, 413);
    assert_eq!(post(&receiver, "", &vec![b' '; 1_000_001]).await.0, 413);
    assert_eq!(receiver.events().len(), 1);
}

/// As `splunkhecexporter` of the OpenTelemetry Collector writes: nothing between envelopes, and names of headers with underscores.
#[tokio::test]
async fn what_a_foreign_exporter_posts_is_taken() {
    let receiver = Receiver::start(Some("right")).await.unwrap();
    let headers = "authorization: Splunk right\r\n__splunk_app_name: OpenTelemetry Collector Contrib\r\n\
                   __splunk_app_version: \r\ncontent-encoding: gzip\r\ncontent-type: application/json\r\n";
    let heartbeat =
        r#"{"event":"HeartbeatInfo","host":"vm","source":"otelcol","sourcetype":"heartbeat","index":"_internal"}"#;
    let report =
        r#"{"event":{"a":1},"fields":{"b":"c"},"host":"ktel","source":"s","sourcetype":"t","time":1795482000.009}"#;
    let body = gzip(format!("{heartbeat}{report}").as_bytes());
    let answer = ask(&receiver, "POST /services/collector", headers, &body).await;
    assert_eq!(answer, (200, SUCCESS.to_owned()));
    let [heartbeat, report] = &receiver.events()[..] else { panic!("{:?}", receiver.events()) };
    assert_eq!(
        (&heartbeat.envelope["index"], &report.envelope["time"]),
        (&"_internal".into(), &1_795_482_000.009.into())
    );
}

#[tokio::test]
async fn other_paths_and_methods_are_answered_as_hec_does() {
    let receiver = Receiver::start(Some("right")).await.unwrap();
    assert_eq!(ask(&receiver, &format!("GET {EVENT}"), "", b"").await.0, 405);
    assert_eq!(ask(&receiver, "POST /services/collector/nope", "", b"").await.0, 404);
    let (status, text) = ask(&receiver, "GET /services/collector/health", "", b"").await;
    assert!(status == 200 && text.contains("\"code\":17"), "{text}");
}

/// An event that breaks the schema is taken, as Splunk would take it, and kept with what is wrong with it.
#[tokio::test]
async fn events_are_kept_with_their_violations() {
    let receiver = Receiver::start(None).await.unwrap();
    post(&receiver, "", br#"{"source":"test","event":{"schema":"s3cret"}}"#).await;
    let [event] = &receiver.events()[..] else { panic!("{:?}", receiver.events()) };
    assert_eq!(event.envelope["source"], "test");
    assert!(event.violations.iter().any(|violation| violation.starts_with("/schema: ")), "{:?}", event.violations);
    assert!(!event.violations.concat().contains("s3cret"), "{:?}", event.violations);
    for _ in 0..1200 {
        post(&receiver, "", br#"{"event":1}"#).await;
    }
    assert_eq!(receiver.events().len(), 1000, "the last ones are kept");
}
