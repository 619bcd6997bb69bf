//! What a person sees of a report before anybody is sent one.

use ktel_sim::DEMO;
use ktel_types::{fields, table::Sensitivity};

use crate::bench::{Bench, check_refusal, ktel, text};

/// What `ktel preview` shows of a cluster.
fn preview(bench: &Bench, yaml: &str, arguments: &[&str]) -> (String, String) {
    let server = bench.cluster(yaml);
    let kubeconfig = bench.kubeconfig(&server);
    let mut command = ktel(&["preview", "--kubeconfig", kubeconfig.to_str().unwrap()]);
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    (text(&output.stdout), text(&output.stderr))
}

/// Each field has its meaning, the questions that it answers and its source; in a terminal of 80 columns, and in one paragraph.
#[test]
fn everything_that_is_sent_can_be_explained() {
    let bench = Bench::new();
    let (shown, _) = preview(&bench, DEMO, &["--annotate"]);
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    assert!(!shown.contains('\u{1b}'), "nobody sees colours here");
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = flat(&shown);
    let (json, _) = preview(&bench, DEMO, &[]);
    let mut count = 0;
    for line in json.lines() {
        let report: serde_json::Value = serde_json::from_str(line).unwrap();
        for field in fields::ALL.iter().filter(|field| !field.path.starts_with("absent.") && field.path != "event") {
            let is_there = field.path.split('.').try_fold(&report, |value, name| value.get(name)).is_some();
            let from = format!("from {} tells", flat(field.source));
            if is_there {
                count += 1;
                assert!(words.contains(&flat(field.meaning)) && words.contains(&from), "{}", field.path);
            }
        }
    }
    assert!(count > 100);
    for question in fields::QUESTIONS {
        assert!(words.contains(question.text), "{}", question.text);
    }
    let identifiers = fields::ALL.iter().filter(|field| field.sensitivity == Sensitivity::Identifier).count();
    assert_eq!(words.matches("tells joins reports with each other").count(), identifiers);
}

/// What only the controller can tell bears a mark.
#[test]
fn what_the_controller_is_asked_for_is_marked() {
    let bench = Bench::new();
    let (shown, _) = preview(&bench, DEMO, &["-o", "table"]);
    let mut marked: Vec<&str> =
        shown.lines().filter_map(|line| line.strip_prefix("    * ")?.split(' ').next()).collect();
    let mut expected: Vec<&str> =
        fields::ALL.iter().filter(|field| field.is_host).map(|field| field.path.rsplit('.').next().unwrap()).collect();
    // Events come one after the other, and not the sections of the standard.
    marked.sort_unstable();
    expected.sort_unstable();
    assert_eq!(marked, expected);
    assert!(shown.ends_with("\n* the controller is asked for it; else its pod, where that can tell\n"), "{shown}");
}

/// Where telemetry is off, whoever asks sees what would be sent, and that it is not: in the table, or beside what can be piped.
#[test]
fn a_banner_tells_that_nothing_is_sent() {
    let bench = Bench::new();
    let hushed = format!(
        "{DEMO}\n  - {{ apiVersion: v1, kind: Namespace, metadata: {{ name: default, annotations: {{ ktel.konghq.com/telemetry: 'off' }} }} }}"
    );
    let banner = "telemetry is off, decided by the annotation on the namespace default";
    let (table, said) = preview(&bench, &hushed, &["-o", "table"]);
    assert!(table.starts_with(banner) && said.is_empty(), "{table}{said}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    let (json, said) = preview(&bench, &hushed, &[]);
    assert!(said.starts_with(banner), "{said}");
    assert_eq!(json.lines().count(), 5);
    assert!(json.contains(r#""consented":["ENVIRONMENT","USAGE","PERFORMANCE"]"#), "{json}");

    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    for (name, value) in [("DO_NOT_TRACK", "1"), ("KTEL_TELEMETRY", "local")] {
        let mut command = ktel(&["preview", "--kubeconfig", kubeconfig.to_str().unwrap()]);
        let output = command.env(name, value).output().unwrap();
        let said = text(&output.stderr);
        assert!(said.starts_with("telemetry is ") && said.contains(name), "{said}");
        assert_eq!(text(&output.stdout).lines().count(), 5);
    }
}

/// Colours are there where they are wanted, and without them the text is the same.
#[test]
fn colours_change_nothing_but_colours() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    for arguments in [&["preview", "-o", "table"][..], &["preview", "--annotate"], &["status"]] {
        let shown = |choice: &str| {
            let mut command = ktel(arguments);
            command.args(["--kubeconfig", kubeconfig.to_str().unwrap(), "--color", choice]);
            text(&command.output().unwrap().stdout)
        };
        let (plain, coloured) = (shown("never"), shown("always"));
        assert!(coloured.contains("\u{1b}[") && !plain.contains('\u{1b}'));
        let is_stable = |line: &&str| {
            !["report_id", "instance_id", "collected_at", "_seconds"].iter().any(|name| line.contains(name))
        };
        let stripped = anstream::adapter::strip_str(&coloured).to_string();
        let lines = |text: &str| text.lines().filter(is_stable).map(str::to_owned).collect::<Vec<_>>();
        // The size of an event depends on how long it took to make.
        let without_sizes =
            |lines: Vec<String>| lines.into_iter().filter(|line| !line.contains(" bytes)")).collect::<Vec<_>>();
        assert_eq!(without_sizes(lines(&stripped)), without_sizes(lines(&plain)));
    }
}

/// With the rights of an account that may not read nodes, what is told of nodes is absent.
#[test]
fn an_account_is_tried_before_it_reports() {
    let bench = Bench::new();
    let yaml = format!("{DEMO}\nusers: {{ 'system:serviceaccount:kong:ktel': [nodes] }}");
    let (own, _) = preview(&bench, &yaml, &["-o", "table"]);
    assert!(own.contains("      node_count                          6\n"), "{own}");
    let (of_account, _) = preview(&bench, &yaml, &["-o", "table", "--as", "kong/ktel"]);
    assert!(of_account.contains("      node_count                          – forbidden\n"), "{of_account}");

    // An account that may not ask whether the cluster says no would report nothing, and that is shown.
    let yaml = format!("{DEMO}\nusers: {{ 'system:serviceaccount:kong:ktel': [namespaces] }}");
    let (of_account, _) = preview(&bench, &yaml, &["-o", "table", "--as", "kong/ktel"]);
    assert!(of_account.starts_with("telemetry is off, decided by the namespace kube-system"), "{of_account}");

    // Whomever the kubeconfig stands for besides is not tried along with it.
    let server = bench.cluster(&yaml);
    let with_groups =
        server.kubeconfig().replace("user: { token:", "user: { as: root, as-groups: ['system:masters'], token:");
    let kubeconfig = bench.file("groups.yaml", &with_groups);
    let arguments = ["preview", "--kubeconfig", kubeconfig.to_str().unwrap(), "-o", "table", "--as", "kong/ktel"];
    let shown = text(&ktel(&arguments).output().unwrap().stdout);
    assert!(shown.contains("      namespace_count                     – forbidden\n"), "{shown}");

    let kubeconfig = bench.kubeconfig(&server);
    let refused = |account: &str, message: &str, help: &str| {
        let arguments = ["preview", "--kubeconfig", kubeconfig.to_str().unwrap(), "--as", account];
        check_refusal(&ktel(&arguments).output().unwrap(), 1, message, help);
    };
    refused("kong/other", "with the rights of that ServiceAccount", "impersonate");
    for account in ["ktel", "/ktel", "kong/", "kong/k:tel"] {
        refused(account, "named by namespace and name", "--as as NAMESPACE/NAME");
    }
}

/// What has changed since a report that was sent, or kept, or looked at.
#[test]
fn what_has_changed_is_shown() {
    let bench = Bench::new();
    let server = bench.cluster(DEMO);
    let kubeconfig = bench.kubeconfig(&server);
    let journal = bench.folder.path().join("reports.ndjson");
    let receiver = bench.receiver(None);
    let send = || {
        let mut command = ktel(&["send", "--kubeconfig", kubeconfig.to_str().unwrap(), "--hec-url", &receiver.url()]);
        command.args(["--journal", journal.to_str().unwrap()]);
        command
    };
    assert!(send().output().unwrap().status.success());
    let journal_text = std::fs::read_to_string(&journal).unwrap();
    let arrived: Vec<String> = receiver.events().iter().map(|event| event.report["event"].to_string()).collect();
    assert!(arrived.iter().all(|name| journal_text.contains(name)) && arrived.len() == 5, "what is sent can be read");
    let diff = |path: &std::path::Path| {
        let arguments = ["preview", "--kubeconfig", kubeconfig.to_str().unwrap(), "--diff", path.to_str().unwrap()];
        ktel(&arguments).output().unwrap()
    };
    assert!(text(&diff(&journal).stdout).starts_with("0 fields differ from the report of 20"));

    let changed = journal_text.replace(r#""node_count":6"#, r#""node_count":5"#).replace(r#""pod_count":415,"#, "");
    let shown = text(&diff(&bench.file("changed.ndjson", &changed)).stdout);
    assert!(shown.starts_with("2 fields differ"), "{shown}");
    assert!(shown.ends_with("\n  cluster.node_count\n    - 5\n    + 6\n  cluster.pod_count\n    + 415\n"), "{shown}");

    // A report that is made for people alone is in the journal, and nowhere else.
    let before = receiver.events().len();
    let output = send().env("KTEL_TELEMETRY", "local").output().unwrap();
    let said = text(&output.stderr);
    assert!(
        output.status.success() && said.contains("a report was written down") && said.contains("nothing was sent"),
        "{said}"
    );
    assert_eq!(receiver.events().len(), before);
    assert_eq!(std::fs::read_to_string(&journal).unwrap().lines().count(), 10);
    let output = ktel(&["validate", journal.to_str().unwrap()]).output().unwrap();
    assert_eq!(text(&output.stderr), "10 documents: 10 valid, 0 not\n");

    // What cannot be written down is said, and what is there stays.
    let notes = bench.file("notes.txt", "buy bread\n");
    let send_with = |journal: &str| {
        let mut command = ktel(&["send", "--kubeconfig", kubeconfig.to_str().unwrap(), "--hec-url", &receiver.url()]);
        command.args(["--journal", journal]);
        command
    };
    let output = send_with(notes.to_str().unwrap()).output().unwrap();
    check_refusal(&output, 1, "1 reports were not written down", "--journal");
    assert_eq!(text(&output.stdout), "sent: the receiver has all 5 events\n");
    assert_eq!(std::fs::read_to_string(&notes).unwrap(), "buy bread\n");
    let output = send_with("-").env("KTEL_TELEMETRY", "local").output().unwrap();
    assert_eq!(text(&output.stdout).lines().count(), 5, "{}", text(&output.stderr));

    for (was, is) in [("426747f1-", "526747f1-"), ("\"installation_id\":\"", "\"installation_id\":\"0")] {
        let other = text(&diff(&bench.file("other.ndjson", &journal_text.replace(was, is))).stdout);
        assert!(other.starts_with("the file has no report of this installation about this cluster"), "{other}");
    }
    check_refusal(&diff(&bench.file("none.ndjson", "\n")), 2, "has no report", "--diff");
    check_refusal(&diff(&bench.file("list.ndjson", "[1]\n")), 2, "list.ndjson:1 is no report", "--diff");
    check_refusal(&diff("/nonexistent".as_ref()), 2, "cannot be read", "--diff");
}
