//! The semicolon line format: beside the cases of the prior library, and beside what could be forged in it.

use std::collections::{BTreeMap, BTreeSet};

use ktel_outbox::Line;
use ktel_splunk::{Forged, encode_line};
use ktel_types::{
    Valid, fields, line,
    report::Report,
    table::{Field, Kind},
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::{builder, cases, cluster, conformance, events, own_pod, serve};

/// A text of the prior library, which wrote whatever it was given.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn the_serializer_writes_what_the_prior_one_wrote() {
    for case in cases("serializer") {
        let workflows = case["report"].as_object().unwrap().values();
        let groups = workflows.map(|workflow| {
            let pairs = workflow.as_object().unwrap().iter();
            pairs.map(|(key, value)| (key.clone().into(), text(value))).collect()
        });
        let line = Line { signal: case["signal"].as_str().unwrap().to_owned(), groups: groups.collect() };
        assert_eq!(encode_line(&line).as_deref(), Ok(case["expected"].as_str().unwrap()), "{}", case["name"]);
    }
}

/// The names of meshes in the standard.
fn mesh(name: &str) -> String {
    match name {
        "traefik" => "traefik_mesh".to_owned(),
        name => name.replace('-', "_"),
    }
}

#[test]
fn meshes_have_the_letters_that_they_had() {
    for case in cases("mesh_encoding") {
        let input = case["input"].as_object().cloned().unwrap_or_default();
        let key = case["kind"].as_str().unwrap();
        let meshes = |holds: &dyn Fn(&Value) -> bool| -> Vec<String> {
            let holding = input.iter().filter(|(name, value)| *name != "total" && holds(value));
            holding.map(|(name, _)| mesh(name).to_uppercase()).collect()
        };
        let event = match key {
            "mdep" => json!({ "mesh": { "deployed": meshes(&|value| *value == true) } }),
            "kinm" => json!({ "mesh": {
                "controller_annotation": meshes(&|value| value["annotation"] == true),
                "controller_sidecar": meshes(&|value| value["sidecar"] == true),
                "controller_init_container": meshes(&|value| value["init"] == true),
            } }),
            "mdist" => {
                let mut counts: Map<String, Value> = input
                    .iter()
                    .map(|(name, count)| (format!("{}_service_count", mesh(name)), count.clone()))
                    .collect();
                let total = counts.remove("total_service_count");
                // Meshes that nothing is inside of are measured, too.
                if total.is_some() {
                    counts.entry("linkerd_service_count").or_insert(json!(0));
                }
                json!({ "cluster": { "service_count": total.unwrap_or(json!(7)) }, "mesh": counts })
            }
            key => panic!("{key} is not known"),
        };
        let texts = line::texts([event.to_string().as_str()]);
        assert_eq!(texts.get(key).map(String::as_str), case["expected"].as_str(), "{}", case["name"]);
    }
}

/// The line of a whole cluster, as it leaves.
#[tokio::test]
async fn a_cluster_is_one_line() {
    let server = serve(cluster("everything")).await;
    let mut collector = builder(&server).own_pod(own_pod()).build().unwrap();
    let events: Vec<String> = events(&mut collector).await.iter().map(Value::to_string).collect();
    let mut texts = line::texts(events.iter().map(String::as_str));
    let id = texts.remove("id").unwrap();
    assert_eq!(id.len(), 36, "the identifier of the process");
    let pairs: Vec<String> = texts.into_iter().map(|(key, text)| format!("{key}={text}")).collect();
    expect_test::expect_file!["../reports/everything.line.txt"].assert_eq(&(pairs.join("\n") + "\n"));
}

#[test]
fn a_value_that_ends_early_is_refused() {
    for evil in ["a;b", "a=b", "a\r", "a\nb", "\u{0}", "\u{85}"] {
        let pair = |key: &str, value: &str| vec![vec![(key.to_owned().into(), value.to_owned())]];
        for line in [
            Line { signal: evil.to_owned(), groups: Vec::new() },
            Line { signal: "s".to_owned(), groups: pair(evil, "value") },
            Line { signal: "s".to_owned(), groups: pair("key", evil) },
        ] {
            assert_eq!(encode_line(&line), Err(Forged), "{evil:?}");
        }
    }
}

/// Every text that has a place in the line, with its pattern.
fn worded() -> Vec<(&'static Field, &'static str)> {
    let fields = fields::ALL.iter().filter(|field| !field.line.is_empty());
    let texts = fields.filter_map(|field| match &field.kind {
        Kind::Text { pattern, .. } => Some((*field, pattern.as_str())),
        _ => None,
    });
    texts.collect()
}

/// Texts that match, and texts that nearly do.
fn text_like(pattern: &str) -> BoxedStrategy<String> {
    let evil = prop::sample::select(vec![";", "=", "\r", "\n", ";signal=x", "\n<14>signal=x;", "\u{2028}", ","]);
    let matching = || prop::string::string_regex(pattern).unwrap();
    let broken = (matching(), evil, any::<prop::sample::Index>()).prop_map(|(text, evil, place)| {
        let mut chars: Vec<char> = text.chars().collect();
        let place = place.index(chars.len() + 1);
        chars.splice(place..place, evil.chars());
        chars.into_iter().collect()
    });
    prop_oneof![9 => matching(), 1 => broken].boxed()
}

/// Values for all of these fields.
fn texts() -> impl Strategy<Value = BTreeMap<&'static str, String>> {
    let each: Vec<_> = worded().into_iter().map(|(field, pattern)| (Just(field.path), text_like(pattern))).collect();
    each.prop_map(|texts| texts.into_iter().collect())
}

fn set(report: &mut Value, path: &str, text: &str) {
    let pointer = path.split('.').fold(report, |value, name| &mut value[name]);
    *pointer = json!(text);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Whatever a report says: if it is valid, its line is one record, and has a field for each key and no other.
    #[test]
    fn no_valid_report_forges_a_field_or_a_record(texts in texts()) {
        let read = |name: &str| serde_json::from_str::<Value>(&conformance(name)).unwrap();
        let mut events = [read("valid/environment.json"), read("valid/deployment.json")];
        for (path, text) in &texts {
            // What travels in one event is not valid in the other one.
            let (of_environment, of_usage) = (path.starts_with("cluster."), path.starts_with("kong."));
            events.iter_mut().zip([!of_usage, !of_environment]).filter(|(_, is_there)| *is_there).for_each(|(event, _)| set(event, path, text));
        }
        let valid = events.iter().map(|event| Valid::<Report>::parse(&event.to_string())).collect::<Result<Vec<_>, _>>();
        let Ok(valid) = valid else { return Ok(()) };
        let mut said = line::texts(valid.iter().map(Valid::json));
        let keys: BTreeSet<&str> = said.keys().copied().collect();
        let signal = said.remove("signal").unwrap();
        let group = said.into_iter().map(|(key, text)| (key.into(), text)).collect();
        let line = encode_line(&Line { signal, groups: vec![group] }).unwrap();
        let record = line.strip_prefix("<14>").and_then(|line| line.strip_suffix(";\n")).unwrap();
        prop_assert!(!record.contains(['\r', '\n']));
        let mut read = BTreeSet::new();
        for pair in record.split(';') {
            let (key, value) = pair.split_once('=').unwrap();
            prop_assert!(!value.contains('=') && read.insert(key), "{}", line);
        }
        prop_assert_eq!(read, keys);
    }
}
