//! The server on loopback, and what it keeps.

use std::{
    collections::VecDeque,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    http::{HeaderMap, Method, Request, Response, header},
};
use jsonschema::ValidationError;
use serde_json::{Map, Value};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    answer::Answer,
    judge::Judge,
    protocol::{self, Envelope},
};

/// How many events are kept. A person who looks wants the last ones.
const MAX_EVENTS: usize = 1000;

/// An event that was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The event: a report.
    pub report: Value,
    /// What stood around it: time, source, sourcetype, fields.
    pub envelope: Map<String, Value>,
    /// Where and how it breaks the strict schema, without its values. Nothing if it keeps it.
    pub violations: Vec<String>,
}

/// A receiver on loopback, on a port of its own. Stops when it is dropped.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    token: Option<String>,
    judge: Judge,
    events: Mutex<VecDeque<Event>>,
}

/// Why a receiver could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No port of loopback could be had.
    #[error("cannot listen on loopback")]
    Listen(#[from] io::Error),
    /// What was published is no JSON Schema.
    #[error("the published schema cannot be used")]
    Schema(#[from] Box<ValidationError<'static>>),
}

impl Receiver {
    /// Starts to listen. With a token, only who bears it is let in; without one, as behind a gateway, everybody is.
    pub async fn start(token: Option<&str>) -> Result<Self, StartError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let judge = Judge::new().map_err(Box::new)?;
        let shared = Arc::new(Shared { token: token.map(str::to_owned), judge, events: Mutex::default() });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move {
            // It ends with the task; there is nobody to tell how.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, shared, task })
    }

    /// The address: `http://127.0.0.1:40123`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The last events, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.shared.events.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn keep(&self, envelopes: Vec<Envelope>) {
        let events = envelopes.into_iter().map(|Envelope { event, rest }| Event {
            violations: self.judge.violations(&event),
            report: event,
            envelope: rest,
        });
        let mut kept = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(events);
        let excess = kept.len().saturating_sub(MAX_EVENTS);
        kept.drain(..excess);
    }

    fn admit(&self, headers: &HeaderMap) -> Result<(), Answer> {
        let Some(token) = &self.token else { return Ok(()) };
        let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        match authorization.map(str::trim).filter(|value| !value.is_empty()) {
            None => Err(Answer::TokenRequired),
            Some(value) => match value.strip_prefix("Splunk ") {
                None => Err(Answer::InvalidAuthorization),
                Some(given) if given.trim() == token => Ok(()),
                Some(_) => Err(Answer::InvalidToken),
            },
        }
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let answer = match request.uri().path() {
        "/services/collector" | "/services/collector/event" | "/services/collector/event/1.0" => {
            if request.method() == Method::POST {
                take(&shared, request).await.map_or_else(|refusal| refusal, |()| Answer::Success)
            } else {
                Answer::WrongMethod
            }
        }
        "/services/collector/health" | "/services/collector/health/1.0" => Answer::Healthy,
        _ => Answer::NotFound,
    };
    answer.response()
}

async fn take(shared: &Shared, request: Request<Body>) -> Result<(), Answer> {
    shared.admit(request.headers())?;
    let encoding = request.headers().get(header::CONTENT_ENCODING).and_then(|value| value.to_str().ok());
    let encoding = encoding.map(str::to_owned);
    let body = to_bytes(request.into_body(), protocol::MAX_BYTES).await.map_err(|_| Answer::TooLarge)?;
    let body = protocol::decode(&body, encoding.as_deref())?;
    shared.keep(protocol::envelopes(&body)?);
    Ok(())
}
