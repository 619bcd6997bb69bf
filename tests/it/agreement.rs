//! All who judge reports in Rust, on reports that a generator makes: valid ones, and ones with a single fault.

use std::{collections::BTreeSet, sync::LazyLock};

use jsonschema::Validator;
use ktel_tests::generator::{FAULTS, Generator, Made};
use ktel_types::{
    Described, Valid, check, contract, fields,
    host::HostFacts,
    protobuf,
    report::Report,
    table::{Kind, Presence},
};
use prost::Message as _;
use serde_json::Value;

use crate::conformance::{compile, derived};

/// How many valid documents are made here. `interop/agree.py` makes more, and asks more.
const VALID: u64 = 2000;
const SEED: u64 = 7;

static REPORTS: LazyLock<Generator> = LazyLock::new(|| Generator::of_reports(SEED));
static HOST_FACTS: LazyLock<Generator> = LazyLock::new(|| Generator::of_host_facts(SEED));
static STRICT: LazyLock<Validator> = LazyLock::new(|| published(contract::STRICT));

fn published(schema: &str) -> Validator {
    compile(&serde_json::from_str(schema).unwrap())
}

static MADE: LazyLock<Vec<Made>> = LazyLock::new(|| (0..VALID).map(|number| REPORTS.valid(number)).collect());

/// A document with each fault at each place that can have it.
fn faulty(generator: &Generator) -> impl Iterator<Item = Made> {
    let numbered = (0..).zip(generator.faulty());
    numbered.map(|(number, (place, fault))| generator.with_fault(place, fault, number))
}

/// Holds a document against the verdict of the Rust validator: what is wrong is said of one place, and nothing else is.
fn check_rust<T: Described>(made: &Made) {
    let said: Vec<(String, String)> = match check(T::message(), &made.text) {
        Err(_) => vec![(String::new(), "NotJson".to_owned())],
        Ok(violations) => violations
            .into_iter()
            .map(|violation| (violation.path, format!("{:?}", violation.rule)))
            .map(|(path, rule)| (path, rule.split(['(', '{', ' ']).next().unwrap_or_default().to_owned()))
            .collect(),
    };
    let expected: Vec<(String, String)> =
        made.wrong.iter().map(|wrong| (wrong.path.clone().unwrap_or_default(), wrong.rule.to_owned())).collect();
    assert_eq!(said, expected, "{:?}\n{}", made.wrong, made.text);
    assert_eq!(Valid::<T>::parse(&made.text).is_ok(), made.wrong.is_none());
}

/// Holds a document against the verdict of a schema, and the place it complains of.
fn check_schema(name: &str, schema: &Validator, made: &Made) {
    let is_right = made.wrong.as_ref().is_none_or(|wrong| !wrong.is_seen_by_schemas());
    let Ok(document) = serde_json::from_str::<Value>(&made.text) else {
        assert_eq!(made.wrong.as_ref().unwrap().rule, "NotJson", "{name}: {}", made.text);
        return;
    };
    assert_eq!(schema.is_valid(&document), is_right, "{name}: {:?}\n{}", made.wrong, made.text);
    if let Some(pointer) = made.wrong.as_ref().and_then(|wrong| wrong.pointer.clone()) {
        let mut places = schema.iter_errors(&document).map(|error| error.instance_path().to_string());
        assert!(places.all(|place| place == pointer), "{name}: {:?}\n{}", made.wrong, made.text);
    }
}

#[test]
fn what_is_valid_is_valid_to_all() {
    let schemas =
        [("strict", published(contract::STRICT)), ("derived", derived()), ("tolerant", published(contract::TOLERANT))];
    for made in &*MADE {
        check_rust::<Report>(made);
        for (name, schema) in &schemas {
            check_schema(name, schema, made);
        }
    }
}

#[test]
fn each_fault_at_each_place_is_refused_by_all_and_named() {
    let derived = derived();
    for made in faulty(&REPORTS) {
        check_rust::<Report>(&made);
        check_schema("strict", &STRICT, &made);
        check_schema("derived", &derived, &made);
    }
}

#[test]
fn host_facts_are_judged_alike() {
    let schema = published(contract::HOST_FACTS);
    for made in (0..VALID).map(|number| HOST_FACTS.valid(number)).chain(faulty(&HOST_FACTS)) {
        check_rust::<HostFacts>(&made);
        check_schema("host facts", &schema, &made);
    }
}

#[test]
fn what_is_read_is_written_as_the_same() {
    for made in &*MADE {
        let report = Valid::<Report>::parse(&made.text).unwrap();
        let written = Valid::new((*report).clone()).unwrap();
        assert_eq!(*Valid::<Report>::parse(written.json()).unwrap(), *report, "{}", made.text);
        assert_eq!(numbers_as_floats(written.json()), numbers_as_floats(&made.text));
    }
}

#[test]
fn what_goes_to_protobuf_comes_back_as_the_same() {
    for made in &*MADE {
        let report = Valid::<Report>::parse(&made.text).unwrap();
        let bytes = protobuf::encode(&report).unwrap();
        assert_eq!(*protobuf::decode(&bytes).unwrap(), *report, "{}", made.text);
        let wire = protobuf::kong::telemetry::v1::Report::decode(bytes.as_slice()).unwrap();
        assert_eq!(*protobuf::decode(&wire.encode_to_vec()).unwrap(), *report, "{}", made.text);
    }
}

/// A document in which `3` and `3.0` are the same.
fn numbers_as_floats(json: &str) -> Value {
    fn visit(value: &mut Value) {
        match value {
            Value::Number(number) => *value = number.as_f64().into(),
            Value::Array(items) => items.iter_mut().for_each(visit),
            Value::Object(members) => members.values_mut().for_each(visit),
            _ => {}
        }
    }
    let mut value = serde_json::from_str(json).unwrap();
    visit(&mut value);
    value
}

#[test]
fn the_same_seed_makes_the_same_documents() {
    let [first, second] = [SEED, SEED].map(Generator::of_reports);
    let other = Generator::of_reports(SEED + 1);
    for number in 0..20 {
        assert_eq!(first.valid(number), second.valid(number));
        assert_ne!(first.valid(number), first.valid(number + 1));
        assert_ne!(first.valid(number), other.valid(number));
    }
}

/// A proof that all agree is worth as much as what they were asked.
#[test]
fn the_generator_goes_to_the_bounds_of_every_field() {
    let reports: Vec<Value> = MADE.iter().map(|made| serde_json::from_str(&made.text).unwrap()).collect();
    for field in fields::ALL {
        let pointer = format!("/{}", field.path.replace('.', "/"));
        let found: Vec<Option<&Value>> = reports.iter().map(|report| report.pointer(&pointer)).collect();
        assert_eq!(found.contains(&None), field.presence != Presence::Required, "{}", field.path);
        let values: Vec<&Value> = found.into_iter().flatten().collect();
        if let Presence::List { max_items } = field.presence {
            let counts: BTreeSet<usize> = values.iter().filter_map(|value| value.as_array().map(Vec::len)).collect();
            assert_eq!(counts.first(), Some(&1), "{}", field.path);
            assert_eq!(counts.last(), Some(&(max_items as usize)), "{}", field.path);
        }
        let values =
            values.into_iter().flat_map(|value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice));
        check_values(field.path, &field.kind, values);
    }
}

fn check_values<'a>(path: &str, kind: &Kind, values: impl Iterator<Item = &'a Value>) {
    let values: Vec<&Value> = values.collect();
    let texts: BTreeSet<&str> = values.iter().filter_map(|value| value.as_str()).collect();
    let has = |number: f64| values.iter().any(|value| value.as_f64() == Some(number));
    match kind {
        Kind::Boolean => assert!(values.contains(&&true.into()) && values.contains(&&false.into()), "{path}"),
        #[allow(clippy::cast_precision_loss, reason = "bounds of whole numbers have 32 bits")]
        Kind::Whole { min, max } => assert!(has(*min as f64) && has(*max as f64), "{path}"),
        Kind::Number { min, max } => assert!(has(*min) && has(*max), "{path}"),
        Kind::Enum(all) => assert_eq!(texts, all.iter().copied().collect(), "{path}"),
        Kind::Text { pattern, max_length } => {
            assert!(texts.len() > 25, "{path}: {texts:?}");
            let longest = texts.iter().map(|text| text.len()).max();
            let is_endless = pattern.as_str().contains(['*', '+']);
            assert!(!is_endless || longest == Some(*max_length as usize), "{path}: {texts:?}");
        }
    }
}

#[test]
fn every_fault_has_its_places_and_every_place_its_faults() {
    for fault in FAULTS {
        let places = REPORTS.faulty().iter().filter(|(_, known)| known.name == fault.name).count();
        assert!(places > 0, "{} is wrong nowhere", fault.name);
    }
    let names: BTreeSet<&str> = FAULTS.iter().map(|fault| fault.name).collect();
    assert_eq!(names.len(), FAULTS.len());
    for field in fields::ALL {
        let faults = REPORTS.faulty().iter().filter(|(place, _)| place.path() == field.path).count();
        assert!(faults > 10, "{} can be wrong in {faults} ways", field.path);
    }
}
