//! One request and its answer.
//!
//! The client's own convenience is not used: it would log the text of an answer that cannot be decoded.

use std::{
    error::Error,
    panic::{AssertUnwindSafe, catch_unwind},
};

use bytes::Bytes;
use http::{
    HeaderValue, Request,
    header::{ACCEPT, ETAG, IF_NONE_MATCH, USER_AGENT},
};
use http_body_util::{BodyExt as _, Limited};
use ktel_types::Absence;
use kube::{Client, client::Body};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use crate::{limits::Limits, read::Read};

/// What every request is sent by.
const AGENT: &str = concat!("ktel/", env!("CARGO_PKG_VERSION"));

/// Sends requests, a few at a time, each within its deadline and all within the collection's.
pub(super) struct Exchange<'a> {
    client: &'a Client,
    pub(super) limits: &'a Limits,
    turns: Semaphore,
    deadline: Instant,
}

/// Why there is nothing to decode, or nothing could be decoded.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server answered with this status.
    Status(u16),
    /// The server serves none of the versions that would do.
    NotServed,
    /// There is nothing to ask for: no pod is known to be the own one.
    NotThere,
    /// The answer did not come in time.
    TimedOut,
    /// The token of the next page has expired; a fresh one leads to what is left.
    Expired(Option<String>),
    /// There was no answer.
    Transport(kube::Error),
    /// The answer is not what it should be.
    Undecodable,
}

impl<'a> Exchange<'a> {
    pub(super) fn new(client: &'a Client, limits: &'a Limits, deadline: Instant) -> Self {
        Self { client, limits, turns: Semaphore::new(limits.requests_in_flight), deadline }
    }

    /// Reads a path, unless the answer is the one with this tag.
    pub(super) async fn fetch_path(
        &self,
        path: &str,
        accept: &'static str,
        etag: Option<&str>,
    ) -> Result<Answer, Failure> {
        let mut request = Request::new(Vec::new());
        *request.uri_mut() = path.parse().map_err(|_| Failure::NotThere)?;
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static(accept));
        if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
            request.headers_mut().insert(IF_NONE_MATCH, etag);
        }
        self.fetch(request).await
    }

    /// Sends a request and decodes the answer.
    pub(super) async fn send<T: DeserializeOwned>(&self, request: Request<Vec<u8>>) -> Result<T, Failure> {
        decode(&self.fetch(request).await?.body)
    }

    /// Sends a request.
    pub(super) async fn fetch(&self, mut request: Request<Vec<u8>>) -> Result<Answer, Failure> {
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        // Turns are never closed, so that waiting for one ends by having one or by the deadline.
        let _turn = timeout_at(self.deadline, self.turns.acquire()).await.map_err(|_| Failure::TimedOut)?;
        let deadline = self.deadline.min(Instant::now() + self.limits.read_deadline);
        let answer = async {
            let response = self.client.send(request.map(Body::from)).await.map_err(Failure::Transport)?;
            let status = response.status();
            if !status.is_success() && status != GONE {
                return Err(Failure::Status(status.as_u16()));
            }
            let etag = response.headers().get(ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
            let body = Limited::new(response.into_body(), self.limits.answer_bytes).collect().await;
            let body = body.map_err(Failure::of_body)?.to_bytes();
            if status == GONE {
                return Err(Failure::Expired(decode(&body).ok().and_then(|Expired { metadata }| metadata.next)));
            }
            Ok(Answer { etag, body })
        };
        timeout_at(deadline, answer).await.map_err(|_| Failure::TimedOut)?
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// The tag by which the server knows the answer.
    pub(super) etag: Option<String>,
    pub(super) body: Bytes,
}

/// The status of a page that cannot be had any more.
const GONE: http::StatusCode = http::StatusCode::GONE;

/// What is said of a token that has expired.
#[derive(Deserialize)]
struct Expired {
    metadata: ExpiredMetadata,
}

#[derive(Deserialize)]
struct ExpiredMetadata {
    #[serde(rename = "continue")]
    next: Option<String>,
}

/// Decodes an answer. What is wrong with it is not said: that would quote it.
///
/// What rules make of an object is made here, too; a rule that panics costs this answer alone.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let decoded = catch_unwind(AssertUnwindSafe(|| serde_json::from_slice(bytes)));
    decoded.map_err(|_| Failure::Undecodable)?.map_err(|_| Failure::Undecodable)
}

impl Failure {
    /// Why a body could not be read: the connection, or that it is too long.
    fn of_body(error: Box<dyn Error + Send + Sync>) -> Self {
        error.downcast().map_or(Self::Undecodable, |error| Self::Transport(*error))
    }

    /// What the failure means for the fields that need the read.
    pub(super) fn absence(&self) -> Absence {
        match self {
            Self::Status(401 | 403) => Absence::Forbidden,
            Self::NotServed | Self::Status(404) => Absence::NotInstalled,
            Self::NotThere => Absence::NotApplicable,
            Self::TimedOut | Self::Status(408 | 504) => Absence::TimedOut,
            Self::Status(_) | Self::Expired(_) | Self::Transport(_) | Self::Undecodable => Absence::Failed,
        }
    }

    /// The same, said in the log without any name of the cluster.
    pub(super) fn log(self, read: &Read) -> Absence {
        let status = if let Self::Status(status) = self { Some(status) } else { None };
        let absence = self.absence();
        tracing::debug!(read = %read.subject, ?absence, status, "not read");
        absence
    }
}
