//! What is said of a change: each case is an edit of one small standard, what is expected lies beside it.
//!
//! `UPDATE_EXPECT=1 cargo test -p ktel-codegen` writes it anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use expect_test::{expect, expect_file};
use ktel_codegen::{
    compare::{self, Change, Class, Format, KINDS, compare},
    emit,
    model::Model,
    read,
    standard::Standard,
};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/compare")
}

/// Reads a standard as a published version is read: what is compared need not be free of faults.
fn read_text(text: &str) -> Standard {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("telemetry.proto"), text).unwrap();
    let vocabulary = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema");
    let mut compiler = protox::Compiler::new([folder.path(), &vocabulary]).unwrap();
    compiler.include_imports(true).include_source_info(true);
    compiler.open_file("telemetry.proto").unwrap_or_else(|error| panic!("{error:?}"));
    read::read_compiled(&compiler.encode_file_descriptor_set()).unwrap_or_else(|error| panic!("{error}"))
}

fn original() -> String {
    fs::read_to_string(golden().join("telemetry.proto")).unwrap()
}

/// Applies an edit: hunks as `diff` writes them, between lines with `@@`.
fn apply(text: &str, edit: &str) -> String {
    let mut text = text.to_owned();
    for hunk in edit.split("@@\n") {
        let side = |other: char| -> String {
            let lines = hunk.lines().filter(|line| !line.starts_with(other));
            lines.flat_map(|line| [&line[1..], "\n"]).collect()
        };
        let (old, new) = (side('+'), side('-'));
        assert_eq!(text.matches(&old).count(), 1, "{old}");
        text = text.replace(&old, &new);
    }
    text
}

/// Every case with its name, what it makes of the standard, and what has changed.
static CASES: LazyLock<Vec<(PathBuf, Standard, Vec<Change>)>> = LazyLock::new(|| {
    let original = read_text(&original());
    let mut paths: Vec<PathBuf> =
        fs::read_dir(golden().join("cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "diff"));
    paths.sort();
    let edited = paths.into_iter().map(|path| {
        let edited = read_text(&apply(&self::original(), &fs::read_to_string(&path).unwrap()));
        let changes = compare(&original.model, &edited.model);
        (path, edited, changes)
    });
    edited.collect()
});

#[test]
fn each_case_is_classed_as_expected() {
    for (path, _, changes) in CASES.iter() {
        let said =
            if changes.is_empty() { "nothing has changed\n".to_owned() } else { compare::show(changes, Format::Text) };
        expect_file![path.with_extension("txt")].assert_eq(&said);
    }
}

/// A kind of change that no case shows is one of which nobody knows how it looks.
#[test]
fn every_kind_has_a_case() {
    let shown: BTreeSet<&str> =
        CASES.iter().flat_map(|(_, _, changes)| changes).map(|change| change.kind.name).collect();
    let missing: Vec<&str> = KINDS.iter().map(|kind| kind.name).filter(|name| !shown.contains(name)).collect();
    assert_eq!(missing, ["JSON Schema written otherwise"], "which is found in what was published, not in a model");
}

/// What was published is read from its compiled sources: they say all that the sources say.
#[test]
fn compiled_sources_say_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema");
    let read = read::read(&folder, &folder).unwrap();
    let compiled = read::read_compiled(&read.compiled).unwrap();
    assert_eq!(format!("{:?}", compiled.model), format!("{:?}", read.model));
    assert_eq!(compiled.compiled, read.compiled);
}

/// What makes no version leaves the hash as it is: one version has one hash.
#[test]
fn prose_leaves_the_hash() {
    let hash = |standard: &Standard| {
        let files = emit::emit(standard).unwrap();
        let dictionary = &files[Path::new("docs/generated/schema/telemetry.json")];
        let dictionary: serde_json::Value = serde_json::from_slice(dictionary).unwrap();
        dictionary["schema_hash"].as_str().unwrap().to_owned()
    };
    let original = hash(&read_text(&original()));
    let mut count = 0;
    for (path, edited, changes) in CASES.iter() {
        if !changes.is_empty() && !compare::makes_version(changes) {
            assert_eq!(hash(edited), original, "{}", path.display());
            count += 1;
        }
    }
    assert!(count > 8, "{count} cases of prose");
}

#[test]
fn the_gravest_change_comes_first() {
    for (path, _, changes) in CASES.iter() {
        let classes: Vec<Class> = changes.iter().map(|change| change.kind.class).collect();
        assert!(classes.is_sorted_by(|one, next| one >= next), "{}", path.display());
    }
}

#[test]
fn changes_are_shown_to_people_and_to_tools() {
    let of = |name: &str| {
        let (_, _, changes) = CASES.iter().find(|(path, ..)| path.file_stem().unwrap() == name).unwrap();
        changes.clone()
    };
    let model: Vec<Change> = [of("identifier-added"), of("pattern-loosened")].concat();
    expect![[r#"
        ## privacy

        | What | Change | Was | Is | Why |
        | --- | --- | --- | --- | --- |
        | `robots.speed` | identifier added | – | `IDENTIFIER` | reports can be joined by what they could not be joined by |

        ## addition

        | What | Change | Was | Is | Why |
        | --- | --- | --- | --- | --- |
        | `robots.speed` | field added | – | `optional uint32, IDENTIFIER` | readers that do not know it pass over it |
        | `robots.software` | pattern loosened | `[0-9]{1,3}\.[0-9]{1,3}` | `[0-9]{1,3}(\.[0-9]{1,3})*` | every text that matched still does |

    "#]].assert_eq(&compare::show(&model, Format::Markdown));
    expect![[r#"
        [
          {
            "class": "break",
            "file": "telemetry.proto",
            "is": "max 999",
            "kind": "bound tightened",
            "line": 125,
            "path": "robots.robot_count",
            "was": "max 1000",
            "why": "what was valid no longer is"
          }
        ]
    "#]]
    .assert_eq(&compare::show(&of("max-lowered"), Format::Json));
}

#[test]
fn a_standard_has_not_changed_since_itself() {
    let model = || -> Model { read_text(&original()).model };
    assert_eq!(compare(&model(), &model()), []);
}
