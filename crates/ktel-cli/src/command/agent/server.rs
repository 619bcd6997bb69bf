//! What the agent serves to probes and scrapes: `/healthz` and `/metrics`, and nothing else.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{ALLOW, CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};

use super::pages::Pages;
use crate::failure::Failure;

/// The most connections at a time: a probe, a few scrapes, and somebody who looks.
const CONNECTIONS: usize = 16;

/// How long a client may take to ask.
const HEAD: Duration = Duration::from_secs(5);

/// How long a connection may last in all. Each is for one request.
const CONNECTION: Duration = Duration::from_secs(10);

/// The most bytes of a request that are held.
const BUFFER: usize = 8 * 1024;

/// How long to wait after no connection could be had, since there are no handles left for example.
const PAUSE: Duration = Duration::from_millis(100);

const TEXT: &str = "text/plain; charset=utf-8";
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Opens the port.
pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let help = "let --listen name an address of this machine and a port that is free, such as 0.0.0.0:9090";
        Failure::new(format!("{address} cannot be listened at: {error}"), help)
    })
}

/// Answers whoever asks, for ever.
pub(super) async fn serve(listener: TcpListener, pages: Pages) {
    let (pages, places) = (Arc::new(pages), Arc::new(Semaphore::new(CONNECTIONS)));
    loop {
        // Who comes when all places are taken waits in the queue of the system.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            sleep(PAUSE).await;
            continue;
        };
        let pages = Arc::clone(&pages);
        tokio::spawn(async move {
            let _place = place;
            // A client that goes away, or is too slow, is nobody's fault.
            let _ = timeout(CONNECTION, connection(stream, pages)).await;
        });
    }
}

async fn connection(stream: TcpStream, pages: Arc<Pages>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let answer = answer(&request, &pages);
        async move { Ok::<_, Infallible>(answer) }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD).keep_alive(false).max_buf_size(BUFFER);
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

fn answer<B>(request: &Request<B>, pages: &Pages) -> Response<Full<Bytes>> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let (status, kind, text) = match request.uri().path() {
        "/healthz" | "/metrics" if !is_read => {
            (StatusCode::METHOD_NOT_ALLOWED, TEXT, "GET is all that is answered here\n".to_owned())
        }
        "/healthz" => match pages.ill() {
            None => (StatusCode::OK, TEXT, "ok\n".to_owned()),
            Some(problem) => (StatusCode::SERVICE_UNAVAILABLE, TEXT, format!("{problem}\n")),
        },
        "/metrics" => (StatusCode::OK, PROMETHEUS, pages.metrics()),
        _ => (StatusCode::NOT_FOUND, TEXT, "there are /healthz and /metrics\n".to_owned()),
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    response
}
