//! The example controllers of the guide, each a process of its own beside a simulated cluster and a receiver.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command},
    time::{Duration, Instant},
};

use ktel_receiver::Receiver;
use ktel_sim::{Cluster, DEMO, Server};
use ktel_splunk::decode;
use ktel_types::{Valid, report::Report};
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::{
    facts::controller,
    support::{root, serve},
};

/// An installation of either example in the cluster with this UID is among the first to report: within a tenth of a second
/// after its grace.
const UID: &str = "0d9a3f7c-55e1-4b1e-8f32-00000008a9a0";

/// The pod that holds the Lease of the operator's election.
const LEADER: &str = "operator-6c9f7d5b8-x2x4k";

/// Long enough for a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// What an example runs beside.
struct Bed {
    server: Server,
    receiver: Receiver,
    folder: TempDir,
}

/// An example that runs. It is gone when it is dropped.
struct Running(Child);

impl Bed {
    /// The demo's cluster with two gateways of an operator, whose election `holder` has won.
    async fn new(holder: &str, token: Option<&str>) -> Self {
        let uid = DEMO.lines().find(|line| line.starts_with("uid: ")).unwrap();
        let yaml = DEMO.replace(uid, &format!("uid: {UID}"))
            + &format!(
                "\n  - {{ apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {{ name: gateway-operator, \
                 namespace: kong }}, spec: {{ holderIdentity: {holder} }} }}\n"
            );
        let server = serve(Cluster::parse(&yaml).unwrap()).await;
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("kubeconfig"), server.kubeconfig()).unwrap();
        Self { server, receiver: Receiver::start(token).await.unwrap(), folder }
    }

    /// Starts an example in this pod.
    fn start(&self, example: &str, pod: &str, variables: &[(&str, &str)]) -> Running {
        let mut command = Command::new(executable(example));
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("KTEL_")) {
            command.env_remove(name);
        }
        command
            .env("KUBECONFIG", self.folder.path().join("kubeconfig"))
            .env("KTEL_HEC_URL", self.receiver.url())
            .envs([("POD_NAMESPACE", "kong"), ("POD_NAME", pod), ("TELEMETRY_GRACE_SECONDS", "1")])
            .envs(variables.iter().copied());
        Running(command.spawn().unwrap())
    }

    /// What was received, each valid to the published schema.
    fn events(&self) -> Vec<Value> {
        let events = self.receiver.events();
        assert_eq!(events.iter().flat_map(|event| &event.violations).collect::<Vec<_>>(), Vec::<&String>::new());
        events.into_iter().map(|event| event.report).collect()
    }
}

impl Running {
    /// Whether it would end by itself when it is asked to: signal 15 is among those that it catches.
    fn catches_sigterm(&self) -> bool {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        u64::from_str_radix(caught.trim(), 16).unwrap() & (1 << 14) != 0
    }

    /// Asks it to stop, as Kubernetes does, and waits until it has.
    async fn stop(mut self) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        until("the example stops", || self.0.try_wait().unwrap().is_some()).await;
        assert!(self.0.try_wait().unwrap().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program of an example. `cargo test` builds all of them before, unless it is told which tests to build.
fn executable(example: &str) -> PathBuf {
    let deps = env::current_exe().unwrap();
    let program = deps.parent().unwrap().with_file_name("examples").join(example);
    let source = root().join("docs/examples").join(example).with_extension("rs");
    let time = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    if time(&program) < time(&source) {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap());
        let cargo = cargo.args(["build", "--quiet", "--offline", "--package", "ktel-tests", "--example", example]);
        assert!(cargo.current_dir(root()).status().unwrap().success());
    }
    program
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "not within a minute: {what}");
        sleep(Duration::from_millis(50)).await;
    }
}

fn of_signal<'a>(events: &'a [Value], signal: &str, name: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["signal"] == signal && event["event"] == name).collect()
}

/// The replica that leads reports, at its start and at its end, and counts anew after each report; the other one, which has run
/// for longer, reports nothing.
#[tokio::test]
async fn the_leader_of_an_operator_reports_what_it_counted() {
    let [here, there] = [Bed::new(LEADER, Some("a token")).await, Bed::new(LEADER, Some("a token")).await];
    let other = there.start("operator", "operator-6c9f7d5b8-zz9pl", &[("KTEL_HEC_TOKEN", "a token")]);
    let leader = here.start("operator", LEADER, &[("KTEL_HEC_TOKEN", "a token")]);
    until("the leader reports", || here.events().iter().any(|event| event["event"] == "PERFORMANCE")).await;
    leader.stop().await;
    other.stop().await;
    let events = here.events();
    assert!(events.iter().all(|event| event["product"]["name"] == "gateway-operator"));
    assert_eq!(of_signal(&events, "STOP", "PERFORMANCE").len(), 1);
    let all = events.iter().filter(|event| event["event"] == "PERFORMANCE");
    let counts = all.map(|event| event["performance"]["reconcile_count"].as_u64().unwrap());
    let looked = here.server.requests().iter().filter(|request| request.contains("app%3Dgateway")).count();
    assert!(counts.clone().max() > Some(0) && counts.sum::<u64>() <= looked as u64, "each is told once");
    assert!(there.server.requests().iter().any(|request| request.contains("leases/gateway-operator")));
    assert!(there.events().is_empty());
}

/// A sidecar tells what the controller's metrics say. Where reports are for people alone, they are written and not sent.
#[tokio::test]
async fn a_sidecar_reports_what_metrics_tell() {
    let bed = Bed::new("nobody", None).await;
    for (word, is_sent) in [("local", false), ("on", true)] {
        let (reports, metrics) = (bed.folder.path().join(word), controller(&[100, 142]));
        let variables =
            [("KTEL_TELEMETRY", word), ("METRICS_URL", metrics.as_str()), ("REPORTS", reports.to_str().unwrap())];
        let sidecar = bed.start("sidecar", "controller-6c9f7d5b8-x2x4k", &variables);
        until("a report is written", || reports.exists()).await;
        if is_sent {
            until("a report is sent", || bed.events().iter().any(|event| event["event"] == "PERFORMANCE")).await;
        }
        sidecar.stop().await;
        let written = fs::read_to_string(&reports).unwrap();
        let envelopes = written.lines().map(|line| decode(line).unwrap());
        let events: Vec<Value> = envelopes
            .map(|envelope| Valid::<Report>::parse(&envelope.event).unwrap())
            .map(|report| serde_json::from_str(report.json()).unwrap())
            .collect();
        let pushed = |signal: &str| {
            let [event] = of_signal(&events, signal, "PERFORMANCE")[..] else { panic!("{signal} in {events:#?}") };
            (event["performance"]["thread_count"].as_u64(), event["performance"]["config_push_count"].as_u64())
        };
        assert_eq!(pushed("START"), (Some(12), None), "nobody knows since when");
        assert_eq!(bed.events().is_empty(), !is_sent);
        if is_sent {
            assert_eq!(pushed("STOP"), (Some(12), Some(42)));
            assert_eq!(bed.events(), events, "what is written is what is sent");
        }
    }
}

/// A no is a no to the smallest of them, too: it works and ends as it would without telemetry.
#[tokio::test]
async fn a_controller_that_may_not_report_reads_nothing() {
    let bed = Bed::new("nobody", None).await;
    let running = bed.start("controller", "controller-6c9f7d5b8-x2x4k", &[("DO_NOT_TRACK", "1")]);
    until("it listens for SIGTERM", || running.catches_sigterm()).await;
    running.stop().await;
    assert_eq!(bed.server.requests(), Vec::<String>::new());
    assert!(bed.events().is_empty());
}
