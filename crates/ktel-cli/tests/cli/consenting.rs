//! `ktel status`, `ktel opt-out` and `ktel opt-in`, and a cluster that says no.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    path::PathBuf,
    thread,
};

use crate::bench::{Bench, check_refusal, ktel, text};

const HUSHED: &str = r#"
version: v1.34.1
objects:
  - { apiVersion: v1, kind: Namespace, metadata: { name: default, annotations: { ktel.konghq.com/telemetry: "off" } } }
"#;

#[test]
fn status_shows_who_says_what_and_how_it_is_changed() {
    let bench = Bench::new();
    let server = bench.cluster(HUSHED);
    let kubeconfig = bench.kubeconfig(&server);
    let status = || ktel(&["status", "--kubeconfig", kubeconfig.to_str().unwrap()]);
    let output = status().env("KTEL_TELEMETRY", "usage").output().unwrap();
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{shown}{}", text(&output.stderr));
    for line in [
        "telemetry is off",
        "  this command                                 on for everything",
        "  the variable DO_NOT_TRACK                    nothing",
        "  the variable KTEL_TELEMETRY                  on for USAGE",
        "  the annotation on the namespace kube-system  nothing",
        "* the annotation on the namespace default      off",
        "* decides. To change it: `ktel opt-in --in default` takes it back",
        "Identifiers, without a salt (`ktel rotate-id` gives others):",
    ] {
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.lines().any(|shown| words(shown) == words(line)), "{line}\n{shown}");
    }
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");

    // What cannot be read is not taken for silence.
    let refusing = bench.cluster("{ version: v1.34.1, forbidden: [namespaces] }");
    let kubeconfig_of_refusing = bench.file("refusing.yaml", &refusing.kubeconfig());
    let output = ktel(&["status", "--kubeconfig", kubeconfig_of_refusing.to_str().unwrap()]).output().unwrap();
    let shown = text(&output.stdout);
    assert!(shown.contains("the namespace default, which cannot be read") && shown.contains("nobody knows"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");

    // Who says no here need not be asked for more.
    let before = server.requests().len();
    let output = status().env("DO_NOT_TRACK", "1").output().unwrap();
    let shown = text(&output.stdout);
    assert!(shown.contains("* the variable DO_NOT_TRACK                          off"), "{shown}");
    assert_eq!(server.requests().len(), before);
}

#[test]
fn a_cluster_that_says_no_is_no_failure_and_nothing_is_read() {
    let bench = Bench::new();
    let server = bench.cluster(HUSHED);
    let kubeconfig = bench.kubeconfig(&server);
    let receiver = bench.receiver(None);
    // Nobody serves metrics there, and nobody asks for them.
    let arguments = ["send", "--hec-url", &receiver.url(), "--metrics-url", "http://127.0.0.1:1/metrics"];
    let output = ktel(&arguments).args(["--kubeconfig", kubeconfig.to_str().unwrap()]).output().unwrap();
    let said = text(&output.stderr);
    assert!(output.status.success() && output.stdout.is_empty(), "{said}");
    assert!(said.starts_with("telemetry is off, decided by the annotation on the namespace default"), "{said}");
    assert!(receiver.events().is_empty());
    assert!(server.requests().iter().all(|request| request.contains("/api/v1/namespaces/")), "{:?}", server.requests());
}

/// A server that takes one change, and tells which. Nothing can be read of it.
fn take_one_change(bench: &Bench) -> (PathBuf, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let kubeconfig = format!(
        "{{ apiVersion: v1, kind: Config, current-context: c, contexts: [{{ name: c, context: {{ cluster: c, user: u }} }}], \
         clusters: [{{ name: c, cluster: {{ server: '{url}' }} }}], users: [{{ name: u, user: {{}} }}] }}"
    );
    let taken = thread::spawn(move || {
        loop {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut chunk = [0; 4096];
            let is_whole = |request: &[u8]| {
                let end: &[u8] = if request.starts_with(b"GET ") { b"\r\n\r\n" } else { b"}}}" };
                request.ends_with(end)
            };
            while !is_whole(&request) {
                let count = stream.read(&mut chunk).unwrap();
                assert!(count > 0, "{}", String::from_utf8_lossy(&request));
                request.extend_from_slice(&chunk[..count]);
            }
            let is_change = !request.starts_with(b"GET ");
            let status = if is_change { "200 OK" } else { "404 Not Found" };
            let body =
                r#"{"apiVersion":"meta.k8s.io/v1","kind":"PartialObjectMetadata","metadata":{"name":"default"}}"#;
            let head = "Content-Type: application/json\r\nConnection: close\r\nContent-Length: ";
            write!(stream, "HTTP/1.1 {status}\r\n{head}{}\r\n\r\n{body}", body.len()).unwrap();
            if is_change {
                return String::from_utf8(request).unwrap();
            }
        }
    });
    (bench.file("kubeconfig.yaml", &kubeconfig), taken)
}

#[test]
fn one_command_switches_a_whole_cluster_off_and_on_again() {
    let bench = Bench::new();
    for (command, body, kubectl) in [
        (
            "opt-out",
            r#"{"metadata":{"annotations":{"ktel.konghq.com/telemetry":"off"}}}"#,
            "ktel.konghq.com/telemetry=off",
        ),
        ("opt-in", r#"{"metadata":{"annotations":{"ktel.konghq.com/telemetry":null}}}"#, "ktel.konghq.com/telemetry-"),
    ] {
        let (kubeconfig, taken) = take_one_change(&bench);
        let arguments = [command, "--in", "default", "--kubeconfig", kubeconfig.to_str().unwrap()];
        let output = ktel(&arguments).output().unwrap();
        let shown = text(&output.stdout);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let request = taken.join().unwrap();
        assert!(request.starts_with("PATCH /api/v1/namespaces/default"), "{request}");
        assert!(request.ends_with(body) && request.contains("application/merge-patch+json"), "{request}");
        let file = kubeconfig.display();
        let line = format!("  kubectl annotate --kubeconfig {file} namespace default {kubectl} --overwrite");
        assert!(shown.lines().any(|shown| shown == line), "{shown}");

        // Nothing is changed by whoever only looks.
        let looking = |option: &[&str]| text(&ktel(&[command]).args(option).output().unwrap().stdout);
        assert!(looking(&["--dry-run"]).contains(&format!("namespace kube-system {kubectl}")));
        let manifest = looking(&["--output", "yaml"]);
        assert!(
            manifest.contains("\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: kube-system\n")
                && manifest.starts_with("# kubectl apply --server-side --field-manager ktel-telemetry -f"),
            "{manifest}"
        );
        let word = if command == "opt-out" { "off" } else { "on" };
        assert!(manifest.ends_with(&format!("    ktel.konghq.com/telemetry: \"{word}\"\n")), "{manifest}");
    }
    let server = bench.cluster("{ version: v1.34.1, token: right }");
    let kubeconfig = bench.kubeconfig(&server);
    let output = ktel(&["opt-out", "--kubeconfig", kubeconfig.to_str().unwrap()]).output().unwrap();
    check_refusal(&output, 1, "kube-system cannot be changed", "--in default");
    let output = ktel(&["opt-out", "--in", "kong"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "a namespace that nobody asks would be no opt-out");
}

#[test]
fn a_salt_gives_other_identifiers() {
    let bench = Bench::new();
    let (kubeconfig, taken) = take_one_change(&bench);
    let arguments = ["rotate-id", "--salt", "breeze", "--kubeconfig", kubeconfig.to_str().unwrap()];
    let output = ktel(&arguments).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let request = taken.join().unwrap();
    assert!(request.starts_with("PATCH /api/v1/namespaces/kube-system"), "{request}");
    assert!(request.ends_with(r#"{"metadata":{"annotations":{"ktel.konghq.com/id-salt":"breeze"}}}"#), "{request}");

    // A salt that nobody has named is another one each time, and what is shown can be done without ktel.
    let salts: Vec<String> = (0..2)
        .map(|_| {
            let shown = text(&ktel(&["rotate-id", "--dry-run"]).output().unwrap().stdout);
            let (_, salt) = shown.split_once("namespace kube-system ktel.konghq.com/id-salt=").unwrap();
            salt.split(' ').next().unwrap().to_owned()
        })
        .collect();
    assert!(salts[0] != salts[1] && salts.iter().all(|salt| salt.len() == 36), "{salts:?}");
    let manifest = text(&ktel(&["rotate-id", "--salt", "gale", "-o", "yaml"]).output().unwrap().stdout);
    assert!(manifest.ends_with("    ktel.konghq.com/id-salt: \"gale\"\n"), "{manifest}");
    check_refusal(&ktel(&["rotate-id", "--salt", "a b", "--dry-run"]).output().unwrap(), 1, "a salt is", "--salt");

    // With it, `status` and the reports have other identifiers than without.
    let ids = |yaml: &str| {
        let server = bench.cluster(yaml);
        let kubeconfig = bench.kubeconfig(&server);
        let arguments = |name| [name, "--kubeconfig", kubeconfig.to_str().unwrap()];
        let status = text(&ktel(&arguments("status")).output().unwrap().stdout);
        let report = text(&ktel(&arguments("preview")).output().unwrap().stdout);
        let report: serde_json::Value = serde_json::from_str(report.lines().next().unwrap()).unwrap();
        let id = |name: &str| report["identity"][name].as_str().unwrap().to_owned();
        for id in ["cluster_id", "installation_id"].map(id) {
            assert!(status.contains(&id), "{id}\n{status}");
        }
        (status.contains("with a salt"), id("cluster_id"), id("installation_id"))
    };
    // Also where it is off: who is asked to delete something is told under which identifiers.
    let hushed = bench.cluster(HUSHED);
    let kubeconfig_of_hushed = bench.file("hushed.yaml", &hushed.kubeconfig());
    let status = ktel(&["status", "--kubeconfig", kubeconfig_of_hushed.to_str().unwrap()]).output().unwrap();
    assert!(text(&status.stdout).contains("\n  installation  "), "{}", text(&status.stdout));
    let without = ids("version: v1.34.1\nuid: one");
    let annotated = "{ apiVersion: v1, kind: Namespace, metadata: { name: kube-system, uid: one, annotations: { ktel.konghq.com/id-salt: breeze } } }";
    let with = ids(&format!("version: v1.34.1\nobjects: [{annotated}]"));
    assert!(with.0 && !without.0);
    assert!(with.1 != without.1 && with.2 != without.2, "{with:?} {without:?}");
}

/// What the controller's own pod is told counts, and is shown: its variables, its salt, and what makes it.
#[test]
fn the_controllers_pod_is_heard() {
    let bench = Bench::new();
    let status = |env: &str| {
        let owner = "{ kind: StatefulSet, name: edge-set, controller: true }";
        let server = bench.cluster(&format!(
            "{{ version: v1.34.1, objects: [{{ apiVersion: v1, kind: Pod, metadata: {{ name: edge-0, namespace: kong, \
             ownerReferences: [{owner}] }}, spec: {{ containers: [{{ name: c, env: [{env}] }}] }} }}] }}"
        ));
        let kubeconfig = bench.kubeconfig(&server);
        let arguments = ["status", "--kubeconfig", kubeconfig.to_str().unwrap(), "--pod", "kong/edge-0"];
        text(&ktel(&arguments).output().unwrap().stdout)
    };
    let id = |shown: &str| shown.split("  installation  ").nth(1).unwrap()[..36].to_owned();
    let silent = status("");
    assert!(
        silent.starts_with("telemetry is on") && silent.contains("the namespace of the controller  nothing"),
        "{silent}"
    );
    for (env, said) in [
        ("{ name: KTEL_TELEMETRY, value: 'off' }", "KTEL_TELEMETRY of the controller's pod"),
        ("{ name: KTEL_TELEMETRY, valueFrom: {} }", "KTEL_TELEMETRY of the controller's pod"),
        ("{ name: DO_NOT_TRACK, value: '1' }", "DO_NOT_TRACK of the controller's pod"),
        ("{ name: KONG_ANONYMOUS_REPORTS, value: 'off' }", "KONG_ANONYMOUS_REPORTS of the controller's pod"),
    ] {
        let shown = status(env);
        assert!(shown.starts_with("telemetry is off") && shown.contains(&format!("* {said}")), "{shown}");
        assert_eq!(id(&shown), id(&silent), "off or not, it is the same installation");
    }
    let limited = status("{ name: KTEL_TELEMETRY, value: usage }, { name: DO_NOT_TRACK, value: '0' }");
    assert!(limited.starts_with("telemetry is on for USAGE"), "{limited}");
    let salted = status("{ name: KTEL_ID_SALT, value: breeze }");
    assert!(salted.contains("with a salt") && id(&salted) != id(&silent), "{salted}");
}

#[test]
fn a_cluster_that_is_away_is_told_from_one_that_is_silent() {
    let bench = Bench::new();
    let server = bench.cluster("version: v1.34.1");
    let away = server.kubeconfig().replace(&server.url(), "http://127.0.0.1:1");
    let kubeconfig = bench.file("away.yaml", &away);
    let output = ktel(&["status", "--kubeconfig", kubeconfig.to_str().unwrap()]).output().unwrap();
    check_refusal(&output, 1, "the API server cannot be reached", "check that the server");
    assert_eq!(text(&output.stdout), "");
}
