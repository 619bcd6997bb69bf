//! What holds of every body that the receiver is sent.
//!
//! An input is a letter that says how it is sent, and what is sent.

use std::{io::Write as _, sync::LazyLock};

use flate2::{Compression, write::GzEncoder};
use ktel_receiver::{Event, EventCollector, Judge, Reply, Request, Settings, Token};
use serde_json::Value;

/// Much less than Splunk takes, so that what is too large is found soon.
const MAX_BODY_BYTES: usize = 64 * 1024;

const KEPT_EVENTS: usize = 8;

/// A letter that is in no text of ours: where it stands in a value, it must not stand in a violation.
const SECRET: char = '§';

static JUDGE: LazyLock<Judge> = LazyLock::new(|| Judge::new().unwrap());

/// All answers to a body: the status, and the code where it is an answer of the event collector.
const ANSWERS: [(u16, Option<u64>); 11] = [
    (200, Some(0)),
    (400, Some(5)),
    (400, Some(6)),
    (400, Some(7)),
    (400, Some(12)),
    (400, Some(13)),
    (400, Some(15)),
    // The numbers of an acknowledgement.
    (200, None),
    // The encoding is not kept, is unknown, or unpacks to more than is taken.
    (400, None),
    (415, None),
    (413, None),
];

pub(crate) fn check(input: &[u8]) {
    let Some((how, body)) = input.split_first() else { return };
    match how {
        b'e' => drop(post("/event", None, body)),
        b'r' => drop(post("/raw", None, body)),
        b'g' => drop(post("/event", Some("gzip"), body)),
        b'a' => ask(body),
        b'p' => {
            let plain = post("/event", None, body);
            assert_eq!(
                post("/event", Some("gzip"), &pack(&[body])),
                plain,
                "what is packed is answered like what is not"
            );
            // The members of a packed body are one body.
            let (first, second) = body.split_at(body.len() / 2);
            assert_eq!(post("/event", Some("gzip"), &pack(&[first, second])), plain);
        }
        b'b' if !body.is_empty() => {
            let bomb = pack(&[&body.repeat(MAX_BODY_BYTES / body.len() + 1)]);
            for path in ["/event", "/raw"] {
                let (reply, events) = post(path, Some("gzip"), &bomb);
                assert_eq!((reply.status, events.len()), (413, 0), "no more is unpacked than is taken");
            }
        }
        _ => {}
    }
}

fn collector() -> EventCollector {
    let mut settings = Settings::default().tokens([Token::new("a token").indexes(&["main"]).acknowledging()]);
    (settings.max_body_bytes, settings.kept_events) = (MAX_BODY_BYTES, KEPT_EVENTS);
    EventCollector::new(settings, JUDGE.clone())
}

fn request(path: &str, encoding: Option<&str>, body: &[u8]) -> Request {
    let headers = [
        ("authorization", "Splunk a token"),
        ("x-splunk-request-channel", "00000000-0000-4000-8000-000000000000"),
        ("content-encoding", encoding.unwrap_or_default()),
    ];
    Request {
        method: "POST".to_owned(),
        path: format!("/services/collector{path}"),
        query: String::new(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: Some(body.to_owned()),
    }
}

/// Posts a body, and holds the answer and what was kept against each other.
fn post(path: &str, encoding: Option<&str>, body: &[u8]) -> (Reply, Vec<Event>) {
    let collector = collector();
    let reply = collector.answer(&request(path, encoding, body));
    let events = collector.events();
    assert!(events.len() <= KEPT_EVENTS);
    events.iter().for_each(check_event);
    let answer = read(&reply);
    let number = answer["invalid-event-number"].as_u64();
    match answer["code"].as_u64() {
        Some(0) => assert!(!events.is_empty() && number.is_none() && answer["ackId"] == 0),
        Some(code @ (6 | 7 | 12 | 13 | 15)) => {
            // What stands before the event that is refused was taken. Where its index is wrong, it is counted from one.
            let taken = usize::try_from(number.unwrap() - u64::from(code == 7)).unwrap();
            assert_eq!(events.len(), taken.min(KEPT_EVENTS));
        }
        _ => assert_eq!((number, events.len()), (None, 0)),
    }
    (reply, events)
}

/// Asks for acknowledgements. Nobody has promised any.
fn ask(body: &[u8]) {
    let answer = read(&collector().answer(&request("/ack", None, body)));
    if let Some(acks) = answer["acks"].as_object() {
        assert!(acks.iter().all(|(number, is_safe)| number.parse::<u64>().is_ok() && *is_safe == false));
    } else {
        assert_eq!(answer["code"], 6);
    }
}

/// The body of an answer, which is one of those that are known.
fn read(reply: &Reply) -> Value {
    let is_page = reply.content_type.starts_with("text/html");
    let answer = if is_page { Value::Null } else { serde_json::from_slice(&reply.body).unwrap() };
    assert!(ANSWERS.contains(&(reply.status, answer["code"].as_u64())), "{} {answer}", reply.status);
    answer
}

/// What is taken is an event, and what is around it can be indexed. Its violations show none of its values.
fn check_event(event: &Event) {
    assert!(!event.report.is_null() && event.report != "");
    assert!(!event.envelope.contains_key("event"));
    match event.envelope.get("fields") {
        None => {}
        Some(fields) => assert!(!fields.as_object().unwrap().values().any(Value::is_object)),
    }
    if let Some(time) = event.envelope.get("time") {
        let seconds = time.as_f64().or_else(|| time.as_str()?.parse().ok());
        assert!(seconds.is_some_and(f64::is_finite), "a time is a number: {time}");
    }
    if !is_in_a_name(&event.report) {
        assert!(!event.violations.iter().any(|violation| violation.contains(SECRET)), "{:?}", event.violations);
    }
}

/// Whether the secret stands in the name of a part, where it is none.
fn is_in_a_name(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(is_in_a_name),
        Value::Object(map) => map.iter().any(|(name, value)| name.contains(SECRET) || is_in_a_name(value)),
        _ => false,
    }
}

fn pack(members: &[&[u8]]) -> Vec<u8> {
    let mut packed = Vec::new();
    for member in members {
        let mut encoder = GzEncoder::new(&mut packed, Compression::fast());
        encoder.write_all(member).unwrap();
        encoder.finish().unwrap();
    }
    packed
}
