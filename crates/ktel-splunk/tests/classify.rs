//! What each answer of a receiver means, row by row.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::time::{Duration, SystemTime};

use ktel_outbox::Outcome;
use ktel_splunk::{Change, Posted, Reply, Verdict, classify};

const RETRY: Outcome = Outcome::Retry { after: None };

fn reply(status: u16, body: &str) -> Reply {
    Reply::read(status, None, body.as_bytes(), SystemTime::UNIX_EPOCH)
}

fn hec(status: u16, code: u32, event: Option<usize>) -> Verdict {
    let event = event.map_or_else(String::new, |number| format!(",\"invalid-event-number\":{number}"));
    classify(&reply(status, &format!("{{\"text\":\"…\",\"code\":{code}{event}}}")), Posted::default())
}

fn check(verdict: &Verdict, outcome: Outcome) {
    assert_eq!(verdict.outcome, outcome);
    let is_fine = matches!(outcome, Outcome::Delivered | Outcome::DeliveredSlowDown);
    assert_eq!(verdict.diagnosis.is_none(), is_fine, "a person is told of what went wrong, and of nothing else");
}

#[test]
fn codes_decide() {
    let resume = |index| Outcome::ResumeAt { index, after: None };
    for (status, code, event, outcome) in [
        (200, 0, None, Outcome::Delivered),
        (200, 24, None, Outcome::DeliveredSlowDown),
        (200, 25, None, Outcome::DeliveredSlowDown),
        (500, 8, None, RETRY),
        (503, 9, None, RETRY),
        (503, 9, Some(3), resume(3)),
        (503, 9, Some(0), resume(0)),
        (503, 23, None, RETRY),
        (429, 26, None, RETRY),
        (429, 26, Some(2), resume(2)),
        (429, 27, None, RETRY),
        (503, 18, None, RETRY),
        (503, 19, None, RETRY),
        (503, 20, None, RETRY),
        (400, 6, Some(1), Outcome::Isolate(1)),
        (400, 6, None, Outcome::Halve),
        (400, 12, Some(2), Outcome::Isolate(2)),
        (400, 13, Some(0), Outcome::Isolate(0)),
        (400, 15, Some(4), Outcome::Isolate(4)),
        (400, 15, None, Outcome::Halve),
        (400, 7, Some(1), Outcome::Misconfigured),
        (403, 1, None, Outcome::Misconfigured),
        (401, 2, None, Outcome::Misconfigured),
        (401, 3, None, Outcome::Misconfigured),
        (403, 4, None, Outcome::Misconfigured),
        (400, 10, None, Outcome::Misconfigured),
        (400, 11, None, Outcome::Misconfigured),
        (400, 16, None, Outcome::Misconfigured),
        (403, 21, None, Outcome::Misconfigured),
        (403, 22, None, Outcome::Misconfigured),
        (400, 14, None, Outcome::Retry { after: Some(Duration::ZERO) }),
        (400, 5, None, Outcome::Halve),
        (404, 404, None, Outcome::Misconfigured),
    ] {
        check(&hec(status, code, event), outcome);
    }
}

/// Only where events are for different indexes is it one of them that is wrong, and its number is one higher than elsewhere.
#[test]
fn an_index_is_wrong_for_one_event_or_for_all() {
    let mixed = Posted { is_mixed: true, ..Posted::default() };
    let of = |number: &str| reply(400, &format!(r#"{{"text":"Incorrect index","code":7{number}}}"#));
    check(&classify(&of(r#","invalid-event-number":2"#), mixed), Outcome::Isolate(1));
    check(&classify(&of(r#","invalid-event-number":0"#), mixed), Outcome::Halve);
    check(&classify(&of(""), mixed), Outcome::Halve);
    check(&classify(&of(r#","invalid-event-number":2"#), Posted::default()), Outcome::Misconfigured);
}

/// Others have codes of their own, and what failed is not delivered, whatever its body says.
#[test]
fn a_code_of_somebody_else_means_nothing() {
    for body in [r#"{"code":0,"message":"ok"}"#, r#"{"code":14,"message":"unavailable"}"#, r#"{"text":"ok","code":0}"#]
    {
        check(&classify(&reply(503, body), Posted::default()), RETRY);
    }
}

#[test]
fn who_acknowledges_nothing_is_not_asked_to() {
    assert_eq!(hec(400, 14, None).change, Some(Change::NoAcks));
}

#[test]
fn where_there_is_no_code_the_status_decides() {
    let page = "<!doctype html><html>…</html>";
    for (status, body, outcome) in [
        (200, "", Outcome::Delivered),
        (204, "", Outcome::Delivered),
        (200, page, Outcome::Misconfigured),
        (301, "", Outcome::Misconfigured),
        (302, page, Outcome::Misconfigured),
        (400, page, Outcome::Halve),
        (401, "", Outcome::Misconfigured),
        (403, page, Outcome::Misconfigured),
        (404, page, Outcome::Misconfigured),
        (405, "", Outcome::Misconfigured),
        (408, "", RETRY),
        (410, "", Outcome::Gone),
        (413, page, Outcome::Halve),
        (429, "", RETRY),
        (500, page, RETRY),
        (501, page, Outcome::Misconfigured),
        (505, page, Outcome::Misconfigured),
        (502, page, RETRY),
        (503, "", RETRY),
        (504, page, RETRY),
        (507, "", RETRY),
    ] {
        check(&classify(&reply(status, body), Posted::default()), outcome);
    }
}

#[test]
fn who_does_not_understand_compression_gets_none() {
    let compressed = Posted { is_compressed: true, ..Posted::default() };
    for status in [400, 415] {
        let verdict = classify(&reply(status, "<html>"), compressed);
        assert_eq!(verdict.change, Some(Change::Plain));
        assert_eq!(verdict.outcome, Outcome::Retry { after: Some(Duration::ZERO) });
        assert_eq!(classify(&reply(status, "<html>"), Posted::default()).change, None);
    }
    // The event collector itself understands it: what it refuses with a code is refused for another reason.
    assert_eq!(classify(&reply(400, r#"{"text":"Invalid data format","code":6}"#), compressed).change, None);
}

#[test]
fn a_pause_is_asked_for_in_seconds_or_until_a_date() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_482_000);
    for (header, pause) in [
        (Some("120"), Some(Duration::from_secs(120))),
        (Some(" 7 "), Some(Duration::from_secs(7))),
        (Some("Tue, 24 Nov 2026 01:00:30 GMT"), Some(Duration::from_secs(30))),
        (Some("Mon, 23 Nov 2026 01:00:00 GMT"), Some(Duration::ZERO)),
        (Some("soon"), None),
        (Some("-1"), None),
        (Some("+7"), None),
        (Some(""), None),
        (Some("1e9"), None),
        (None, None),
    ] {
        let reply = Reply::read(503, header, b"", now);
        assert_eq!(reply.retry_after, pause, "{header:?}");
        assert_eq!(classify(&reply, Posted::default()).outcome, Outcome::Retry { after: pause });
    }
    let reply = Reply::read(503, Some("9"), br#"{"text":"","code":9,"invalid-event-number":1}"#, now);
    let after = Some(Duration::from_secs(9));
    assert_eq!(classify(&reply, Posted::default()).outcome, Outcome::ResumeAt { index: 1, after });
}

#[test]
fn odd_bodies_are_somebody_elses() {
    // Not even a list of all that an answer says, in its order, is one.
    let list = "[\"Success\",0,null,null]";
    for body in
        [list, "[]", "7", "\"Success\"", "{}", "{\"code\":\"0\"}", "{\"code\":-1}", "{\"text\":\"Success\"", "\u{feff}"]
    {
        check(&classify(&reply(200, body), Posted::default()), Outcome::Misconfigured);
        check(&classify(&reply(503, body), Posted::default()), RETRY);
    }
}
