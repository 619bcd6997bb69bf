//! A standard is released, changed and released again, in a repository that has nothing but its schema.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod repository;

use std::{fs, path::Path};

use ktel_codegen::{Error, Mode, lint, published, release, run};
use serde_json::Value;

use repository::{ACKNOWLEDGEMENTS, Repository, SOURCE, SPEED};

#[test]
fn what_is_not_released_is_called_so() {
    let repository = Repository::new();
    repository.generate();
    assert_eq!(repository.stamp(), "1.0-dev");
    assert_eq!(repository.since("robots.mood"), "1.0-dev");
    assert_eq!(repository.check(), Ok(()));
}

#[test]
fn a_release_stamps_its_number_and_is_complete() {
    let repository = Repository::released();
    assert_eq!(repository.stamp(), "1.0");
    assert_eq!(repository.since("robots.mood"), "1.0");
    assert_eq!(repository.check(), Ok(()), "nothing is left to do");
    let names: Vec<String> = repository
        .files("schema/published")
        .iter()
        .map(|(path, _)| path.strip_prefix(repository.root().join("schema/published")).unwrap().display().to_string())
        .collect();
    let expected = [
        "1.0/changes.md",
        "1.0/descriptors.binpb",
        "1.0/host-facts.json",
        "1.0/payloads/one.json",
        "1.0/privacy-changes.md",
        "1.0/report.strict.json",
        "1.0/report.tolerant.json",
        "1.0/samples/environment.json",
        "1.0/samples/small.json",
        "1.0/samples/usage.json",
        "1.0/telemetry.json",
        "SHA256SUMS",
    ];
    assert_eq!(names, expected);
}

/// The one command: a field is added, a version released, and everything follows.
#[test]
fn page_schema_sample_and_stamp_follow_from_one_command() {
    let repository = Repository::released();
    let first = repository.files("schema/published/1.0");
    repository.add_field(SPEED);
    repository.edit(
        "(ktel.v1.field).min = -273,",
        "(ktel.v1.field).min = -273,\n    (ktel.v1.field).deprecated.reason = \"Cold.\",",
    );
    assert_eq!(repository.release(), Ok("1.1".to_owned()));

    assert_eq!(repository.stamp(), "1.1");
    assert_eq!(repository.since("robots.speed"), "1.1");
    assert_eq!(repository.since("robots.mood"), "1.0");
    let page = repository.read("docs/generated/changes.md");
    let (new, old) = (page.find("## 1.1\n").unwrap(), page.find("## 1.0\n").unwrap());
    assert!(new < old);
    assert!(page[new..old].contains("| `robots.speed` | How fast they are. | USAGE | USAGE |"), "{page}");
    assert!(page[new..old].contains("- `weather.warmth`: Cold."), "{page}");
    assert_eq!(repository.read("schema/published/1.1/changes.md"), page[new..old].trim_end().to_owned() + "\n");
    let sample: Value = serde_json::from_str(&repository.read("docs/generated/samples/usage.json")).unwrap();
    assert_eq!(sample["robots"]["speed"], 3);
    let strict: Value = serde_json::from_str(&repository.read("schema/published/1.1/report.strict.json")).unwrap();
    assert_eq!(strict["$defs"]["Robots"]["properties"]["speed"]["maximum"], 90);
    assert_eq!(repository.files("schema/published/1.0"), first, "what was published is as it was");
    assert_eq!(repository.check(), Ok(()));
}

#[test]
fn a_change_after_a_release_is_on_the_way_to_the_next() {
    let repository = Repository::released();
    repository.add_field(SPEED);
    repository.generate();
    assert_eq!(repository.stamp(), "1.1-dev");
    assert_eq!(repository.since("robots.speed"), "1.1-dev");
    assert_eq!(repository.since("robots.mood"), "1.0");
    assert!(repository.read("docs/generated/changes.md").contains("## 1.1-dev\n\nWhat has changed since 1.0.\n"));
    assert_eq!(repository.check(), Ok(()));
}

#[test]
fn prose_makes_no_version() {
    let repository = Repository::released();
    let nothing = Err("nothing has changed since 1.0 that makes a version".to_owned());
    assert_eq!(repository.release(), nothing);
    repository.edit("// How warm it is.", "// How warm it is outside.");
    repository.generate();
    assert_eq!(repository.stamp(), "1.0");
    assert_eq!(repository.release(), nothing);
}

/// A version has one hash: what changes the JSON Schema is another version, even if no field has changed.
#[test]
fn an_order_of_values_makes_a_version() {
    let repository = Repository::released();
    let (usage, environment) =
        ("    // What robots do.\n    USAGE = 1;\n", "    // Where they are.\n    ENVIRONMENT = 2;\n");
    repository.edit(&format!("{usage}{environment}"), &format!("{environment}{usage}"));
    repository.generate();
    assert_eq!(repository.stamp(), "1.1-dev");
    let (_, changes) = published::diff(repository.root(), None).unwrap().unwrap();
    assert_eq!(changes[0].kind.name, "JSON Schema written otherwise");
}

#[test]
fn what_breaks_is_neither_released_nor_lands() {
    let repository = Repository::released();
    repository.edit("(ktel.v1.field).max = 1000,", "(ktel.v1.field).max = 999,");
    repository.generate();
    let before = repository.files("");
    for refused in [repository.check(), repository.release().map(drop)] {
        let why = refused.unwrap_err();
        assert!(why.contains("break    robots.robot_count: bound tightened, max 1000 → max 999\n"), "{why}");
        assert!(why.contains(&format!("{SOURCE}:")), "{why}");
    }
    assert_eq!(repository.files(""), before, "nothing is written");
}

#[test]
fn what_collects_more_is_acknowledged_in_public() {
    let repository = Repository::released();
    repository.add_field(&SPEED.replace("sensitivity = USAGE", "sensitivity = IDENTIFIER"));
    repository.generate();
    let heading = "## `identifier added: robots.speed → IDENTIFIER`";
    for refused in [repository.check(), repository.release().map(drop)] {
        let why = refused.unwrap_err();
        assert!(why.contains(heading), "{why}");
    }
    repository.write(ACKNOWLEDGEMENTS, &format!("# Privacy\n\n{heading}\n"));
    assert!(repository.check().is_err(), "a heading alone says nothing");
    repository.write(ACKNOWLEDGEMENTS, &format!("# Privacy\n\n{heading}\n\nIt tells fast robots apart.\nNo more.\n"));
    repository.generate();
    assert_eq!(repository.check(), Ok(()));
    assert_eq!(repository.release(), Ok("1.1".to_owned()));
    assert!(repository.read("schema/published/1.1/changes.md").contains("> It tells fast robots apart.\n> No more.\n"));
    assert_eq!(repository.check(), Ok(()), "what was acknowledged for a version stays where it is");

    // Nobody says in silence that it tells less.
    repository.edit("sensitivity = IDENTIFIER", "sensitivity = USAGE");
    let why = repository.release().unwrap_err();
    assert!(why.contains("## `sensitivity lowered: robots.speed → USAGE`"), "{why}");
}

/// Other words below another heading say nothing of a change.
#[test]
fn another_heading_is_no_acknowledgement() {
    let repository = Repository::released();
    repository.add_field(&SPEED.replace("sensitivity = USAGE", "sensitivity = IDENTIFIER"));
    repository.generate();
    let heading = "## `identifier added: robots.speed → IDENTIFIER`";
    repository.write(ACKNOWLEDGEMENTS, &format!("# Privacy\n\n{heading}\n\n## Notes\n\nOn something else.\n"));
    assert!(repository.check().is_err());
}

/// What ends with a version has ended once the standard is that version: what was allowed until then, and what was to be sent until
/// the one before.
#[test]
fn an_end_comes_with_its_version() {
    let rules = |said: &str| -> Vec<&str> {
        let repository = Repository::released();
        let unfinished = SPEED.replace("\"watching\"", "\"watching, TODO\"");
        let source = "    (ktel.v1.field).source";
        repository.add_field(&unfinished.replace(source, &format!("    (ktel.v1.field).{said},\n{source}")));
        lint(repository.root(), None).unwrap().into_iter().map(|finding| finding.rule).collect()
    };
    // With this field, what is released next is 1.1.
    let allowed_until = |end: &str| {
        rules(&format!("allow = {{ rule: \"text-unfinished\" reason: \"it is watched\" until: \"{end}\" }}"))
    };
    assert_eq!(allowed_until("1.2"), [""; 0]);
    assert_eq!(allowed_until("1.1"), ["allow-over"]);
    assert_eq!(rules("expires = \"1.1\""), ["text-unfinished"]);
    assert_eq!(rules("expires = \"1.0\""), ["expired", "text-unfinished"]);
}

#[test]
fn an_acknowledgement_of_nothing_is_found() {
    let repository = Repository::released();
    repository.write(ACKNOWLEDGEMENTS, "## `identifier added: robots.sped → IDENTIFIER`\n\nMisspelt.\n");
    let why = repository.check().unwrap_err();
    assert!(why.contains("acknowledges `identifier added: robots.sped → IDENTIFIER`, which has not changed"), "{why}");
}

#[test]
fn an_acknowledgement_is_spent_by_its_version() {
    let repository = Repository::released();
    let read = |field: &str| format!("{field}    (ktel.v1.field).lists = \"v1/pods#metadata\",\n");
    let source = "    (ktel.v1.field).source = \"thermometers\",\n    (ktel.v1.field).gets";
    let said = "## `new read: ENVIRONMENT → v1/pods#metadata`\n\nTo see.\n";
    repository.write(ACKNOWLEDGEMENTS, said);
    repository
        .edit(source, &format!("{}    (ktel.v1.field).gets", read("    (ktel.v1.field).source = \"thermometers\",\n")));
    assert_eq!(repository.release(), Ok("1.1".to_owned()));
    repository.edit(&read(""), "");
    repository.add_field(SPEED);
    assert_eq!(repository.release(), Ok("1.2".to_owned()));
    repository
        .edit(source, &format!("{}    (ktel.v1.field).gets", read("    (ktel.v1.field).source = \"thermometers\",\n")));
    assert!(repository.release().is_err(), "it was said of another version");
    repository.write(ACKNOWLEDGEMENTS, &format!("{said}\nAgain.\n"));
    assert_eq!(repository.release(), Ok("1.3".to_owned()));
}

#[test]
fn a_trial_changes_nothing() {
    let repository = Repository::released();
    repository.add_field(SPEED);
    repository.generate();
    let before = repository.files("");
    let trial = release::release(repository.root(), Mode::Check).unwrap();
    assert_eq!(trial.version.to_string(), "1.1");
    assert!(trial.files.len() > 5);
    assert_eq!(repository.files(""), before);
}

#[test]
fn a_field_that_comes_back_is_there_since_it_came_back() {
    let repository = Repository::released();
    let source = repository.read(SOURCE);
    let start = source.find("  // How happy they were.").unwrap();
    let end = start + source[start..].find("];\n").unwrap() + "];\n\n".len();
    let (old_mood, reserved) =
        (&source[start..end], "reserved 3, 20 to 22, 30;\n  reserved \"old_mood\", \"steam_count\";");
    repository.write(
        SOURCE,
        &source.replace(old_mood, "").replace("reserved 20 to 22, 30;\n  reserved \"steam_count\";", reserved),
    );
    assert_eq!(repository.release(), Ok("1.1".to_owned()));
    assert!(repository.read("docs/generated/changes.md").contains("### No longer collected\n\n- `robots.old_mood`\n"));
    let (version, changes) = published::diff(repository.root(), Some("1.0")).unwrap().unwrap();
    assert_eq!((version.to_string().as_str(), changes[0].kind.name), ("1.0", "deprecated field removed"));
    // What was given up is never used again.
    repository.edit(reserved, "reserved 20 to 22, 30;\n  reserved \"steam_count\";");
    assert!(repository.release().unwrap_err().contains("reservation dropped"));
}

#[test]
fn a_published_file_that_is_not_as_it_was_is_found() {
    let repository = Repository::released();
    let file = "schema/published/1.0/samples/usage.json";
    let original = repository.read(file);
    let refused = || match run(repository.root(), Mode::Write) {
        Err(Error::Published(error)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    repository.write(file, &original.replace("1.0", "1.1"));
    assert!(refused().starts_with(&format!("{file} is not as it was published")));
    fs::remove_file(repository.root().join(file)).unwrap();
    assert!(refused().starts_with(&format!("{file} is missing")));
    repository.write(file, &original);
    repository.write("schema/published/1.0/more.json", "{}");
    assert!(refused().starts_with("schema/published/1.0/more.json is not in the list"));
}

#[test]
fn a_version_that_is_not_published_is_not_compared_with() {
    let repository = Repository::new();
    assert!(published::diff(repository.root(), None).unwrap().is_none());
    let why = |against| published::diff(repository.root(), Some(against)).unwrap_err().to_string();
    assert_eq!(why("1.0"), "the version 1.0 is not published");
    assert_eq!(why("one"), "`one` is not a version such as `1.3`");
}

/// Published files are kept for ever, so that they must be small.
#[test]
fn no_published_file_of_ours_is_large() {
    let repository = Repository::empty();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema");
    let mut open = vec![schema.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let below = path.strip_prefix(&schema).unwrap();
            if path.is_dir() {
                open.extend((!below.starts_with("published")).then_some(path));
            } else if below.extension().is_some_and(|extension| extension == "proto") {
                repository.write(&format!("schema/{}", below.display()), &fs::read_to_string(&path).unwrap());
            }
        }
    }
    assert_eq!(repository.release(), Ok("1.0".to_owned()));
    for (path, content) in repository.files("schema/published") {
        assert!(content.len() < 1_000_000, "{} has {} bytes", path.display(), content.len());
    }
}
