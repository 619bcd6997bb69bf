//! What holds of every answer of a receiver.
//!
//! An input is a status, the header `Retry-After` and a body, the first two a line each.

use std::time::{Duration, SystemTime};

use ktel_outbox::{Entry, Limits, Next, Outbox, Outcome, Tag};
use ktel_splunk::{Body, Change, Posted, Reply, Verdict, classify};
use serde_json::Value;

/// How many events were sent.
const SENT: usize = 3;

pub(crate) fn check(input: &[u8]) {
    let mut parts = input.splitn(3, |byte| *byte == b'\n');
    let [Some(status), Some(retry_after), Some(body)] = [parts.next(), parts.next(), parts.next()] else { return };
    let Some(status) = str::from_utf8(status).ok().and_then(|status| status.parse().ok()) else { return };
    let retry_after = str::from_utf8(retry_after).ok().filter(|text| !text.is_empty());
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_482_000);
    let reply = Reply::read(status, retry_after, body, now);
    assert_eq!(reply.status, status);
    check_pause(&reply, retry_after);
    check_body(&reply, body);
    for (is_compressed, is_mixed) in [(false, false), (false, true), (true, false), (true, true)] {
        let posted = Posted { is_compressed, is_mixed };
        let verdict = classify(&reply, posted);
        check_outcome(&reply, posted, &verdict);
        check_diagnosis(&reply, &verdict);
        check_outbox(verdict.outcome);
    }
}

/// Nobody is left alone who did not ask for it, and a number of seconds is taken at its word.
fn check_pause(reply: &Reply, retry_after: Option<&str>) {
    let Some(pause) = reply.retry_after else { return };
    let text = retry_after.unwrap().trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        assert_eq!(Some(pause.as_secs()), text.parse().ok());
    } else {
        assert!(text.ends_with("GMT") || text.contains(':'), "neither a number of seconds nor a date: {text}");
    }
}

/// An answer of HEC is an object that says what was read of it, by a reader that is not ours.
fn check_body(reply: &Reply, body: &[u8]) {
    let Body::Hec { code, event, ack } = reply.body else {
        assert_eq!(reply.body == Body::Empty, body.trim_ascii().is_empty());
        return;
    };
    assert!(body.trim_ascii_start().starts_with(b"{"), "no object is an answer of HEC");
    // That reader refuses what ours passes over: numbers that are too large, lists that are too deep.
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return };
    assert!(value["text"].is_string());
    assert_eq!(value["code"].as_u64(), Some(code.into()));
    assert_eq!(value["invalid-event-number"].as_u64(), event.map(|event| event as u64));
    assert_eq!(value["ackId"].as_u64(), ack);
}

fn check_outcome(reply: &Reply, posted: Posted, verdict: &Verdict) {
    let (code, event) = match reply.body {
        Body::Hec { code, event, .. } => (Some(code), event),
        _ => (None, None),
    };
    match verdict.outcome {
        Outcome::Delivered | Outcome::DeliveredSlowDown => {
            assert!((200..300).contains(&reply.status), "what failed is not delivered");
            assert!(matches!(code, None | Some(0 | 24 | 25)) && reply.body != Body::Foreign);
        }
        Outcome::AckPending { .. } => panic!("only who asked for acknowledgements waits for one"),
        Outcome::Retry { after } if verdict.change.is_some() => assert_eq!(after, Some(Duration::ZERO)),
        Outcome::Retry { after } => assert_eq!(after, reply.retry_after),
        Outcome::ResumeAt { index, after } => assert_eq!((Some(index), after), (event, reply.retry_after)),
        Outcome::Isolate(index) if code == Some(7) => {
            assert!(posted.is_mixed, "where all events are for one index, none of them is wrong");
            assert_eq!(index.checked_add(1), event);
        }
        Outcome::Isolate(index) => assert_eq!(Some(index), event),
        Outcome::Halve | Outcome::Misconfigured => {}
        Outcome::Gone => assert_eq!(reply.status, 410),
    }
    match verdict.change {
        Some(Change::Plain) => assert!(posted.is_compressed && matches!(reply.status, 400 | 415)),
        Some(Change::NoAcks) => assert_eq!(code, Some(14)),
        None => {}
    }
}

/// A person is told of what went wrong and of nothing else, and no more of the answer than its status and its code.
fn check_diagnosis(reply: &Reply, verdict: &Verdict) {
    let is_fine = matches!(verdict.outcome, Outcome::Delivered | Outcome::DeliveredSlowDown);
    assert_eq!(verdict.diagnosis.is_none(), is_fine);
    let Some(diagnosis) = &verdict.diagnosis else { return };
    let numbers = diagnosis.problem.split(|letter: char| !letter.is_ascii_digit()).filter(|text| !text.is_empty());
    for number in numbers {
        let is_code = matches!(reply.body, Body::Hec { code, .. } if code.to_string() == number);
        assert!(is_code || reply.status.to_string() == number, "{}", diagnosis.problem);
    }
    assert!(diagnosis.problem.len() < 80, "{}", diagnosis.problem);
}

/// Whatever a receiver says, it is asked again within a bounded time, and nothing is lost that it did not take or refuse.
fn check_outbox(outcome: Outcome) {
    let limits = Limits::default();
    for now in [Duration::ZERO, Duration::from_secs(1_795_482_000)] {
        let mut outbox = Outbox::new(limits);
        for item in 0..SENT {
            outbox.put(now, Entry { item, bytes: 1, tag: Tag("USAGE") });
        }
        assert_eq!(outbox.next(now), Next::Send(vec![0, 1, 2]));
        outbox.settle(now, 1.0, outcome);
        let (left, lost) = match outcome {
            Outcome::Delivered | Outcome::DeliveredSlowDown => (0, 0),
            Outcome::ResumeAt { index, .. } if index <= SENT => (SENT - index, 0),
            Outcome::Isolate(index) if index < SENT => (SENT - 1, 1),
            Outcome::Gone => (0, 3),
            _ => (SENT, 0),
        };
        assert_eq!((outbox.len(), outbox.dropped()), (left, lost));
        assert_eq!(outbox.is_closed(), outcome == Outcome::Gone);
        if let Next::Wait(pause) = outbox.next(now) {
            let longest = match outcome {
                Outcome::Retry { after: Some(_) } | Outcome::ResumeAt { after: Some(_), .. } => limits.max_asked_pause,
                Outcome::Misconfigured => limits.misconfigured_pause.mul_f64(1.5),
                _ => limits.slow_down_pause,
            };
            assert!(pause <= longest, "{pause:?} after {outcome:?}");
        }
    }
}
