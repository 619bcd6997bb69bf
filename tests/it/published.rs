//! Every published version brings the payloads that were valid then; today's schema takes them. What is valid today, every
//! published consumer takes.
//!
//! A verdict of the comparison is proven so: where today's schema refuses what was valid, a change says why.

use std::{fs, path::Path};

use jsonschema::Validator;
use ktel_codegen::{
    compare::{Change, Class},
    load,
    model::{Kind, Model},
    published,
    standard::Published,
};
use ktel_types::{Described as _, check, contract, report::Report};
use serde_json::Value;

use crate::support::{file, root};

/// A published version, with the repository that it lies in.
struct Version {
    published: Published,
    strict: Validator,
    tolerant: Validator,
    /// Each payload with its name.
    payloads: Vec<(String, String)>,
}

/// The versions of the standard, and the draft that the tests keep.
fn versions() -> Vec<Version> {
    let mut versions = Vec::new();
    for root in [root(), file("published")] {
        for published in published::read_all(&root).unwrap() {
            let folder = root.join("schema/published").join(published.version.to_string());
            let schema = |name: &str| compile(&fs::read_to_string(folder.join(name)).unwrap());
            let (strict, tolerant) = (schema("report.strict.json"), schema("report.tolerant.json"));
            let payloads = ["samples", "payloads"].into_iter().flat_map(|below| texts(&folder.join(below))).collect();
            versions.push(Version { published, strict, tolerant, payloads });
        }
    }
    assert!(!versions.is_empty());
    versions
}

fn compile(schema: &str) -> Validator {
    jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap()
}

/// The files of a folder, with their names.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut texts: Vec<(String, String)> =
        paths.map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap())).collect();
    texts.sort();
    texts
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Whether one of the changes says that a value of this place may be refused now.
fn is_told(changes: &[Change], was: &Model, place: &str) -> bool {
    let given_up = ["deprecated field removed", "deprecated section removed", "deprecated value removed"];
    let place = place.split('[').next().unwrap();
    let enumeration = was.field(place).and_then(|(_, field)| match &field.kind {
        Kind::Enum(name) => Some(name.as_str()),
        _ => None,
    });
    let mut grave =
        changes.iter().filter(|change| change.kind.class == Class::Break || given_up.contains(&change.kind.name));
    grave.any(|change| {
        let is_above =
            place.strip_prefix(change.path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        is_above || enumeration.is_some_and(|name| change.path.split('.').next() == Some(name))
    })
}

#[test]
fn what_was_published_was_consistent() {
    for Version { published, strict, tolerant, payloads } in versions() {
        assert!(payloads.len() > 20, "{} brings {} payloads", published.version, payloads.len());
        for (name, text) in payloads {
            assert!(strict.is_valid(&parse(&text)), "{name}");
            assert!(tolerant.is_valid(&parse(&text)), "{name}");
        }
    }
}

#[test]
fn what_was_valid_still_is() {
    let model = load(&root()).unwrap().model;
    let strict = compile(contract::STRICT);
    for Version { published, payloads, .. } in versions() {
        let changes = published.changes(&model);
        for (name, text) in payloads {
            let violations = check(Report::message(), &text).unwrap();
            assert_eq!(strict.is_valid(&parse(&text)), violations.is_empty(), "{name}");
            for violation in violations {
                assert!(is_told(&changes, &published.model, &violation.path), "{name}: {violation:?} is not told");
            }
        }
    }
}

#[test]
fn what_is_valid_now_every_published_consumer_takes() {
    let today: Vec<(String, String)> = [root().join("docs/generated/samples"), file("conformance/report/valid")]
        .iter()
        .flat_map(|folder| texts(folder))
        .collect();
    assert!(today.len() > 20);
    for Version { published, tolerant, .. } in versions() {
        for (name, text) in &today {
            assert!(tolerant.is_valid(&parse(text)), "{name} under {}", published.version);
        }
    }
}

/// A sample is a report like any other.
#[test]
fn samples_are_valid() {
    let samples = texts(&root().join("docs/generated/samples"));
    // One of each event with all that it can have, and the least that one can be.
    assert_eq!(samples.len(), load(&root()).unwrap().model.events().len() + 1);
    for (name, text) in samples {
        assert_eq!(check(Report::message(), &text).unwrap(), [], "{name}");
    }
}

/// The draft differs from today's standard in four places, all of which are added to.
#[test]
fn what_was_added_since_the_draft_is_known() {
    let folder = "tests/published/schema/published/0.9";
    let (_, changes) = published::diff(&root(), Some(folder)).unwrap().unwrap();
    for (path, kind) in [
        ("cluster.architecture.riscv64_node_count", "field added"),
        ("performance.translation_p99_seconds", "field added"),
        ("gateway_api.gateway_class_count", "bound loosened"),
        ("Platform.OKE", "value added"),
    ] {
        assert!(changes.iter().any(|change| change.path == path && change.kind.name == kind), "{path}: {changes:#?}");
    }
}
