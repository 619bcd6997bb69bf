//! Which clusters are read, as whom, and with what the controller tells.

use std::path::PathBuf;

use ktel_sim::{DEMO, Server};

use crate::bench::{Bench, check_refusal, ktel, text, with_stdin};

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
    assert_eq!(text(&output.stdout), "sent: the receiver has 5 events\n");
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
    assert!(shown.contains("    * enabled                             FillIDs\n"), "{shown}");
    assert!(shown.contains("    * unknown_count                       1\n"), "{shown}");
    assert!(shown.contains("    * database                            POSTGRES\n"), "{shown}");

    // A controller may be newer than this program; whoever pipes a document in is there to mend it.
    let later = r#"{"performance": {"config_push_count": 7, "yet_unknown": 1}}"#;
    let output = preview().arg("--facts").arg(bench.file("later.json", later)).output().unwrap();
    assert!(text(&output.stdout).contains("    * config_push_count                   7\n"), "{output:?}");
    assert!(text(&output.stderr).contains("performance.yet_unknown: is not part of the contract"), "{output:?}");
    let mut command = preview();
    command.args(["--facts", "-"]);
    check_refusal(&with_stdin(command, later.as_bytes()), 1, "performance.yet_unknown", "ktel schema host-facts");

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
    assert!(shown.contains("      scope                               NAMESPACED\n"), "{shown}");
    assert!(shown.contains("      gateway_count                       2\n"), "those in `kong`: {shown}");
    assert!(shown.contains("      grpc_route_count                    5\n"), "those in `team-2`: {shown}");
    assert!(shown.contains("      http_route_count                    0\n"), "those in `team-1` are not read: {shown}");
    assert!(shown.contains("      node_count                          – forbidden\n"), "{shown}");
    let asked = server.requests();
    let is_cluster_wide = |request: &&String| {
        ["/api/v1/nodes", "/api/v1/pods?", "/gatewayclasses", "/ingressclasses", "/api/v1/services?"]
            .iter()
            .any(|path| request.contains(path))
    };
    assert_eq!(asked.iter().find(is_cluster_wide), None, "{asked:#?}");
}
