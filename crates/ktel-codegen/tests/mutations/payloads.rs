//! Verdicts beside payloads: what is no break leaves valid what was valid, and its own payloads are read by those who have the
//! version before.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use jsonschema::Validator;
use ktel_codegen::{compare::Class, emit, standard::Standard};
use serde_json::Value;

use crate::{MUTATIONS, STANDARD};

type Files = std::collections::BTreeMap<PathBuf, Vec<u8>>;

fn schema(files: &Files, name: &str) -> Validator {
    let text = &files[&Path::new("docs/generated/schema").join(name)];
    jsonschema::draft202012::new(&serde_json::from_slice(text).unwrap()).unwrap()
}

fn samples(files: &Files) -> Vec<Value> {
    let samples = files.iter().filter(|(path, _)| path.starts_with("docs/generated/samples"));
    samples.map(|(_, text)| serde_json::from_slice(text).unwrap()).collect()
}

fn hash(files: &Files) -> Value {
    let dictionary = &files[Path::new("docs/generated/schema/telemetry.json")];
    serde_json::from_slice::<Value>(dictionary).unwrap()["schema_hash"].take()
}

fn files(standard: &Standard) -> Files {
    emit::emit(standard).unwrap()
}

/// What conforms to the standard as it is, samples and all that the tests know.
fn valid(original: &Files) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/report/valid");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts = paths.map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap());
    texts.chain(samples(original)).collect()
}

#[test]
fn what_is_no_break_leaves_valid_what_was() {
    let original = files(&STANDARD);
    let (valid, tolerant) = (valid(&original), schema(&original, "report.tolerant.json"));
    assert!(valid.len() > 20);
    let mut seen = BTreeSet::new();
    for (mutation, _, after) in MUTATIONS.iter().filter(|(mutation, ..)| seen.insert(mutation.kind.name)) {
        let kind = mutation.kind;
        // What was deprecated and is gone is refused now, which is why it was deprecated.
        let is_given_up = kind.name.starts_with("deprecated ");
        if kind.class == Some(Class::Break) || is_given_up {
            continue;
        }
        let files = files(after);
        // One version has one hash: what makes no version leaves it as it is.
        assert!(kind.class != Some(Class::Doc) || hash(&files) == hash(&original), "{}", kind.name);
        let strict = schema(&files, "report.strict.json");
        assert!(valid.iter().all(|payload| strict.is_valid(payload)), "{} of {}", kind.name, mutation.subject);
        assert!(samples(&files).iter().all(|sample| tolerant.is_valid(sample)), "{}", kind.name);
        assert!(samples(&files).iter().all(|sample| strict.is_valid(sample)), "{}", kind.name);
    }
}
