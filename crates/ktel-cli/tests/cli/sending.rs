//! `ktel send`: to whom, through what, and what is said when it does not arrive.

use std::{fs, process::Output};

use ktel_sim::DEMO;
use serde_json::Value;

use crate::bench::{Bench, check_refusal, ktel, text, with_stdin};

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

/// What could not be sent waits for the next command, whoever gives it.
#[test]
fn what_waits_in_a_spool_is_sent_by_the_next_command() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let spool = bench.folder.path().join("spool");
    let (kubeconfig, spool) = (kubeconfig.to_str().unwrap(), spool.to_str().unwrap());
    let send = |url: &str| {
        let arguments = ["send", "--patience", "0", "--kubeconfig", kubeconfig, "--spool", spool, "--hec-url", url];
        ktel(&arguments).output().unwrap()
    };
    for undelivered in ["5 of 5 events", "10 of 10 events"] {
        check_refusal(&send("http://127.0.0.1:1"), 1, undelivered, "the next `ktel send`");
    }
    let receiver = bench.receiver(None);
    let output = send(&receiver.url());
    assert_eq!(text(&output.stdout), "sent: the receiver has all 15 events\n", "{}", text(&output.stderr));
    let mut reports: Vec<String> =
        receiver.events().iter().map(|event| event.report["report_id"].to_string()).collect();
    reports.dedup();
    assert_eq!(reports.len(), 3, "three reports, each of five events");
    let output = send(&receiver.url());
    assert_eq!(text(&output.stdout), "sent: the receiver has all 5 events\n");

    // A place that cannot be written to is said, and costs nothing else.
    let place = bench.file("a file", "");
    let send = |url: &str| {
        let place = place.to_str().unwrap();
        let arguments = ["send", "--patience", "0", "--kubeconfig", kubeconfig, "--spool", place, "--hec-url", url];
        ktel(&arguments).output().unwrap()
    };
    assert!(send(&receiver.url()).status.success());
    check_refusal(&send("http://127.0.0.1:1"), 1, "5 of 5 events", "nothing was kept");
}

#[test]
fn a_receiver_of_lines_that_cannot_be_used_is_refused_with_the_remedy() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let send = |address: &str| {
        let arguments = ["send", "--patience", "0", "--kubeconfig", kubeconfig.to_str().unwrap(), "--line-to", address];
        ktel(&arguments).output().unwrap()
    };
    check_refusal(&send("127.0.0.1:1"), 1, "was not delivered as a line", "check its address");
    check_refusal(&send("https://127.0.0.1:1"), 1, "the address of the receiver of lines", "ktel send --help");
    // Lines are not written to files.
    let output = ktel(&["send", "--line-to", "127.0.0.1", "--to", "-"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// As a job: what the controller knows comes through the standard input, and is held against its schema before anything is sent.
#[test]
fn facts_from_the_standard_input_are_validated_and_sent() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let receiver = bench.receiver(None);
    let send = |facts: &[u8]| {
        let mut command = ktel(&["send", "--facts", "-"]);
        command.env("KTEL_HEC_URL", receiver.url()).env("KTEL_PRODUCT", "kong-operator");
        command.args(["--kubeconfig", kubeconfig.to_str().unwrap()]);
        with_stdin(command, facts)
    };
    for (facts, message) in [
        (
            r#"{"performance": {"config_push_count": "s3cret"}}"#,
            "performance.config_push_count: must be a whole number",
        ),
        (r#"{"performance": {"config_push_count": -1}}"#, "performance.config_push_count: must"),
        (r#"{"perfromance": {}}"#, "perfromance"),
        ("", "the document with the host's facts is not valid"),
    ] {
        let output = send(facts.as_bytes());
        check_refusal(&output, 1, message, "ktel schema host-facts");
        assert!(!text(&output.stderr).contains("s3cret"), "{}", text(&output.stderr));
    }
    assert!(receiver.events().is_empty());
    let output = send(br#"{"product": {"version": "2.1.0"}, "performance": {"config_push_count": 7}}"#);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let events = receiver.events();
    let performance = &events.iter().find(|event| event.report["event"] == "PERFORMANCE").unwrap().report;
    assert_eq!(performance["performance"]["config_push_count"], 7);
    assert_eq!(
        (&performance["product"]["name"], &performance["product"]["version"]),
        (&"kong-operator".into(), &"2.1.0".into())
    );
}

/// As in a pod of the chart, whose variables are meant for the agent.
#[test]
fn a_file_takes_and_gives_reports_whatever_variables_say_of_the_agent() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let (written, journal) = (bench.file("written.ndjson", ""), bench.file("journal.ndjson", ""));
    let (to, kubeconfig) = (written.to_str().unwrap(), kubeconfig.to_str().unwrap());
    let send = |arguments: &[&str]| {
        let mut command = ktel(&["send", "--kubeconfig", kubeconfig]);
        command.args(arguments).env("KTEL_JOURNAL", &journal).env("KTEL_SPOOL", "");
        command.output().unwrap()
    };
    let made = send(&["--to", to]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let again = send(&["--from", to, "--to", "-"]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    let envelopes =
        |text: &str| -> Vec<Value> { text.lines().map(|line| serde_json::from_str(line).unwrap()).collect() };
    assert_eq!(envelopes(&text(&again.stdout)), envelopes(&fs::read_to_string(&written).unwrap()));
    assert_eq!(fs::read_to_string(&journal).unwrap(), "", "it is another process's");
    for flag in ["--journal", "--spool"] {
        let refused = send(&["--to", to, flag, to]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused.stderr).contains(&format!("'{flag}' cannot be used with '--to'")));
    }
}
