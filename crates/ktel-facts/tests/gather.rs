//! From files and addresses to facts.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{error::Error as _, io::Write as _, net::Ipv4Addr};

use ktel_facts::{Facts, FactsError, Place};
use tempfile::NamedTempFile;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn place(file: &NamedTempFile) -> Place {
    Place::parse(file.path().to_str().unwrap())
}

fn facts() -> Facts {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Facts::new(reqwest::Client::new())
}

/// Answers one request after the other with these, each a status and a body, and then nobody any more. Returns the address.
async fn serve(answers: &[(u16, &str)]) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let answers: Vec<String> = answers
        .iter()
        .map(|(status, body)| {
            format!("HTTP/1.1 {status} Any\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        })
        .collect();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    format!("http://{address}/metrics?token=s3cret")
}

#[test]
fn places_are_named_as_a_person_would() {
    assert_eq!(Place::parse("-"), Place::Stdin);
    assert_eq!(Place::parse("https://one.example/facts"), Place::Url("https://one.example/facts".to_owned()));
    assert_eq!(Place::parse("./http"), Place::File("./http".into()));
}

/// Control planes of one installation: what adds up is added, of what does not the worst is kept, and of names all.
#[tokio::test]
async fn several_control_planes_are_one_installation() {
    let one = file(
        r#"{"features": {"enabled": ["FillIDs"]}, "product": {"version": "3.5.0"},
            "performance": {"config_push_count": 10, "config_push_p99_seconds": 0.5, "cpu_seconds": 1.5}}"#,
    );
    let other = file(
        r#"{"features": {"enabled": ["GatewayAlpha", "FillIDs"]}, "product": {"version": "3.4.0"},
            "performance": {"config_push_count": 32, "config_push_p99_seconds": 0.25, "restart_count": 1}}"#,
    );
    let told = facts().document(place(&one)).document(place(&other)).gather().await.unwrap();
    assert_eq!(told.performance.config_push_count, Some(42));
    assert_eq!(told.performance.config_push_p99_seconds, Some(0.5));
    assert_eq!((told.performance.cpu_seconds, told.performance.restart_count), (Some(1.5), Some(1)));
    assert_eq!(told.features.enabled, Some(vec!["FillIDs".to_owned(), "GatewayAlpha".to_owned()]));
    assert_eq!(told.product.version.as_deref(), Some("3.5.0"));
}

#[tokio::test]
async fn counters_are_told_as_differences_and_documents_before_metrics() {
    let metrics = |pushed: u32| {
        format!(
            "# TYPE ingress_controller_configuration_push_count counter\ningress_controller_configuration_push_count{{success=\"true\"}} {pushed}\ngo_threads 9\n"
        )
    };
    let url = serve(&[(200, &metrics(100)), (200, &metrics(117)), (200, &metrics(4))]).await;
    let document = file(r#"{"performance": {"thread_count": 11}}"#);
    let mut facts = facts().metrics(Place::parse(&url)).document(place(&document));
    let mut counts = Vec::new();
    for _ in 0..3 {
        let told = facts.gather().await.unwrap();
        assert_eq!(told.performance.thread_count, Some(11), "the document says so");
        counts.push(told.performance.config_push_count);
    }
    assert_eq!(counts, [None, Some(17), Some(4)]);
}

/// A counter that covers more than the time between two gatherings would be taken for a faster one.
#[tokio::test]
async fn after_a_failure_no_counter_is_told() {
    let metrics =
        |pushed: u32| format!("# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total {pushed}\n");
    let well = serve(&[(200, &metrics(100)), (200, &metrics(117)), (200, &metrics(120)), (200, &metrics(125))]).await;
    let ill = serve(&[(200, &metrics(1)), (500, ""), (200, &metrics(2)), (200, &metrics(4))]).await;
    let mut facts = facts().metrics(Place::parse(&well)).metrics(Place::parse(&ill));
    let mut told = Vec::new();
    for _ in 0..4 {
        told.push(facts.gather().await.ok().map(|facts| facts.performance.cpu_seconds));
    }
    assert_eq!(told, [Some(None), None, Some(None), Some(Some(7.0))]);
}

/// What is wrong says what to look at, and quotes neither the address nor what was found there.
fn check_error(error: &FactsError, kind: &str, cause: &str) {
    let text = format!("{error}: {}", error.source().map(ToString::to_string).unwrap_or_default());
    assert!(text.contains(kind) && text.contains(cause), "{text}");
    assert!(!text.contains("127.0.0.1") && !format!("{text} {error:?}").contains("s3cret"), "{text} {error:?}");
}

/// A controller is released without asking which agent runs beside it: what this version does not know costs nothing else.
#[tokio::test]
async fn a_document_of_a_later_version_is_read_as_far_as_it_is_known() {
    let later = file(
        r#"{"product": {"version": "3.5.0", "edition": "s3cret"}, "wasm": {"filter_count": 3},
            "features": {"enabled": ["FillIDs"], "disabled": []},
            "kong": {"deployment": {"database": "CASSANDRA9"}},
            "performance": {"config_push_count": 10, "config_push_p99_seconds": 1e12}}"#,
    );
    let mut tolerant = facts().tolerant().document(place(&later));
    for _ in 0..2 {
        let told = tolerant.gather().await.unwrap();
        assert_eq!(told.product.version.as_deref(), Some("3.5.0"));
        assert_eq!(told.features.enabled, Some(vec!["FillIDs".to_owned()]));
        assert_eq!(told.features.disabled, Some(Vec::new()));
        assert_eq!(told.kong.deployment.database, None);
        assert_eq!(told.performance.config_push_count, Some(10));
        assert_eq!(told.performance.config_push_p99_seconds, None);
        let left_out: Vec<&str> = tolerant.left_out().iter().map(|violation| violation.path.as_str()).collect();
        let expected = ["product.edition", "wasm", "kong.deployment.database", "performance.config_push_p99_seconds"];
        assert_eq!(left_out, expected);
    }
    assert!(!format!("{:?}", tolerant.left_out()).contains("s3cret"));

    let refused = facts().document(place(&later)).gather().await.unwrap_err();
    check_error(&refused, "is not valid", "wasm: is not part of the contract");
    let other = file(r#"{"wasm": {}, "performance": {"config_push_count": "s3cret"}}"#);
    let refused = facts().tolerant().document(place(&other)).gather().await.unwrap_err();
    check_error(&refused, "is not valid", "config_push_count: must be a whole number");
}

/// A part of a list would be taken for all of it.
#[tokio::test]
async fn a_list_is_left_out_as_a_whole() {
    let document =
        file(r#"{"features": {"enabled": ["FillIDs", "no name", "nor this"]}, "product": {"version": "3.5.0"}}"#);
    let mut tolerant = facts().tolerant().document(place(&document));
    let told = tolerant.gather().await.unwrap();
    assert_eq!((told.features.enabled, told.product.version.as_deref()), (None, Some("3.5.0")));
    let left_out: Vec<&str> = tolerant.left_out().iter().map(|violation| violation.path.as_str()).collect();
    assert_eq!(left_out, ["features.enabled"]);
}

#[tokio::test]
async fn bad_input_is_told() {
    let gone = facts().document(Place::parse("/nonexistent/facts.json")).gather().await.unwrap_err();
    check_error(&gone, "document", "cannot be read");
    for (text, cause) in [
        (r#"{"performance": {"config_push_count": -1}}"#, "performance.config_push_count"),
        (r#"{"cluster": {"node_count": "s3cret"}}"#, "cluster: is not part of the contract"),
        ("s3cret", "not JSON"),
    ] {
        let document = file(text);
        let error = facts().document(place(&document)).gather().await.unwrap_err();
        check_error(&error, "is not valid", cause);
    }
    let url = serve(&[(404, "s3cret"), (200, "<html>s3cret</html>")]).await;
    let mut metrics = facts().metrics(Place::parse(&url));
    check_error(&metrics.gather().await.unwrap_err(), "metrics", "status 404");
    check_error(&metrics.gather().await.unwrap_err(), "metrics", "");
    check_error(&metrics.gather().await.unwrap_err(), "metrics", "does not answer");
}
