//! Which crate may name which, and where things may be.
//!
//! `docs/architecture.md` says why. Each rule here was broken once on purpose before it was trusted.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::root;

/// Each crate, with the crates of ours that may stand anywhere below it.
const MAY_NAME: [(&str, &[&str]); 9] = [
    ("ktel-types", &[]),
    ("ktel-codegen", &[]),
    ("ktel-outbox", &[]),
    ("ktel-splunk", &["ktel-outbox"]),
    ("ktel-facts", &["ktel-types"]),
    ("ktel-collector", &["ktel-outbox", "ktel-types"]),
    ("ktel-sim", &["ktel-types"]),
    ("ktel-receiver", &["ktel-types"]),
    (
        "ktel-cli",
        &["ktel-collector", "ktel-facts", "ktel-outbox", "ktel-receiver", "ktel-sim", "ktel-splunk", "ktel-types"],
    ),
];

/// All packages below one, itself included. Without `--no-dedupe`, what stands below a repeated one would be hidden.
fn packages_below(package: &str) -> BTreeSet<String> {
    let arguments = ["tree", "--offline", "--no-dedupe", "--all-features", "--edges", "normal", "--prefix", "none"];
    let output = Command::new(env::var_os("CARGO").unwrap())
        .args(arguments)
        .args(["--format", "{p}", "--package", package])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[test]
fn arrows_point_down() {
    for (package, allowed) in MAY_NAME {
        let below = packages_below(package);
        let ours: Vec<&String> = below.iter().filter(|name| name.starts_with("ktel-") && *name != package).collect();
        assert!(ours.iter().all(|name| allowed.contains(&name.as_str())), "{package} names {ours:?}");
    }
    let crates = fs::read_dir(root().join("crates")).unwrap().count();
    assert_eq!(crates, MAY_NAME.len(), "a crate without a place in the house");
}

#[test]
fn the_outbox_depends_on_nothing() {
    assert_eq!(packages_below("ktel-outbox"), BTreeSet::from(["ktel-outbox".to_owned()]));
}

#[test]
fn a_controller_needs_neither_simulator_nor_generator() {
    let below = packages_below("ktel-collector");
    assert!(!below.contains("rustls") && !below.contains("reqwest"), "the host chooses its TLS and its sink");
    assert!(!below.contains("axum") && !below.contains("protox"));
}

/// In a build of the whole house others ask for this, too; a controller has only what the types ask for.
#[test]
fn the_types_read_numbers_to_the_last_digit() {
    let arguments =
        ["tree", "--offline", "--package", "ktel-types", "--edges", "normal,features", "--invert", "serde_json"];
    let output = Command::new(env::var_os("CARGO").unwrap()).args(arguments).current_dir(root()).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("float_roundtrip"));
}

/// The files below a folder that are written by people.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "generated") {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The sources of all crates that contain one of these, as `crate/file`, tests inside of them and beside them left out.
fn files_with(needles: &[&str]) -> Vec<String> {
    let crates = root().join("crates");
    let mut found = Vec::new();
    for (package, _) in MAY_NAME {
        for path in sources(&crates.join(package).join("src")) {
            if path.file_stem().is_some_and(|name| name == "tests") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            if needles.iter().any(|needle| code.contains(needle)) {
                let below = path.strip_prefix(crates.join(package).join("src")).unwrap();
                found.push(format!("{}/{}", package.trim_start_matches("ktel-"), below.display()));
            }
        }
    }
    found
}

#[test]
fn what_waits_lives_in_few_files() {
    let expected = [
        // Nothing waits there: it writes Rust that does.
        "codegen/emit/snapshot.rs",
        "outbox/sink.rs",
        "splunk/hec.rs",
        "splunk/ndjson.rs",
        "splunk/tls_line.rs",
        "facts/facts.rs",
        "facts/place.rs",
        "collector/aside.rs",
        "collector/collector.rs",
        "collector/delivery.rs",
        "collector/gather/discovery.rs",
        "collector/gather/exchange.rs",
        "collector/gather/hearing.rs",
        "collector/gather/own.rs",
        "collector/gather.rs",
        "collector/once.rs",
        "collector/preview.rs",
        "collector/run.rs",
        "sim/server.rs",
        "receiver/receiver.rs",
        "cli/cluster.rs",
        "cli/command/agent/lease.rs",
        "cli/command/agent/server.rs",
        "cli/command/agent.rs",
        "cli/command/annotation.rs",
        "cli/command/demo.rs",
        "cli/command/opt.rs",
        "cli/command/preview.rs",
        "cli/command/rotate.rs",
        "cli/command/send.rs",
        "cli/command/status.rs",
        "cli/command/target.rs",
        "cli/facts.rs",
    ];
    assert_eq!(files_with(&["async ", ".await"]), expected);
}

#[test]
fn few_files_write_to_the_disk() {
    let writes = ["fs::write", "File::create", "create_dir", "remove_file", "remove_dir", "fs::rename", "OpenOptions"];
    assert_eq!(files_with(&writes), ["codegen/sync.rs", "splunk/file.rs", "splunk/spool.rs", "cli/command/target.rs"]);
}

#[test]
fn clock_environment_and_dice_are_read_in_named_places() {
    // In a Lease, the wall clock is for people.
    assert_eq!(
        files_with(&["SystemTime::now", "Timestamp::now"]),
        ["splunk/hec.rs", "collector/outside.rs", "sim/routes.rs", "cli/command/agent/lease.rs"]
    );
    // When reports are due and tried again, no wall clock decides: one that jumps brings nothing forward. It tells when a report
    // was made, and how old one is that an earlier process has left.
    assert_eq!(files_with(&["outside::now"]), ["collector/collector.rs", "collector/delivery.rs"]);
    assert_eq!(files_with(&["env::var"]), ["splunk/builder.rs", "collector/outside.rs", "cli/sending.rs"]);
    assert_eq!(
        files_with(&["getrandom::", "new_v4"]),
        [
            "splunk/acks.rs",
            "splunk/journal.rs",
            "splunk/spool.rs",
            "collector/outside.rs",
            "cli/command/agent/lease.rs",
            "cli/command/rotate.rs"
        ]
    );
}

#[test]
fn no_file_is_named_for_nothing() {
    for (package, _) in MAY_NAME {
        for path in sources(&root().join("crates").join(package)) {
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert!(
                !["mod", "util", "utils", "common", "prelude", "helpers", "misc"].contains(&name),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn files_are_small() {
    for (package, _) in MAY_NAME {
        for path in sources(&root().join("crates").join(package).join("src")) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= 400, "{} has {lines} lines", path.display());
        }
    }
}
