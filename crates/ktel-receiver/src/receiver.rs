//! The server on loopback.

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Either, Full, Limited, StreamBody};
use hyper::{
    Response, StatusCode,
    body::{Frame, Incoming},
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use jsonschema::ValidationError;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::sleep,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    answer::Reply,
    event_collector::{Event, EventCollector},
    judge::Judge,
    request::Request,
    script::Step,
    settings::{Pressure, Settings, Token},
};

/// A receiver on loopback, on a port of its own. Stops when it is dropped.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    collector: Arc<EventCollector>,
    task: JoinHandle<()>,
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
        Self::start_with(Settings::default().tokens(token.map(Token::new))).await
    }

    /// Starts to listen, set up like this.
    pub async fn start_with(settings: Settings) -> Result<Self, StartError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let judge = Judge::new().map_err(Box::new)?;
        let collector = Arc::new(EventCollector::new(settings, judge));
        let task = tokio::spawn(listen(listener, Arc::clone(&collector)));
        Ok(Self { address, collector, task })
    }

    /// The address: `http://127.0.0.1:40123`, or with `https` where TLS is spoken.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.collector.settings.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The last events, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.collector.events()
    }

    /// All requests so far, whatever became of them.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.collector.requests()
    }

    /// Lets the indexer behind it fare like this from now on.
    pub fn press(&self, pressure: Pressure) {
        self.collector.press(pressure);
    }

    /// Lets this become of the next requests for events, one step a request.
    pub fn script(&self, steps: impl IntoIterator<Item = Step>) {
        self.collector.script(steps);
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves each connection until the task ends, and all connections with it.
async fn listen(listener: TcpListener, collector: Arc<EventCollector>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(greet(stream, Arc::clone(&collector)))),
                Err(_) => return,
            },
            // Connections that have ended are forgotten.
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Agrees on TLS, if it is spoken, and serves the connection.
async fn greet(stream: TcpStream, collector: Arc<EventCollector>) {
    match collector.settings.tls.clone() {
        None => serve(stream, collector).await,
        Some(config) => {
            // Who does not agree goes away, as the one does who does not trust the certificate.
            if let Ok(stream) = TlsAcceptor::from(config).accept(stream).await {
                serve(stream, collector).await;
            }
        }
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(stream: S, collector: Arc<EventCollector>) {
    let service = service_fn(move |request| {
        let collector = Arc::clone(&collector);
        async move { answer(&collector, request).await }
    });
    // A client that goes away, or one that is reset on purpose, is nobody's fault.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

type Body = Either<Full<Bytes>, StreamBody<Drip>>;

/// The connection breaks.
#[derive(Debug, thiserror::Error)]
#[error("the connection is reset on purpose")]
struct Broken;

async fn answer(collector: &EventCollector, request: hyper::Request<Incoming>) -> Result<Response<Body>, Broken> {
    let request = read(request, collector.settings.max_body_bytes).await;
    Ok(match collector.next_step(&request) {
        Step::Well => whole(collector.answer(&request)),
        Step::Late(pause) => {
            sleep(pause).await;
            whole(collector.answer(&request))
        }
        Step::Answer { status, headers, body } => whole(Reply { status, content_type: "text/plain", headers, body }),
        Step::Reset => return Err(Broken),
        Step::TakenAndReset => {
            collector.answer(&request);
            return Err(Broken);
        }
        Step::Slow(pause) => {
            let reply = collector.answer(&request);
            let drip = Drip { rest: Bytes::from(reply.body.clone()), pause, asleep: None };
            head(&reply).map(|()| Either::Right(StreamBody::new(drip)))
        }
    })
}

/// Reads a request, and no more of its body than is taken.
async fn read(request: hyper::Request<Incoming>, most: usize) -> Request {
    let (parts, body) = request.into_parts();
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    Request {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: Limited::new(body, most).collect().await.ok().map(|body| body.to_bytes().to_vec()),
    }
}

fn whole(reply: Reply) -> Response<Body> {
    let head = head(&reply);
    head.map(|()| Either::Left(Full::from(reply.body)))
}

/// Everything of an answer but its body.
fn head(reply: &Reply) -> Response<()> {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    for (name, value) in &reply.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}

/// A body that comes byte by byte.
struct Drip {
    rest: Bytes,
    pause: Duration,
    asleep: Option<std::pin::Pin<Box<tokio::time::Sleep>>>,
}

impl futures_core::Stream for Drip {
    type Item = Result<Frame<Bytes>, Infallible>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        use std::task::Poll;
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let pause = self.pause;
        let asleep = self.asleep.get_or_insert_with(|| Box::pin(sleep(pause)));
        if asleep.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.asleep = None;
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(1)))))
    }
}
