//! From what the receiver answered to what became of the batch. Pure, so that every answer can be tried.

use std::{io, time::Duration};

use ktel_outbox::Outcome;

use crate::{
    diagnosis::Diagnosis,
    reply::{Body, Reply},
    tls,
};

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What became of the batch.
    pub outcome: Outcome,
    /// What has to be done differently from now on.
    pub change: Option<Change>,
    /// What a person should know, if anything went wrong.
    pub diagnosis: Option<Diagnosis>,
}

/// What the receiver cannot do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It does not understand compressed bodies.
    Plain,
    /// It acknowledges nothing.
    NoAcks,
}

/// What a request was like, as far as the meaning of an answer depends on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Posted {
    /// Whether the body was compressed.
    pub is_compressed: bool,
    /// Whether its events were for different indexes.
    pub is_mixed: bool,
}

const WAIT: &str = "nothing is wrong on this side; try again later";
const TOKEN: &str = "check the token, and that it is enabled in Splunk";
const ADDRESS: &str = "check the address; HEC listens on port 8088 by default, or 443 in Splunk Cloud";
const INDEX: &str = "allow the token to write to its index in Splunk";
const CHANNEL: &str =
    "switch on acknowledgements here (Builder::acknowledged, --acknowledged), or off for the token in Splunk";
const NO_ACKS: &str = "switch on indexer acknowledgement for the token in Splunk, or off here";
const BUG: &str = "report this as a fault of ktel";
const LIMIT: &str = "nothing to do; less is sent at once";

/// Says what an answer means.
#[must_use]
pub fn classify(reply: &Reply, posted: Posted) -> Verdict {
    if let Body::Hec { code, event, .. } = reply.body
        // What failed is not delivered, whatever its body says.
        && (!matches!(code, 0 | 24 | 25) || (200..300).contains(&reply.status))
        && let Some(verdict) = by_code(code, event, reply.retry_after, posted)
    {
        return verdict;
    }
    by_status(reply, posted)
}

/// What the codes of the event collector mean, whatever the status; `None` for a code that is none of its own.
fn by_code(code: u32, event: Option<usize>, after: Option<Duration>, posted: Posted) -> Option<Verdict> {
    let verdict = match code {
        0 => Verdict::fine(Outcome::Delivered),
        24 | 25 => Verdict::fine(Outcome::DeliveredSlowDown),
        8 | 9 | 18..=20 | 23 | 26 | 27 => {
            let outcome = event.map_or(Outcome::Retry { after }, |index| Outcome::ResumeAt { index, after });
            Verdict::wrong(outcome, format!("the receiver is busy (code {code})"), WAIT)
        }
        6 | 12 | 13 | 15 => {
            let outcome = event.map_or(Outcome::Halve, Outcome::Isolate);
            Verdict::wrong(outcome, format!("the receiver refuses an event (code {code})"), BUG)
        }
        5 => Verdict::wrong(Outcome::Halve, "the receiver found no data (code 5)", BUG),
        // Where all events are for one index, it is not this event that is wrong. The number is one higher than others.
        7 => {
            let index = event.and_then(|number| number.checked_sub(1)).filter(|_| posted.is_mixed);
            let outcome = match index {
                Some(index) => Outcome::Isolate(index),
                None if posted.is_mixed => Outcome::Halve,
                None => Outcome::Misconfigured,
            };
            Verdict::wrong(outcome, "the receiver refuses the index (code 7)", INDEX)
        }
        14 => Verdict { outcome: at_once(), ..Verdict::without_acks() },
        1..=4 | 16 | 21 | 22 => {
            Verdict::wrong(Outcome::Misconfigured, format!("the receiver refuses the token (code {code})"), TOKEN)
        }
        10 | 11 => {
            Verdict::wrong(Outcome::Misconfigured, format!("the receiver asks for a channel (code {code})"), CHANNEL)
        }
        _ => return None,
    };
    Some(verdict)
}

/// What a status means where the body does not say more.
fn by_status(reply: &Reply, posted: Posted) -> Verdict {
    let Reply { status, body, retry_after: after } = *reply;
    let answered = format!("the receiver answered with status {status}");
    match status {
        200..=299 if body == Body::Empty => Verdict::fine(Outcome::Delivered),
        // Whoever answers so is not an event collector: a login page, for example. Nothing was delivered.
        200..=299 => Verdict::wrong(Outcome::Misconfigured, format!("{answered}, but not as HEC does"), ADDRESS),
        413 => Verdict::wrong(Outcome::Halve, "the body is too large for the receiver (status 413)", LIMIT),
        410 => Verdict::wrong(Outcome::Gone, "the receiver asks never to be called again (status 410)", ADDRESS),
        400 | 415 if posted.is_compressed => Verdict {
            change: Some(Change::Plain),
            ..Verdict::wrong(at_once(), answered, "nothing to do; it is sent uncompressed")
        },
        400 => Verdict::wrong(Outcome::Halve, answered, BUG),
        401 | 403 => Verdict::wrong(Outcome::Misconfigured, answered, TOKEN),
        408 | 429 | 500 | 502..=504 | 506..=599 => Verdict::wrong(Outcome::Retry { after }, answered, WAIT),
        // What is elsewhere, not there or not able to take anything will not take this either.
        _ => Verdict::wrong(Outcome::Misconfigured, answered, ADDRESS),
    }
}

/// The same again, without a pause: done differently, it will be taken.
fn at_once() -> Outcome {
    Outcome::Retry { after: Some(Duration::ZERO) }
}

impl Verdict {
    fn fine(outcome: Outcome) -> Self {
        Self { outcome, change: None, diagnosis: None }
    }

    fn wrong(outcome: Outcome, problem: impl Into<String>, remedy: &'static str) -> Self {
        Self { outcome, change: None, diagnosis: Some(Diagnosis::new(problem, remedy)) }
    }

    /// Acknowledgements were asked for, and there are none.
    pub(crate) fn without_acks() -> Self {
        let verdict = Self::wrong(Outcome::Delivered, "the receiver acknowledges nothing", NO_ACKS);
        Self { change: Some(Change::NoAcks), ..verdict }
    }

    /// There was no answer.
    pub(crate) fn unreachable(error: &reqwest::Error) -> Self {
        let problem = if error.is_timeout() {
            "the receiver did not answer in time".to_owned()
        } else {
            format!("the receiver cannot be reached: {}", innermost(error))
        };
        let remedy = "check the address, and that it can be reached from here";
        Self::wrong(Outcome::Retry { after: None }, problem, remedy)
    }
}

/// The innermost cause of an error: what the operating system said, without the address around it. What TLS says of a
/// certificate would quote its names.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    loop {
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let of_tls = wrapped.and_then(|error| error.downcast_ref()).or(cause.downcast_ref());
        if let Some(complaint) = of_tls.and_then(tls::complaint) {
            return complaint.to_owned();
        }
        match cause.source() {
            Some(source) => cause = source,
            None => return cause.to_string(),
        }
    }
}
