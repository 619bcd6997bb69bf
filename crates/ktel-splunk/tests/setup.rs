//! What a sink can be set up with, and what it does not give away.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{sync::Arc, time::Duration};

use ktel_outbox::{Envelope, Outcome, Sink as _};
use ktel_splunk::{Hec, SetupError, Token};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

const SECRET: &str = "b3f1-very-secret";

fn refusal(address: &str) -> String {
    Hec::builder(address).map(drop).unwrap_err().to_string()
}

#[test]
fn an_address_that_cannot_be_used_is_refused_with_the_remedy() {
    for address in
        ["splunk.example.com", "splunk.example.com:8088", "//splunk:8088", "ftp://splunk:8088", "", "localhost:8088/x"]
    {
        let said = refusal(address);
        assert!(said.contains("https://host:8088"), "{address}: {said}");
        assert!(address.is_empty() || !said.contains(address), "an address may hold a secret: {said}");
    }
    assert!(matches!(Hec::builder("https://"), Err(SetupError::Address(_))));
    assert!(matches!(Hec::builder("https://splunk:port"), Err(SetupError::Address(_))));
}

#[test]
fn a_token_that_no_header_can_bear_is_refused() {
    let hec = || Hec::builder("http://127.0.0.1:8088").unwrap();
    assert!(matches!(hec().token(Token::new("two\nlines")).build(), Err(SetupError::Token)));
    assert!(hec().token(Token::new(" with space around \n")).build().is_ok());
}

#[test]
fn the_token_shows_itself_nowhere() {
    assert!(!format!("{:?}", Token::new(SECRET)).contains(SECRET));
    let address = format!("https://somebody:{SECRET}@splunk.example.com:8088/?token={SECRET}");
    let hec = Hec::builder(&address).unwrap().token(Token::new(SECRET)).build().unwrap();
    assert!(!format!("{hec:?}").contains(SECRET), "{hec:?}");
}

fn envelope() -> Arc<Envelope> {
    Arc::new(Envelope {
        time: Duration::from_secs(1),
        source: "test".to_owned(),
        sourcetype: "test".to_owned(),
        index: None,
        event: "{}".to_owned(),
        fields: Vec::new(),
    })
}

/// Answers one connection with these bytes, and returns what it was sent.
async fn exchange(answer: &[u8]) -> (Hec, Outcome, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let mut hec = Hec::builder(&address).unwrap().token(Token::new(SECRET)).build().unwrap();
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let length = stream.read(&mut request).await.unwrap();
        request.truncate(length);
        // The client may have heard enough before all is said.
        let _ = stream.write_all(answer).await;
        String::from_utf8(request).unwrap()
    };
    let batch = [envelope()];
    let (outcome, request) = tokio::join!(hec.post(&batch), server);
    (hec, outcome, request)
}

#[tokio::test]
async fn a_request_says_who_it_is_from() {
    let (_, outcome, request) =
        exchange(b"HTTP/1.1 200 OK\r\ncontent-length: 27\r\n\r\n{\"text\":\"Success\",\"code\":0}").await;
    assert_eq!(outcome, Outcome::Delivered);
    let request = request.to_lowercase();
    assert!(request.starts_with("post /services/collector/event http/1.1\r\n"), "{request}");
    assert!(request.contains(&format!("authorization: splunk {SECRET}\r\n")), "{request}");
    assert!(request.contains("user-agent: ktel/"), "{request}");
}

/// Who is sent elsewhere does not go: the token would go along.
#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let location = format!("http://{}/", elsewhere.local_addr().unwrap());
    let answer = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
    let (hec, outcome, _) = exchange(answer.as_bytes()).await;
    assert_eq!(outcome, Outcome::Misconfigured);
    assert!(hec.diagnosis().unwrap().remedy.contains("address"));
    let visit = tokio::time::timeout(Duration::from_millis(50), elsewhere.accept()).await;
    assert!(visit.is_err(), "somebody came");
}

/// However much is answered, little of it is read.
#[tokio::test]
async fn an_answer_without_end_is_left_alone() {
    let mut answer = b"HTTP/1.1 503 Busy\r\ncontent-length: 104857600\r\n\r\n".to_vec();
    answer.resize(answer.len() + 10 * 1024 * 1024, b' ');
    let (_, outcome, _) = exchange(&answer).await;
    assert_eq!(outcome, Outcome::Retry { after: None });
}

#[tokio::test]
async fn an_answer_that_is_none_is_an_attempt_that_failed() {
    for answer in [&b""[..], b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 27\r\n\r\n{\"text\":"] {
        let (hec, outcome, _) = exchange(answer).await;
        assert_eq!(outcome, Outcome::Retry { after: None });
        assert!(!hec.diagnosis().unwrap().to_string().contains(SECRET));
    }
}
