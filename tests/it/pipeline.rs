//! The configurations of `deploy/pipeline` beside the standard, and beside the programs that read them where these are installed.

use std::{fmt::Write as _, fs, process::Command};

use ktel_types::contract;
use serde_json::{Value, json};

use crate::support::root;

fn read(name: &str) -> String {
    fs::read_to_string(root().join("deploy/pipeline").join(name)).unwrap()
}

/// The items of the list below a key.
fn list<'a>(yaml: &'a str, key: &str) -> Vec<&'a str> {
    let lines = yaml.split(&format!("{key}:\n")).nth(1).unwrap().lines();
    let lines = lines.filter(|line| !line.trim().starts_with('#'));
    lines.map_while(|line| line.trim().strip_prefix("- ")).collect()
}

#[test]
fn what_stands_around_an_event_is_passed_on_beside_it() {
    let dictionary: Value = serde_json::from_str(contract::DICTIONARY).unwrap();
    let fields = dictionary["fields"].as_array().unwrap();
    let indexed: Vec<&str> = fields.iter().filter_map(|field| field["indexed"].as_str()).collect();
    let vector = read("vector.yaml");
    assert_eq!(list(&vector, "indexed_fields"), indexed);
    let left_out = list(&vector, "except_fields");
    assert!(indexed.iter().all(|name| left_out.contains(name)));
    // What Vector lays beside the fields of a report hides none of them.
    let outermost: Vec<&str> = fields.iter().filter_map(|field| field["path"].as_str()?.split('.').next()).collect();
    assert!(left_out.iter().all(|name| !outermost.contains(name)));
    assert!(vector.contains(&format!("sourcetype: {}\n", contract::SOURCETYPE)));
}

#[test]
fn the_guide_shows_what_is_deployed() {
    let guide = fs::read_to_string(root().join("docs/guide/pipeline.md")).unwrap();
    let deployed = read("report.vrl") + &read("collector.yaml");
    let deployed: Vec<&str> = deployed.lines().map(str::trim).collect();
    let blocks: Vec<&str> = guide.split("```").skip(1).step_by(2).collect();
    assert_eq!(blocks.len(), 2);
    for line in blocks.iter().flat_map(|block| block.lines().skip(1)) {
        assert!(deployed.contains(&line.trim()), "it is not deployed: {line}");
    }
}

#[test]
fn who_reads_the_configuration_takes_it() {
    let folder = root().join("deploy/pipeline");
    let surroundings = [("KTEL_SCHEMA_HASHES", contract::SCHEMA_HASH), ("SPLUNK_URL", "https://splunk:8088")];
    for (program, arguments) in [
        ("vector", &["validate", "--no-environment", "--config-yaml", "vector.yaml"][..]),
        ("otelcol-contrib", &["validate", "--config", "collector.yaml"]),
        ("otelcol-contrib", &["validate", "--config", "collector.yaml", "--config", "again.yaml"]),
    ] {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&folder).envs(surroundings).env("SPLUNK_HEC_TOKEN", "a token");
        match command.output() {
            Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
            Err(_) => eprintln!("SKIPPED: {program} is not installed, and did not read its configuration"),
        }
    }
}

/// What Vector's language makes of an event: nothing, or why it is quarantined.
#[test]
fn what_does_not_keep_the_contract_is_quarantined() {
    let tool = root().join("target/tools/bin/vrl");
    let tool = if tool.is_file() { tool } else { "vrl".into() };
    let sample = fs::read_to_string(root().join("docs/generated/samples/environment.json")).unwrap();
    let mut events = String::new();
    let mut add = |change: Value| {
        let mut event: Value = serde_json::from_str(&sample).unwrap();
        let around =
            json!({ "host": "ktel", "source_type": "splunk_hec", "splunk_index": "main", "ktel_event": "ENVIRONMENT" });
        let changes = around.as_object().unwrap().iter().chain(change.as_object().unwrap());
        event.as_object_mut().unwrap().extend(changes.map(|(name, value)| (name.clone(), value.clone())));
        writeln!(events, "{event}").unwrap();
    };
    add(json!({}));
    add(json!({ "colour": "a field of a later version" }));
    add(json!({ "schema_hash": "0123456789ab" }));
    add(json!({ "sequence": "seven" }));
    add(json!({ "identity": {} }));

    let folder = tempfile::tempdir().unwrap();
    let schema = root().join("docs/generated/schema/report.tolerant.json");
    let program = read("report.vrl").replace("/etc/ktel/report.tolerant.json", schema.to_str().unwrap());
    fs::write(folder.path().join("report.vrl"), program).unwrap();
    fs::write(folder.path().join("events"), events).unwrap();
    let mut command = Command::new(tool);
    command.args(["--program", "report.vrl", "--input", "events"]).current_dir(&folder);
    let Ok(output) = command.env("KTEL_SCHEMA_HASHES", format!("fedcba987654,{}", contract::SCHEMA_HASH)).output()
    else {
        eprintln!(
            "SKIPPED: Vector's language is not installed (`cargo install vrl --features cli --root target/tools`)"
        );
        return;
    };
    let verdicts = String::from_utf8(output.stdout).unwrap();
    assert_eq!(verdicts, "\"\"\n\"\"\n\"hash\"\n\"schema\"\n\"schema\"\n");
}
