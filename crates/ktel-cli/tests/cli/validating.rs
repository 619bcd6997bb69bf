//! `ktel validate` and `ktel schema`.

use std::{fs, io::Write as _, process::Command};

use crate::bench::{Bench, check_refusal, ktel, repository, text, with_stdin};

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
