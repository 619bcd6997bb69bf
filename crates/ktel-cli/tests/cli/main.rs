//! The binary, as people run it: good input, and every kind of bad input.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod agent;
mod bench;
mod clusters;
mod consenting;
mod explaining;
mod previewing;
mod sending;
mod validating;

use std::path::Path;

use ktel_sim::{DEMO, Recording, Server};

use bench::{Bench, check_refusal, ktel, repository, text, with_stdin};

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
    assert!(table.contains("      pod_count                           3000\n"), "{table}");
    assert!(table.contains("      knative_ingress_count               – not installed\n"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");

    // What is shown can be validated as it is, in both forms.
    for shown in [json, hec] {
        let output = with_stdin(ktel(&["validate", "-"]), shown.as_bytes());
        assert!(output.status.success(), "{}", text(&output.stdout));
        assert_eq!(text(&output.stderr), "5 documents: 5 valid, 0 not\n");
    }
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
        let output = ktel(&["send", "--hec-url", &url]).args(cluster).env(name, value).output().unwrap();
        assert!(output.status.success());
        let why = text(&output.stderr);
        assert!(why.contains("telemetry is off") && why.contains(name), "{why}");
        assert!(why.contains("nothing was read, nothing was sent"), "{why}");
        assert_eq!(text(&output.stdout), "");
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
