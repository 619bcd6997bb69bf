//! A server on loopback.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderName, Method, Request as HttpRequest, Response, StatusCode, header},
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{answer::Answer, refusal, request::Request};

/// Something that answers as an API server does.
pub trait Api: Send + Sync + 'static {
    /// Answers a `GET` request.
    fn answer(&self, request: &Request) -> Answer;
}

/// A server on loopback, on a port of its own. Stops when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

struct Shared {
    api: Box<dyn Api>,
    requests: Arc<Mutex<Vec<String>>>,
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
        let requests = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::new(Shared { api: Box::new(api), requests: Arc::clone(&requests) });
        let router = Router::new().fallback(answer).with_state(shared);
        let task = tokio::spawn(async move {
            // It ends with the task; there is nobody to tell how.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, requests, task })
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
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: HttpRequest<Body>) -> Response<Body> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let asked = format!("{} {path}", request.method());
    shared.requests.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    let header = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let answer = if request.method() == Method::GET {
        let accept = header(header::ACCEPT).unwrap_or_default();
        shared.api.answer(&Request::new(&path, accept, header(header::AUTHORIZATION)))
    } else {
        refusal::not_simulated("anything but GET")
    };
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(content_type) = answer.content_type.parse() {
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    }
    response
}
