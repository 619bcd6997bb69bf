//! The sink: one request a batch.

use std::{fmt, io::Write as _, sync::Arc, time::SystemTime};

use flate2::{Compression, write::GzEncoder};
use ktel_outbox::{Ack, Envelope, Outcome, Sink};
use reqwest::{
    Client, RequestBuilder, Response, Url,
    header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, HeaderValue, RETRY_AFTER, SET_COOKIE},
};

use crate::{
    acks::Acks,
    classify::{Change, Posted, Verdict, classify},
    diagnosis::Diagnosis,
    encode::encode,
    reply::{self, Body, MAX_BYTES, Reply},
};

/// Below this, a body costs more to compress than to send.
const COMPRESS_FROM: usize = 1024;

/// The header that names a channel.
const CHANNEL: &str = "x-splunk-request-channel";

/// A promise that holds no more: nothing of the batch is known to be safe.
const LOST: Outcome = Outcome::ResumeAt { index: 0, after: None };

/// A sink for Splunk's HTTP Event Collector.
pub struct Hec {
    client: Client,
    url: Url,
    authorization: Option<HeaderValue>,
    is_plain: bool,
    /// Nothing without acknowledgements.
    acks: Option<Acks>,
    /// Whether the last request was answered, so that the next one may go over a connection that has been closed since.
    is_warm: bool,
    diagnosis: Option<Diagnosis>,
    /// Whether a person was told that nothing can be sent until something is set right.
    is_told: bool,
}

impl Hec {
    pub(crate) fn new(client: Client, url: Url, authorization: Option<HeaderValue>, acks: Option<Acks>) -> Self {
        Self { client, url, authorization, is_plain: false, acks, is_warm: false, diagnosis: None, is_told: false }
    }

    /// What a person should know of the latest attempt; `None` if it went well.
    #[must_use]
    pub fn diagnosis(&self) -> Option<&Diagnosis> {
        self.diagnosis.as_ref()
    }

    async fn attempt(&mut self, batch: &[Arc<Envelope>]) -> Verdict {
        let body = encode(batch.iter().map(AsRef::as_ref)).into_bytes();
        let compressed = if self.is_plain || body.len() < COMPRESS_FROM { None } else { compress(&body) };
        let is_mixed = batch.windows(2).any(|pair| matches!(pair, [one, other] if one.index != other.index));
        let posted = Posted { is_compressed: compressed.is_some(), is_mixed };
        let mut request = self.client.post(self.url.clone());
        if posted.is_compressed {
            request = request.header(CONTENT_ENCODING, "gzip");
        }
        // An answer may come from another receiver, and open another channel than this.
        let channel = self.acks.as_ref().map(|acks| acks.channel().to_owned());
        match self.exchange(request.body(compressed.unwrap_or(body))).await {
            Ok(Answer { reply, .. }) => self.promised(classify(&reply, posted), &reply, channel.as_deref()),
            Err(error) => Verdict::unreachable(&error),
        }
    }

    /// Where an acknowledgement is waited for, what was taken is not delivered yet.
    fn promised(&mut self, verdict: Verdict, reply: &Reply, channel: Option<&str>) -> Verdict {
        let is_slow = match verdict.outcome {
            Outcome::Delivered => false,
            Outcome::DeliveredSlowDown => true,
            // What it took before it was busy, it has not promised to acknowledge.
            Outcome::ResumeAt { after, .. } if self.acks.is_some() => {
                return Verdict { outcome: Outcome::Retry { after }, ..verdict };
            }
            _ => return verdict,
        };
        let (Some(acks), Some(channel)) = (&mut self.acks, channel) else { return verdict };
        match reply.body {
            Body::Hec { ack: Some(number), .. } => {
                Verdict { outcome: Outcome::AckPending { ack: acks.promise(channel, number), is_slow }, ..verdict }
            }
            _ => Verdict { outcome: verdict.outcome, ..Verdict::without_acks() },
        }
    }

    /// Sends a request, and reads the answer to it.
    async fn exchange(&mut self, request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let mut request = request.header(CONTENT_TYPE, "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        if let Some(acks) = &self.acks {
            request = request.header(CHANNEL, acks.channel());
            if let Some(cookies) = acks.cookies() {
                request = request.header(COOKIE, cookies);
            }
        }
        let again = request.try_clone().filter(|_| self.is_warm);
        let answer = match (send(request).await, again) {
            // The connection was closed while it was idle, which is nobody's fault.
            (Err(error), Some(again)) if error.is_request() && !error.is_timeout() && !error.is_connect() => {
                send(again).await
            }
            (answer, _) => answer,
        };
        self.is_warm = answer.is_ok();
        let answer = answer?;
        if let Some(acks) = &mut self.acks {
            acks.see(answer.cookies.iter().map(String::as_str));
        }
        Ok(answer)
    }

    /// Keeps what a person should know. What only a person can set right is said once, until it is.
    fn tell(&mut self, verdict: Verdict) {
        let Verdict { outcome, change, diagnosis } = verdict;
        match change {
            Some(Change::Plain) => self.is_plain = true,
            Some(Change::NoAcks) => self.acks = None,
            None => {}
        }
        let is_for_a_person =
            matches!(outcome, Outcome::Misconfigured | Outcome::Gone) || change == Some(Change::NoAcks);
        if let Some(diagnosis) = &diagnosis {
            if is_for_a_person && !self.is_told {
                tracing::warn!("telemetry: {diagnosis}");
            } else {
                tracing::debug!("{diagnosis}");
            }
        }
        let is_well = matches!(outcome, Outcome::Delivered | Outcome::DeliveredSlowDown);
        self.is_told = is_for_a_person || (self.is_told && !is_well);
        self.diagnosis = diagnosis;
    }
}

impl fmt::Debug for Hec {
    /// Shows neither the address nor the token: either may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hec")
            .field("is_plain", &self.is_plain)
            .field("is_acknowledged", &self.acks.is_some())
            .field("diagnosis", &self.diagnosis)
            .finish_non_exhaustive()
    }
}

impl Sink for Hec {
    async fn post(&mut self, batch: &[Arc<Envelope>]) -> Outcome {
        let verdict = self.attempt(batch).await;
        let outcome = verdict.outcome;
        self.tell(verdict);
        outcome
    }

    async fn poll(&mut self, ack: Ack) -> Outcome {
        let question = self.acks.as_ref().and_then(|acks| Some((acks.number(ack)?, acks.url().clone())));
        let Some((number, url)) = question else { return LOST };
        let request = self.client.post(url).body(format!("{{\"acks\":[{number}]}}"));
        let verdict = match self.exchange(request).await {
            Ok(Answer { reply, body, .. }) if reply.status == 200 => {
                let Some(acks) = &mut self.acks else { return LOST };
                return if reply::acknowledges(&body, number) {
                    acks.keep(ack);
                    Outcome::Delivered
                } else if acks.number(ack).is_some() {
                    Outcome::Retry { after: None }
                } else {
                    LOST
                };
            }
            Ok(Answer { reply, .. }) => classify(&reply, Posted::default()),
            Err(error) => Verdict::unreachable(&error),
        };
        // Whatever is said about the question, it does not say that the batch is safe.
        let outcome = match verdict.outcome {
            Outcome::Misconfigured | Outcome::Gone => verdict.outcome,
            Outcome::Retry { .. } if verdict.change.is_none() => Outcome::Retry { after: None },
            _ => LOST,
        };
        self.tell(verdict);
        outcome
    }

    fn give_up(&mut self, _: Ack) {
        self.acks.iter_mut().for_each(Acks::renew);
    }
}

/// An answer, as far as it is looked at.
struct Answer {
    reply: Reply,
    body: Vec<u8>,
    /// The values of the headers `Set-Cookie`.
    cookies: Vec<String>,
}

/// Sends a request and reads the answer, no more of it than is looked at. The rest is let go with its connection.
async fn send(request: RequestBuilder) -> Result<Answer, reqwest::Error> {
    let mut response: Response = request.send().await?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BYTES {
            body.truncate(MAX_BYTES);
            break;
        }
    }
    let headers = response.headers();
    let retry_after = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let reply = Reply::read(response.status().as_u16(), retry_after, &body, SystemTime::now());
    let cookies = headers.get_all(SET_COOKIE).iter().filter_map(|value| Some(value.to_str().ok()?.to_owned()));
    Ok(Answer { reply, cookies: cookies.collect(), body })
}

fn compress(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}
