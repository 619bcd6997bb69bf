//! `ktel validate` and `ktel schema`.

use std::{
    fs,
    io::{self, BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

use expect_test::expect_file;

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
    let summary = "9 documents: 4 valid, 5 not
        3  not JSON
        2  cluster.platform: must be one of OPENSHIFT, GKE, EKS, AKS, RKE2, K3S…
        2  cluster.pod_count: must not be below 0\n";
    assert_eq!(text(&output.stderr), summary);
}

/// The documents are dealt out to all cores; what is said of them comes as if there were one.
#[test]
fn the_order_is_that_of_the_documents_however_many_there_are() {
    let valid = line("valid/usage.json");
    let (mut input, mut expected) = (String::new(), Vec::new());
    for number in 1..=9000 {
        match number % 3 {
            0 => input.push_str(&valid),
            1 => {
                input.push_str(&valid.replacen('{', &format!(r#"{{"of_{number}":1,"#), 1));
                expected.push(format!("{number}: of_{number}: is not part of the contract"));
            }
            _ => {
                input.push_str("[1]");
                expected.push(format!("{number}: the document: must be an object"));
            }
        }
        input.push('\n');
    }
    // Several batches for each worker.
    assert!(input.len() > 4_000_000);
    let bench = Bench::new();
    let path = bench.file("reports", &input);
    let output = ktel(&["validate", path.to_str().unwrap()]).output().unwrap();
    let said = text(&output.stdout).replace(&format!("{}:", path.display()), "");
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    let summary = text(&output.stderr);
    let summary: Vec<&str> = summary.lines().collect();
    assert_eq!(summary[..2], ["9000 documents: 3000 valid, 6000 not", "     3000  the document: must be an object"]);
    assert_eq!(summary.len(), 22);
    assert_eq!(summary[21], "     2981  of other kinds");
}

/// Who watches what somebody else is still writing hears of each document when it is there.
#[test]
fn a_document_does_not_wait_for_those_behind_it() {
    let mut child = ktel(&["validate", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let child = child.as_mut().unwrap();
    let (mut input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut output = BufReader::new(output).lines();
    for number in 1..=3 {
        input.write_all(b"[]\n").unwrap();
        let said = output.next().unwrap().unwrap();
        assert_eq!(said, format!("-:{number}: the document: must be an object"));
    }
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn who_listens_no_more_ends_it() {
    let mut child =
        ktel(&["validate", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.as_mut().unwrap();
    drop(child.stdout.take());
    // The input stays open, and is longer than all queues together.
    let mut input = child.stdin.take().unwrap();
    let chunk = b"[]\n".repeat(100_000);
    while input.write_all(&chunk).is_ok() {}
    let output = child.stderr.take().map(|mut stderr| io::read_to_string(&mut stderr).unwrap());
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(output.unwrap().starts_with("error: the output cannot be written: "));
}

#[test]
fn coverage_tells_of_each_field_where_it_is_and_why_it_is_not_elsewhere() {
    let bench = Bench::new();
    let folder = repository("tests/conformance/report/valid");
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    let lines = names.iter().map(|name| line(&format!("valid/{}", name.display())) + "\n");
    // What is not valid tells nothing.
    let input: String = lines.chain([line("invalid/negative.json")]).collect();
    let output = ktel(&["validate", "--coverage", bench.file("reports", &input).to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    let (violations, table): (Vec<&str>, Vec<&str>) = shown.lines().partition(|line| line.contains("reports:"));
    assert!(violations.iter().all(|line| line.ends_with("must not be below 0")), "{violations:?}");
    assert!(table.iter().all(|line| line.chars().count() <= 80));
    expect_file!["coverage.txt"].assert_eq(&(table.join("\n") + "\n"));
}

/// A document of the corpus on one line.
fn line(name: &str) -> String {
    let document = fs::read_to_string(repository("tests/conformance/report").join(name)).unwrap();
    document.lines().map(str::trim_start).collect()
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
    // What can be read is judged all the same.
    let wrong = bench.file("wrong.ndjson", "[]\n");
    let output = ktel(&["validate", "/nonexistent.ndjson", wrong.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stdout).contains("wrong.ndjson:1: ")
            && text(&output.stderr).contains("1 documents: 0 valid, 1 not")
    );
    assert!(text(&output.stderr).contains("error: /nonexistent.ndjson cannot be read"));
    // A list of a thousand wrong items is told as one.
    let many = bench.file("many.ndjson", &format!("{{\"consented\":[{}1]}}\n", "1,".repeat(1000)));
    let output = ktel(&["validate", many.to_str().unwrap()]).output().unwrap();
    let shown = text(&output.stdout);
    assert!(shown.lines().count() == 101 && shown.contains("many.ndjson:1: … and "), "{}", shown.lines().count());
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
