//! Candidates and a simulated API server that fares well or ill. Time is virtual, and the network takes none of it.

use http_body_util::BodyExt as _;
use ktel_sim::{Api as _, Change, Cluster, Request};
use kube::client::Body;
use serde_json::{Value, json};
use tokio::{sync::oneshot, task::JoinHandle};

use super::*;

const PATH: &str = "/apis/coordination.k8s.io/v1/namespaces/kong/leases/agent";

/// How the API server fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    /// Nothing is answered, ever.
    Away,
    /// Whoever writes is told that somebody was faster.
    Conflict,
}

/// An API server, and what was asked of it.
#[derive(Clone)]
struct Server {
    cluster: Cluster,
    mood: watch::Sender<Mood>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn new(yaml: &str) -> Self {
        let (mood, _) = watch::channel(Mood::Well);
        Self { cluster: Cluster::parse(yaml).unwrap(), mood, asked: Arc::default() }
    }

    fn client(&self) -> Client {
        let server = self.clone();
        let service = tower::service_fn(move |request: http::Request<Body>| server.clone().answer(request));
        Client::new(service, "default")
    }

    async fn answer(self, request: http::Request<Body>) -> Result<http::Response<Body>, kube::Error> {
        let (parts, body) = request.into_parts();
        self.asked.lock().unwrap().push(format!("{} {}", parts.method, parts.uri.path()));
        if *self.mood.borrow() == Mood::Away {
            std::future::pending::<()>().await;
        }
        let asked = Request::new(parts.uri.path(), "application/json", None);
        let bytes = body.collect().await.unwrap().to_bytes();
        let answer = match Change::new(parts.method.as_str(), &bytes) {
            Some(_) if *self.mood.borrow() == Mood::Conflict => self.cluster.change(&asked, &stale(&self.lease())),
            Some(change) => self.cluster.change(&asked, &change),
            None => self.cluster.answer(&asked),
        };
        Ok(http::Response::builder().status(answer.status).body(Body::from(answer.body)).unwrap())
    }

    /// The lease as it is now.
    fn lease(&self) -> Value {
        serde_json::from_slice(&self.cluster.answer(&Request::new(PATH, "application/json", None)).body).unwrap()
    }

    fn change(&self, method: &str, object: &Value) -> u16 {
        let change = Change::new(method, object.to_string().as_bytes()).unwrap();
        let path = if method == "POST" { PATH.trim_end_matches("/agent") } else { PATH };
        self.cluster.change(&Request::new(path, "application/json", None), &change).status
    }

    fn holder(&self) -> String {
        self.lease()["spec"]["holderIdentity"].as_str().unwrap_or_default().to_owned()
    }
}

/// A replacement of what was there long ago.
fn stale(lease: &Value) -> Change {
    let mut lease = lease.clone();
    lease["metadata"] = json!({ "name": "agent", "resourceVersion": "0" });
    Change::new("PUT", lease.to_string().as_bytes()).unwrap()
}

/// A lease of somebody else's.
fn theirs(renewed: &str) -> Value {
    let spec =
        json!({ "holderIdentity": "they", "leaseDurationSeconds": 15, "renewTime": renewed, "leaseTransitions": 1 });
    json!({ "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": { "name": "agent" }, "spec": spec })
}

/// One that stands for election in the background.
struct Standing {
    leadership: watch::Receiver<bool>,
    pulse: Pulse,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Standing {
    fn new(server: &Server, pod: &str) -> Self {
        let name = ("kong".to_owned(), "agent".to_owned());
        let (candidate, leadership) = Candidate::new(server.client(), name, Some(pod));
        let (stop, stopped) = oneshot::channel::<()>();
        let pulse = candidate.pulse();
        let task = tokio::spawn(candidate.stand(async move { drop(stopped.await) }));
        Self { leadership, pulse, stop, task }
    }

    fn leads(&self) -> bool {
        *self.leadership.borrow()
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap();
    }
}

/// How long it takes until this is so, in whole seconds; no longer than a minute.
async fn seconds_until(is_so: impl Fn() -> bool) -> u64 {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "it never comes to that");
        sleep(Duration::from_millis(10)).await;
    }
    began.elapsed().as_secs()
}

async fn seconds(number: u64) {
    sleep(Duration::from_secs(number)).await;
}

#[tokio::test(start_paused = true)]
async fn one_of_two_reports_and_the_other_takes_over_at_once() {
    let server = Server::new("version: v1.36.0");
    let one = Standing::new(&server, "agent-one");
    seconds_until(|| one.leads()).await;
    let other = Standing::new(&server, "agent-other");
    for _ in 0..60 {
        seconds(1).await;
        assert!(one.leads() && !other.leads());
    }
    assert!(server.holder().starts_with("agent-one_"), "{}", server.holder());
    one.stop().await;
    assert_eq!(server.holder(), "");
    assert!(seconds_until(|| other.leads()).await < 3);
    assert!(server.holder().starts_with("agent-other_"), "{}", server.holder());
    let spec = &server.lease()["spec"];
    assert_eq!((&spec["leaseTransitions"], &spec["leaseDurationSeconds"]), (&json!(1), &json!(15)));

    // Whoever holds it only writes, and asks for nothing.
    server.asked.lock().unwrap().clear();
    seconds(20).await;
    let asked = server.asked.lock().unwrap().clone();
    assert!(
        (9..=11).contains(&asked.len()) && asked.iter().all(|request| *request == format!("PUT {PATH}")),
        "{asked:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn whoever_is_killed_is_waited_for() {
    let server = Server::new("version: v1.36.0");
    let one = Standing::new(&server, "one");
    seconds_until(|| one.leads()).await;
    let other = Standing::new(&server, "other");
    seconds(5).await;
    one.task.abort();
    let waited = seconds_until(|| other.leads()).await;
    assert!((13..=18).contains(&waited), "{waited}");
}

/// Clocks that differ decide nothing: a holder whose clock is an hour behind, or ahead, is heard, and is missed when it is gone.
#[tokio::test(start_paused = true)]
async fn clocks_decide_nothing() {
    for clock in [1_000_000, 4_000_000_000_i64] {
        let server = Server::new("version: v1.36.0");
        let renewed = |second: i64| theirs(&Timestamp::from_second(clock + second).unwrap().to_string());
        assert_eq!(server.change("POST", &renewed(0)), 201);
        let us = Standing::new(&server, "us");
        for second in 0..60 {
            assert_eq!(server.change("PUT", &renewed(second)), 200);
            seconds(1).await;
            assert!(!us.leads(), "second {second}");
        }
        let waited = seconds_until(|| us.leads()).await;
        assert!((13..=18).contains(&waited), "{waited}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_away_stops_reporting_and_ends_nothing() {
    let server = Server::new("version: v1.36.0");
    let us = Standing::new(&server, "us");
    seconds_until(|| us.leads()).await;
    server.mood.send_replace(Mood::Away);
    let held = seconds_until(|| !us.leads()).await;
    assert!((7..=10).contains(&held), "{held}");
    seconds(120).await;
    assert!(!us.leads() && !us.pulse.is_gone(), "it still comes round");
    assert!(server.asked.lock().unwrap().len() < 40, "a server in trouble is not asked more often");
    server.mood.send_replace(Mood::Well);
    assert!(seconds_until(|| us.leads()).await < 8);
}

#[tokio::test(start_paused = true)]
async fn who_was_refused_and_then_hears_nothing_stops_in_time() {
    let server = Server::new("version: v1.36.0");
    let us = Standing::new(&server, "us");
    seconds_until(|| us.leads()).await;
    server.mood.send_replace(Mood::Conflict);
    seconds(8).await;
    server.mood.send_replace(Mood::Away);
    let held = seconds_until(|| !us.leads()).await;
    assert!(held <= 3, "{held} s, and 8 before");
}

#[tokio::test(start_paused = true)]
async fn who_is_told_that_somebody_was_faster_looks_again() {
    let server = Server::new("version: v1.36.0");
    let us = Standing::new(&server, "us");
    seconds_until(|| us.leads()).await;
    server.mood.send_replace(Mood::Conflict);
    seconds(3).await;
    assert!(us.leads(), "it is ours as long as nobody else could have it");
    seconds_until(|| !us.leads()).await;
    server.mood.send_replace(Mood::Well);
    assert!(seconds_until(|| us.leads()).await < 4);

    // Somebody was faster indeed.
    assert_eq!(server.change("PUT", &theirs("2026-01-01T00:00:00.000000Z")), 200);
    assert!(seconds_until(|| !us.leads()).await < 3);
    assert_eq!(server.holder(), "they");
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_deleted_is_made_again() {
    let server = Server::new("version: v1.36.0");
    let us = Standing::new(&server, "us");
    seconds_until(|| us.leads()).await;
    assert_eq!(server.change("DELETE", &json!({})), 200);
    seconds(3).await;
    assert!(us.leads() && server.holder().starts_with("us_"), "{}", server.holder());
}

#[tokio::test(start_paused = true)]
async fn who_may_not_have_it_does_not_report() {
    let server = Server::new("{ version: v1.36.0, forbidden: [leases.coordination.k8s.io] }");
    let us = Standing::new(&server, "us");
    seconds(60).await;
    assert!(!us.leads() && !us.pulse.is_gone());
    us.stop().await;
    let asked = server.asked.lock().unwrap();
    assert!(
        asked.iter().all(|request| *request == format!("GET {PATH}")),
        "nothing is given up that was not had: {asked:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_election_that_does_not_come_round_is_told_from_one_that_does() {
    let pulse = Pulse::new();
    seconds(29).await;
    assert!(!pulse.is_gone());
    seconds(2).await;
    assert!(pulse.is_gone());
    pulse.beat();
    assert!(!pulse.is_gone());
}

#[test]
fn a_lease_is_named_by_namespace_and_name() {
    assert_eq!(parse("kong/ktel-agent").unwrap(), ("kong".to_owned(), "ktel-agent".to_owned()));
    for text in ["", "agent", "kong/", "/agent", "kong/ktel/agent", "Kong/agent", "kong/../x"] {
        assert!(parse(text).is_err(), "{text}");
    }
}
