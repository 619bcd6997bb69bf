//! Documents with verdicts, and everybody who judges them.

use std::fs;

use jsonschema::Validator;
use ktel_receiver::Judge;
use ktel_types::{Described as _, Valid, check, contract, protobuf, report::Report};
use prost::Message as _;
use serde_json::Value;

use crate::support::file;

/// A document and what is expected of whoever judges it.
struct Case {
    name: String,
    is_valid: bool,
    /// Whether it is invalid by how it is written, which may not be seen in what has been read.
    is_text: bool,
    path: String,
    text: String,
}

fn cases() -> Vec<Case> {
    let table = fs::read_to_string(file("conformance/report/cases.tsv")).unwrap();
    let rows = table.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|row| {
        let [verdict, name, path, _why] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let text = fs::read_to_string(file("conformance/report").join(name)).unwrap();
        Case {
            name: name.to_owned(),
            is_valid: verdict == "valid",
            is_text: verdict == "text",
            path: path.to_owned(),
            text,
        }
    })
    .collect()
}

pub(crate) fn compile(schema: &Value) -> Validator {
    jsonschema::draft202012::new(schema).unwrap()
}

/// The schema that schemars derives of the Rust types.
pub(crate) fn derived() -> Validator {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    compile(&settings.into_generator().into_root_schema_for::<Report>().to_value())
}

/// Holds a validator of what has been read against all verdicts.
fn check_verdicts(name: &str, is_valid: impl Fn(&Value) -> bool) {
    for case in cases().into_iter().filter(|case| !case.is_text) {
        let document = serde_json::from_str(&case.text).unwrap();
        assert_eq!(is_valid(&document), case.is_valid, "{name} on {}", case.name);
    }
}

#[test]
fn every_document_has_a_verdict() {
    let mut on_disk: Vec<String> = ["valid", "invalid", "text"]
        .iter()
        .flat_map(|verdict| {
            let folder = file("conformance/report").join(verdict);
            fs::read_dir(folder)
                .unwrap()
                .map(move |entry| format!("{verdict}/{}", entry.unwrap().file_name().display()))
        })
        .collect();
    let mut named: Vec<String> = cases().into_iter().map(|case| case.name).collect();
    on_disk.sort();
    named.sort();
    assert_eq!(on_disk, named);
    assert!(named.len() > 110);
}

#[test]
fn the_rust_validator_gives_the_verdicts_and_names_the_places() {
    for case in cases() {
        let Ok(violations) = check(Report::message(), &case.text) else {
            assert!(case.is_text && case.path.is_empty(), "{} is JSON", case.name);
            continue;
        };
        assert_eq!(violations.is_empty(), case.is_valid, "{}: {violations:?}", case.name);
        let names_place = violations.iter().any(|violation| violation.path == case.path);
        assert!(case.is_valid || names_place, "{}: {violations:?} does not name `{}`", case.name, case.path);
    }
}

#[test]
fn the_published_schema_gives_the_verdicts() {
    check_verdicts("strict", |document| compile(&serde_json::from_str(contract::STRICT).unwrap()).is_valid(document));
    let judge = Judge::new().unwrap();
    check_verdicts("receiver", |document| judge.violations(document).is_empty());
}

#[test]
fn the_schema_that_schemars_derives_gives_the_verdicts() {
    let schema = derived();
    check_verdicts("schemars", |document| schema.is_valid(document));
}

#[test]
fn the_tolerant_schema_takes_what_is_valid_and_what_later_versions_add() {
    let schema = compile(&serde_json::from_str(contract::TOLERANT).unwrap());
    for case in cases().into_iter().filter(|case| !case.is_text) {
        let document = serde_json::from_str(&case.text).unwrap();
        let is_of_later_version = ["unknown-field", "unknown-enum", "above-max", "too-long", "unknown-item"]
            .iter()
            .any(|later| case.name.contains(later));
        if case.is_valid || is_of_later_version {
            assert!(schema.is_valid(&document), "{}", case.name);
        }
    }
}

#[test]
fn what_is_valid_goes_to_protobuf_and_back() {
    for case in cases().into_iter().filter(|case| case.is_valid) {
        let report = Valid::<Report>::parse(&case.text).unwrap();
        let bytes = protobuf::encode(&report).unwrap();
        assert_eq!(*protobuf::decode(&bytes).unwrap(), *report, "{}", case.name);
        let wire = protobuf::kong::telemetry::v1::Report::decode(bytes.as_slice()).unwrap();
        assert_eq!(wire.sequence, report.sequence);
        assert_eq!(*protobuf::decode(&wire.encode_to_vec()).unwrap(), *report, "{}", case.name);
    }
}

#[test]
fn what_is_not_valid_does_not_come_from_protobuf() {
    let mut wire = protobuf::kong::telemetry::v1::Report::default();
    assert!(matches!(protobuf::decode(&wire.encode_to_vec()), Err(protobuf::Error::Invalid(_))));
    wire.event = 99;
    assert!(matches!(protobuf::decode(&wire.encode_to_vec()), Err(protobuf::Error::Invalid(_))));
    assert!(matches!(protobuf::decode(b"not a message"), Err(protobuf::Error::Wire(_))));
}

/// A violation says where and which rule, and nothing of what it found there.
#[test]
fn no_judge_quotes_a_value() {
    let secret = "s3cr3t-h0st.example";
    let document = cases().into_iter().find(|case| case.name == "valid/environment.json").unwrap().text;
    for text in [
        document.replace("\"EKS\"", &format!("\"{secret}\"")),
        document.replace("\"kong-ingress-controller\"", &format!("\"{secret}\"")),
        document.replace("3000", &format!("\"{secret}\"")),
        document.replace("\"3.6.0\"", &format!("{{\"{secret}\": \"{secret}\"}}")),
        document.replace("\"platform\"", &format!("\"{secret}\"")),
    ] {
        let violations = check(Report::message(), &text).unwrap();
        assert!(!violations.is_empty());
        let judged = Judge::new().unwrap().violations(&serde_json::from_str(&text).unwrap());
        let refused = Valid::<Report>::parse(&text).unwrap_err();
        let said = format!("{violations:?} {violations:?} {refused} {refused:?}");
        assert!(!said.contains(secret), "{said}");
        assert!(!judged.is_empty());
    }
}
