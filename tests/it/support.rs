//! How the tests set up clusters and collectors, and hear what is logged.

use std::{
    cell::RefCell,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Once},
    time::Duration,
};

use ktel_collector::{
    Builder, Collector, HostFacts, Limits, SelfRef, Subject,
    consent::{Environment, Setting},
};
use ktel_sim::{Api, Cluster, Recording, Request, Server};
use kube::{Client, Config, client::Body};
use serde_json::Value;
use tracing_subscriber::{Layer as _, filter::dynamic_filter_fn, layer::SubscriberExt as _};

/// A file of this package.
pub(crate) fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    file("..").canonicalize().unwrap()
}

/// The cluster of a file in `clusters`.
pub(crate) fn cluster(name: &str) -> Cluster {
    let path = file("clusters").join(name).with_extension("yaml");
    Cluster::parse(&fs::read_to_string(&path).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A cluster that answers, but refuses everything.
pub(crate) fn refusing() -> Cluster {
    let kinds = ktel_collector::reads::ALL.iter().filter_map(|read| match &read.subject {
        Subject::Path(_) => None,
        Subject::Object(kind, ..) | Subject::List(kind, _) | Subject::Count(kind) => Some(kind.to_string()),
    });
    let faults = "[{ on: /version, answer: error }, { on: /apis, answer: error }]";
    let forbidden = kinds.collect::<Vec<_>>().join(", ");
    Cluster::parse(&format!("{{ version: v1.34.1, forbidden: [{forbidden}], faults: {faults} }}")).unwrap()
}

/// The pod that reports in a cluster that has one.
pub(crate) fn own_pod() -> SelfRef {
    SelfRef::new("kong", "controller-6c9f7d5b8-x2x4k")
}

/// Short enough for a test, long enough for a machine that is busy.
pub(crate) fn short_limits() -> Limits {
    Limits {
        read_deadline: Duration::from_secs(2),
        collection_deadline: Duration::from_secs(4),
        page_items: 4,
        ..Limits::default()
    }
}

/// The recorded answers of a cluster to one of its users.
pub(crate) fn recording(folder: &str, user: &str) -> Recording {
    Recording::load(&file("recorded").join(folder), user).unwrap()
}

/// The cases of one part of the prior library.
pub(crate) fn cases(part: &str) -> Vec<Value> {
    let text = fs::read_to_string(file("conformance/prior/kong-line.json")).unwrap();
    let mut all: Value = serde_json::from_str(&text).unwrap();
    let Value::Array(cases) = all[part].take() else { panic!("no cases of {part}") };
    assert!(!cases.is_empty());
    cases
}

/// A document with a verdict.
pub(crate) fn conformance(name: &str) -> String {
    fs::read_to_string(file("conformance/report").join(name)).unwrap()
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

/// A collector for which an administrator says yes to everything, and whose environment says nothing.
pub(crate) fn builder(server: &Server) -> Builder {
    builder_for(client(server))
}

pub(crate) fn builder_for(client: Client) -> Builder {
    Collector::builder(client, "kong-ingress-controller", Setting::on().confirmed())
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

/// What is logged on this thread, by whomever, until it is dropped.
pub(crate) struct Log(());

thread_local! {
    static HEARD: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

impl Log {
    /// Listens to everything, however unimportant.
    ///
    /// There is one subscriber for the whole process: of several that come and go with their tests, one may miss what
    /// another thread was the first to log.
    pub(crate) fn listen() -> Self {
        static SUBSCRIBED: Once = Once::new();
        SUBSCRIBED.call_once(|| {
            let is_heard = dynamic_filter_fn(|_, _| HEARD.with_borrow(Option::is_some));
            let layer = tracing_subscriber::fmt::layer().with_writer(|| Ear).with_filter(is_heard);
            tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).unwrap();
        });
        HEARD.set(Some(Vec::new()));
        Self(())
    }

    /// All that was logged.
    pub(crate) fn text(&self) -> String {
        let Self(()) = self;
        HEARD.with_borrow(|heard| String::from_utf8(heard.clone().unwrap_or_default()).unwrap())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        HEARD.set(None);
    }
}

/// Hears what is logged on its thread.
struct Ear;

impl io::Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        HEARD.with_borrow_mut(|heard| heard.iter_mut().for_each(|heard| heard.extend_from_slice(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
