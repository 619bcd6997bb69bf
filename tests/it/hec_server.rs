//! The receiver beside what a HEC server answers, case by case, as `conformance/hec-server.tsv` has it with the evidence.

use std::{collections::BTreeMap, fs, io::Write as _};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use flate2::{Compression, write::GzEncoder};
use ktel_receiver::{Acks, Pressure, Receiver, Settings, Token};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::file;

/// A row of the table: what is expected. The request is prose there, and code below.
struct Expected {
    status: u16,
    body: String,
}

fn table() -> BTreeMap<String, Expected> {
    let text = fs::read_to_string(file("conformance/hec-server.tsv")).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|row| {
        let columns: Vec<&str> = row.split('\t').collect();
        let [case, _request, status, ref body @ ..] = columns[..] else { panic!("{row}") };
        // `503 code 9 (429 code 27 when ...)`: what stands first is what the receiver does by default.
        let (status, rest) = status.split_once(' ').unwrap_or((status, ""));
        let expected = Expected { status: status.parse().unwrap_or(200), body: format!("{rest} {}", body.join(" ")) };
        (case.to_owned(), expected)
    })
    .collect()
}

/// A request, and the receiver that it goes to.
struct Case {
    settings: Settings,
    pressure: Pressure,
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

const EVENT: &str = "/services/collector/event";
const CHANNEL: &str = "FE0ECFAD-13D5-401B-847D-77833BD77131";

impl Case {
    /// A good token, and one event.
    fn new() -> Self {
        Self {
            settings: Settings::default().tokens([Token::new("good")]),
            pressure: Pressure::None,
            method: "POST",
            path: EVENT.to_owned(),
            headers: vec![("Authorization", "Splunk good".to_owned())],
            body: br#"{"event":"x"}"#.to_vec(),
        }
    }

    fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    fn path(self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    fn authorization(self, value: Option<&str>) -> Self {
        Self { headers: value.map(|value| ("Authorization", value.to_owned())).into_iter().collect(), ..self }
    }

    fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn tokens(mut self, tokens: &[Token]) -> Self {
        self.settings.tokens = tokens.to_vec();
        self
    }

    fn press(self, pressure: Pressure) -> Self {
        Self { pressure, ..self }
    }

    fn set(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        set(&mut self.settings);
        self
    }

    async fn start(&self) -> Receiver {
        let receiver = Receiver::start_with(self.settings.clone()).await.unwrap();
        receiver.press(self.pressure);
        receiver
    }

    /// Sends the request as it stands; returns status, type and body of the answer.
    async fn ask(&self, receiver: &Receiver) -> (u16, String, String) {
        let mut stream = TcpStream::connect(receiver.url().trim_start_matches("http://")).await.unwrap();
        let headers: Vec<String> = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let headers = headers.concat();
        let (method, path, length) = (self.method, &self.path, self.body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: r\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // A receiver that has seen enough may close before all is sent.
        let _ = stream.write_all(&self.body).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let content_type =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-type: ").map(str::to_owned));
        (head.split(' ').nth(1).unwrap().parse().unwrap(), content_type.unwrap_or_default(), body.to_owned())
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// The requests of the table, by the names of its cases, each with how many events it leaves at the receiver.
fn cases() -> Vec<(&'static str, Case, usize)> {
    let case = Case::new;
    let acknowledging = || case().tokens(&[Token::new("good").acknowledging()]);
    let basic = format!("Basic {}", BASE64_STANDARD.encode("any:good"));
    let raw = |body: &[u8]| case().path("/services/collector/raw").body(body);
    let get = |path: &str| Case { method: "GET", body: Vec::new(), ..case().path(path) };
    let full = Pressure::QueueFull { taken: 1, is_told: false };
    vec![
        ("no_auth", case().authorization(None), 0),
        ("blank_auth", case().authorization(Some("")), 0),
        ("bearer", case().authorization(Some("Bearer good")), 0),
        ("unknown_token", case().authorization(Some("Splunk other")), 0),
        ("disabled_token", case().tokens(&[Token::new("good").disabled()]), 0),
        ("basic_auth", case().authorization(Some(&basic)), 1),
        ("query_token_unknown", case().authorization(None).path(&format!("{EVENT}?token=other")), 0),
        ("query_token_valid_disabled", case().authorization(None).path(&format!("{EVENT}?token=good")), 0),
        ("query_token_beats_header", case().path(&format!("{EVENT}?token=good")), 0),
        (
            "query_token_enabled",
            case()
                .authorization(None)
                .path(&format!("{EVENT}?token=good"))
                .set(|settings| settings.takes_query_token = true),
            1,
        ),
        ("event_ok", case(), 1),
        ("event_ok", case().path("/services/collector"), 1),
        ("event_ok", case().path("/services/collector/event/1.0"), 1),
        ("event_ok", case().path("/services/collector/1.0"), 1),
        ("stacked", case().body(r#"{"event":"a"}{"event":"b"}"#), 2),
        ("stacked", case().body("{\"event\":\"a\"}\n{\"event\":\"b\"}"), 2),
        ("stacked", case().body(r#"{"event":"a"} {"event":"b"}"#), 2),
        ("json_array", case().body(r#"[{"event":"a"},{"event":"b"}]"#), 2),
        ("empty_body", case().body(""), 0),
        ("malformed_first", case().body("{not json"), 0),
        ("malformed_second", case().body(r#"{"event":"ok"}{"event":"bad""#), 1),
        ("trailing_garbage", case().body(r#"{"event":"ok"}xyz"#), 1),
        ("event_missing", case().body(r#"{"host":"h"}"#), 0),
        ("event_missing_3rd", case().body(r#"{"event":1}{"event":2}{"host":"h"}"#), 2),
        ("event_blank", case().body(r#"{"event":""}"#), 0),
        ("event_null", case().body(r#"{"event":null}"#), 0),
        ("fields_nested", case().body(r#"{"event":1,"fields":{"a":{"b":1}}}"#), 0),
        ("fields_array_value", case().body(r#"{"event":1,"fields":{"a":["x","y"]}}"#), 1),
        ("fields_not_object", case().body(r#"{"event":1,"fields":["x"]}"#), 0),
        ("time_not_numeric", case().body(r#"{"event":1,"time":"nope"}"#), 0),
        ("time_sci_notation", case().body(r#"{"event":1,"time":1.75248e9}"#), 0),
        (
            "index_not_allowed",
            case().tokens(&[Token::new("good").indexes(&["main"])]).body(r#"{"event":1,"index":"other"}"#),
            0,
        ),
        ("index_unrestricted", case().body(r#"{"event":1,"index":"other"}"#), 1),
        (
            "event_over_maxEventSize",
            case()
                .set(|settings| settings.max_body_bytes = 10_000_000)
                .body(format!(r#"{{"event":"{}"}}"#, "x".repeat(5_000_001))),
            0,
        ),
        ("body_over_max_content_length", case().body(vec![b' '; 1_000_001]), 0),
        ("bad_content_encoding", case().header("Content-Encoding", "br"), 0),
        ("bad_gzip", case().header("Content-Encoding", "gzip"), 0),
        ("gzip_ok", case().header("Content-Encoding", "gzip").body(gzip(br#"{"event":"a"}{"event":"b"}"#)), 2),
        ("raw_ok", raw(b"one\ntwo\n").header("X-Splunk-Request-Channel", CHANNEL), 2),
        ("raw_no_channel", raw(b"one"), 1),
        ("raw_blank", raw(b"\n\r\n"), 0),
        ("raw_blank", raw(b"   "), 0),
        ("raw_bad_utf8", raw(b"\xff\xfe"), 1),
        ("useack_no_channel", acknowledging(), 0),
        ("useack_bad_channel", acknowledging().header("X-Splunk-Request-Channel", "not a channel"), 0),
        ("useack_ok", acknowledging().header("X-Splunk-Request-Channel", CHANNEL), 1),
        ("ack_disabled", case().path("/services/collector/ack").body(r#"{"acks":[0]}"#), 0),
        (
            "ack_channels_full",
            acknowledging().header("X-Splunk-Request-Channel", CHANNEL).set(|settings| settings.max_channels = 0),
            0,
        ),
        ("queue_full", case().body(r#"{"event":1}{"event":2}{"event":3}"#).press(full), 1),
        ("shutting_down", case().press(Pressure::ShuttingDown), 0),
        ("warn", case().press(Pressure::QueueNearlyFull), 1),
        ("warn", case().press(Pressure::AcksNearlyFull), 1),
        ("health", get("/services/collector/health").authorization(None), 0),
        ("health", get("/services/collector/health/1.0").authorization(Some("Splunk other")), 0),
        ("health_bad", get("/services/collector/health").press(Pressure::QueueFull { taken: 0, is_told: true }), 0),
        ("health_bad", get("/services/collector/health").press(Pressure::AcksDown), 0),
        ("health_bad", get("/services/collector/health").press(Pressure::QueueFullAndAcksDown), 0),
        ("wrong_method", get(EVENT), 0),
        ("unknown_path", case().path("/services/collector/nope"), 0),
        ("content_type", case().header("Content-Type", "image/png"), 1),
    ]
}

/// The codes that an expectation names: those in its JSON, or those in its prose, `code 24 / 25` and `18 / 19 / 20`.
fn codes(body: &str) -> Vec<u64> {
    let numbers = |text: &str| -> Vec<u64> {
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
    };
    let json = body.split("\"code\":").skip(1).filter_map(|rest| numbers(rest).first().copied());
    let prose = body.split("code ").skip(1).flat_map(|rest| {
        let list: String = rest.chars().take_while(|c| c.is_ascii_digit() || " /".contains(*c)).collect();
        numbers(&list)
    });
    json.chain(prose).collect()
}

#[tokio::test]
async fn every_case_of_the_table_is_answered_as_it_says() {
    let table = table();
    let mut tried: Vec<&str> = Vec::new();
    for (name, case, events) in cases() {
        let expected = table.get(name).unwrap_or_else(|| panic!("{name} is not in the table"));
        let receiver = case.start().await;
        let (status, content_type, body) = case.ask(&receiver).await;
        assert_eq!(status, expected.status, "{name}: {body}");
        assert_eq!(receiver.events().len(), events, "{name}");
        if expected.body.contains("text/html") {
            assert!(content_type.starts_with("text/html"), "{name}: {content_type}");
        } else {
            let answer: Value = serde_json::from_str(&body).unwrap();
            let code = answer["code"].as_u64().unwrap();
            let codes = codes(&expected.body);
            assert!(codes.contains(&code) || codes.is_empty(), "{name}: {body}, not {}", expected.body);
            if let Ok(exact) = serde_json::from_str::<Value>(expected.body.trim().split(" (").next().unwrap()) {
                let text = |answer: &Value| (answer["text"].clone(), answer["invalid-event-number"].clone());
                assert_eq!(text(&answer), text(&exact), "{name}");
            }
        }
        tried.push(name);
    }
    // These are several requests each, and have tests of their own.
    tried.extend(["ack_query", "ack_query_consumed"]);
    let untried: Vec<&String> = table.keys().filter(|name| !tried.contains(&name.as_str())).collect();
    assert_eq!(untried, [""; 0]);
}

#[tokio::test]
async fn an_acknowledgement_is_told_once_and_to_its_channel_alone() {
    let case = |path: &str, channel: &str, body: &str| {
        let case = Case::new().tokens(&[Token::new("good").acknowledging()]).path(path).body(body);
        case.header("X-Splunk-Request-Channel", channel)
    };
    let receiver = case(EVENT, CHANNEL, "").start().await;
    let ask = async |path: &str, channel: &str, body: &str| -> Value {
        serde_json::from_str(&case(path, channel, body).ask(&receiver).await.2).unwrap()
    };
    for ack in [0, 1] {
        assert_eq!(ask(EVENT, CHANNEL, r#"{"event":1}"#).await, json!({ "text": "Success", "code": 0, "ackId": ack }));
    }
    let acks = "/services/collector/ack";
    let other = CHANNEL.replace('F', "A");
    assert_eq!(ask(acks, &other, r#"{"acks":[0]}"#).await, json!({ "acks": { "0": false } }));
    assert_eq!(ask(acks, CHANNEL, r#"{"acks":[0,7]}"#).await, json!({ "acks": { "0": true, "7": false } }));
    assert_eq!(ask(acks, CHANNEL, r#"{"acks":[0]}"#).await, json!({ "acks": { "0": false } }), "it is told once");
    assert_eq!(ask(acks, CHANNEL, r#"{"acks":[1]}"#).await, json!({ "acks": { "1": true } }));

    let late = Case::new().tokens(&[Token::new("good").acknowledging()]).set(|settings| settings.acks = Acks::After(2));
    let receiver = late.start().await;
    case(EVENT, CHANNEL, r#"{"event":1}"#).ask(&receiver).await;
    let mut told = Vec::new();
    for _ in 0..4 {
        let answer = case(acks, CHANNEL, r#"{"acks":[0]}"#).ask(&receiver).await.2;
        told.push(serde_json::from_str::<Value>(&answer).unwrap()["acks"]["0"] == true);
    }
    assert_eq!(told, [false, false, true, false]);
}
