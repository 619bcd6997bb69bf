//! The binary, as people run it: good input, and every kind of bad input.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use ktel_receiver::Receiver;
use ktel_sim::{Cluster, DEMO, Recording, Server};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A place for files, and what serves in the background while the binary runs.
struct Bench {
    folder: TempDir,
    runtime: Runtime,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), runtime: Runtime::new().unwrap() }
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn cluster(&self, yaml: &str) -> Server {
        self.runtime.block_on(Server::start(Cluster::parse(yaml).unwrap())).unwrap()
    }

    fn kubeconfig(&self, server: &Server) -> PathBuf {
        self.file("kubeconfig.yaml", &server.kubeconfig())
    }

    fn receiver(&self, token: Option<&str>) -> Receiver {
        self.runtime.block_on(Receiver::start(token)).unwrap()
    }
}

/// The binary, in an environment that says nothing.
fn ktel(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ktel"));
    command.args(arguments);
    for name in [
        "DO_NOT_TRACK",
        "KTEL_TELEMETRY",
        "KTEL_HEC_URL",
        "KTEL_HEC_TOKEN",
        "KTEL_CA_FILE",
        "KTEL_HTTPS_PROXY",
        "KUBECONFIG",
        "RUST_LOG",
    ] {
        command.env_remove(name);
    }
    // Nobody's home: no kubeconfig is found there.
    command.env("HOME", "/nonexistent");
    command
}

fn with_stdin(mut command: Command, input: &[u8]) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A refusal: this exit code, a message and a remedy, and no trace of a panic.
fn check_refusal(output: &Output, code: i32, message: &str, help: &str) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.starts_with("error: ") && said.contains(message), "{said}");
    assert!(said.contains("\n help: ") && said.contains(help), "{said}");
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

#[test]
fn the_demo_ends_with_a_report_that_was_accepted_and_validated() {
    // Nothing real is read and nothing leaves the machine: the demo runs whatever is said of telemetry.
    for value in ["0", "1"] {
        let output = ktel(&["demo"]).env("DO_NOT_TRACK", value).output().unwrap();
        let shown = text(&output.stdout);
        assert!(output.status.success(), "{shown}{}", text(&output.stderr));
        assert!(shown.contains("\"platform\": \"EKS\"") && shown.contains("\"http_route_count\": 61"), "{shown}");
        assert!(shown.contains("accepted:  5 events"), "{shown}");
        assert!(shown.contains("validated: all of them keep kong.telemetry.v1/"), "{shown}");
    }
}

#[test]
fn a_recorded_cluster_is_previewed_in_every_form() {
    let bench = Bench::new();
    let recording = Recording::load(&repository("tests/recorded/eks-3000pods"), "collector").unwrap();
    let server = bench.runtime.block_on(Server::start(recording)).unwrap();
    let kubeconfig = bench.kubeconfig(&server);
    let preview = |output: &str| {
        let kubeconfig = kubeconfig.to_str().unwrap();
        let output = ktel(&["preview", "--kubeconfig", kubeconfig, "--output", output]).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let json = preview("json");
    assert_eq!(json.lines().count(), 5);
    assert!(json.contains(r#""pod_count":3000"#) && json.contains(r#""platform":"EKS""#), "{json}");
    assert!(json.lines().all(|line| line.starts_with(r#"{"schema":"kong.telemetry.v1/"#)), "{json}");
    let hec = preview("hec");
    assert!(hec.lines().all(|line| line.starts_with(r#"{"time":"#) && line.contains(r#""event":{"schema""#)), "{hec}");
    let table = preview("table");
    assert!(table.contains("cluster.pod_count                            3000"), "{table}");
    assert!(table.contains("ingress.knative_ingress_count                – not installed"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");

    // What is shown can be validated as it is, in both forms.
    for shown in [json, hec] {
        let output = with_stdin(ktel(&["validate", "-"]), shown.as_bytes());
        assert!(output.status.success(), "{}", text(&output.stdout));
        assert_eq!(text(&output.stderr), "5 documents: 5 valid, 0 not\n");
    }
}

#[test]
fn a_report_is_sent_with_a_token_from_the_environment_or_a_file() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let receiver = bench.receiver(Some("s3cret"));
    let url = receiver.url();
    let token_file = bench.file("token", "s3cret\n");
    let send = || ktel(&["send", "--kubeconfig", kubeconfig.to_str().unwrap(), "--hec-url", &url]);

    let output = send().env("KTEL_HEC_TOKEN", "s3cret").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "sent: the receiver has all 5 events\n");
    assert!(send().args(["--token-file", token_file.to_str().unwrap()]).output().unwrap().status.success());
    let events = receiver.events();
    assert_eq!(events.len(), 10);
    assert!(events.iter().all(|event| event.violations.is_empty()));

    let output = send().env("KTEL_HEC_TOKEN", "wr0ng").arg("--verbose").output().unwrap();
    check_refusal_after_log(&output, "refuses the token (code 4)", "check the token");
    assert!(!text(&output.stderr).contains("wr0ng"));
    let output = send().output().unwrap();
    check_refusal(&output, 1, "refuses the token (code 2)", "check the token");
    let output = send().args(["--token-file", "/nonexistent/token"]).output().unwrap();
    check_refusal(&output, 1, "the token file cannot be read", "name a file");
}

/// A refusal that stands behind a log.
fn check_refusal_after_log(output: &Output, message: &str, help: &str) {
    let said = text(&output.stderr);
    let refusal = output.stderr[said.find("error: ").unwrap()..].to_vec();
    assert!(!said.starts_with("error: "), "the log was asked for: {said}");
    check_refusal(&Output { stderr: refusal, ..output.clone() }, 1, message, help);
}

#[test]
fn do_not_track_opens_no_socket_and_says_why() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let receiver = bench.receiver(None);
    let url = receiver.url();
    for (name, value) in [("DO_NOT_TRACK", "1"), ("KTEL_TELEMETRY", "off"), ("KTEL_TELEMETRY", "maybe")] {
        let cluster = ["--kubeconfig", kubeconfig.to_str().unwrap()];
        for (arguments, said) in [
            (&["send", "--hec-url", &url][..], "nothing was read, nothing was sent"),
            (&["preview"], "nothing was read"),
        ] {
            let output = ktel(arguments).args(cluster).env(name, value).output().unwrap();
            assert!(output.status.success());
            let why = text(&output.stderr);
            assert!(why.contains("telemetry is off") && why.contains(name) && why.contains(said), "{why}");
            assert_eq!(text(&output.stdout), "");
        }
    }
    assert_eq!(server.requests(), [""; 0]);
    assert!(receiver.events().is_empty());
    // Not even a kubeconfig is opened: this one would start a program.
    let output = ktel(&["send", "--hec-url", &url, "--kubeconfig", "/nonexistent"]).env("DO_NOT_TRACK", "1").output();
    assert!(output.unwrap().status.success());
}

#[test]
fn a_cluster_that_cannot_be_read_is_refused_with_the_remedy() {
    let bench = Bench::new();
    let check = |kubeconfig: &Path, message: &str, help: &str| {
        let output = ktel(&["preview", "--kubeconfig", kubeconfig.to_str().unwrap()]).output().unwrap();
        check_refusal(&output, 1, message, help);
    };
    check(Path::new("/nonexistent/kubeconfig"), "the kubeconfig cannot be read", "--kubeconfig");
    check(&bench.file("binary", "\u{0}\u{1}"), "the kubeconfig cannot be read", "--kubeconfig");
    check(&bench.file("list", "- 1\n- 2\n"), "the kubeconfig cannot be read", "--kubeconfig");
    check(&bench.file("empty", ""), "the kubeconfig cannot be read", "--context");

    let server = bench.cluster("{ version: v1.36.0, token: right }");
    check(&bench.file("wrong", &server.kubeconfig_with_token("wrong")), "refuses the credentials (401)", "log in");
    let away = server.kubeconfig().replace(&server.url(), "http://127.0.0.1:1");
    check(&bench.file("away", &away), "cannot be reached", "check that the server of the kubeconfig is up");

    let output = ktel(&["preview"]).output().unwrap();
    check_refusal(&output, 1, "no cluster is configured", "--kubeconfig");
    let kubeconfig = bench.kubeconfig(&server);
    let arguments = ["preview", "--context", "nowhere", "--kubeconfig", kubeconfig.to_str().unwrap()];
    check_refusal(&ktel(&arguments).output().unwrap(), 1, "the kubeconfig cannot be read", "--context");
    let arguments = ["preview", "--product", "Kong Gateway", "--kubeconfig", kubeconfig.to_str().unwrap()];
    check_refusal(&ktel(&arguments).output().unwrap(), 1, "the name of a product", "--product");
}

#[test]
fn a_receiver_that_cannot_be_used_is_refused_with_the_remedy() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let send = |url: &str| {
        let arguments = ["send", "--patience", "0", "--kubeconfig", kubeconfig.to_str().unwrap(), "--hec-url", url];
        ktel(&arguments).output().unwrap()
    };
    check_refusal(&send("splunk.example.com:8088"), 1, "starts with neither https:// nor http://", "ktel send --help");
    check_refusal(&send("https://"), 1, "cannot be read", "ktel send --help");
    check_refusal(&send("http://127.0.0.1:1"), 1, "cannot be reached", "check the address");
    // A server that is no event collector: the cluster itself.
    check_refusal(&send(&server.url()), 1, "5 of 5 events were not delivered", "check the address");
    let kubeconfig = kubeconfig.to_str().unwrap();
    let send = |name: &str, value: &str, more: &[&str]| {
        let arguments = ["send", "--patience", "0", "--kubeconfig", kubeconfig, "--hec-url", "https://127.0.0.1:1"];
        ktel(&arguments).args(more).env(name, value).output().unwrap()
    };
    check_refusal(
        &send("KTEL_CA_FILE", "/nonexistent/ca.pem", &[]),
        1,
        "KTEL_CA_FILE names cannot be read",
        "send --help",
    );
    check_refusal(&send("KTEL_CA_FILE", kubeconfig, &[]), 1, "there is no certificate to trust", "send --help");
    check_refusal(&send("KTEL_HTTPS_PROXY", "no proxy", &[]), 1, "the address of the proxy", "send --help");
    check_refusal(&send("RUST_LOG", "", &["--certificate", "/nonexistent"]), 1, "cannot be read", "private key");
    check_refusal(&send("RUST_LOG", "", &["--index", "No Index"]), 1, "the name of an index", "--index");
    let output = ktel(&["send"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--hec-url"), "{}", text(&output.stderr));
}

/// A report is written on one side of an air gap, and sent on the other.
#[test]
fn what_was_written_to_a_file_is_sent_from_it() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let kept = bench.file("kept.ndjson", "");
    let kept_path = kept.to_str().unwrap();
    let write = |to: &str| {
        let arguments = ["send", "--patience", "0", "--kubeconfig", kubeconfig.to_str().unwrap(), "--to", to];
        ktel(&arguments).output().unwrap()
    };
    for _ in 0..2 {
        let output = write(kept_path);
        assert_eq!(text(&output.stdout), "written, and not sent: all 5 events\n", "{}", text(&output.stderr));
    }
    let written = fs::read_to_string(&kept).unwrap();
    assert_eq!(written.lines().count(), 10, "the second report is added");
    let output = write("-");
    assert!(output.status.success() && text(&output.stdout).lines().count() == 5, "{}", text(&output.stdout));
    check_refusal(&write("/dev/full"), 1, "5 of 5 events were not delivered: it cannot be written", "make room");
    check_refusal(&write("/nonexistent/file"), 1, "cannot be written", "--to");

    let receiver = bench.receiver(None);
    let url = receiver.url();
    let send = |from: &str| ktel(&["send", "--hec-url", &url, "--from", from]);
    let output = send(kept_path).output().unwrap();
    assert_eq!(text(&output.stdout), "sent: the receiver has 10 events\n", "{}", text(&output.stderr));
    let events = receiver.events();
    assert!(events.iter().all(|event| event.violations.is_empty()));
    for (event, line) in events.iter().zip(written.lines()) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!((&event.report, &event.envelope["fields"]), (&line["event"], &line["fields"]));
        assert_eq!(event.envelope["time"], line["time"]);
    }

    // What is damaged is named and left out; what is whole arrives.
    let lines: Vec<&str> = written.lines().collect();
    let broken = lines[2].replace("\"schema\":\"kong", "\"schema\":\"gnok");
    let damaged = format!("{}\n{}\n{broken}\nnot json\n", lines[0], &lines[1][..lines[1].len() / 2]);
    let output = with_stdin(send("-"), damaged.as_bytes());
    let said = text(&output.stderr);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), "sent: the receiver has 1 events\n"));
    assert!(
        ["-:2: ", "-:3: schema: ", "-:4: ", "3 documents of - were not sent"].iter().all(|told| said.contains(told)),
        "{said}"
    );
    assert!(!said.contains("gnok"), "{said}");
    check_refusal(&send("/nonexistent").output().unwrap(), 1, "cannot be read", "--from");

    // A file that ends in the middle of a line gets whole lines all the same.
    let cut = bench.file("cut.ndjson", &lines[0][..20]);
    assert!(write(cut.to_str().unwrap()).status.success());
    let after: Vec<String> = fs::read_to_string(&cut).unwrap().lines().map(str::to_owned).collect();
    assert!(after.len() == 6 && after[0] == lines[0][..20] && after[1].starts_with("{\"time\":"), "{after:#?}");
    let output = ktel(&["send", "--from", kept_path, "--to", kept_path]).output().unwrap();
    check_refusal(&output, 1, "name the same file", "--to");

    // Who has changed their mind since is heard.
    let before = receiver.events().len();
    let output = send(kept_path).env("KTEL_TELEMETRY", "usage").output().unwrap();
    assert_eq!(text(&output.stdout), "sent: the receiver has 4 events\n", "{}", text(&output.stderr));
    assert!(text(&output.stderr).starts_with("6 events were left out: "), "{}", text(&output.stderr));
    for event in &receiver.events()[before..] {
        assert!(["USAGE", "ROUTES"].contains(&event.report["event"].as_str().unwrap()), "{}", event.report);
        let fields = &event.envelope["fields"];
        assert!(fields["ktel_platform"].is_null() && fields["ktel_event"] == event.report["event"], "{fields}");
    }
    let output = send(kept_path).env("DO_NOT_TRACK", "1").output().unwrap();
    assert!(output.status.success() && text(&output.stderr).contains("nothing was sent"));
    assert_eq!(receiver.events().len(), before + 4);
}

#[test]
fn documents_are_validated_line_by_line() {
    let bench = Bench::new();
    let valid = fs::read_to_string(repository("tests/conformance/report/valid/environment.json")).unwrap();
    let line: String = valid.lines().map(str::trim_start).collect();
    let broken = line.replace("3000", "-1").replace("\"EKS\"", "\"a-secret-platform\"");
    let envelope = format!("{{\"time\":1,\"event\":{broken}}}");
    let input = format!("{line}\n\n{broken}\r\n{envelope}\nnot json\n{valid}{line}\n{{\n{line}\n{{\"event\":");
    let output = ktel(&["validate", bench.file("reports.ndjson", &input).to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    let after_pretty = 6 + valid.lines().count();
    let expected = [
        ":3: cluster.platform: must be one of ",
        ":3: cluster.pod_count: must not be below 0",
        ":4: cluster.platform: must be one of ",
        ":4: cluster.pod_count: must not be below 0",
        ":5: not JSON: ",
        &format!(":{}: not JSON: ", after_pretty + 1),
        &format!(":{}: not JSON: ", after_pretty + 3),
    ];
    assert_eq!(shown.lines().count(), expected.len(), "{shown}");
    for (line, expected) in shown.lines().zip(expected) {
        assert!(line.contains(expected), "{line} is not {expected}");
    }
    assert!(!shown.contains("a-secret-platform"), "{shown}");
    assert_eq!(text(&output.stderr), "9 documents: 4 valid, 5 not\n");
}

#[test]
fn a_line_without_end_costs_no_memory() {
    let bench = Bench::new();
    let path = bench.folder.path().join("long");
    let mut file = fs::File::create(&path).unwrap();
    let chunk = vec![b'x'; 1024 * 1024];
    file.write_all(b"{\"schema\":\"").unwrap();
    (0..200).for_each(|_| file.write_all(&chunk).unwrap());
    file.write_all(b"\"}\n{}\n").unwrap();
    // 100 MB of address space are enough for a line of 200 MB.
    let command = format!("ulimit -v 100000; exec '{}' validate '{}'", env!("CARGO_BIN_EXE_ktel"), path.display());
    let output = Command::new("sh").args(["-c", &command]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(shown.contains(":1: longer than 1048576 bytes") && shown.contains(":2: schema: is missing"), "{shown}");
}

#[test]
fn input_that_cannot_be_read_is_told_from_input_that_is_wrong() {
    let bench = Bench::new();
    check_refusal(&ktel(&["validate", "/nonexistent.ndjson"]).output().unwrap(), 2, "cannot be read", "name a file");
    let folder = bench.folder.path().to_str().unwrap();
    check_refusal(&ktel(&["validate", folder]).output().unwrap(), 2, "cannot be read", "name a file");
    assert_eq!(ktel(&["validate"]).output().unwrap().status.code(), Some(2));
    let output = with_stdin(ktel(&["validate", "-"]), b"\xff\xfe{}\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("-:1: not JSON: not UTF-8"));
}

#[test]
fn contracts_are_printed_as_they_are_published() {
    for (name, path) in [
        ("strict", "docs/generated/schema/report.strict.json"),
        ("tolerant", "docs/generated/schema/report.tolerant.json"),
        ("host-facts", "docs/generated/schema/host-facts.json"),
        ("dictionary", "docs/generated/schema/telemetry.json"),
    ] {
        let output = ktel(&["schema", name]).output().unwrap();
        assert_eq!(text(&output.stdout), fs::read_to_string(repository(path)).unwrap(), "{name}");
    }
}

/// A file with one kubeconfig for several clusters, each a context.
fn kubeconfig_of(bench: &Bench, servers: &[(&str, &Server)]) -> PathBuf {
    let clusters: Vec<String> = servers
        .iter()
        .map(|(name, server)| format!("{{ name: {name}, cluster: {{ server: '{}' }} }}", server.url()))
        .collect();
    let contexts: Vec<String> = servers
        .iter()
        .map(|(name, _)| format!("{{ name: {name}, context: {{ cluster: {name}, user: any }} }}"))
        .collect();
    let text = format!(
        "apiVersion: v1\nkind: Config\nclusters: [{}]\ncontexts: [{}]\nusers: [{{ name: any, user: {{ token: any }} }}]\n",
        clusters.join(", "),
        contexts.join(", ")
    );
    bench.file("several.yaml", &text)
}

/// Two contexts make two reports of one installation, which is at home in the first cluster.
#[test]
fn several_clusters_are_one_installation() {
    let bench = Bench::new();
    let (one, other) =
        (bench.cluster("version: v1.34.1+k3s1\nuid: one"), bench.cluster("version: v1.33.0+rke2r1\nuid: other"));
    let kubeconfig = kubeconfig_of(&bench, &[("one", &one), ("other", &other)]);
    let facts = bench.file("facts.json", r#"{"performance": {"config_push_count": 42}}"#);
    let command = |name: &str| {
        let mut command = ktel(&[name, "--kubeconfig", kubeconfig.to_str().unwrap()]);
        command.args(["--context", "one", "--context", "other", "--facts", facts.to_str().unwrap()]);
        command
    };
    let output = command("preview").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let events: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |name: &str| -> Vec<&serde_json::Value> { events.iter().filter(|event| event["event"] == name).collect() };
    let environment = of("ENVIRONMENT");
    let versions: Vec<&serde_json::Value> =
        environment.iter().map(|event| &event["cluster"]["kubernetes_version"]).collect();
    assert_eq!(versions, ["1.34.1", "1.33.0"]);
    let id = |report: usize, name: &str| &environment[report]["identity"][name];
    assert_ne!(id(0, "cluster_id"), id(1, "cluster_id"));
    assert_eq!(id(0, "installation_id"), id(1, "installation_id"));
    assert!(environment.iter().all(|event| event["identity"]["cluster_count"] == 2));
    // What the controller tells of itself belongs to its home, and is told once.
    let pushes: Vec<&serde_json::Value> =
        of("PERFORMANCE").iter().map(|event| &event["performance"]["config_push_count"]).collect();
    assert_eq!(pushes, [&serde_json::json!(42), &serde_json::Value::Null]);

    let table = text(&command("preview").args(["--output", "table"]).output().unwrap().stdout);
    assert!(table.contains("context one\n") && table.contains("context other\n"), "{table}");

    let receiver = bench.receiver(None);
    let output = command("send").args(["--hec-url", &receiver.url()]).output().unwrap();
    assert_eq!(text(&output.stdout), "sent: the receiver has all 10 events\n", "{}", text(&output.stderr));
    drop(other);
    // A cluster that is away does not hold up the report of the other one, and is named.
    let output = command("send").args(["--hec-url", &receiver.url(), "--patience", "1"]).output().unwrap();
    check_refusal(&output, 1, "context other: the API server cannot be reached", "check that the server");
    assert_eq!(text(&output.stdout), "sent: the receiver has 5 events of other clusters\n");
    assert_eq!(receiver.events().len(), 15);
    let output = command("preview").output().unwrap();
    check_refusal(&output, 1, "context other: the API server cannot be reached", "check that the server");
    assert_eq!(text(&output.stdout).lines().count(), 5, "the reports of the others are shown");
    // Without its home, nobody would know whose report it is.
    let output =
        ktel(&["preview", "--kubeconfig", kubeconfig.to_str().unwrap(), "--context", "other", "--context", "one"])
            .output()
            .unwrap();
    check_refusal(&output, 1, "context other: the API server cannot be reached", "check that the server");
    assert_eq!(text(&output.stdout), "", "nor is the other one reported under another name");
    let output = command("preview").args(["--context", "one"]).output().unwrap();
    check_refusal(&output, 1, "the context one is named twice", "each cluster once");
}

#[test]
fn facts_are_read_from_files_the_standard_input_and_addresses() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let preview = || ktel(&["preview", "--kubeconfig", kubeconfig.to_str().unwrap(), "--output", "table"]);
    let facts =
        r#"{"features": {"enabled": ["FillIDs", "SomebodysOwn"]}, "kong": {"deployment": {"database": "POSTGRES"}}}"#;
    let mut command = preview();
    command.args(["--facts", "-"]);
    let shown = text(&with_stdin(command, facts.as_bytes()).stdout);
    assert!(shown.contains("features.enabled                             FillIDs\n"), "{shown}");
    assert!(shown.contains("features.unknown_count                       1\n"), "{shown}");
    assert!(shown.contains("kong.deployment.database                     POSTGRES\n"), "{shown}");

    let refused = |arguments: &[&str], message: &str, help: &str| {
        let output = preview().args(arguments).output().unwrap();
        check_refusal(&output, 1, message, help);
        assert_eq!(text(&output.stdout), "");
    };
    let wrong = bench.file("wrong.json", r#"{"performance": {"thread_count": "s3cret"}}"#);
    refused(
        &["--facts", wrong.to_str().unwrap()],
        "performance.thread_count: must be a whole number",
        "ktel schema host-facts",
    );
    refused(&["--facts", "/nonexistent"], "the document with the host's facts: cannot be read", "--facts");
    refused(&["--facts", "-", "--facts", "-"], "only once", "once with --facts");
    refused(&["--metrics-url", "http://127.0.0.1:1/metrics"], "metrics: does not answer", "--metrics-url");
    refused(&["--metrics-url", "127.0.0.1:10255"], "neither http:// nor https://", "--metrics-url as http://");
    refused(&["--pod", "controller"], "namespace and name", "--pod as NAMESPACE/NAME");
    refused(&["--namespace", "kong,Team 1"], "the name of a namespace is", "--namespace, separated by commas");
}

/// An account that may read nothing but its namespaces reports what is in them.
#[test]
fn a_namespaced_account_reports_what_it_may() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let output = ktel(&[
        "preview",
        "--kubeconfig",
        kubeconfig.to_str().unwrap(),
        "--namespace",
        "kong,team-2",
        "--output",
        "table",
    ])
    .output()
    .unwrap();
    let shown = text(&output.stdout);
    assert!(shown.contains("scope                                        NAMESPACED\n"), "{shown}");
    assert!(shown.contains("gateway_api.gateway_count                    2\n"), "those in `kong`: {shown}");
    assert!(shown.contains("gateway_api.grpc_route_count                 5\n"), "those in `team-2`: {shown}");
    assert!(
        shown.contains("gateway_api.http_route_count                 0\n"),
        "those in `team-1` are not read: {shown}"
    );
    assert!(shown.contains("cluster.node_count                           – forbidden\n"), "{shown}");
    let asked = server.requests();
    let is_cluster_wide = |request: &&String| {
        ["/api/v1/nodes", "/api/v1/pods?", "/gatewayclasses", "/ingressclasses", "/api/v1/services?"]
            .iter()
            .any(|path| request.contains(path))
    };
    assert_eq!(asked.iter().find(is_cluster_wide), None, "{asked:#?}");
}
