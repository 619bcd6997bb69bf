//! The generator on the standard of another vendor, and on standards that are wrong.
//!
//! What is expected lies beside each standard. `UPDATE_EXPECT=1 cargo test -p ktel-codegen` writes it anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use expect_test::expect_file;
use ktel_codegen::{Mode, emit, read, sync};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn vocabulary() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema")
}

#[test]
fn another_vendors_standard_gives_the_expected_files() {
    let case = golden().join("acme");
    let standard = read::read(&case.join("schema"), &vocabulary()).unwrap();
    let files = emit::emit(&standard).unwrap();
    let mode = if env::var_os("UPDATE_EXPECT").is_some() { Mode::Write } else { Mode::Check };
    let changes = sync::sync(&case.join("expected"), &emit::FOLDERS, &files, mode).unwrap();
    assert!(mode == Mode::Write || changes.is_empty(), "{changes:#?}");
}

#[test]
fn emission_is_the_same_every_time() {
    let read = || read::read(&golden().join("acme/schema"), &vocabulary()).unwrap();
    assert_eq!(emit::emit(&read()).unwrap(), emit::emit(&read()).unwrap());
}

#[test]
fn prose_does_not_change_the_hash() {
    let hash = |edit: &dyn Fn(String) -> String| {
        let folder = tempfile::tempdir().unwrap();
        let source = fs::read_to_string(golden().join("acme/schema/acme/fleet/v1/telemetry.proto")).unwrap();
        fs::write(folder.path().join("telemetry.proto"), edit(source)).unwrap();
        let standard = read::read(folder.path(), &vocabulary()).unwrap();
        let files = emit::emit(&standard).unwrap();
        let contract = &files[Path::new("crates/ktel-types/src/generated/contract.rs")];
        let contract = String::from_utf8(contract.clone()).unwrap();
        contract.lines().find(|line| line.contains("SCHEMA_HASH")).unwrap().to_owned()
    };
    let original = hash(&|source| source);
    assert_eq!(original, hash(&|source| source.replace("How happy they are.", "Their happiness.")));
    assert_eq!(original, hash(&|source| source.replace("example = \"0.5\"", "example = \"0.25\"")));
    assert_ne!(original, hash(&|source| source.replace("max = 1000000", "max = 1000001")));
}

/// Splunk computes no alias from another one: the name that is in use now knows all those before it.
#[test]
fn what_replaces_a_replacement_knows_both() {
    let folder = tempfile::tempdir().unwrap();
    let source = fs::read_to_string(golden().join("acme/schema/acme/fleet/v1/telemetry.proto")).unwrap();
    let example = "(ktel.v1.field).example = \"true\"";
    let reason = "(ktel.v1.field).deprecated.reason = \"Who is content is at work.\"";
    let replacement = "(ktel.v1.field).deprecated.replacement = \"factory.robots.busy_count\"";
    let source = source.replace(example, &format!("{example},\n    {reason},\n    {replacement}"));
    fs::write(folder.path().join("telemetry.proto"), source).unwrap();
    let files = emit::emit(&read::read(folder.path(), &vocabulary()).unwrap()).unwrap();
    let props = &files[Path::new("docs/generated/splunk/acme_fleet/default/props.conf")];
    let props = String::from_utf8(props.clone()).unwrap();
    let names = "'factory.robots.busy_count', 'factory.robots.is_content', 'factory.robots.mood'";
    assert!(props.contains(&format!("EVAL-factory.robots.busy_count = coalesce({names})\n")), "{props}");
    assert!(props.contains("EVAL-factory.robots.is_content = coalesce("), "{props}");
}

/// Each file is a standard with one fault, beside it what is said of it.
#[test]
fn faults_are_found() {
    let mut count = 0;
    for entry in fs::read_dir(golden().join("faults")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "proto") {
            let folder = tempfile::tempdir().unwrap();
            fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
            let error = read::read(folder.path(), &vocabulary()).map(drop).unwrap_err();
            expect_file![path.with_extension("txt")].assert_eq(&format!("{error}\n"));
            count += 1;
        }
    }
    assert!(count > 5, "the cases were not found");
}
