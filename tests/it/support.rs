//! How the tests set up clusters, collectors and sinks.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use ktel_collector::{
    Builder, Collector, HostFacts,
    consent::{Environment, Setting},
};
use ktel_sim::{Api, Recording, Request, Server};
use kube::{Client, Config, client::Body};
use serde_json::Value;

/// A file of this package.
pub(crate) fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    file("..").canonicalize().unwrap()
}

/// The recorded answers of a cluster to one of its users.
pub(crate) fn recording(folder: &str, user: &str) -> Recording {
    Recording::load(&file("recorded").join(folder), user).unwrap()
}

pub(crate) async fn serve(api: impl Api) -> Server {
    Server::start(api).await.unwrap()
}

/// A client of a server that answers on loopback.
pub(crate) fn client(server: &Server) -> Client {
    client_of(&server.url())
}

pub(crate) fn client_of(url: &str) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::try_from(Config::new(url.parse().unwrap())).unwrap()
}

/// A client of something that answers at once: without a network, virtual time does not run away from it.
pub(crate) fn client_without_network(api: impl Api) -> Client {
    let api = Arc::new(api);
    let service = tower::service_fn(move |request: http::Request<Body>| {
        let path = request.uri().path_and_query().unwrap().to_string();
        let accept = request.headers().get(http::header::ACCEPT).unwrap().to_str().unwrap();
        let answer = api.answer(&Request::new(&path, accept, None));
        let response = http::Response::builder().status(answer.status).body(Body::from(answer.body));
        std::future::ready(response)
    });
    Client::new(service, "default")
}

/// A collector whose host says yes to everything, and whose environment says nothing.
pub(crate) fn builder(server: &Server) -> Builder {
    builder_for(client(server))
}

pub(crate) fn builder_for(client: Client) -> Builder {
    Collector::builder(client, "kong-ingress-controller", Setting::on())
        .environment(Environment::default())
        .host_facts(facts)
}

pub(crate) fn facts() -> HostFacts {
    let mut facts = HostFacts::default();
    facts.product.version = Some("3.6.0".to_owned());
    facts
}

/// The events of a report that is made now.
pub(crate) async fn events(collector: &mut Collector) -> Vec<Value> {
    let envelopes = collector.preview().await.unwrap();
    envelopes.iter().map(|envelope| serde_json::from_str(&envelope.event).unwrap()).collect()
}

/// The events of a report of whatever answers.
pub(crate) async fn report(api: impl Api) -> Vec<Value> {
    events(&mut builder(&serve(api).await).build().unwrap()).await
}

/// The event of this name.
pub(crate) fn event<'a>(events: &'a [Value], name: &str) -> &'a Value {
    events.iter().find(|event| event["event"] == name).unwrap_or_else(|| panic!("no event {name} in {events:#?}"))
}

/// What is absent for a reason, in all events.
pub(crate) fn absent(events: &[Value], reason: &str) -> Vec<String> {
    let paths = events.iter().filter_map(|event| event["absent"][reason].as_array()).flatten();
    paths.map(|path| path.as_str().unwrap().to_owned()).collect()
}
