//! `ktel agent`: the loop as a process, from its start to the signal that ends it.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver as Lines, channel},
    thread,
    time::{Duration, Instant},
};

use ktel_receiver::Event;
use ktel_sim::{Cluster, DEMO};

use crate::bench::{Bench, check_refusal, ktel, text};

/// How long anything may take that is waited for.
const DEADLINE: Duration = Duration::from_secs(60);

/// The product and the pod that the agents here report on, and a salt with which their first report is due at once: it is spread
/// over a quarter of an hour by the identifier of the installation.
const INSTALLATION: [&str; 4] = ["--product", "kong-ingress-controller", "--pod", "kong/controller-6c9f7d5b8-x2x4k"];
const SALT: &str = "soon-2564";

/// An agent that runs.
struct Agent {
    child: Child,
    log: Lines<String>,
    said: Vec<String>,
}

impl Agent {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (send, log) = channel();
        thread::spawn(move || errors.lines().map_while(Result::ok).for_each(|line| drop(send.send(line))));
        Self { child, log, said: Vec::new() }
    }

    /// Waits for a line in the log that says this.
    fn says(&mut self, what: &str) -> String {
        let until = Instant::now() + DEADLINE;
        loop {
            if let Some(line) = self.said.iter().find(|line| line.contains(what)) {
                return line.clone();
            }
            let left = until.saturating_duration_since(Instant::now());
            let line = self.log.recv_timeout(left);
            self.said.push(line.unwrap_or_else(|_| panic!("{what:?} is not said in {:#?}", self.said)));
        }
    }

    /// Where it answers to probes.
    fn address(&mut self) -> String {
        self.says("are served at ").rsplit_once(' ').unwrap().1.to_owned()
    }

    /// Stops it as the kubelet does. Answers its exit code, what it has written, and what it has said.
    fn stop(mut self, signal: &str) -> (Option<i32>, String, Vec<String>) {
        let began = Instant::now();
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        let mut written = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut written).unwrap();
        let status = self.child.wait().unwrap();
        assert!(began.elapsed() < Duration::from_secs(7), "it took {:?}", began.elapsed());
        self.said.extend(self.log.iter());
        (status.code(), written, std::mem::take(&mut self.said))
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn agent(kubeconfig: &Path, arguments: &[&str]) -> Command {
    let mut command = ktel(&["agent", "--grace", "0", "--kubeconfig", kubeconfig.to_str().unwrap()]);
    command.args(INSTALLATION).args(arguments).env("KTEL_ID_SALT", SALT);
    command
}

/// Asks over HTTP/1.1, and answers everything that comes.
fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    write!(stream, "{request} HTTP/1.1\r\nHost: agent\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Waits until this is so.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(Instant::now() < until, "{what} does not happen");
        thread::sleep(Duration::from_millis(20));
    }
}

/// One event of each report. What was not known to have arrived when it stopped is sent again, and is the same report.
fn reports(events: &[Event]) -> Vec<&Event> {
    let mut of_usage: Vec<&Event> = events.iter().filter(|event| event.report["event"] == "USAGE").collect();
    of_usage.dedup_by_key(|event| &event.report["report_id"]);
    of_usage
}

fn signals(events: &[Event]) -> Vec<String> {
    reports(events).into_iter().map(|event| event.report["signal"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_agent_reports_answers_probes_and_stops_when_it_is_asked_to() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let receiver = bench.receiver(Some("s3cret"));
    let facts =
        bench.file("facts.json", r#"{"product": {"version": "3.5.3"}, "performance": {"config_push_count": 140}}"#);
    let token = bench.file("token", "s3cret\n");
    let mut command = agent(&kubeconfig, &["--listen", "127.0.0.1:0"]);
    // What a chart sets, it sets by variables; what nobody has chosen, to nothing.
    command.env("KTEL_HEC_URL", receiver.url()).env("KTEL_TOKEN_FILE", &token).env("KTEL_FACTS", &facts);
    for name in
        ["KTEL_LEASE", "KTEL_INDEX", "KTEL_NAMESPACES", "KTEL_SPOOL", "KTEL_METRICS_URL", "KTEL_PRODUCT_VERSION"]
    {
        command.env(name, "");
    }
    let mut agent = Agent::start(command);
    let address = agent.address();
    let health = ask(&address, "GET /healthz");
    assert!(health.starts_with("HTTP/1.1 200 OK\r\n") && health.ends_with("\r\n\r\nok\n"), "{health}");

    wait_until("a report", || receiver.events().len() == 5);
    let events = receiver.events();
    assert_eq!(signals(&events), ["START"]);
    assert!(events.iter().all(|event| event.violations.is_empty()));
    let of = |name: &str| events.iter().find(|event| event.report["event"] == name).unwrap().report.clone();
    assert_eq!(of("PERFORMANCE")["performance"]["config_push_count"], 140);
    assert_eq!(of("USAGE")["product"]["version"], "3.5.3");

    let metrics = ask(&address, "GET /metrics");
    for line in [
        "ktel_agent_leader 1",
        concat!("ktel_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
        "ktel_reports_total{result=\"made\"} 1",
        "ktel_telemetry_info{telemetry=\"on\"} 1",
        "# TYPE process_cpu_seconds_total counter",
    ] {
        assert!(metrics.lines().any(|shown| shown == line), "{line} is not in {metrics}");
    }
    let resident = metrics.lines().find_map(|line| line.strip_prefix("process_resident_memory_bytes ")).unwrap();
    assert!(resident.parse::<u64>().unwrap() > 1024 * 1024, "{resident}");
    assert!(ask(&address, "GET /").starts_with("HTTP/1.1 404 "));
    assert!(ask(&address, "POST /healthz").starts_with("HTTP/1.1 405 "));
    assert!(ask(&address, "HEAD /metrics").ends_with("\r\n\r\n"));

    let (code, written, said) = agent.stop("TERM");
    assert_eq!((code, written.as_str()), (Some(0), ""), "{said:#?}");
    assert_eq!(signals(&receiver.events()), ["START", "STOP"]);
    assert!(said.iter().any(|line| line.contains("telemetry is on")), "{said:#?}");
    let customers = ["s3cret", "controller-6c9f7d5b8", "team-1", "shop"];
    assert!(said.iter().all(|line| customers.iter().all(|name| !line.contains(name))), "{said:#?}");
}

#[test]
fn what_cannot_be_meant_ends_it_at_once() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let check = |arguments: &[&str], message: &str, help: &str| {
        check_refusal(&agent(&kubeconfig, arguments).output().unwrap(), 1, message, help);
    };
    check(&[], "there is no address to send to", "KTEL_HEC_URL");
    let url = ["--hec-url", "http://127.0.0.1:1"];
    let with = |more: &[&'static str]| [url.as_slice(), more].concat();
    check(&["--hec-url", "splunk:8088"], "starts with neither https:// nor http://", "ktel agent --help");
    check(&with(&["--token-file", "/nonexistent"]), "the token file cannot be read", "name a file");
    check(&with(&["--lease", "ktel"]), "a Lease is named by namespace and name", "--lease as NAMESPACE/NAME");
    check(&with(&["--listen", "9090"]), "the address to listen at", "--listen as ADDRESS:PORT");
    check(&with(&["--facts", "-"]), "the standard input can be read only once", "--facts");
    check(&with(&["--metrics-url", "127.0.0.1"]), "neither http:// nor https://", "--metrics-url");
    check(&with(&["--period", "899"]), "at least 15 minutes", "--period 86400");
    check(&with(&["--index", "No Index"]), "the name of an index", "--index");
    check(
        &with(&["--context", "one", "--context", "other"]),
        "an agent reports on one cluster",
        "one for each cluster",
    );
    check(&with(&["--context", "other"]), "the kubeconfig cannot be read", "--kubeconfig");
    check(&[&url[..], &["--listen", &taken]].concat(), "cannot be listened at", "a port that is free");
    assert_eq!(server.requests(), [""; 0]);
}

#[test]
fn a_cluster_that_is_away_ends_nothing() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let away = bench.file("away.yaml", &server.kubeconfig().replace(&server.url(), "http://127.0.0.1:1"));
    let receiver = bench.receiver(None);
    let command = |lease: &[&str]| {
        let url = receiver.url();
        let arguments = [&["--hec-url", &url, "--listen", "127.0.0.1:0"], lease].concat();
        let mut command = agent(&away, &arguments);
        // Where the cluster cannot be asked whether it says no, an administrator has to say yes.
        command.env("KTEL_TELEMETRY", "on").arg("--verbose");
        command
    };
    let mut one = Agent::start(command(&[]));
    let mut other = Agent::start(command(&["--lease", "kong/agent"]));
    one.says("who reports is not known yet: ");
    other.says("the lease cannot be had, so that this process does not report: ");
    for (mut agent, signal) in [(one, "TERM"), (other, "INT")] {
        let address = agent.address();
        assert!(ask(&address, "GET /healthz").starts_with("HTTP/1.1 200 "));
        let (code, _, said) = agent.stop(signal);
        assert_eq!(code, Some(0), "{said:#?}");
        assert!(said.iter().filter(|line| line.contains(" WARN ")).count() <= 2, "each thing is said once: {said:#?}");
    }
    assert!(receiver.events().is_empty());
}

/// Without an address reports are written down, by whom that is asked for; where telemetry is off, nothing is done at all.
#[test]
fn an_agent_without_an_address_sends_nowhere() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let journal = bench.folder.path().join("journal");
    let to_file = agent(&kubeconfig, &["--journal", journal.to_str().unwrap()]);
    let mut to_output = agent(&kubeconfig, &[]);
    to_output.env("KTEL_TELEMETRY", "local");
    let mut hushed = agent(&kubeconfig, &["--hec-url", "http://127.0.0.1:1"]);
    hushed.env("KTEL_TELEMETRY", "local");

    let is_written = |path: &Path| std::fs::read_to_string(path).is_ok_and(|text| text.lines().count() == 5);
    let mut one = Agent::start(to_file);
    one.says("for people to read, and none is sent");
    wait_until("the journal", || is_written(&journal));
    assert_eq!(one.stop("TERM").0, Some(0));

    let mut other = Agent::start(to_output);
    other.says("decided by the variable KTEL_TELEMETRY");
    let mut output = BufReader::new(other.child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert!(line.contains(r#""event":{"schema":"kong.telemetry.v1/"#), "{line}");
    drop(other);

    let before = server.requests().len();
    let mut off = agent(&kubeconfig, &["--listen", "127.0.0.1:0"]);
    off.env("DO_NOT_TRACK", "1");
    let mut off = Agent::start(off);
    off.says("telemetry is off, decided by the variable DO_NOT_TRACK");
    assert!(ask(&off.address(), "GET /healthz").starts_with("HTTP/1.1 200 "));
    assert_eq!(off.stop("INT").0, Some(0));
    assert_eq!(server.requests().len(), before);

    // A spool and an address are of no use where nothing is sent; it is written down all the same.
    let mut local = Agent::start(hushed);
    local.says("decided by the variable KTEL_TELEMETRY");
    assert_eq!(local.stop("TERM").0, Some(0));
}

#[test]
fn facts_that_cannot_be_had_are_said_and_left_out() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let wrong = bench.file("wrong.json", r#"{"performance": {"thread_count": "s3cret"}}"#);
    for (facts, why) in [
        (wrong.to_str().unwrap(), "performance.thread_count: must be a whole number"),
        ("http://127.0.0.1:1/telemetry", "the document with the host's facts: does not answer"),
    ] {
        let receiver = bench.receiver(None);
        let arguments = ["--hec-url", &receiver.url(), "--facts", facts, "--product-version", "3.5.4"];
        let mut agent = Agent::start(agent(&kubeconfig, &arguments));
        let line = agent.says("reports go without what the controller tells: ");
        assert!(line.contains(why) && !line.contains("s3cret") && !line.contains("127.0.0.1"), "{line}");
        wait_until("a report", || receiver.events().len() == 5);
        let (code, _, said) = agent.stop("TERM");
        assert_eq!(code, Some(0), "{said:#?}");
        // A second report was made when it stopped, and the same was wrong.
        assert_eq!(signals(&receiver.events()), ["START", "STOP"]);
        assert_eq!(said.iter().filter(|line| line.contains("reports go without")).count(), 1, "{said:#?}");
        assert_eq!(receiver.events()[0].report["product"]["version"], "3.5.4");
    }
}

/// Two agents, one lease: one of them reports. When it stops, the other one does, and says so.
#[test]
fn one_of_two_agents_reports() {
    let bench = Bench::new();
    let server = bench.runtime.block_on(ktel_sim::Server::start(Cluster::parse(DEMO).unwrap())).unwrap();
    let kubeconfig = bench.kubeconfig(&server);
    let receiver = bench.receiver(None);
    let arguments = ["--hec-url", &receiver.url(), "--lease", "kong/ktel-agent", "--listen", "127.0.0.1:0"];
    let command = |pod: &str| {
        let mut command = agent(&kubeconfig, &arguments);
        command.env("POD_NAME", pod);
        command
    };
    let mut one = Agent::start(command("agent-one"));
    one.says("this process holds the lease");
    let mut other = Agent::start(command("agent-other"));
    other.says("another process holds the lease");
    wait_until("a report", || receiver.events().len() == 5);
    let leads = |address: &str| ask(address, "GET /metrics").contains("\nktel_agent_leader 1\n");
    assert!(leads(&one.address()) && !leads(&other.address()));
    let requests = server.requests();
    let is_made = |request: &&String| *request == "POST /apis/coordination.k8s.io/v1/namespaces/kong/leases?";
    assert_eq!(requests.iter().filter(is_made).count(), 1, "{requests:#?}");

    let (code, _, said) = one.stop("TERM");
    assert!(code == Some(0) && said.last().unwrap().contains("the lease was given up"), "{said:#?}");
    let began = Instant::now();
    other.says("this process holds the lease");
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    wait_until("a report of the other one", || signals(&receiver.events()).len() == 3);
    let told = signals(&receiver.events());
    assert_eq!(told.last().unwrap(), "LEADER_CHANGE", "{told:?}");
    let events = receiver.events();
    let instances: Vec<_> = reports(&events).iter().map(|event| &event.report["identity"]["instance_id"]).collect();
    assert!(instances[0] == instances[1] && instances[0] != instances[2], "{instances:?}");
    assert_eq!(other.stop("TERM").0, Some(0));
}

/// A client that says nothing, or too much, or too many of them: others are answered all the same.
#[test]
fn probes_are_answered_whoever_else_asks() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let mut agent = Agent::start(agent(&bench.kubeconfig(&server), &["--journal", "-", "--listen", "127.0.0.1:0"]));
    let address = agent.address();
    let silent: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(&address).unwrap()).collect();
    let mut endless = TcpStream::connect(&address).unwrap();
    let _ = endless.write_all(format!("GET /{} HTTP/1.1\r\n", "x".repeat(1 << 20)).as_bytes());
    let began = Instant::now();
    assert!(ask(&address, "GET /healthz").starts_with("HTTP/1.1 200 "));
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    drop(silent);
    assert_eq!(agent.stop("TERM").0, Some(0));
    assert!(text(&ktel(&["agent", "--help"]).output().unwrap().stdout).contains("KTEL_LISTEN"));
}
