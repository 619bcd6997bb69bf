//! A server on loopback.

use std::{
    io::{self, Write as _},
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderName, Method, Request as HttpRequest, Response, StatusCode, header, request::Parts},
};
use flate2::{Compression, write::GzEncoder};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    answer::{Answer, Delivery},
    change::Change,
    refusal,
    request::Request,
};

/// Something that answers as an API server does.
pub trait Api: Send + Sync + 'static {
    /// Answers a `GET` request.
    fn answer(&self, request: &Request) -> Answer;

    /// Answers a request that changes something. By default nothing can be changed.
    fn change(&self, _: &Request, _: &Change) -> Answer {
        refusal::not_simulated("anything but GET")
    }
}

/// A server on loopback, on a port of its own. Stops when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    traffic: Arc<Mutex<Traffic>>,
    task: JoinHandle<()>,
}

struct Shared {
    api: Box<dyn Api>,
    traffic: Arc<Mutex<Traffic>>,
}

/// What went over the wire.
#[derive(Debug, Default)]
struct Traffic {
    requests: Vec<String>,
    bytes: u64,
}

impl Server {
    /// Starts to serve.
    ///
    /// # Errors
    ///
    /// If no port of loopback can be had.
    pub async fn start(api: impl Api) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let traffic = Arc::default();
        let shared = Arc::new(Shared { api: Box::new(api), traffic: Arc::clone(&traffic) });
        let router = Router::new().fallback(answer).with_state(shared);
        let task = tokio::spawn(async move {
            // It ends with the task; there is nobody to tell how.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, traffic, task })
    }

    /// The address: `http://127.0.0.1:40123`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A kubeconfig that leads here.
    #[must_use]
    pub fn kubeconfig(&self) -> String {
        self.kubeconfig_with_token("simulated")
    }

    /// A kubeconfig that leads here, for a client that bears this token.
    #[must_use]
    pub fn kubeconfig_with_token(&self, token: &str) -> String {
        let url = self.url();
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: sim\n\
             contexts: [{{ name: sim, context: {{ cluster: sim, user: sim }} }}]\n\
             clusters: [{{ name: sim, cluster: {{ server: '{url}' }} }}]\n\
             users: [{{ name: sim, user: {{ token: '{token}' }} }}]\n"
        )
    }

    /// What was asked so far: `GET /api/v1/pods?limit=1`.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner).requests.clone()
    }

    /// The number of bytes of all bodies that were answered so far, as they went over the wire.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: HttpRequest<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let change = if parts.method == Method::GET { None } else { change(&parts.method, body).await };
    let takes_gzip = header(&parts, header::ACCEPT_ENCODING).is_some_and(|codings| codings.contains("gzip"));
    let answer = shared.answer(&parts, change);
    if answer.delivery == Delivery::Never {
        std::future::pending::<()>().await;
    }
    let (body, is_gzip) = encode(answer.body, takes_gzip && answer.delivery != Delivery::Endless);
    shared.traffic().bytes += body.len() as u64;
    let body = match answer.delivery {
        Delivery::Truncated => {
            let half = body.len() / 2;
            Body::new(Torn(Some(Bytes::from(body).slice(..half))))
        }
        Delivery::Endless => Body::new(Endless(Bytes::from(body))),
        Delivery::Whole | Delivery::Never => Body::from(body),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers.into_iter().chain(is_gzip.then(|| ("content-encoding", "gzip".to_owned())));
    for (name, value) in headers.chain([("content-type", answer.content_type)]) {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

impl Shared {
    fn answer(&self, request: &Parts, change: Option<Change>) -> Answer {
        let path = request.uri.path_and_query().map_or("/", |path| path.as_str());
        self.traffic().requests.push(format!("{} {path}", request.method));
        let accept = header(request, header::ACCEPT).unwrap_or_default();
        let asked = Request::new(path, accept, header(request, header::AUTHORIZATION));
        let asked = asked.impersonating(header(request, IMPERSONATE_USER), header(request, IMPERSONATE_GROUP));
        match change {
            Some(change) => self.api.change(&asked, &change),
            None if request.method != Method::GET => refusal::not_simulated("that method, or that body"),
            None => self.api.answer(&asked.if_none_match(header(request, header::IF_NONE_MATCH))),
        }
    }

    fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The longest body of a change.
const CHANGE_BYTES: usize = 64 * 1024;

/// What a request wants changed; `None` if that is not simulated.
async fn change(method: &Method, body: Body) -> Option<Change> {
    let body = axum::body::to_bytes(body, CHANGE_BYTES).await.ok()?;
    Change::new(method.as_str(), &body)
}

/// On whose behalf a client asks, and as a member of which group.
const IMPERSONATE_GROUP: HeaderName = HeaderName::from_static("impersonate-group");
const IMPERSONATE_USER: HeaderName = HeaderName::from_static("impersonate-user");

fn header(request: &Parts, name: HeaderName) -> Option<&str> {
    request.headers.get(name).and_then(|value| value.to_str().ok())
}

/// From how many bytes on an answer is compressed, as real servers do it.
const COMPRESSED: usize = 128 * 1024;

/// Compresses a body, if it is long and the client can read that.
fn encode(body: Vec<u8>, takes_gzip: bool) -> (Vec<u8>, bool) {
    if !takes_gzip || body.len() < COMPRESSED {
        return (body, false);
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory cannot fail.
    match encoder.write_all(&body).and_then(|()| encoder.finish()) {
        Ok(compressed) => (compressed, true),
        Err(_) => (body, false),
    }
}

/// A body that goes on for ever. A client that reads all of it has to stop by itself.
struct Endless(Bytes);

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
        static BLANKS: [u8; 16 * 1024] = [b' '; 16 * 1024];
        Poll::Ready(Some(Ok(http_body::Frame::data(std::mem::replace(&mut self.0, Bytes::from_static(&BLANKS))))))
    }
}

/// A body that breaks off.
struct Torn(Option<Bytes>);

impl http_body::Body for Torn {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
        Poll::Ready(Some(match self.0.take() {
            Some(half) => Ok(http_body::Frame::data(half)),
            None => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
        }))
    }
}
